# SPDX-License-Identifier: BSD-2-Clause
# The remote command ends when its time is up, whatever it does against it,
# or the report says that it may not have.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# interrupt OPTION... COMMAND: as soon as the command has written $R/pid; then
# the end must come, whatever it does.
interrupt() {
	local began

	begin cpssh -t 0 "$@"
	remote_says pid >/dev/null
	kill -INT "$BEGUN"
	began=$SECONDS
	ends 130
	[ $((SECONDS - began)) -le 20 ] ||
		explain "took $((SECONDS - began)) s"
	out_has 'web1 Interrupted, during (the|end of the) command'
}

# What the command leaves: its process, and those it started.
stubborn="trap '' TERM; echo \$\$ >\$R/pid
	while :; do sleep 0.2; done"
in_a_group_of_its_own="timeout 300 sh -c 'echo \$\$ >\$R/pid; sleep 300'; :"

remote() { echo "export R=$REMOTE; $1"; }

ended() { wait_until 60 gone "$(remote_says pid)"; }
runs() { kill -0 "$(remote_says pid)"; }
end_it() { kill -KILL "$(remote_says pid)"; }

@test "a command that ignores SIGTERM and its closed streams" {
	interrupt -H web1 \
	    "$(remote "exec <&- >&- 2>&-; $stubborn")"
	out_lacks 'running'
	ended
}

@test "a child in a process group of its own that holds the output" {
	interrupt -H web1 \
	    "$(remote "$in_a_group_of_its_own")"
	out_lacks 'running'
	ended
}

