# SPDX-License-Identifier: BSD-2-Clause
# runtest: workers come, do what the plan says, and go, whatever happens.
# shellcheck disable=SC2016  # stages expand it

load lib
load ec2-lib
load runtest

setup_file() { :; }
setup() { run_setup; }

# --- a run ---

@test "launched, partitioned, run, collected, ended" {
	exits 0 runtest 3 plan/
	the_run
	all_ended
	[ "$(cut -d' ' -f1 "$RUN/hosts")" = $'127.0.0.1\n127.0.0.2\n127.0.0.3' ]
	[ "$(cut -d' ' -f1 "$RUN/roles/lg")" = 127.0.0.1 ]
	[ "$(cut -d' ' -f1 "$RUN/roles/tomcat")" = $'127.0.0.2\n127.0.0.3' ]
	[ "$(wc -w <"$RUN/ids")" = 3 ]
	is "$RUN/results/127.0.0.2/tc.127.0.0.2" 'tomcat 127.0.0.2' tc
	grep -q '^127.0.0.2 ' "$RUN/results/127.0.0.1/lg.127.0.0.1"
	is "$RUN/table" $'127.0.0.1\n127.0.0.2\n127.0.0.3' table
	[ "$(grep -c $'\ttcgo\tok\t127.0.0.[23]\t$' "$RUN/joblog")" = 2 ]
	out_has '^tcgo +2 +0$'
	err_has '^runtest: 3 of 3 workers are ready'
	err_lacks '0 of 3 workers'
	called RunInstances '"TagSpecification.*cpssh:run'
	for step in launch partition distribute tcgo lggo collect table end; do
		[ -s "$RUN/stages/$step.done" ]
	done
}

@test "two runs at once have nothing in common" {
	begin_run 3 plan/
	runtest 2 plan/ >second.out 2>second.err
	ends 0
	all_ended
	[ "$(echo runs/* | wc -w)" = 2 ]
	[ -z "$(cat runs/*/hosts | cut -d' ' -f1 | sort | uniq -d)" ]
	for run in runs/*; do
		[ "$(ls "$run/results")" = "$(cut -d' ' -f1 "$run/hosts")" ]
		[ "$(cat "$run/results"/*/stages | sort | uniq -c | wc -l)" = 2 ]
	done
}

@test "machines that are there already" {
	printf '127.0.0.1\n127.0.0.2\n' >machines
	exits 0 runtest --hosts machines 2 plan/
	the_run
	[ "$(ls "$RUN/results")" = $'127.0.0.1\n127.0.0.2' ]
	[ "$(calls RunInstances)$(calls TerminateInstances)" = 00 ]
}

@test "the master's hook hears of workers, and gives them data" {
	cat >master-hook <<-'END'
		#!/bin/sh
		echo "$1 $(cat ids 2>/dev/null | wc -w)" >>"$2/../../heard"
		[ "$1" != before-launch ] || echo L2ip=10.9.8.7 >launch-data
		[ "$1" != after-end ] || exit 3
	END
	chmod +x master-hook
	exits 0 runtest --hook ./master-hook 2 plan/
	is heard $'before-launch 0\nafter-launch 2\nafter-partition 2\nafter-end 2' heard
	the_run
	called RunInstances "$(printf L2ip=10.9.8.7 | base64)"
	err_has 'hook after-end failed'
}

@test "each worker has a secret of its own, and nobody sees it" {
	secret_program
	exits 0 runtest --secret ./secrets.sh 3 plan/
	the_run
	all_ended
	[ "$(wc -l <bound)" = 3 ]
	while read -r id secret; do
		fake data "$id" | base64 -d | grep -qx "workersecret=$secret"
		grep -q " id=$id\$" "$RUN/hosts"
	done <bound
	[ "$(cut -d' ' -f3 bound | sort -u | wc -l)" = 3 ]
	[ "$(sort forgotten)" = "$(cut -d' ' -f1 bound | sort)" ]
	! grep -r hush "$RUN" "$T/out" "$T/err" || explain 'it is told'
}

@test "with secrets, too: too few, Ctrl-C, and killed while it launches" {
	secret_program
	echo 'secret ./secrets.sh' >>site.conf
	fake set capacity=2
	exits 4 runtest 3 plan/
	all_ended
	rm -rf runs
	fake set capacity=100 pending=hold
	begin_run 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	press '^runtest: SIGINT: ending'
	ends 130
	all_ended
	rm -rf runs bound
	before=$(fake ids | wc -w)
	fake fault hold action=RunInstances after=1
	begin_run 3 plan/
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	kill -KILL "$BEGUN"
	wait_until 10 gone "$BEGUN"
	fake release
	the_run
	wait_until 20 unlocked
	fake set pending=0
	for id in $(workers); do
		fake state "$id" running
	done
	exits 0 runtest --resume "$RUN"
	[ "$(fake ids | wc -w)" = $((before + 3)) ]
	[ "$(wc -l <bound)" = 3 ]
	all_ended
}

