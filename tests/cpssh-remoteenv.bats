# SPDX-License-Identifier: BSD-2-Clause
# What the remote command can know: PSSH_NODENUM, PSSH_NUMNODES, PSSH_HOST.

# shellcheck disable=SC2016  # the remote shell expands
load lib

prints='echo "$PSSH_NODENUM ${PSSH_NUMNODES-unset} ${PSSH_HOST-unset}"'

@test "place, number of hosts and name" {
	exits 0 cpssh -p 1 -i --no-headers -H "web1 $LOGIN@web2:$PORT" "$prints"
	out_is $'0 2 web1\n1 2 web2'
}

@test "the place is that in the list, however late a host starts" {
	exits 0 cpssh -p 1 -i --no-headers -H 'web[1-5]' "$prints"
	out_has '^4 5 web5$'
}

@test "a server that accepts none is no failure" {
	bad_start ok
	exits 0 cpssh -i --no-headers -H "$(bad ok)" echo x
	out_is x
}
