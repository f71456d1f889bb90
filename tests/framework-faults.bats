# SPDX-License-Identifier: BSD-2-Clause
# runtest: what may go wrong with workers, names, signals and disks.
# framework-runtest.bats has the rest.
# shellcheck disable=SC2016,SC2154  # stages and hooks expand it; lib.bash sets

load lib
load ec2-lib
load runtest

setup_file() { :; }
setup() { run_setup; }

# --- Ctrl-C ---

# interrupt STATUS [WORD...]: when it has begun, Ctrl-C comes.
interrupt() {
	begin_run "${@:2}" 2 plan/
	wait_until 30 test -e begun
	press '^runtest: SIGINT: ending'
	ends "$1"
	all_ended
	rm -rf runs begun
}

@test "Ctrl-C in each hook" {
	printf '#!/bin/sh\n[ "$1" != "$(cat %s/which)" ] || {
		touch %s/begun; sleep 100; exit 1; }\n' "$T" "$T" >hook
	chmod +x hook
	for which in before-launch after-launch after-partition; do
		echo $which >which
		interrupt 130 --hook ./hook
		err_has '^runtest: SIGINT: ending'
		[ "$which" != before-launch ] || [ "$(calls RunInstances)" = 0 ]
	done
	# they are ended already: the second one ends the hook alone
	echo after-end >which
	begin_run --hook ./hook 2 plan/
	wait_until 30 test -e begun
	all_ended
	press 'once more leaves them'
	press '^runtest: SIGINT: ending'
	ends 0
	err_has 'hook after-end failed'
}

@test "Ctrl-C in the partition" {
	cp -R "$FRAMEWORK" framework
	cat >framework/partition <<-END
		#!/bin/sh
		case "\$*" in
		*--dir*) touch $T/begun; exec sleep 100 ;;
		esac
		exec $FRAMEWORK/partition "\$@"
	END
	FRAMEWORK=$T/framework interrupt 130
}

@test "Ctrl-C while EC2 is asked for workers: its answer is waited for" {
	fake fault hold action=RunInstances
	begin_run 2 plan/
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	press '^runtest: SIGINT: ending'
	fake release
	ends 130
	all_ended
	[ "$(fake ids | wc -w)" = 3 ]
}

@test "Ctrl-C thrice leaves the workers, and lists them" {
	fake set pending=hold
	fake fault hold action=TerminateInstances
	begin_run 2 plan/
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	press '^runtest: SIGINT: ending'
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	press 'once more leaves them'
	press 'NOT ENDED'
	ends 6
	the_run
	left=$(sed -n 's/.*NOT ENDED, .* money: //p' "$T/err")
	[ "$(echo "$left" | tr ' ' '\n' | sort)" = "$(workers | sort)" ]
	[ "$(sort "$RUN/left")" = "$(workers | sort)" ]
	[ "$(wc -l <"$RUN/left")" = 2 ]
	[ ! -e "$RUN/stages/end.done" ]
	fake release
}

# --- fewer workers ---

@test "one that ends while it boots is not waited for" {
	fake set pending=hold
	plan_make 'roles lg=rest' 'stage tcgo all'
	for status in 0 4; do
		least=()
		[ $status = 4 ] || least=(--min 1)
		begin_run "${least[@]}" 2 plan/
		wait_until 20 has_line 'launched 2 of 2' "$T/err"
		read -r one two < <(workers | xargs)
		fake state "$one" terminated
		fake state "$two" running
		ends $status
		err_has "ec2-hosts: $one is terminated"
		err_has '1 of 2 workers are ready'
		all_ended
	done
	err_lacks 'time is up'
}

@test "more workers than the plan has roles for" {
	plan_make 'roles lg=1 tomcat=2' 'stage tcgo all'
	exits 3 runtest 5 plan/
	err_has 'does not fit 5 workers: 2 would have no role'
	exits 3 runtest 2 plan/
	err_has 'does not fit 2 workers: impossible: role tomcat wants 2'
	[ "$(calls RunInstances)" = 0 ]
	[ ! -e runs ]
	exits 0 runtest 3 plan/
}

