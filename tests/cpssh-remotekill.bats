# SPDX-License-Identifier: BSD-2-Clause
# When a host's time is up its command ends, there too.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "the whole process group is gone, and what it printed is kept" {
	exits 3 cpssh -t 5 -i -H web1 "echo partial; echo \$\$ >$REMOTE/pid
		sh -c 'sleep 300 & echo \$! >$REMOTE/grandchild; wait' & wait"
	out_has '\[FAILURE\] web1 Timed out'
	out_has '^partial$'
	wait_until 60 gone "$(cat "$REMOTE/pid")"
	wait_until 60 gone "$(cat "$REMOTE/grandchild")"
}

@test "a command that ignores SIGTERM is killed" {
	exits 3 cpssh -t 5 -H web1 "trap '' TERM; echo \$\$ >$REMOTE/pid
		while :; do sleep 1; done"
	out_has 'web1 Timed out'
	wait_until 60 gone "$(cat "$REMOTE/pid")"
}

@test "a command that ends itself on SIGTERM has time to do so" {
	exits 3 cpssh -t 5 -H web1 "trap 'echo x >$REMOTE/tidy; exit' TERM
		sleep 300 & wait"
	[ -s "$REMOTE/tidy" ]
}

@test "a child that left the group and holds the output does not hold us" {
	exits 3 cpssh -t 5 -H web1 "setsid sleep 40 & wait"
	out_has 'web1 Timed out'
}

@test "other hosts are not disturbed" {
	exits 3 cpssh -t 8 -H 'web1 web2' \
	    'case $PSSH_HOST in web1) sleep 60 ;; web2) sleep 1 ;; esac'
	out_has 'FAILURE\] web1 Timed out'
	out_has 'SUCCESS\] web2$'
}
