# SPDX-License-Identifier: BSD-2-Clause
# Ranges in host names.

# shellcheck disable=SC2016  # the remote shell expands
load lib

lists() {	# EXPECTED ARGUMENT...
	local expected=$1

	shift
	exits 0 cpssh -p 1 -i --no-headers "$@" 'echo $PSSH_HOST'
	[ "$(tr '\n' ' ' <out)" = "$expected " ] || explain "$expected"
}

@test "a range, padded as it is written" {
	lists 'web8 web9 web10' -H 'web[8-10]'
	lists 'web08 web09 web10' -H 'web[08-10]'
	lists 'web01 web02 web30' -H 'web[01-02,30]'
}

@test "several ranges, the last turning fastest" {
	lists 'web1n1 web1n2 web2n1 web2n2' -H 'web[1-2]n[1-2]'
}

@test "in files, with user, port and the old form" {
	echo "$LOGIN@web[1-2]:$PORT" >hosts
	echo "db[1-2] $LOGIN" >>hosts
	lists 'web1 web2 db1 db2' -h hosts
}

@test "brackets of an address are no range" {
	has_ipv6 || skip "no ::1 on this machine"
	lists '::1 web1 web2' -H "[::1]:$PORT web[1-2]"
}

@test "a broken range is told and nobody is guessed" {
	printf 'web[3-1]\nweb[1-\nweb[a-c]\nweb[1]\n' >hosts
	lists 'web1' -h hosts
	err_has 'hosts:1: '
	err_has 'hosts:2: '
	err_has 'hosts:3: '
}

@test "a glob is matched against each name of a range" {
	echo 'web[1-20]' >hosts
	lists 'web2 web20' -h hosts -g 'web2*'
}

@test "a range too large to be meant is refused" {
	exits 1 cpssh -H 'web[1-999999999][1-999999999]' true
	err_has 'web\[1-'
}