@test "gone on with only if the workers are alive" {
	stage lggo "[ -e $REMOTE/well ] || exit 1"
	exits 5 runtest --keep 3 plan/
	touch "$REMOTE/well"
	the_run
	read -r one two three < <(sed 's/.* id=//' "$RUN/hosts" | xargs)
	fake fault error action=DescribeInstances code=Unavailable status=503 \
	    times=9999
	exits 4 runtest --resume "$RUN"
	err_has 'does not say which workers are left: nothing was done'
	exits 4 runtest --shrink 2 "$RUN"
	fake clear
	fake state "$one" terminated
	exits 4 runtest --resume "$RUN"
	err_has "1 of 3 workers have ended: $one$"
	err_has "runtest --shrink 2 $RUN"
	workers_are 2
	exits 0 runtest --shrink 2 "$RUN"
	workers_are 2
	exits 0 runtest --keep --resume "$RUN"
	workers_are 2
	[ "$(sed 's/.* id=//' "$RUN/hosts" | xargs)" = "$two $three" ]
	[ "$(ls "$RUN/results")" = $'127.0.0.2\n127.0.0.3' ]
	# all is done: they are only ended, whoever has ended before
	fake state "$two" terminated
	exits 0 runtest --resume "$RUN"
	all_ended
}

@test "nothing is left of a run" {
	stage lggo false
	exits 5 runtest --keep 2 plan/
	the_run
	for id in $(workers); do
		fake state "$id" terminated
	done
	exits 4 runtest --resume "$RUN"
	err_has 'nothing is left of'
	exits 4 runtest --shrink 1 "$RUN"
	err_has '0 workers of .* are left'
	[ "$(calls TerminateInstances)" = 0 ]
}

@test "shrunk, and what cannot be ended is listed" {
	plan_make 'roles lg=rest' 'stage tcgo all'
	exits 0 runtest --keep 3 plan/
	the_run
	fake fault error action=TerminateInstances code=Unavailable \
	    status=503 times=9999
	exits 6 runtest --shrink 1 "$RUN"
	err_has 'NOT ENDED, and they go on costing money: i-[^ ]* i-'
	[ "$(wc -l <"$RUN/hosts")" = 3 ]
	fake clear
	exits 0 runtest --shrink 1 "$RUN"
	workers_are 1
	[ "$(ls -d "$RUN"/results.*)" = "$RUN/results.3" ]
	exits 0 runtest --resume "$RUN"
	all_ended
}

# --- names ---

@test "hostile names of instances, from EC2 to roles" {
	plan_make 'roles lg=tag:role=a tomcat=rest' 'stage tcgo all'
	sed -i 's/^address .*/address tag:Name,private-dns,private-ip/' site.conf
	fake set pending=hold
	begin_run --timeout 30 6 plan/
	wait_until 30 has_line 'launched 6 of 6' "$T/err"
	mapfile -t ids < <(workers)
	fake change "${ids[0]}" 'tag:Name=-oProxyCommand=touch${IFS}gotcha' \
	    tag:role=a private_dns=
	fake change "${ids[1]}" private_dns= 'tag:Name=../../../x' 'tag:role=a;touch gotcha'
	fake change "${ids[2]}" private_dns= 'tag:Name=x\x0a127.0.0.8\x0ay' \
	    'tag:role=$(touch gotcha)\x0arole=a'
	fake change "${ids[3]}" 'private_dns=$(touch${IFS}gotcha)'
	fake change "${ids[5]}" 'private_dns=-oProxyCommand=touch${IFS}gotcha'
	fake change "${ids[4]}" 'tag:Name=x;touch${IFS}gotcha' \
	    'private_dns=`touch${IFS}gotcha`'
	for id in "${ids[@]}"; do
		fake state "$id" running
	done
	ends 0
	all_ended
	the_run
	[ -z "$(find . "$REMOTE" -name 'gotcha*')" ]
	# each is one line, and one of ours
	[ "$(cut -d' ' -f1 "$RUN/hosts" | xargs)" = "$(echo 127.0.0.{1..6})" ]
	! grep -vE '^[0-9.]+ id=i-[0-9a-f]+( role=[^ ]+)?$' "$RUN/hosts" ||
		explain 'no such line'
	[ "$(sed 's/.* id=//; s/ .*//' "$RUN/roles/lg")" = "${ids[0]}" ]
	[ "$(wc -l <"$RUN/roles/tomcat")" = 5 ]
	[ "$(ls "$RUN/results")" = "$(cut -d' ' -f1 "$RUN/hosts")" ]
}

@test "hostile user-data and names from the hook stay words" {
	cat >hook <<-'END'
		#!/bin/sh
		[ "$1" != before-launch ] ||
			printf '%s\n' 'a=$(touch${IFS}gotcha)' \
			    'b=x;touch${IFS}gotcha' '--run=other' \
			    "c=';id;'" >launch-data
	END
	chmod +x hook
	exits 0 runtest --hook ./hook 2 plan/
	the_run
	[ -z "$(find . -name 'gotcha*')" ]
	fake data "$(head -n 1 "$RUN/ids")" | base64 -d >told
	is told 'a=$(touch${IFS}gotcha)|b=x;touch${IFS}gotcha|c='\'';id;'\' told
	printf '#!/bin/sh\n[ "$1" != before-launch ] || echo "a=b |c" >launch-data\n' >hook
	rm -r runs
	exits 1 runtest --hook ./hook 2 plan/
	err_has 'no blanks or globs'
	[ "$(calls RunInstances)" = 1 ]
	all_ended
}

