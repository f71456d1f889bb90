# SPDX-License-Identifier: BSD-2-Clause
# What a new user does first.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "runs a command on every host of a file and says how it went" {
	printf 'web1\nweb2\n' >hosts
	exits 0 cpssh -h hosts -i uptime
	out_has '^\[1\] \d\d:\d\d:\d\d \[SUCCESS\] web[12]$'
	out_has '^\[2\] \d\d:\d\d:\d\d \[SUCCESS\] web[12]$'
	out_counts 2 'load average'
	err_is ''
}

@test "the words of the command are joined by one space" {
	exits 0 cpssh -H web1 -i --no-headers echo a 'b  c' '$((1+1))'
	out_is 'a b c 2'
}

@test "the first word that is no option ends the options" {
	exits 0 cpssh -H web1 -i --no-headers echo -i -H x
	out_is '-i -H x'
}

@test "-- ends the options" {
	exits 0 cpssh -H web1 -i --no-headers -- echo -v
	out_is '-v'
}

@test "options may be clustered and carry their values" {
	exits 0 cpssh -iHweb1 -p4 --timeout=20 --par 8 echo hi
	out_has '^hi$'
}

@test "says nothing of what commands print unless asked" {
	exits 0 cpssh -H 'web1 web2' echo hello
	out_lacks hello
	out_counts 2 SUCCESS
	[ "$(wc -l <"$T/out")" = 2 ] || explain "not two lines"
	err_is ''
}

@test "logs in as the user of the entry, before -l and the configuration" {
	edit_config '/^User /d'
	exits 0 cpssh -H "$LOGIN@web1" -l nobody -i --no-headers id -un
	out_is "$LOGIN"
	exits 0 cpssh -H web1 -l "$LOGIN" -i --no-headers id -un
	out_is "$LOGIN"
	exits 0 cpssh -H web1 --user "$LOGIN" -i --no-headers id -un
	out_is "$LOGIN"
}

@test "IPv6 hosts work in every spelling" {
	has_ipv6 || skip "no ::1 on this machine"
	exits 0 cpssh -H "v6 ::1 [::1] [::1]:$PORT $LOGIN@[::1]:$PORT" true
	out_counts 5 SUCCESS
	out_has "SUCCESS\] \[::1\]:$PORT\$"
	out_has "SUCCESS\] ::1\$"
}

@test "the default configuration and keys of the user are found" {
	needs_root "to have a home for the configuration"
	sed '/IdentityFile/d; /IdentitiesOnly/d' "$FLEET/ssh_config" \
	    >"$SUITE/home/.ssh/config"
	exits 0 as_login "$CPSSH" -H 'web1 db1' true
	out_counts 2 SUCCESS
	err_is ''
}

@test "visits the hosts at once, not one after the other" {
	# each waits for the other: one after the other would never end
	mkfifo -m 666 "$REMOTE/a"
	exits 0 cpssh -t 20 -H 'web1 web2' \
	    "case \$PSSH_NODENUM in 0) echo x >$REMOTE/a;; 1) read y <$REMOTE/a;; esac"
	out_counts 2 SUCCESS
}
