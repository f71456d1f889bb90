# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154
#
# Of runtest: plan.conf.  Sets roles, minimum, sweep_role, variables, which are
# "NAME=VALUE", a line each, and steps, a line each: "NAME WHERE TIMEOUT MAYFAIL".

plan_wrong() { die 2 "error: $1/plan.conf: line $lines: $2"; }

is_name() {
	case $1 in
	'' | [!A-Za-z0-9]* | *[!A-Za-z0-9_.-]*) return 1 ;;
	esac
}

is_number() {
	case $1 in
	'' | *[!0-9]* | ????????*) return 1 ;;
	esac
}

is_count() { is_number "$1" && [ "$1" -gt 0 ]; }

# plan_find NAME: a directory, or one of those that are installed.
plan_find() {
	case $1 in
	*/*) plan=$1 ;;
	*)
		plan=$plans/$1
		[ -e "$plan/plan.conf" ] || plan=$1
		;;
	esac
	[ -r "$plan/plan.conf" ] ||
		die 2 "error: no plan $1: neither $plans/$1/plan.conf nor $1/plan.conf"
	plan=$(cd "$plan" && pwd) || exit 2
}

plan_read() {	# DIRECTORY
	roles='' minimum='' steps='' collects=no lines=0 sweep_role='' variables=''
	# globs in it are none of ours
	set -f
	while IFS= read -r text || [ -n "$text" ]; do
		lines=$((lines + 1))
		case $text in
		*[![:print:][:blank:]]*) plan_wrong "$1" 'no text' ;;
		esac
		# shellcheck disable=SC2086  # words
		plan_line "$1" $text
	done <"$1/plan.conf"
	set +f
	[ -n "$roles" ] || die 2 "error: $1/plan.conf: no roles"
	[ -n "$steps" ] || die 2 "error: $1/plan.conf: no stages"
	[ "$collects" = yes ] || steps="${steps}collect - 0 no
"
}

plan_line() {	# PLAN WORD...
	where=$1
	shift
	case ${1-} in
	'' | '#'*) return ;;
	esac
	key=$1
	shift
	case $key in
	roles)
		names=$("$here/partition" --names "$@") ||
			plan_wrong "$where" 'no roles that partition understands'
		roles=$*
		for name in $names; do
			case $name in
			all | here) plan_wrong "$where" "no role can be called $name" ;;
			esac
		done
		;;
	minimum)
		is_count "${1-}" || plan_wrong "$where" 'minimum N'
		minimum=$1
		;;
	collect)
		[ $# = 0 ] || plan_wrong "$where" 'nothing comes after collect'
		[ "$collects" = no ] || plan_wrong "$where" 'collects twice'
		collects=yes
		steps="${steps}collect - 0 no
"
		;;
	stage) plan_stage "$where" "$@" ;;
	sweep)
		if ! is_role "${1-}" || [ $# != 1 ]; then
			plan_wrong "$where" 'sweep ROLE, which comes after roles'
		fi
		sweep_role=$1
		;;
	set) plan_set "$where" "$@" ;;
	*) plan_wrong "$where" "$key is none of roles, minimum, set, stage, collect, sweep" ;;
	esac
}

is_role() {
	[ -n "$1" ] || return 1
	case " $roles" in
	*" $1="*) ;;
	*) return 1 ;;
	esac
}

# Our environment knows better.
plan_set() {	# PLAN NAME VALUE...
	plan_at=$1 name=${2-}
	case $name in
	'' | [!A-Z]* | *[!A-Z0-9_]* | PATH | HOME | IFS | LD_* | PSSH_* | CPSSH_*)
		plan_wrong "$plan_at" 'set NAME [VALUE...]; capitals, and no name of ours' ;;
	esac
	shift 2
	value=$*
	eval "value=\${$name-\$value}"
	case $value in
	*[![:print:]]*) die 2 "error: $name: a line of text is wanted" ;;
	esac
	variables="${variables}$name=$value
"
}

plan_stage() {	# PLAN NAME WHERE OPTION...
	plan_at=$1 stage=${2-} at=${3-} limit=600 mayfail=no
	if ! is_name "$stage" || [ -z "$at" ]; then
		plan_wrong "$plan_at" 'stage NAME ROLE[,ROLE...] [timeout=N] [may-fail]'
	fi
	case $stage in
	launch | wait | partition | distribute | collect | end)
		plan_wrong "$plan_at" "no stage can be called $stage" ;;
	esac
	case "
$steps" in
	*"
$stage "*) plan_wrong "$plan_at" "stage $stage is there twice" ;;
	esac
	[ -n "$roles" ] || plan_wrong "$plan_at" 'roles come before stages'
	case $at in
	all | here) ;;
	*)
		for name in $(echo "$at" | tr , ' '); do
			is_role "$name" ||
				plan_wrong "$plan_at" "no role is called $name"
		done
		;;
	esac
	if ! [ -f "$plan_at/$stage" ] || ! [ -x "$plan_at/$stage" ]; then
		plan_wrong "$plan_at" "$stage is no executable file of the plan"
	fi
	shift 3
	for option; do
		case $option in
		timeout=*) limit=${option#*=} ;;
		may-fail) mayfail=yes ;;
		*) plan_wrong "$plan_at" "no such option of a stage: $option" ;;
		esac
	done
	is_number "$limit" || plan_wrong "$plan_at" 'timeout=SECONDS'
	steps="${steps}$stage $at $limit $mayfail
"
}

# plan_fits N: can that many be split, and has each a role?  Asked before they
# cost anything; by tag it is not known before they are there.
plan_fits() {
	case " $roles" in
	*=tag:*) return 0 ;;
	esac
	# shellcheck disable=SC2086  # words
	said=$(seq -f worker%.0f "$1" | "$here/partition" $roles 2>&1) ||
		die 3 "the plan does not fit $1 workers: ${said#partition: }"
	case $said in
	*' without a role'*)
		said=${said#*partition: }
		die 3 "the plan does not fit $1 workers: ${said%%" without a role"*} would have no role"
		;;
	esac
}
