# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154,SC2086,SC2046
#
# Of runtest: the steps of a run, in the order of time.  Each leaves
# stages/NAME.done, and is passed over if that is there.  They run in the run
# directory; $ec2, $launch, $ssh are lists of words without blanks, as the
# command line was checked for.

# --- workers ---

launched_line() {
	case $1 in
	i-*)
		ids="${ids:+$ids }$1"
		launched=$((launched + 1))
		to_log "$1"
		progress "$launched of $wanted workers are launched"
		return
		;;
	*'launched i-'*) ids="${ids:+$ids }${1##*launched }" ;;
	*'not known'*) unsure=yes ;;
	esac
	to_all "$1"
}

ready_line() {
	case $1 in
	'ec2-hosts: '*)
		to_all "$1"
		return
		;;
	esac
	printf '%s\n' "$1" >>hosts.new || full=yes
	ready=$((ready + 1))
	to_log "$1"
	progress "$ready of $asked workers are ready ($(($(date +%s) - begun)) s)"
}

# More user-data, from the hook: sets $data.
launch_data() {
	data=''
	[ -s launch-data ] || return 0
	while IFS= read -r text; do
		case $text in
		*[![:graph:]]* | *[\*\?\[]*)
			fail 1 "launch-data: no blanks or globs"
			return
			;;
		# they have their own
		workersecret=*) [ -n "$secret" ] || data="$data --data $text" ;;
		[A-Za-z]*=*) data="$data --data $text" ;;
		esac
	done <launch-data
}

# Whatever it launches, the same words launch nothing twice.
step_launch() {
	[ -z "$given" ] || return 0
	# who asks again must say the same
	# without what it says they would not know their master
	[ -e asked ] || hook before-launch || {
		fail 1 'no worker is launched'
		return
	}
	launch_data || return
	may_go_on || return
	launcher=ec2-launch
	if [ -n "$secret" ]; then
		mkdir -p secrets || { fail 1 "cannot make $run/secrets"; return; }
		launcher="$here/launch-each --notes secrets --secret $secret"
	fi
	# what is asked for from here on may exist
	unsure=maybe ids='' launched=0 status=0 maybe=yes
	# not `:', whose failed redirection would end the shell
	true >asked || { fail 1 "cannot write $run/asked"; return; }
	say "launching $wanted workers as run $id"
	# what a killed run still launches, nobody may go on without
	locked=yes
	through launched_line $launcher $ec2 $launch $data -n "$wanted" \
	    --min "$minimum" --run "$id" --client-token "$id" || status=$?
	locked=no
	# killed in the middle of whatever it did, and not in order
	case $status$stop in
	129SIG* | 130SIG* | 143SIG*) ;;
	*) [ "$status" -lt 128 ] || unsure=yes ;;
	esac
	[ "$status$unsure" != 0maybe ] || unsure=no
	printf '%s\n' $ids >ids || full=yes
	may_go_on || return
	asked=$(count ids)
	[ "$asked" -lt "$minimum" ] || [ "$status" -gt 1 ] || return 0
	fail 4 "$asked of $wanted workers are launched, $minimum are needed" \
	    "(status $status)"
}

# Until so many greet by ssh, or no more of them will.
step_wait() {
	if [ -n "$given" ]; then
		keep hosts cat -- "$given"
		return
	fi
	ready=0 begun=$(date +%s) status=0 asked=$(count ids)
	true >hosts.new || full=yes
	progress "0 of $asked workers are ready"
	through ready_line ec2-hosts $ec2 $(with_ids $ids) --wait "$asked" \
	    --for ssh $greet --known-hosts run.known --address "$address" \
	    --extra "id$(tags_wanted)" --timeout "$timeout" || status=$?
	may_go_on || return
	say "$ready of $wanted workers are ready ($(($(date +%s) - begun)) s)"
	[ "$ready" -ge "$minimum" ] || {
		fail 4 "$ready of $wanted workers are ready, $minimum are needed"
		return
	}
	[ "$status" -le 1 ] || {
		fail 4 "the workers could not be had (status $status)"
		return
	}
	[ "$ready" -ge "$wanted" ] || say "going on with $ready of $wanted workers"
	keep hosts sort -V hosts.new || return
	rm -f hosts.new
	hook after-launch || :
}

# Roles that go by tags need them in the list.
tags_wanted() {
	for word in $roles; do
		case $word in
		*=tag:*)
			word=${word#*=}
			printf ',%s' "${word%%=*}"
			;;
		esac
	done
}

with_ids() { printf ' --id %s' "$@"; }

step_partition() {
	status=0
	through to_all "$here/partition" --hosts hosts --dir roles $roles ||
		status=$?
	case $status in
	0) hook after-partition || : ;;
	3) fail 3 "the plan does not fit $(count hosts) workers" ;;
	*) [ -n "$stop" ] || fail 1 "no partition" ;;
	esac
}

# --- what is done on hosts ---

