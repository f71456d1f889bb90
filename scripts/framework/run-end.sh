# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154,SC2086,SC2015
#
# Of runtest: how a run ends, whatever happened before.

ended_line() {
	case $1 in
	i-*) ended="${ended:+$ended }$1" ;;
	esac
	to_all "$1"
}

# end_ids ID...: those that were not ended are in left.
end_ids() {
	ended='' left='' status=0
	through ended_line ec2-terminate $ec2 --yes "$@" || status=$?
	[ "$status" != 0 ] || return 0
	for one; do
		case " $ended " in
		*" $one "*) ;;
		*) left="${left:+$left }$one" ;;
		esac
	done
	[ -z "$left" ]
}

# There may well be none: no news.
none_line() {
	case $1 in
	*': no instance '*' matches'*) to_log "$1" ;;
	*) to_all "$1" ;;
	esac
}

# What has ended has no secret any more.
forget() {
	[ -n "$secret" ] && [ $# -gt 0 ] || return 0
	through to_log "$secret" forget "$@" ||
		say "the secrets of $* are not forgotten; see $short/log"
}

# By their ids, which nobody has to look for; by the run's tag as well where
# there may be more than we have heard of, or (yes) EC2 may still launch some.
end_workers() {
	[ "$maybe" = yes ] && [ -z "$given" ] || return 0
	if [ "$keep_workers" = yes ]; then
		[ -z "$ids" ] && [ "$unsure" != yes ] || told_kept
		return
	fi
	say 'ending the workers'
	problem=no left=''
	if [ -n "$ids" ]; then
		end_ids $ids || problem=yes
	fi
	if [ "$unsure" != no ] || [ -z "$ids" ]; then
		status=0
		through none_line ec2-terminate $ec2 --run "$id" --yes ||
			status=$?
		# 1: there is none, or the master could not be told
		case $unsure$status in
		*0 | no1 | maybe1) ;;
		*) problem=yes ;;
		esac
	fi
	if [ "$problem" = no ]; then
		forget $ids
		{ date +%s >stages/end.done; rm -f left; } 2>/dev/null || :
		step=end
		hook after-end || :
		return 0
	fi
	# a disk that is full hides none of them
	result=6
	{ printf '%s\n' $left >left; } 2>/dev/null || :
	say "NOT ENDED, and they go on costing money: ${left:-whatever run $id has}"
	told_end ' --yes'
}

told_kept() {
	say "kept, and they go on costing money: ${ids:-whatever run $id has}"
	say "to go on: runtest --resume $short"
	told_end
}

told_end() { say "to end them: ec2-terminate$ec2 --run $id${1-}"; }

# Results of those that still are there are worth something after a failure,
# too, but not after Ctrl-C.
rescue() {
	[ -s hosts ] && is_done distribute && ! is_done collect || return 0
	[ -z "$stop" ] && [ "$full" = no ] || return 0
	[ "$step" != collect ] || return 0
	say 'collecting what there is'
	step=collect
	step_collect || :
}

summary() {
	[ -s joblog ] || return 0
	awk -F '\t' '
	!($2 in seen) { order[++n] = $2; seen[$2] }
	{ count[$2, $3]++ }
	END {
		printf "%-20s %8s %8s\n", "step", "ok", "failed"
		for (i = 1; i <= n; i++)
			printf "%-20s %8d %8d\n", order[i],
			    count[order[i], "ok"], count[order[i], "failed"]
	}' joblog >"$work/summary" || return 0
	to_log "$(cat "$work/summary")"
	cat "$work/summary" || :
	{ cp "$work/summary" summary; } 2>/dev/null || :
}

# A mistake in these scripts must not leave machines that cost money, nor may it
# if there is no process to be had for a while: that ends a shell.
at_exit() {
	if [ "$guard" = yes ]; then
		guard=no result=1 exiting=yes
		trap - CHLD
		set +eu
		printf 'runtest: ended before its end; to end the workers: %s\n' \
		    "ec2-terminate$ec2 --run $id --yes" >&4
		tries=0
		until command eval 'none=$(:)' 2>/dev/null ||
		    [ "$tries" = 100000 ]; do
			tries=$((tries + 1))
		done
		if [ -n "$child" ]; then
			tell_child
			wait "$child"
			child='' unsure=yes
		fi
		note 'ended before its end'
		finish
	fi
	rm -rf -- "$work"
}

finish() {
	guard=no
	[ "$result" = 0 ] || rescue
	stopped=$stop stop='' ending=yes
	end_workers
	summary
	sweep_report
	if [ "$result" != 6 ]; then
		stop=$stopped
		interrupted
	fi
	if [ "$result" = 0 ] && [ -z "$stopped" ]; then
		say "done: $short"
	else
		say "failed (status $result): $short"
	fi
	exit "$result"
}