# --- disks ---

@test "a disk that is full while workers get their secrets" {
	needs_root 'a small disk'
	secret_program 'cat /dev/zero >runs/fill'
	mkdir runs
	exits 1 unshare --mount sh -c '
		mount -t tmpfs -o size=200k none runs
		CPSSH_RUNTEST_CONF=/dev/null exec "$@"' sh \
	    "$FRAMEWORK/runtest" --config site.conf --secret ./secrets.sh \
	    3 plan/
	[ "$(fake ids | wc -w)" -gt 1 ]
	err_lacks 'NOT ENDED'
	all_ended
}

noted() { [ "$(find runs -path '*/secrets/*.id' | wc -l)" = "$1" ]; }

@test "half a line on the way hides no worker" {
	secret_program 'printf "oh: " >&2; : >half
		until [ -e gate ]; do sleep 0.1; done; exit 1'
	fake fault hold action=RunInstances after=1 times=2
	begin_run --secret ./secrets.sh --min 2 3 plan/
	wait_until 20 test -e half
	fake release
	wait_until 20 noted 3
	: >gate
	ends 4
	err_has '^oh: launch-each: the secret of i-[0-9a-f]+ cannot be bound$'
	err_has '^launch-each: launched 3 of 3 as run '
	err_has '^runtest: 3 of 3 workers are launched, 2 are needed \(status 3\)$'
	err_lacks 'NOT ENDED'
	all_ended
}

launches() { the_run && [ -n "$(workers)" ]; }

@test "killed while it launches: what nobody has heard of is ended" {
	secret_program
	for words in '' '--secret ./secrets.sh'; do
		fake fault late action=RunInstances
		# shellcheck disable=SC2086  # words
		begin_run $words 2 plan/
		wait_until 20 launches 2>/dev/null
		pkill -KILL -f "ec2-launch .*--run ${RUN##*/} "
		ends 4
		err_has 'are needed \(status 137\)$'
		err_lacks 'NOT ENDED'
		all_ended
		rm -r runs
	done
}

# --- many, and what is seen of it ---

@test "on a terminal a line tells how many are ready, in a pipe it does not" {
	export CPSSH_RUNTEST_CONF=/dev/null
	fake set pending=2
	exits_on_tty 0 "$FRAMEWORK/runtest" --config site.conf 3 plan/
	out_has '\rruntest: 0 of 3 workers are ready'
	out_has '\rruntest: 2 of 3 workers are ready \([0-9]+ s\)'
	out_has '\rruntest: 3 of 3 workers are ready \([0-9]+ s\)\r'
	rm -r runs
	exits 0 runtest 3 plan/
	err_lacks '\r'
	err_lacks '[012] of 3 workers are ready'
	err_has '^runtest: 3 of 3 workers are ready \([0-9]+ s\)$'
}

# more_workers ADDRESS...: the fleet greets there, too.
more_workers() {
	{
		printf 'ListenAddress %s\n' "$@"
		grep -v '^ListenAddress' "$FLEET/sshd_config"
	} >"sshd.$1"
	"$sshd" -D -e -f "$T/sshd.$1" >"sshd.log.$1" 2>&1 </dev/null 3>&- &
	remember $!
	wait_until 10 accepts "${@: -1}" "$PORT"
}

@test "thirty-six at once" {
	more_workers 127.0.0.{9..22}
	more_workers 127.0.0.{23..36}
	fake pool 127.0.0.{1..36}
	plan_make 'roles lg=4 tomcat=rest' 'stage tcgo tomcat' 'stage lggo lg'
	cat >secrets.sh <<-'END'
		#!/bin/sh
		[ "$1" != new ] || { f=$(mktemp); echo x$f >$f; echo $f; }
		[ "$1" != bind ] || rm -f "$2"
	END
	chmod +x secrets.sh
	fake fault slow action=RunInstances seconds=0.5 times=36
	exits 0 runtest --secret ./secrets.sh 36 plan/
	all_ended
	the_run
	[ "$(wc -l <"$RUN/hosts")" = 36 ]
	[ "$(wc -l <"$RUN/roles/tomcat")" = 32 ]
	[ "$(find "$RUN/results" -mindepth 1 -maxdepth 1 | wc -l)" = 36 ]
	[ "$(fake ids | wc -w)" = 37 ]
}
