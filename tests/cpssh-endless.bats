# SPDX-License-Identifier: BSD-2-Clause
# Output without end, and more of it than anybody wants.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "much output is complete" {
	exits 0 cpssh -i --no-headers -H 'web1 web2' 'yes | head -c 20000000'
	[ "$(wc -c <out)" = 40000000 ]
	[ "$(tr -d 'y\n' <out | wc -c)" = 0 ]
}

@test "yes into a file, until -t" {
	exits 3 cpssh -t 5 -o o -H web1 yes
	out_has 'web1 Timed out'
	[ "$(head -n 1 o/web1)" = y ]
	[ "$(stat -c %s o/web1)" -gt 100000 ]
}

@test "-i keeps as much as --max-output says, and tells" {
	exits 0 cpssh --max-output 100000 -i -H 'web1 web2' \
	    '[ $PSSH_HOST = web1 ] && yes | head -c 500000 || echo short'
	out_has 'web1.*(cut|truncated)'
	out_lacks 'web2.*(cut|truncated)'
	out_has '^short$'
	[ "$(grep -c '^y$' out)" -ge 45000 ]
	[ "$(grep -c '^y$' out)" -le 50001 ]
}

@test "-i of yes: bounded by --max-output, ended by -t" {
	exits 3 cpssh -t 2 --max-output 1000000 -i -H web1 yes
	out_has 'web1 Timed out'
	[ "$(wc -c <out)" -lt 1100000 ]
}

@test "-i of much output is not kept in memory" {
	! sanitized || skip "memory means nothing under a sanitizer"
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -t 0 -i --no-headers -H 'web[1-4]' \
	    "yes | head -c 30000000; echo x >>$REMOTE/printed; \
	    [ \$PSSH_HOST != web1 ] || read x <$REMOTE/gate"
	wait_until 60 has_lines 4 "$REMOTE/printed"
	[ "$(peak_memory "$BEGUN")" -lt 40000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	echo >"$REMOTE/gate"
	ends 0
	[ "$(wc -c <out)" = 120000000 ]
}

has_lines() { [ "$(wc -l <"$2")" = "$1" ]; }

@test "a reader that stops slows the hosts, not fills the memory" {
	! sanitized || skip "memory means nothing under a sanitizer"
	local line output

	mkfifo output
	exec {output}<>output
	set -m
	"$CPSSH" -F "$FLEET/ssh_config" -t 0 -P -H 'web[1-8]' \
	    'yes 0123456789012345678901234567890123456789' \
	    >&"$output" 2>err 3>&- &
	set +m
	remember $!
	read -r line <&"$output"
	[[ $line = web*': 0123456789'* ]]
	wait_until 60 idle "$!"
	[ "$(peak_memory "$!")" -lt 40000 ] ||
		explain "$(peak_memory "$!") kB"
	kill -INT "$!"
	kill -INT "$!"
}

@test "| head" {
	exits 0 sh -c '"$@" | head -n 3' - "$CPSSH" -F "$FLEET/ssh_config" \
	    -t 30 -P -H 'web1 web2' yes
	out_counts 3 '^web[12]: y$'
}
