# SPDX-License-Identifier: BSD-2-Clause
# runtest: whatever happens, no worker is left that nobody knows of.
# shellcheck disable=SC2016,SC2154  # stages expand it; lib.bash sets

load lib
load ec2-lib
load runtest

setup_file() { :; }
setup() { run_setup; }

# in_place_of COMMAND TEXT: a script of that text is found first, with $real.
in_place_of() {
	mkdir -p bin
	printf '#!/bin/sh\nreal=%s\n%s\n' "$BUILDDIR/$1" "$2" >"bin/$1"
	chmod +x "bin/$1"
	PATH=$T/bin:$PATH
}

# Unlike a process that nobody has waited for yet, it has a program.
still_runs() { [ -e "/proc/$1/exe" ]; }

# planted FILE LINE: runtest, with a mistake at the beginning of the function
planted() {
	cp -R "$FRAMEWORK" framework
	sed -i "s/^$2() {/&\n\techo \"\$nosuchvariable\"/" "framework/$1"
	FRAMEWORK=$T/framework
}

@test "shrunk: those that were never ready end as well" {
	plan_make 'roles lg=rest' 'stage tcgo all'
	fake pool 127.0.0.1 127.0.0.2 127.0.0.3 127.99.99.99
	exits 0 runtest --keep --min 3 --timeout 5 4 plan/
	err_has 'going on with 3 of 4 workers'
	workers_are 4
	the_run
	exits 0 runtest --shrink 2 "$RUN"
	workers_are 2
}

@test "gone on with: one of the run that nobody had heard of ends as well" {
	exits 0 runtest --keep 2 plan/
	the_run
	"$BUILDDIR/ec2-launch" --ami ami-12345678 --type t3.micro \
	    --run "${RUN##*/}" -n 1
	workers_are 3
	exits 0 runtest --resume "$RUN"
	all_ended
}

@test "signals that are seldom sent" {
	stage lggo "touch $REMOTE/begun; exec sleep 100"
	while read -r name status; do
		begin_run 2 plan/
		wait_until 30 test -e "$REMOTE/begun"
		kill "-$name" "$BEGUN"
		ends "$status"
		err_has "^runtest: SIG$name: ending"
		all_ended
		rm -rf runs "$REMOTE/begun"
	done <<-END
		QUIT 131
		USR1 138
		ALRM 142
	END
}

@test "a file that may not grow" {
	plan_make 'roles lg=rest' 'stage tcgo all' 'stage table here'
	stage table 'head -c 32768 /dev/zero >>"$CPSSH_RUNDIR/log" || :'
	exits 1 bash -c 'ulimit -f 32; CPSSH_RUNTEST_CONF=/dev/null exec "$@"' sh \
	    "$FRAMEWORK/runtest" --config site.conf 2 plan/
	err_has 'cannot write .*/log$'
	all_ended
}

@test "Ctrl-C while EC2 is asked who is left ends them" {
	exits 0 runtest --keep 2 plan/
	the_run
	in_place_of ec2-hosts "touch $T/begun; exec sleep 100"
	rm "$RUN/stages/table.done"
	begin_run --resume "$RUN"
	wait_until 30 test -e begun
	press '^runtest: SIGINT: ending'
	ends 130
	all_ended
}

@test "what a stage leaves behind here holds up nobody" {
	stage table "echo said; sleep 250 & echo \$! >$T/pid; printf half"
	exits 0 runtest 2 plan/
	err_has '^said$'
	err_has '^half$'
	all_ended
	still_runs "$(cat pid)"
	kill "$(cat pid)"
	plan_make 'roles lg=rest' 'stage table here timeout=1'
	stage table 'trap "" TERM; while :; do sleep 1; done'
	exits 5 runtest 2 plan/
	err_has '^runtest: table: here: '
	all_ended
}

@test "a stage ends while a line of it is told" {
	stage table "echo said; sleep 250 & echo \$! >$T/pid; printf half"
	cp -R "$FRAMEWORK" framework
	sed -i 's/^to_all() {/&\n\tuntil is_over; do sleep 0.1; done/' \
	    framework/run-talk.sh
	FRAMEWORK=$T/framework exits 0 runtest 2 plan/
	err_has '^half$'
	still_runs "$(cat pid)"
	kill "$(cat pid)"
}

@test "its temporary files are removed under its hands" {
	mkdir tmp
	stage table 'rm -rf "$TMPDIR"/*'
	TMPDIR=$T/tmp exits 0 runtest 2 plan/
	all_ended
	[ -z "$(ls tmp)" ]
}

@test "a mistake of its own while workers are launched" {
	planted run-steps.sh launched_line
	in_place_of ec2-launch 'trap "exec \"\$real\" \"\$@\"" TERM
		echo i-0123456789abcdef0
		while :; do sleep 0.1; done'
	begin_run 2 plan/
	ends 1
	err_has "to end the workers: ec2-terminate.* --run"
	[ "$(grep -c "^i-" "$T/err")" = 2 ]
	all_ended
}

@test "a mistake of its own, and EC2 knows of no workers yet" {
	planted run-steps.sh launched_line
	in_place_of ec2-launch 'echo i-0123456789abcdef0
		exec sleep 300'
	begin_run 2 plan/
	ends 6
	err_has "NOT ENDED, .*whatever run .* has"
}

@test "cpssh is killed: a stage that may fail has failed" {
	plan_make 'roles lg=rest' 'stage tcgo all may-fail'
	in_place_of cpssh 'case $* in
		*cpssh-stage*)
			echo "[1] 00:00:00 [SUCCESS] 127.0.0.1"
			kill -KILL $$
			;;
		esac
		exec "$real" "$@"'
	exits 5 runtest 2 plan/
	err_lacks 'going on'
	all_ended
}

@test "killed while it launches: nobody goes on with it before that has ended" {
	fake fault hold action=RunInstances
	begin_run 2 plan/
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	kill -KILL "$BEGUN"
	wait_until 10 gone "$BEGUN"
	the_run
	exits 1 runtest --resume "$RUN"
	err_has 'somebody is at work'
	fake release
	wait_until 20 unlocked
	exits 0 runtest --resume "$RUN"
	[ "$(fake ids | wc -w)" = 3 ]
	all_ended
}