@test "on a master, its own programs are used" {
	cp -R "$FRAMEWORK" framework
	mkdir -p sysconf/cpssh
	secret_program
	cp secrets.sh framework/worker-secret
	printf '#!/bin/sh\necho "$1" >>%s/heard\n' "$T" >framework/master-hook
	chmod +x framework/master-hook
	sed "s|@sysconfdir@|$T/sysconf|; s|@bindir@|$BUILDDIR|" \
	    framework/paths.sh.in >framework/paths.sh
	run_it() { exits 0 "$T/framework/runtest" "$@" 1 small/; }
	cp -R plan small
	printf '%s\n' 'roles lg=rest' 'stage tcgo all' >small/plan.conf
	cp site.conf sysconf/cpssh/runtest.conf
	run_it
	[ ! -e heard ]
	echo autosign = policy >sysconf/cpssh/master.conf
	run_it
	is heard $'before-launch\nafter-launch\nafter-partition\nafter-end' heard
	[ "$(wc -l <framework/bound)" = 1 ]
	run_it --hook none --secret none
	[ "$(wc -l <heard)" = 4 ]
	exits 2 "$T/framework/runtest" --hook nosuch 1 small/
	err_has 'no such program'
	all_ended
}

# --- plans ---

@test "a plan that is wrong, or does not fit, launches nothing" {
	while read -r status why lines; do
		plan_make 'roles lg=1 tomcat=rest' "$lines" 'stage tcgo all'
		exits "$status" runtest 1 plan/
		err_has "${why//_/ }"
	done <<-'END'
		2 no_role_is_called stage lggo db
		2 no_executable_file stage nothere lg
		2 there_twice stage tcgo lg
		2 no_stage_can_be_called stage launch lg
		2 stage_NAME stage ../tcgo lg
		2 no_such_option stage lggo lg always
		2 timeout=SECONDS stage lggo lg timeout=x
		2 line_3:_minimum_N minimum 0
		2 none_of_roles more of it
		2 sweep_ROLE sweep db
		2 set_NAME set PATH /x
		2 more_than_1 minimum 2
		2 nothing_comes_after collect all
		2 called_here roles here=rest
		3 does_not_fit #
	END
	exits 2 runtest 1 nosuchplan
	err_has 'no plan nosuchplan'
	exits 2 runtest 0 plan/
	exits 2 runtest x plan/
	exits 2 runtest --min 3 2 plan/
	[ "$(calls RunInstances)" = 0 ]
	[ ! -e runs ]
}

@test "a stage that fails ends the run, and what there is is collected" {
	stage lggo 'echo oh; exit 7'
	exits 5 runtest 2 plan/
	the_run
	all_ended
	err_has '^runtest: lggo: 127.0.0.1: Exited with error code 7'
	is "$RUN/output/lggo/127.0.0.1" oh output
	[ -e "$RUN/results/127.0.0.2/tc.127.0.0.2" ]
	[ ! -e "$RUN/table" ]
	out_has '^lggo +0 +1$'
}

@test "a stage that may fail, and one that takes too long" {
	plan_make 'roles lg=1 tomcat=rest' 'stage tcgo all may-fail' \
	    'stage lggo lg timeout=1'
	stage tcgo '[ "$CPSSH_ROLE" != lg ]'
	stage lggo 'sleep 60'
	exits 5 runtest 2 plan/
	err_has 'tcgo may fail: going on'
	err_has 'lggo: 127.0.0.1: Timed out'
	all_ended
}

# --- what goes wrong ---

@test "fewer workers than asked, but enough" {
	fake set capacity=3
	exits 0 runtest --min 2 4 plan/
	the_run
	[ "$(wc -l <"$RUN/hosts")" = 2 ]
	err_has 'going on with 2 of 4 workers'
	all_ended
}

@test "fewer workers than asked, and too few" {
	fake set capacity=2
	exits 4 runtest 3 plan/
	err_has '0 of 3 workers are launched, 3 are needed'
	err_lacks 'NOT ENDED'
	all_ended
	fake set capacity=100 pending=hold
	exits 4 runtest --timeout 1 2 plan/
	err_has '0 of 2 workers are ready, 2 are needed'
	all_ended
}

