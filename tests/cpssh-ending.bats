# SPDX-License-Identifier: BSD-2-Clause
# The remote command ends when its time is up, whatever it does against it,
# or the report says that it may not have.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# takes_at_most SECONDS COMMAND...
takes_at_most() {
	local began=$SECONDS most=$1

	shift
	"$@" || return
	[ $((SECONDS - began)) -le "$most" ] ||
		explain "took $((SECONDS - began)) s"
}

# What the command leaves: its process, and those it started.
stubborn="trap '' TERM; echo \$\$ >\$R/pid
	while :; do sleep 0.2; done"
in_a_group_of_its_own="timeout 300 sh -c 'echo \$\$ >\$R/pid; sleep 300'; :"

remote() { echo "export R=$REMOTE; $1"; }

ended() { wait_until 5 gone "$(remote_says pid)"; }
runs() { kill -0 "$(remote_says pid)"; }
end_it() { kill -KILL "$(remote_says pid)"; }

@test "a command that ignores SIGTERM and its closed streams" {
	takes_at_most 8 exits 3 cpssh -t 2 -H web1 \
	    "$(remote "exec <&- >&- 2>&-; $stubborn")"
	out_has 'web1 Timed out, during the command$|of the command$'
	ended
}

@test "a child in a process group of its own that holds the output" {
	takes_at_most 8 exits 3 cpssh -t 2 -H web1 \
	    "$(remote "$in_a_group_of_its_own")"
	out_lacks 'running'
	ended
}

@test "a child that ignores SIGTERM when its parent has gone" {
	takes_at_most 8 exits 3 cpssh -t 2 -H web1 \
	    "$(remote "(trap '' TERM; sh -c 'echo \$\$ >\$R/pid
		sleep 300') & wait")"
	ended
	out_lacks 'running'
}

@test "root on a server that refuses the request" {
	needs_root "logs in as root"
	takes_at_most 8 exits 3 cpssh -t 2 -l root -H web1 \
	    "$(remote "$stubborn")"
	out_has 'Timed out'
	out_lacks 'running'
	ended
}

@test "root: children in groups of their own, and in the background" {
	needs_root "logs in as root"
	takes_at_most 8 exits 3 cpssh -t 2 -l root -H web1 \
	    "$(remote "timeout 300 sleep 300 & echo \$! >\$R/other
		$in_a_group_of_its_own")"
	out_lacks 'running'
	ended
	wait_until 5 gone "$(cat "$REMOTE/other")"
}

@test "root: a command that tidies up on SIGTERM can" {
	needs_root "logs in as root"
	exits 3 cpssh -t 2 -l root -H web1 \
	    "trap 'echo x >$REMOTE/tidy; exit' TERM
		while :; do sleep 0.1; done"
	[ -s "$REMOTE/tidy" ]
	out_lacks 'running'
}