# One line a host in joblog: when, step, result, host, why not.  The rest of
# what the commands say goes to the log, and our own trouble to the terminal.
job_line() {
	case $1 in
	'['*'] '*:*' ['*'] '*) ;;
	cp*': '*)
		to_all "$1"
		return
		;;
	*)
		note "$1"
		return
		;;
	esac
	what=${1#*] }
	what=${what#* }
	host=${what#*] }
	why=''
	case $host in
	*' '*) why=${host#* } host=${host%% *} ;;
	esac
	case $what in
	'[SUCCESS]'*) what=ok well=$((well + 1)) ;;
	*)
		what=failed ill=$((ill + 1))
		say "$step: $host: $why"
		;;
	esac
	{ printf '%s\t%s\t%s\t%s\t%s\n' "$(date +%Y-%m-%dT%H:%M:%S)" \
	    "$step" "$what" "$host" "$why" >>joblog; } 2>/dev/null || full=yes
	note "$1"
}

# on HOSTFILE COMMAND OPTION... : a command of the family, all hosts at once;
# true if all are well, else told.
on() {
	list=$1 command=$2
	shift 2
	well=0 ill=0 begun=$(date +%s) status=0
	through job_line "$command" -h "$list" -p "$(count "$list")" $ssh \
	    --no-progress --headers-to-stderr "$@" || status=$?
	took=$(($(date +%s) - begun))
	[ -z "$stop" ] || return 1
	if [ $status = 0 ]; then
		say "$step: done on $well hosts in $took s"
		return 0
	fi
	say "$step: failed on $ill of $((well + ill)) hosts after $took s"
	return 1
}

# What all need: the plan, who they are, and a place for results, made first,
# as rsync makes one directory alone.
step_distribute() {
	rm -rf plan/roles
	{
		cp -R roles plan/roles && cp hosts plan/hosts &&
		    cp "$here/cpssh-stage" plan/
	} 2>>log || {
		fail 1 "cannot copy to $run/plan"
		return
	}
	on hosts cpssh -t 60 "mkdir -p $remote/results && : >>$remote/results/stages" ||
		{ fail 5 'not all workers could be reached'; return; }
	on hosts cprsync -t 600 -a plan/ "$remote/" ||
		fail 5 'not all workers have the plan'
}

step_stage() {	# NAME WHERE TIMEOUT MAYFAIL
	if [ "$2" = here ]; then
		stage_here "$@"
		return
	fi
	if [ "$2" = all ]; then
		cp hosts "$work/at" 2>>log
	else
		(for role in $(echo "$2" | tr , ' '); do
			cat "roles/$role" || exit
		done) >"$work/at" 2>>log
	fi || {
		fail 1 "cannot read the roles' hosts"
		return
	}
	rm -rf "output/$1"
	mkdir -p "output/$1" || {
		fail 1 "cannot make $run/output/$1"
		return
	}
	on "$work/at" cpssh -t "$3" -o "output/$1" -e "output/$1" \
	    "exec $remote/cpssh-stage $id $1" || {
		[ -z "$stop" ] || return
		# 3 to 5: hosts had trouble, and all of them are told of
		if [ "$4" = yes ] && [ "$well" -gt 0 ] &&
		    [ "$status" -ge 3 ] && [ "$status" -le 5 ]; then
			say "$1 may fail: going on"
			return 0
		fi
		fail 5 "$1 failed; its output is in $short/output/$1"
	}
}

# On this machine, in the plan's directory.
stage_here() {
	begun=$(date +%s) status=0
	# shellcheck disable=SC2016  # the inner shell expands it
	through to_all timeout -k 10 "$3" sh -c 'cd plan && while IFS= read -r one
	    do export "$one"; done <cpssh-settings && exec "$@"' stage \
	    env CPSSH_RUN="$id" CPSSH_STAGE="$1" CPSSH_RUNDIR="$run" \
	    CPSSH_RESULTS="$run/results" CPSSH_ROLE=here "./$1" || status=$?
	well=0 ill=0
	[ "$status" = 0 ] || why="Exited with error code $status"
	job_line "[1] $(date +%H:%M:%S) [$([ "$status" = 0 ] &&
	    echo SUCCESS || echo FAILURE)] here${why:+ $why}"
	[ "$status" != 0 ] || return 0
	[ -z "$stop" ] || return 1
	[ "$4" = no ] || return 0
	fail 5 "$1 failed"
}

step_collect() {
	mkdir -p results
	on hosts cpslurp -t 600 -r -L results --preserve \
	    "$remote/results/*" . || fail 5 'not all results could be collected'
}

# --- one after the other ---

# do_step NAME COMMAND...: once, and remembered.
do_step() {
	step=$1
	shift
	may_go_on || return
	! is_done "$step" || return 0
	why=''
	"$@" || return
	may_go_on || return
	mark_done "$step"
}

do_workers() {
	do_step launch step_launch || return
	do_step wait step_wait
}

do_steps() {
	do_workers || return
	do_step partition step_partition || return
	do_step distribute step_distribute || return
	while IFS=' ' read -r name where limit mayfail <&5; do
		[ -n "$name" ] || continue
		if [ "$name" = collect ]; then
			do_step collect step_collect || return
		else
			do_step "$name" step_stage "$name" "$where" "$limit" \
			    "$mayfail" || return
		fi
	done 5<<-END
	$steps
	END
}
