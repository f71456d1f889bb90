# SPDX-License-Identifier: BSD-2-Clause
# runtest --sweep: one plan with several numbers of workers, a table and a
# picture; and what the plan tomcat says where something is missing.
# shellcheck disable=SC2016,SC2154  # stages expand it; runtest.bash sets it

load lib
load ec2-lib
load runtest

setup_file() { :; }
setup() {
	run_setup
	sweep_plan 'roles lg=1 tomcat=rest'
}

# sweep_plan LINE...: what it measures is twelve and a half for each Tomcat.
sweep_plan() {
	plan_make "$@" 'sweep tomcat' 'set PACE 10' 'set EXTRA' \
	    'stage tcgo tomcat' 'stage lggo lg' 'collect' 'stage table here'
	stage table 'n=$(grep -c . roles/tomcat)
		[ "$(ls "$CPSSH_RESULTS" | wc -l)" = $((n + 1)) ]
		echo "throughput $((n * PACE + n * 5 / 2)).5 pages/s" \
		    >"$CPSSH_RESULTS/value"'
}

# A gnuplot that keeps what it is told.
stub_gnuplot() {
	mkdir -p bin
	printf '#!/bin/sh\n[ "$1" = -e ] || { cat "$1" >&2; echo drawn; }\n' \
	    >bin/gnuplot
	chmod +x bin/gnuplot
	PATH=$T/bin:$PATH
}

has_values() {
	[ "$(tail -n +2 "$RUN/sweep.tsv" | cut -f1-3 | tr '\t\n' ' ,')" = "$1" ] ||
		explain "$(cat "$RUN/sweep.tsv")"
}

@test "three steps on the same workers, from the largest to the smallest" {
	stub_gnuplot
	exits 0 runtest --sweep 1,2,4 plan/
	the_run
	all_ended
	[ "$(calls RunInstances)" = 1 ]
	has_values '1 2 12.5,2 3 25.5,4 5 50.5,'
	is "$RUN/sweep.tsv" \
	    $'tomcat\tworkers\tthroughput\tunit\tratio\n1\t2\t12.5\tpages/s\t1.00\n2\t3\t25.5\tpages/s\t2.04\n4\t5\t50.5\tpages/s\t4.04' \
	    tsv
	out_has '^  tomcat   workers    throughput pages/s  times that of 1$'
	out_has '^       2         3                  25.5      2\.04$'
	out_has '^lggo +3 +0$'
	is "$RUN/sweep.png" drawn png
	is "$RUN/sweep.svg" drawn svg
	err_has "^set title 'plan plan: throughput by number of tomcat workers'"
	[ "$(cat "$RUN/results.5/value" "$RUN/results.3/value")" = \
	    $'throughput 50.5 pages/s\nthroughput 25.5 pages/s' ]
	[ "$(echo "$RUN"/results.5/127.*/ | wc -w)" = 5 ]
	[ "$(echo "$RUN"/results/127.*/ | wc -w)" = 2 ]
}

@test "what is wrong is said before anything is launched" {
	while read -r status list why lines; do
		sweep_plan 'roles lg=1 tomcat=rest' "$lines"
		exits "$status" runtest --sweep "$list" plan/
		err_has "${why//_/ }"
	done <<-'END'
		2 2,1 each_number_is_greater
		2 1,1 each_number_is_greater
		2 0,1 0_is_no_number_of_workers
		2 01,2 01_is_no_number_of_workers
		2 1,,2 numbers_with_commas
		2 1,2, numbers_with_commas
		2 1,x numbers_with_commas
		2 1.5 numbers_with_commas
		2 99999999 99999999_is_too_large
		3 1,2 are_2_workers,_the_plan_wants_3 minimum 3
	END
	sweep_plan 'roles lg=1 tomcat=rest'
	exits 2 runtest --sweep
	exits 2 runtest --sweep 1,2 --min 4 plan/
	exits 2 runtest --sweep 1,2 plan/ more
	sweep_plan 'roles tomcat=2 lg=rest'
	exits 3 runtest --sweep 1,2 plan/
	err_has 'no number of workers has 1 of the role tomcat'
	sweep_plan 'roles lg=tag:x tomcat=rest'
	exits 2 runtest --sweep 1,2 plan/
	err_has 'roles by tag cannot be counted'
	plan_make
	exits 2 runtest --sweep 1,2 plan/
	err_has 'plan.conf: no line "sweep ROLE"'
	[ "$(calls RunInstances)" = 0 ]
	[ ! -e runs ]
}

@test "a step that fails ends the sweep, and there is a table of the others" {
	stub_gnuplot
	stage lggo '[ "$(grep -c . roles/tomcat)" != 2 ] || exit 7'
	exits 5 runtest --sweep 1,2,3 plan/
	the_run
	all_ended
	err_has 'lggo: 127.0.0.1: Exited with error code 7'
	has_values '3 4 37.5,'
	out_has '^not measured: 1 2'
	[ -s "$RUN/sweep.png" ]
}

@test "a plan that measures nothing is told so" {
	stage table ': >"$CPSSH_RESULTS/value"'
	exits 5 runtest --sweep 1,2 plan/
	the_run
	all_ended
	err_has 'results/value has no line NAME NUMBER UNIT'
	err_has 'nothing has been measured'
	stage table 'echo fast 1e3 >"$CPSSH_RESULTS/value"'
	exits 5 runtest --sweep 1,2 plan/
	all_ended
}

