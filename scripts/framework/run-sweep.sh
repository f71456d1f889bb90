# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154,SC2086
#
# Of runtest: --sweep, which is one run with several steps, from the largest
# number to the smallest: each goes on with fewer of the same workers, so that
# none is launched twice.  sweep has a line "step NUMBER WORKERS" for each, and
# sweep.values what came out of those that are done: number, workers, value, what
# it is, and its unit, with tabs.

# sweep_list LIST: sets numbers, the largest first.
sweep_list() {
	numbers='' last=0
	case ,$1, in
	*[!0-9,]* | *,,*) wrong "--sweep $1: numbers with commas, as 1,2,4" ;;
	esac
	for number in $(echo "$1" | tr , ' '); do
		case $number in
		0*) wrong "--sweep $1: $number is no number of workers" ;;
		esac
		is_count "$number" || wrong "--sweep $1: $number is too large"
		[ "$number" -gt "$last" ] ||
			wrong "--sweep $1: each number is greater than the last"
		numbers="$number${numbers:+ $numbers}" last=$number
	done
}

# sweep_workers NUMBER: sets workers, how many there must be for so many of the
# role.
sweep_workers() {
	workers=$1
	while [ "$workers" -le $((4 * $1 + 64)) ]; do
		has=$(seq -f worker%.0f "$workers" |
		    "$here/partition" $roles 2>/dev/null |
		    grep -c "^$sweep_role: ") || :
		[ "$has" -lt "$1" ] || break
		workers=$((workers + 1))
	done
	[ "$has" = "$1" ] || die 3 "no number of workers has $1 of the role $sweep_role"
	[ "$workers" -ge "${minimum:-0}" ] ||
		die 3 "$1 of the role $sweep_role are $workers workers, the plan wants $minimum"
}

# Sets steps_of_sweep, and wanted, which is enough for the largest.
sweep_plan() {
	[ -n "$sweep_role" ] ||
		die 2 "error: $plan/plan.conf: no line \"sweep ROLE\", so what would be counted?"
	case " $roles" in
	*=tag:*) die 2 "error: $plan/plan.conf: roles by tag cannot be counted" ;;
	esac
	steps_of_sweep=''
	for number in $numbers; do
		sweep_workers "$number"
		[ -n "$steps_of_sweep" ] || wanted=$workers
		steps_of_sweep="${steps_of_sweep}step $number $workers
"
	done
}

main_sweep() {
	[ -z "$wanted" ] || wrong "what is $wanted? --sweep has the numbers"
	sweep_list "$numbers"
	plan_find "$plan"
	plan_read "$plan"
	sweep_plan
	[ -z "$given" ] || [ "$(count "$given")" -ge "$wanted" ] ||
		die 3 "$wanted workers are wanted, $given has $(count "$given")"
	minimum=${min:-$wanted}
	[ "$minimum" -le "$wanted" ] ||
		wrong "the least is $minimum workers, more than $wanted"
	run_make
	begin
	keep sweep printf 'role %s %s\n%s' "$sweep_role" "$(basename "$plan")" \
	    "$steps_of_sweep" || exit 1
	say "run directory: $short"
	guard=yes
	sweep_steps || :
	finish
}

# sweep_note NUMBER WORKERS: what the plan has measured.
sweep_note() {
	what='' value='' unit=''
	[ ! -s results/value ] || read -r what value unit <results/value || :
	printf '%s\n' "$value" | grep -qE '^[0-9]+(\.[0-9]+)?$' || {
		fail 5 "$short/results/value has no line NAME NUMBER UNIT"
		return
	}
	keep sweep.values sweep_values "$@" || return
	say "$1 $sweep_role: $what $value $unit"
}

sweep_values() {
	[ ! -e sweep.values ] || cat sweep.values
	printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$value" "$what" "$unit"
}

sweep_has() {
	[ -s sweep.values ] && cut -f 1 sweep.values | grep -qx "$1"
}

# Those that are done are passed over, and those for which there are too few.
sweep_steps() {
	do_workers || return
	while read -r word sweep_at sweep_needs <&3; do
		[ "$word" = step ] || continue
		! sweep_has "$sweep_at" || continue
		have=$(count hosts)
		if [ "$have" -lt "$sweep_needs" ]; then
			say "$sweep_at $sweep_role need $sweep_needs workers, there are $have: left out"
			continue
		fi
		if [ "$have" -gt "$sweep_needs" ]; then
			shrink_to "$sweep_needs" || return
			may_go_on || return
		fi
		say "now with $sweep_at $sweep_role, that is $sweep_needs workers"
		do_steps || return
		sweep_note "$sweep_at" "$sweep_needs" || return
	done 3<sweep
	[ -s sweep.values ] || fail 4 'there were too few workers for any number'
}

# After the workers have been ended: what there is, with or without a picture.
sweep_report() {
	[ -s sweep ] || return 0
	rm -f sweep.txt sweep.png
	through to_all "$here/runsweep" "$run" || :
	[ -s sweep.values ] || return 0
	[ -s sweep.txt ] || {
		fail 1 'no table of the sweep' || return 0
	}
	to_log "$(cat sweep.txt)"
	cat sweep.txt || :
	[ ! -s sweep.png ] || say "the picture: $short/sweep.png"
}
