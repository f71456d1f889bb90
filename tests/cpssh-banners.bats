# SPDX-License-Identifier: BSD-2-Clause
# What hosts want to be read before the login, and before their version.

# shellcheck disable=SC2016  # another shell expands
load lib

# banner TEXT [LINE...]: a server that shows it.
banner() {
	printf '%b' "$1" >"$T/banner"
	chmod 644 "$T/banner"
	shift
	fleet_start "Banner $T/banner" "$@"
}

@test "a banner is the first of stderr, as with ssh" {
	patched || skip "this libssh2 does not have our patches"
	banner 'Authorized only.\n\nReally\r\n'
	exits 0 cpssh -H web1 -i 'echo out; echo err >&2'
	out_is "$(head -n 1 out)
out
Stderr: Authorized only.

Really
err"
	exits 0 cpssh -H web1 -e err.d -o out.d 'echo out; echo err >&2'
	is err.d/web1 'Authorized only.

Really
err' file
	is out.d/web1 out file
	exits 0 cpssh -H web1 -P 'echo out'
	out_has '^web1: out$'
	err_has '^web1: Authorized only.$'
}

@test "LogLevel=ERROR and -x -q keep it away" {
	patched || skip "this libssh2 does not have our patches"
	banner 'Authorized only.\n'
	exits 0 cpssh -H web1 -i -O LogLevel=ERROR 'echo out'
	out_lacks Authorized
	exits 0 cpssh -H web1 -i -x -q 'echo out'
	out_lacks Authorized
	config 'LogLevel INFO'
	exits 0 cpssh -H web1 -i 'echo out'
	out_has Authorized
}

@test "a banner is shown when the login is refused" {
	banner 'Ask Eve for a key.\n'
	config "IdentityFile $KEYS/id_stranger" 'IdentitiesOnly yes'
	sed -i '/id_ed25519/d' "$CONFIG"
	exits 4 cpssh -H web1 -i true
	out_has 'Ask Eve for a key'
	out_has 'login refused'
}

@test "control characters in it steer nothing" {
	patched || skip "this libssh2 does not have our patches"
	banner 'a\033[2Jb\233c\0d\tmore\nlast'
	exits 0 cpssh -H web1 -e err.d 'echo err >&2'
	is err.d/web1 "a\\x1b[2Jb\\x9bc
err" file
}

@test "a hop's banner is told with -v only" {
	patched || skip "this libssh2 does not have our patches"
	banner 'Authorized only.\n'
	config 'Host web1' 'ProxyJump db1' 'Host *'
	exits 0 cpssh -v -H web1 -i true
	[ "$(grep -c 'Authorized' out)" = 1 ]
	err_has 'db1.*the host says: Authorized'
}

@test "as long as SSH says everybody must take" {
	patched || skip "this libssh2 does not have our patches"
	banner "$(seq -f 'line %06.0f' 2700)\n"
	exits 0 cpssh -H web1 -e err.d true
	seq -f 'line %06.0f' 2700 | cmp - err.d/web1
}

# ssh would take it; libssh2 has no room for such a packet.
@test "longer than that is refused in plain words, at once" {
	local cipher

	patched || skip "this libssh2 does not have our patches"
	banner "$(seq -f 'line %06.0f' 6000)\n"
	for cipher in aes128-gcm@openssh.com aes128-ctr; do
		exits 4 cpssh -O "Ciphers=$cipher" -H web1 true
		says 'web1 .*longer than .*35000 bytes'
	done
	banner "$(seq -f 'line %06.0f' 2950)\n"	# 35400 bytes
	exits 4 cpssh -O Ciphers=chacha20-poly1305@openssh.com -H web1 true
	says 'web1 .*longer than .*35000 bytes'
}

# Much of it at once: it is written while the login goes on.
@test "a long one that nobody reads ends the run as it always does" {
	local pipe

	patched || skip "this libssh2 does not have our patches"
	banner "$(printf '\\001%.0s' {1..30000})"
	exec {pipe}> >(:)
	wait $!
	# as "2>&1 | head -n 0", but with nobody there for sure
	exits 141 bash -c 'exec "$@" >&"$0" 2>&1' "$pipe" \
	    "$CPSSH" -F "$FLEET/ssh_config" -P -H 'web1 web2' true
	exec {pipe}>&-
}