@test "Ctrl-C in the second step" {
	stage lggo '[ "$(grep -c . roles/tomcat)" != 2 ] || {
		touch '"$REMOTE"'/begun
		exec sleep 100
	}'
	begin_run --sweep 1,2,3 plan/
	wait_until 60 test -e "$REMOTE/begun"
	press '^runtest: SIGINT: ending'
	ends 130
	the_run
	all_ended
	has_values '3 4 37.5,'
}

@test "killed, and gone on with: nothing is launched or done twice" {
	stage lggo '[ "$(grep -c . roles/tomcat)" != 2 ] || [ -e '"$REMOTE"'/begun ] || {
		touch '"$REMOTE"'/begun
		exec sleep 100
	}'
	begin_run --keep --sweep 1,2,3 plan/
	wait_until 60 test -e "$REMOTE/begun"
	kill -KILL -- "-$BEGUN"
	wait_until 10 gone "$BEGUN"
	the_run
	workers_are 3
	exits 0 runtest --keep --resume "$RUN"
	has_values '1 2 12.5,2 3 25.5,3 4 37.5,'
	workers_are 2
	[ "$(calls RunInstances)" = 1 ]
	[ "$(grep -c $'\ttable\tok' "$RUN/joblog")" = 3 ]
	exits 0 runtest --resume "$RUN"
	all_ended
	[ "$(grep -c $'\ttable\tok' "$RUN/joblog")" = 3 ]
}

@test "too few workers: the largest numbers are left out" {
	fake set capacity=4
	exits 0 runtest --min 2 --sweep 1,2,3,4 plan/
	the_run
	all_ended
	err_has '4 tomcat need 5 workers, there are 3: left out'
	has_values '1 2 12.5,2 3 25.5,'
	out_has '^not measured: 3 4'
}

@test "machines that are there already" {
	printf '127.0.0.%s\n' 1 2 3 >machines
	exits 3 runtest --hosts machines --sweep 1,3 plan/
	exits 0 runtest --hosts machines --sweep 1,2 plan/
	the_run
	has_values '1 2 12.5,2 3 25.5,'
	[ "$(calls RunInstances)$(calls TerminateInstances)" = 00 ]
}

@test "without gnuplot it is said, and the table is there; drawn later" {
	mkdir bare
	cp -s /usr/bin/* bare/ 2>/dev/null || :
	rm -f bare/gnuplot*
	FULL=$PATH PATH=$BUILDDIR:$T/bare
	exits 0 runtest --sweep 1,2 plan/
	PATH=$FULL
	the_run
	err_has 'no gnuplot .Debian: gnuplot-nox., so no picture'
	out_has '^       2         3 '
	[ ! -e "$RUN/sweep.png" ]
	stub_gnuplot
	exits 0 "$FRAMEWORK/runsweep" "$RUN"
	is "$RUN/sweep.png" drawn png
	exits 2 "$FRAMEWORK/runsweep" "$T"
	err_has 'has no sweep'
}

@test "what the plan sets, and the environment instead" {
	stage tcgo 'echo "$PACE,$EXTRA" >"$CPSSH_RESULTS/tc.$CPSSH_HOST"'
	export EXTRA='two words; $(date) "and'"'"
	PACE=20 exits 0 runtest 2 plan/
	the_run
	is "$RUN/results/127.0.0.2/tc.127.0.0.2" "20,$EXTRA" tc
	is "$RUN/results/value" 'throughput 22.5 pages/s' value
	export EXTRA=$'two\nlines'
	exits 2 runtest 2 plan/
	err_has 'EXTRA: a line of text is wanted'
}

# --- the plan tomcat, where something is missing ---

# on_worker STAGE: there, with nothing but what Debian has anywhere.
on_worker() {
	local tool

	cp -R "$FRAMEWORK/plans/tomcat" worker
	mkdir -p worker/roles worker/results tools
	echo 127.0.0.1 | tee worker/roles/tomcat >worker/hosts
	for tool in sh awk cat cp cut grep ln mkdir mv rm sed sort tail tr; do
		ln -sf "$(command -v $tool)" tools/
	done
	cd worker || return
	exits "$1" env PATH="$T/tools" CPSSH_STAGE="$2" CPSSH_HOST=127.0.0.1 \
	    CPSSH_RESULTS="$T/worker/results" TOMCAT_PORT=8080 "${@:3}" "./$2"
	cd ..
	rm -rf worker
}

@test "the stages of the plan tomcat say what a worker misses" {
	on_worker 0 tcgo
	out_has 'skipped: TC_HOME is not set'
	on_worker 1 tcgo TC_HOME=/nosuch
	err_has 'TC_HOME is /nosuch, but there is no /nosuch/bin'
	on_worker 1 tomcatgo
	err_has 'no java on this worker: its image needs the package default-jre'
	on_worker 1 lggo
	err_has 'no curl on this worker: its image needs the package curl'
	printf '#!/bin/sh\n' >tools/java
	chmod +x tools/java
	cp tools/java tools/curl
	on_worker 1 lggo
	err_has 'no wrk on this worker: its image needs the package wrk'
	if [ ! -e /usr/share/tomcat10 ] && [ ! -e /usr/share/tomcat11 ]; then
		on_worker 1 tomcatgo
		err_has 'no Tomcat on this worker: its image needs .* tomcat10'
	fi
	cp tools/java tools/wrk
	on_worker 1 lggo LOAD_SECONDS=0
	err_has 'LOAD_SECONDS is 0: 1 to 3000, please'
}