@test "a child that ignores SIGTERM when its parent has gone" {
	interrupt -H web1 \
	    "$(remote "(trap '' TERM; sh -c 'echo \$\$ >\$R/pid
		sleep 300') & wait")"
	ended
	out_lacks 'running'
}

@test "root on a server that refuses the request" {
	needs_root "logs in as root"
	interrupt -l root -H web1 \
	    "$(remote "$stubborn")"
	out_lacks 'running'
	ended
}

@test "root: children in groups of their own, and in the background" {
	needs_root "logs in as root"
	interrupt -l root -H web1 \
	    "$(remote "timeout 300 sleep 300 & echo \$! >\$R/other
		$in_a_group_of_its_own")"
	out_lacks 'running'
	ended
	wait_until 60 gone "$(cat "$REMOTE/other")"
}

@test "root: a command that tidies up on SIGTERM can" {
	needs_root "logs in as root"
	interrupt -l root -H web1 \
	    "trap 'echo x >$REMOTE/tidy; exit' TERM; echo x >$REMOTE/pid
		sleep 300 & wait"
	remote_says tidy
	out_lacks 'running'
}

# forced SCRIPT: a fleet whose keys run this, and nothing else.
forced() {
	printf '%s\n' "export R=$REMOTE" 'echo x >>$R/count' "$1" >"$T/forced"
	sed "s|^|command=\"sh $T/forced\" |" "$KEYS/authorized_keys" >"$T/keys"
	chmod 644 "$T/forced" "$T/keys"
	fleet_start "AuthorizedKeysFile $T/keys"
}

runs_once() { [ "$(wc -l <"$REMOTE/count")" = 1 ]; }

@test "a forced command runs once, and the report says it may go on" {
	forced "$stubborn"
	interrupt -H web1 true
	out_has 'command may still be running'
	runs
	runs_once
	end_it
}

@test "root: a forced command runs once" {
	needs_root "logs in as root"
	forced "$stubborn"
	interrupt -l root -H web1 true
	out_has 'command may still be running'
	runs
	runs_once
	end_it
}

@test "a forced command that writes ends when nobody reads" {
	forced "trap '' TERM; echo \$\$ >\$R/pid; while echo x; do sleep 0.1; done"
	interrupt -H web1 true
	out_lacks 'running'
	ended
	runs_once
}

@test "a forced command on a terminal hears it hang up" {
	forced 'echo $$ >$R/pid; sleep 300'
	interrupt -x -tt -H web1 true
	out_lacks 'running'
	ended
	runs_once
}

@test "ForceCommand runs once too" {
	forced "$stubborn"
	fleet_start "ForceCommand sh $T/forced"
	interrupt -H web1 true
	out_has 'command may still be running'
	runs
	runs_once
	end_it
}

@test "ForceCommand for root: run again at most once, and fed nothing" {
	needs_root "logs in as root"
	forced "trap '' TERM; echo \$\$ >>\$R/pid; cat >>\$R/input
		while :; do sleep 0.2; done"
	fleet_start "ForceCommand sh $T/forced"
	interrupt -l root -H web1 true
	out_has 'command may still be running'
	[ "$(wc -l <"$REMOTE/count")" -le 2 ]
	[ "$(cat "$REMOTE/input")" = "" ]
	# shellcheck disable=SC2046  # one word a process
	kill -KILL $(cat "$REMOTE/pid")
}

@test "MaxSessions 1: the report says it may go on" {
	needs_root "logs in as root"
	fleet_start 'MaxSessions 1'
	interrupt -l root -H web1 \
	    "$(remote "$stubborn")"
	out_has 'command may still be running'
	runs
	end_it
}

@test "MaxSessions 1: a terminal's hangup does it" {
	needs_root "logs in as root"
	fleet_start 'MaxSessions 1'
	interrupt -x -tt -l root -H web1 \
	    "$(remote "$stubborn")"
	out_lacks 'running'
	ended
}

@test "what ran away and holds the output is told, and left alone" {
	interrupt -H web1 \
	    "$(remote "setsid sh -c 'echo \$\$ >\$R/pid; sleep 300' & wait")"
	out_has 'something that the command started is still running$'
	runs
	end_it
}

@test "what a command that has ended left in the background stays" {
	exits 3 cpssh -t 6 -H web1 \
	    "sleep 300 & echo \$! >$REMOTE/pid; exit 3"
	out_has 'something that the command started is still running$'
	runs
	end_it
}

@test "ForceCommand that leaves something behind runs once" {
	forced 'sleep 300 & echo $! >$R/pid; exit 3'
	fleet_start "ForceCommand sh $T/forced"
	exits 3 cpssh -t 6 -H web1 true
	runs_once
	end_it
}

@test "other sessions of the same user are left alone" {
	needs_root "logs in as root"
	begin cpssh -l root -t 0 -H web2 \
	    "echo \$\$ >$REMOTE/other; sleep 300; :"
	other=$(remote_says other)
	first=$BEGUN
	interrupt -l root -H web1 "$(remote "$in_a_group_of_its_own")"
	out_lacks 'running'
	ended
	kill -0 "$other"
	kill -INT "$first"
	wait_until 60 gone "$other"
}

# ctrl_c OPTION...: typed as soon as the command runs.
ctrl_c() {
	rm -f typed "$REMOTE/pid"
	mkfifo typed
	INPUT=typed begin "$TESTBIN/ptyrun" "$CPSSH" -F "$FLEET/ssh_config" \
	    -t 0 "$@" -H web1 "$(remote "$stubborn")"
	exec {typed}>typed
	remote_says pid >/dev/null
	printf '\003' >&"$typed"
	ends 130
	exec {typed}>&-
	out_has 'Interrupted'
	out_lacks 'still be running'
	ended
}

@test "Ctrl-C, with and without a terminal there" {
	ctrl_c -x -T
	ctrl_c -x -tt
}

@test "Ctrl-C: root, with and without a terminal there" {
	needs_root "logs in as root"
	ctrl_c -x -T -l root
	ctrl_c -x -tt -l root
}

@test "output that nobody takes does not hold up the end" {
	needs_root "logs in as root"
	mkfifo full
	exec {full}<>full
	begin sh -c '"$@" >full' - "$CPSSH" -F "$FLEET/ssh_config" -l root \
	    -t 3 -P -H web1 "$(remote "echo \$\$ >\$R/pid; trap '' TERM
		yes")"
	remote_says pid
	wait_until 60 gone "$(cat "$REMOTE/pid")"
	exec {full}>&-
	timeout 20 cat full >/dev/null
	ends 3
}

@test "OpenSSH 10: root's commands get the signal" {
	needs_root "logs in as root"
	fleet10_start
	interrupt -v -l root -H web1 \
	    "$(remote "$stubborn")"
	out_lacks 'running'
	err_has 'sending SIGKILL'
	err_lacks 'second channel'
	ended
}

@test "OpenSSH 10: a child in a group of its own" {
	fleet10_start
	interrupt -v -H web1 \
	    "$(remote "$in_a_group_of_its_own")"
	out_lacks 'running'
	err_has 'second channel'
	ended
}

@test "through a bastion" {
	needs_root "logs in as root"
	interrupt -v -x '-J web2' -l root -H web1 \
	    "$(remote "$in_a_group_of_its_own")"
	out_lacks 'running'
	err_has 'second channel'
	ended
}

@test "the login shell is csh" {
	needs_root "gives the user another login shell"
	[ -x /bin/tcsh ] || skip "needs tcsh"
	usermod -s /bin/tcsh "$LOGIN"
	interrupt -H web1 \
	    "setenv R $REMOTE; $in_a_group_of_its_own"
	usermod -s /bin/sh "$LOGIN"
	out_lacks 'running'
	ended
}