@test "the API is away for a while, and for good" {
	fake set pending=3
	fake fault cut action=DescribeInstances times=2
	AWS_MAX_ATTEMPTS=5 exits 0 runtest 2 plan/
	all_ended
	fake set pending=hold
	begin_run --timeout 4 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	fake fault error 'action=.*' code=Unavailable status=503 times=9999
	ends 6
	left=$(sed -n 's/.*NOT ENDED, .* money: //p' "$T/err")
	[ "$(echo "$left" | tr ' ' '\n' | sort)" = "$(workers | sort)" ]
	err_has '^runtest: to end them: ec2-terminate --run plan-[^ ]* --yes'
	fake clear
	# shellcheck disable=SC2046  # words
	exits 0 $(sed -n 's/.*to end them: \(ec2-terminate --run .*\)/\1/p' "$T/err" | tail -n 1)
	all_ended
}

@test "a worker dies in a stage" {
	stage tcgo '[ "$CPSSH_HOST" != 127.0.0.3 ] || kill -KILL $PPID
		echo "$CPSSH_HOST" >"$CPSSH_RESULTS/tc.$CPSSH_HOST"'
	exits 5 runtest 3 plan/
	the_run
	all_ended
	err_has 'tcgo: 127.0.0.3: '
	grep -qP '\ttcgo\tfailed\t127.0.0.3\t.' "$RUN/joblog"
	grep -qP '\ttcgo\tok\t127.0.0.2\t' "$RUN/joblog"
	[ -e "$RUN/results/127.0.0.2/tc.127.0.0.2" ]
}

# slow NAME: that command says that it has begun, and takes its time.
slow() {
	mkdir -p bin
	cat >"bin/$1" <<-END
		#!/bin/sh
		[ -e $T/begun ] && exec $BUILDDIR/$1 "\$@"
		touch $T/begun
		exec sleep 100
	END
	chmod +x "bin/$1"
	PATH=$T/bin:$PATH
}

# interrupt FILE-OR-REGEX: when it is there, the terminal's Ctrl-C comes.
interrupt() {
	begin_run 2 plan/
	case $1 in
	/*) wait_until 30 test -e "$1" ;;
	*) wait_until 30 has_line "$1" "$T/err" ;;
	esac
	press '^runtest: SIGINT: ending'
	ends 130
	all_ended
	the_run
	nothing_left() { ! pgrep -f "$T/plan|cpssh-run.${RUN#*/}" >left; }
	wait_until 30 nothing_left || explain "left: $(cat left)"
	rm -rf runs begun
}

@test "Ctrl-C in each step" {
	fake set pending=hold
	interrupt 'launched 2 of 2'
	fake set pending=0
	for command in cpssh cprsync cpslurp; do
		slow $command
		interrupt "$T/begun"
		rm bin/$command
	done
	stage tcgo 'echo $$ >'"$REMOTE"'/pid; exec sleep 100'
	interrupt "$REMOTE/pid"
	wait_until 10 gone "$(cat "$REMOTE/pid")"
	stage tcgo :
	stage table "touch $T/begun; exec sleep 100"
	interrupt "$T/begun"
}

@test "Ctrl-C while workers are ended: twice is answered, thrice obeyed" {
	fake fault hold action=TerminateInstances
	begin_run 2 plan/
	wait_until 30 has_line '"fault": "hold"' "$EC2_LOG"
	press 'once more leaves them'
	fake release
	ends 0
	all_ended
}

@test "TERM is as good as Ctrl-C" {
	fake set pending=hold
	begin_run 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	press '^runtest: SIGTERM: ending' TERM
	ends 143
	all_ended
}

@test "whoever keeps the workers hears what stays" {
	fake set pending=hold
	begin_run --keep 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	press '^runtest: SIGINT: ending'
	ends 130
	workers_are 2
	for id in $(workers); do
		err_has "kept, and they go on costing money:.* $id"
	done
}

@test "a mistake of its own leaves no worker behind" {
	cp -R "$FRAMEWORK" framework
	sed -i 's/^step_distribute() {/&\n\techo "$nosuchvariable"/' \
	    framework/run-steps.sh
	FRAMEWORK=$T/framework exits 1 runtest 2 plan/
	err_has 'ended before its end'
	all_ended
}

@test "nobody reads what it says" {
	set -o pipefail
	{ runtest 2 plan/ || echo $? >failed; } 2>&1 | true
	all_ended
	the_run
	[ -s "$RUN/stages/table.done" ]
}

@test "a disk that is full keeps no worker alive" {
	needs_root 'a small disk'
	cat >filler <<-'END'
		#!/bin/sh
		[ "$1" != after-launch ] || cat /dev/zero >"$2/fill"
	END
	chmod +x filler
	mkdir runs
	exits 1 unshare --mount sh -c '
		mount -t tmpfs -o size=200k none runs
		CPSSH_RUNTEST_CONF=/dev/null exec "$@"' sh \
	    "$FRAMEWORK/runtest" --config site.conf --hook ./filler 3 plan/
	err_has 'cannot write'
	err_lacks 'NOT ENDED'
	all_ended
	mkdir -p empty
	exits 1 unshare --mount sh -c '
		mount -t tmpfs -o size=4k none runs
		CPSSH_RUNTEST_CONF=/dev/null exec "$@"' sh \
	    "$FRAMEWORK/runtest" --config site.conf 3 plan/
	[ "$(calls RunInstances)" = 1 ]
}

