# SPDX-License-Identifier: BSD-2-Clause
# Ctrl-C and its like: nothing new begins, what runs is ended and reported.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# A command that has children, and tells when it runs and who it is.
long='echo $$ >'$BATS_TEST_TMPDIR'/remote/pid.$PSSH_NODENUM; sleep 300 & \
    echo $! >'$BATS_TEST_TMPDIR'/remote/child.$PSSH_NODENUM; wait'

@test "SIGINT ends the remote commands and their children, and says so" {
	begin cpssh -p 2 -t 0 -i -H 'web[1-4]' "echo partial; $long"
	remote_says child.0
	remote_says child.1
	kill -INT "$BEGUN"
	ends 130
	out_counts 2 '\[FAILURE\] web[12] Interrupted'
	out_counts 2 '\[FAILURE\] web[34] Cancelled'
	out_counts 2 '^partial$'
	for name in pid.0 child.0 pid.1 child.1; do
		wait_until 60 gone "$(cat "$REMOTE/$name")"
	done
	[ ! -e "$REMOTE/pid.2" ]
}

@test "SIGTERM does the same" {
	begin cpssh -p 1 -t 0 -H 'web1 web2' "$long"
	remote_says child.0
	kill -TERM "$BEGUN"
	ends 143
	out_has '\[FAILURE\] web1 Interrupted'
	out_has '\[FAILURE\] web2 Cancelled'
	wait_until 60 gone "$(cat "$REMOTE/child.0")"
}

@test "Ctrl-C on a terminal" {
	mkfifo keys
	INPUT=keys begin "$TESTBIN/ptyrun" "$CPSSH" \
	    -F "$FLEET/ssh_config" -t 0 -H web1 "$long"
	exec {keys}>keys
	remote_says child.0
	printf '\003' >&"$keys"
	ends 130
	exec {keys}>&-
	out_has 'Interrupted'
	wait_until 60 gone "$(cat "$REMOTE/child.0")"
}

@test "a second SIGINT leaves at once, and says what it leaves behind" {
	begin cpssh -p 1 -t 0 -H 'web1 web2' \
	    "echo \$PPID >$REMOTE/parent; sleep 300"
	# who serves us answers no more: that is waited for, for seconds
	served=$(descendants "$(remote_says parent)")
	# shellcheck disable=SC2086  # one word a process
	kill -STOP $served
	kill -INT "$BEGUN"
	wait_until 60 has_line 'web2 Cancelled' out
	kill -INT "$BEGUN"
	ends 130
	# shellcheck disable=SC2086
	strike $served
	err_has '^cpssh: leaving now: 1 host may still be at work$'
	out_has 'web2 Cancelled'
	out_has 'web1 Interrupted.*may still be running'
}

@test "hosts that answer nothing do not hold up the end for long" {
	bad_start loginhang kexhang silent endless noclose
	begin cpssh -t 0 --connect-timeout 100 -P -H "$(bad loginhang) \
	    $(bad kexhang) $(bad silent) $(bad endless) $(bad noclose)" true
	wait_until 20 test -s out
	kill -INT "$BEGUN"
	wait_until 60 gone "$BEGUN"
	ends 130
	out_counts 5 'FAILURE'
}

@test "SIGINT while the list is still open" {
	mkfifo list
	INPUT=list begin cpssh -t 0 -h - "$long"
	exec {list}>list
	echo web1 >&"$list"
	remote_says child.0
	kill -INT "$BEGUN"
	ends 130
	exec {list}>&-
	out_has 'web1 Interrupted'
}

@test "a closed stdout ends it quietly, and ends the remote commands" {
	begin sh -c '"$@" 2>err2 | head -n 1' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -t 0 -P -H 'web1 web2' \
	    "echo \$\$ >$REMOTE/pid.\$PSSH_NODENUM; yes"
	ends 0
	out_has '^web[12]: y$'
	[ ! -s err2 ] || explain "$(cat err2)"
	for file in "$REMOTE"/pid.*; do
		# its shell may have ended before it had written it
		[ ! -s "$file" ] || wait_until 60 gone "$(cat "$file")"
	done
}

@test "a closed stdout of a run that prints little ends it as well" {
	exits 141 bash -c '{ "$@"; echo $? >status; } | :; exit $(cat status)' \
	    - "$CPSSH" -F "$FLEET/ssh_config" -p 1 -P -H 'web[1-30]' echo x
	err_is ''
}

@test "SIGINT ends it also when all that is left is to write the report" {
	local output

	mkfifo output
	exec {output}<>output
	dd if=/dev/zero of=output oflag=nonblock bs=4096 2>/dev/null || :
	set -m
	"$CPSSH" -F "$FLEET/ssh_config" -H web1 "echo >$REMOTE/ran" \
	    >&"$output" 2>err 3>&- &
	set +m
	remember $!
	remote_says ran
	wait_until 60 idle "$!"
	kill -INT "$!"
	wait_until 60 idle "$!"
	kill -INT "$!"
	wait_until 60 gone "$!"
	exec {output}>&-
}
