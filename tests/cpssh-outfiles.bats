# SPDX-License-Identifier: BSD-2-Clause
# -o and -e: a file a host.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "output and errors in files named as the hosts are written" {
	exits 0 cpssh -o o -e e/deep/er -H "web1 $LOGIN@web2 web3:$PORT" \
	    'echo out; echo err >&2'
	for name in web1 "$LOGIN@web2" "web3:$PORT"; do
		[ "$(cat "o/$name")" = out ]
		[ "$(cat "e/deep/er/$name")" = err ]
	done
	[ "$(find o -type f | wc -l)" = 3 ]
}

@test "a user that -l names is not in the name" {
	exits 0 cpssh -o o -l "$LOGIN" -H "$LOGIN@web1" true
	[ -f o/web1 ]
}

@test "IPv6 names" {
	has_ipv6 || skip "no ::1 on this machine"
	exits 0 cpssh -o o -H "[::1]:$PORT" echo x
	[ "$(cat "o/[::1]:$PORT")" = x ]
}

@test "the same host again is .1, .2" {
	exits 0 cpssh -o o -H 'web1 web2 web1 web1' echo '$PSSH_NODENUM'
	[ "$(cat o/web1 o/web1.1 o/web1.2 o/web2)" = $'0\n2\n3\n1' ]
}

@test "a silent host has an empty file, whatever was in it" {
	mkdir o
	echo stale >o/web1
	exits 0 cpssh -o o -e e -H web1 true
	[ -f o/web1 ]
	[ ! -s o/web1 ]
	[ -f e/web1 ]
	[ ! -s e/web1 ]
}

@test "a host that cannot be reached has an empty file too" {
	local host

	host=127.0.0.1:$(refused_port)
	mkdir o
	echo stale >"o/$host"
	exits 4 cpssh -o o -H "$host" true
	[ -f "o/$host" ]
	[ ! -s "o/$host" ]
}

@test "--fileappend adds to what is there" {
	exits 0 cpssh -o o -H web1 echo one
	exits 0 cpssh --fileappend -o o -H web1 echo two
	[ "$(cat o/web1)" = $'one\ntwo' ]
}

@test "-o and -e may be one directory" {
	exits 0 cpssh -o o -e o -H web1 \
	    'for i in 1 2 3; do echo out; echo err >&2; done'
	[ "$(sort o/web1)" = $'err\nerr\nerr\nout\nout\nout' ]
}

@test "-i and -o at once" {
	exits 0 cpssh -o o -i -H web1 echo x
	out_has '^x$'
	[ "$(cat o/web1)" = x ]
}

@test "bytes are kept as they are" {
	exits 0 cpssh -o o -H web1 'head -c 3000000 /dev/zero; printf "\377\001"'
	{ head -c 3000000 /dev/zero; printf '\377\001'; } | cmp - o/web1
}

@test "a directory that cannot be had ends the run with 1" {
	: >file
	exits 1 cpssh -o file -H web1 true
	err_has '(file|Not a directory|exists)'
	out_is ''
	exits 1 cpssh -e file/below -H web1 true
	out_is ''
}

@test "a directory that we may not write to ends the run with 1" {
	needs_root "to be somebody else"
	mkdir o
	exits 1 as_login "$CPSSH" -o o -H web1 true
	err_has 'o: Permission denied'
}

@test "no host name leads out of the directory" {
	exits 4 cpssh -o o -H '../evil /etc/evil' true
	[ ! -e evil ]
	[ ! -e /etc/evil ]
}

@test "no symbolic link leads out of the directory" {
	mkdir o
	echo mine >victim
	ln -s ../victim o/web1
	exits 4 cpssh -o o -H 'web1 web2' echo x
	[ "$(cat victim)" = mine ]
	[ "$(cat o/web2)" = x ]
}

@test "a full disk fails that host alone" {
	local ns=(unshare -m)

	[ "$(id -u)" = 0 ] || ns=(unshare -rm)
	mkdir o small
	: >o/web1
	exits 4 "${ns[@]}" sh -c '
		mount -t tmpfs -o size=64k none small &&
		: >small/file && mount --bind small/file o/web1 &&
		exec "$@"' - "$CPSSH" -F "$FLEET/ssh_config" -o o \
	    -H 'web1 web2 web3' 'head -c 1000000 /dev/zero'
	out_has 'FAILURE\] web1 .*No space left on device'
	out_has 'SUCCESS\] web2$'
	out_has 'SUCCESS\] web3$'
	[ "$(stat -c %s o/web2)" = 1000000 ]
}