@test "hostile names of instances and hosts" {
	# shellcheck disable=SC2016
	sed -i 's/^address .*/address tag:Name,private-ip/' site.conf
	echo 'launch --tag=Name=../../x;touch$IFS$9'"$T"'/gotcha' >>site.conf
	status=0
	runtest 2 plan/ >out 2>err || status=$?
	all_ended
	[ ! -e gotcha ]
	# it is told, and the run goes on by addresses or is refused cleanly
	[[ $status = [04] ]] || explain "$status"
	rm -rf runs
	printf '%s\n' '127.0.0.1 x=$(touch${IFS}gotcha)' "127.0.0.2 x=';id;'" >evil
	exits 0 runtest --hosts evil 2 plan/
	[ ! -e gotcha ]
	rm -rf runs
	printf '%s\n' 127.0.0.1 '-oProxyCommand=touch${IFS}gotcha' >evil
	exits 5 runtest --hosts evil 2 plan/
	[ ! -e gotcha ]
}

# --- later ---

@test "kept, resumed, shrunk" {
	stage lggo "[ -e $REMOTE/well ] || exit 1
		echo \$CPSSH_STAGE >>\$CPSSH_RESULTS/lg"
	exits 5 runtest --keep 3 plan/
	the_run
	workers_are 3
	err_has 'kept, and they go on costing money: i-'
	touch "$REMOTE/well"
	grep -q tcgo "$RUN/results/127.0.0.2/stages"
	exits 0 runtest --keep --resume "$RUN"
	[ "$(calls RunInstances)" = 1 ]
	[ "$(grep -cP '\ttcgo\tok' "$RUN/joblog")" = 2 ]
	workers_are 3
	exits 3 runtest --shrink 1 "$RUN"
	err_has 'none was ended'
	workers_are 3
	exits 0 runtest --shrink 2 "$RUN"
	workers_are 2
	[ "$(cut -d' ' -f1 "$RUN/hosts")" = $'127.0.0.1\n127.0.0.2' ]
	[ -d "$RUN/results.3/127.0.0.3" ]
	exits 0 runtest --resume "$RUN"
	[ "$(ls "$RUN/results")" = $'127.0.0.1\n127.0.0.2' ]
	all_ended
	exits 2 runtest --resume "$RUN"
	err_has 'have been ended'
	exits 2 runtest --resume "$T"
	err_has 'no run directory'
}

@test "resumed after it was killed outright" {
	stage lggo "[ -e $REMOTE/pid ] && exit; echo \$\$ >$REMOTE/pid; exec sleep 100"
	begin_run 2 plan/
	wait_until 30 test -s "$REMOTE/pid"
	the_run
	exits 1 runtest --resume "$RUN"
	err_has 'somebody is at work'
	kill -KILL "$BEGUN"
	wait_until 10 gone "$BEGUN"
	kill "$(cat "$REMOTE/pid")"
	workers_are 2
	exits 0 runtest --resume "$RUN"
	[ "$(grep -cP '\ttcgo\tok' "$RUN/joblog")" = 1 ]
	all_ended
}

@test "resumed after it was killed while it launched" {
	fake set pending=hold
	begin_run 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	kill -KILL "$BEGUN"
	wait_until 10 gone "$BEGUN"
	the_run
	wait_until 20 unlocked
	for id in $(workers); do
		fake state "$id" running
	done
	exits 0 runtest --resume "$RUN"
	[ "$(wc -l <"$RUN/hosts")" = 2 ]
	[ "$(fake ids | wc -w)" = 3 ]
	all_ended
}

@test "runTC.sh N is the Tomcat test" {
	mkdir plans
	mv plan plans/tomcat
	CPSSH_PLANS=$T/plans CPSSH_RUNTEST_CONF=$T/site.conf \
	    exits 0 "$FRAMEWORK/runTC.sh" 2
	the_run
	[[ $RUN = runs/tomcat-* ]]
	all_ended
	exits 2 "$FRAMEWORK/runTC.sh"
}

@test "the manual pages have the options of --help" {
	for name in runtest partition; do
		"$FRAMEWORK/$name" --help |
		    grep -oE '(^|[ ,])--[a-z][a-z-]+' | tr -d ' ,' |
		    sort -u >help
		grep '^\.It F' "${SRCDIR:-$BATS_TEST_DIRNAME/..}/man/$name.1" |
		    sed 's/Fl Fl /\n--/g' | grep -oE '^--[a-z][a-z-]+' |
		    sort -u >page
		diff help page
	done
}
