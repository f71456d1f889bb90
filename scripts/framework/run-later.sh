# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154,SC2086,SC2046,SC2005,SC2015
#
# Of runtest: what is done with a run that has workers already: --resume and
# --shrink.

# The ids that stand in a list of hosts.
ids_of() { sed -n 's/.* id=\(i-[0-9a-f]*\).*/\1/p' "$1"; }

alive_line() {
	case $1 in
	i-*) alive="$alive $1" ;;
	*) none_line "$1" ;;
	esac
}

# EC2 is asked who is left: the hosts of those that are not stand in $work/dead,
# of the others in $work/alive.
look_alive() {
	if [ -n "$given" ]; then
		cp hosts "$work/alive" && true >"$work/dead" ||
			fail 1 'no place for temporary files'
		return
	fi
	alive='' status=0
	through alive_line ec2-hosts $ec2 $(with_ids $(ids_of hosts)) \
	    --state pending,running --format '{id}' || status=$?
	[ -z "$stop" ] || return
	[ "$status" = 0 ] || {
		fail 4 'EC2 does not say which workers are left: nothing was done' ||
			told_kept
		return 1
	}
	awk -v ids="$alive" -v alive="$work/alive" -v dead="$work/dead" '
	BEGIN {
		n = split(ids, list, " ")
		for (i = 1; i <= n; i++)
			is[list[i]]
		printf "" >alive
		printf "" >dead
	}
	{
		id = $0
		sub(/.* id=/, "", id)
		sub(/ .*/, "", id)
		print >((id in is) ? alive : dead)
	}' hosts || fail 1 'no place for temporary files'
}

# all_done: nothing is left but to end them.
all_done() {
	for name in distribute $(echo "$steps" | cut -d ' ' -f 1); do
		is_done "$name" || return 1
	done
}

# A run of fewer than it has gone on with is another run: that is not decided
# here.
all_alive() {
	[ -s hosts ] && ! all_done || return 0
	look_alive || return
	[ -s "$work/dead" ] || return 0
	left=$(count "$work/alive")
	say "$(count "$work/dead") of $(count hosts) workers have ended:" \
	    "$(echo $(ids_of "$work/dead"))"
	if [ "$left" = 0 ]; then
		fail 4 "nothing is left of $short"
		return
	fi
	fail 4 "to go on with those that are left: runtest --shrink $left $short" ||
		told_end
	return 1
}

main_resume() {
	run_load
	[ ! -e stages/end.done ] ||
		die 2 "error: the workers of $short have been ended"
	begin
	guard=yes
	all_alive || {
		# Ctrl-C ends them, anything else is for the operator to decide
		[ -z "$stop" ] || finish
		guard=no
		exit "$result"
	}
	say "going on: $short"
	if [ -s sweep ]; then
		sweep_steps || :
	else
		do_steps || :
	fi
	finish
}

# Of all that were launched, those that do not stay and, as far as is known, have
# not ended; ready or not.
those_that_go() {
	for one in $ids; do
		case " $(ids_of "$work/stay" | tr '\n' ' ')" in
		*" $one "*) continue ;;
		esac
		case " $(ids_of "$work/dead" | tr '\n' ' ')" in
		*" $one "*) continue ;;
		esac
		echo "$one"
	done
}

# shrink_to N: all but N workers are ended, first of all those that have ended
# by themselves; the roles are given anew, results are put aside, and the plan
# begins again at its distribution.  Killed on its way, it can be done again.
shrink_to() {
	all=$(count hosts)
	[ "$1" -lt "$all" ] || {
		fail 2 "error: $short has $all workers, not more than $1"
		return
	}
	look_alive || return
	left=$(count "$work/alive")
	[ "$1" -le "$left" ] || { fail 4 "$left workers of $short are left"; return; }
	sort -V "$work/alive" >"$work/sorted" &&
		head -n "$1" "$work/sorted" >"$work/stay" || {
		fail 1 'no place for temporary files'
		return
	}
	"$here/partition" --hosts "$work/stay" $roles >/dev/null || {
		fail 3 "the plan does not fit $1 workers; none was ended"
		return
	}
	may_go_on || return
	go=$(those_that_go)
	# what EC2 has not told of now is found by the run's tag at the end
	[ "$maybe" = no ] || unsure=maybe
	[ -n "$given" ] || [ -z "$go" ] || end_ids $go || {
		fail 6 "NOT ENDED, and they go on costing money: $left"
		return
	}
	[ -n "$given" ] || forget $go $(ids_of "$work/dead")
	results_aside "$all" || return
	keep hosts cat "$work/stay" || return
	[ -n "$given" ] || { keep ids ids_of hosts || return; }
	ids=$(echo $(cat ids 2>/dev/null))
	step=partition
	step_partition && mark_done partition || return
	say "$1 of $all workers stay: $short"
	hook after-end || :
}

# The steps that are to be done again, too.
results_aside() {
	find stages -name '*.done' ! -name launch.done ! -name wait.done \
	    -exec rm {} +
	[ -n "$(ls results)" ] || return 0
	aside=results.$1 number=1
	while [ -e "$aside" ]; do
		number=$((number + 1))
		aside=results.$1.$number
	done
	{ mv results "$aside" && mkdir results; } ||
		fail 1 "cannot put aside $run/results"
}

# A signal that came before there was anything to end.
interrupted() {
	case $stop in
	SIGHUP) result=129 ;;
	SIGINT) result=130 ;;
	SIGQUIT) result=131 ;;
	SIGUSR1) result=138 ;;
	SIGUSR2) result=140 ;;
	SIGALRM) result=142 ;;
	SIGTERM) result=143 ;;
	SIGXCPU) result=152 ;;
	esac
}

main_shrink() {
	is_count "$wanted" ||
		wrong '--shrink wants a number'
	[ -n "$target" ] || wrong 'of which run?'
	stay=$wanted
	run_load
	[ -s hosts ] || die 2 "error: $short has no workers"
	[ -z "$given" ] || die 2 "error: $short has launched none"
	begin
	shrink_to "$stay" || {
		[ -z "$stop" ] || told_kept
		interrupted
		exit "$result"
	}
}
