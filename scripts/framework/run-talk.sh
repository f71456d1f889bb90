# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034,SC2154,SC2015
#
# Of runtest: what it says, and the commands it runs.  Each is in a session of
# its own, so that Ctrl-C on the terminal reaches runtest alone, which then
# ends it in its own way; its lines are read here, by the shell that must
# know what they tell.

# A signal may come while stderr leads elsewhere.
exec 4>&2

# shown: a line of progress stands on the terminal
stop='' shown=no ending='' again='' poked=no child='' told='' full=no
work='' run='' short='' locked=no exiting=no

# On the terminal and in the log.
say() {
	unshow
	printf 'runtest: %s\n' "$*" >&4 || :
	note "$*"
}

# How far it is, where somebody looks on: one line, until there is another one.
progress() {
	[ -t 4 ] || return 0
	printf '\rruntest: %-60.60s' "$*" >&4 || :
	shown=yes
}

unshow() {
	[ "$shown" = no ] || printf '\r%69s\r' '' >&4 || :
	shown=no
}

# In the log alone.  That a log cannot be written must not keep workers alive:
# it is remembered, and looked at between steps.
note() {
	[ -n "$run" ] || return 0
	{ printf '%s %s\n' "$(date +%Y-%m-%dT%H:%M:%S)" "$*" \
	    >>"$run/log"; } 2>/dev/null || full=yes
}

die() {	# STATUS TEXT...
	status=$1
	shift
	say "$*"
	exit "$status"
}

wrong() { die 2 "error: $*; try --help"; }

# fail STATUS TEXT...: what ends the run; the first reason is the exit status.
fail() {
	[ "$result" != 0 ] || result=$1
	shift
	say "$*"
	return 1
}

# keep FILE COMMAND...: its output is FILE, whole or not at all.
keep() {
	kept=$1
	shift
	if "$@" >"$kept.part" 2>>"$run/log" && mv -f "$kept.part" "$kept"; then
		return 0
	fi 2>/dev/null
	rm -f "$kept.part"
	fail 1 "cannot write $run/$kept"
}

# TERM and no INT: background commands of a shell ignore that.  They are told
# once; a second one would end them before they have put things in order.
signalled() {
	poked=yes
	if [ "$ending$again" = yes ]; then
		again=yes
		say "$1: the workers are being ended; once more leaves them"
		# after a signal in between $? is not of what was said
		return 0
	fi
	if [ -z "$stop" ]; then
		stop=$1
		say "$1: ending"
	fi
	[ -z "$child" ] || tell_child
}

# It and what it has begun.  Between fork and exec it is still this shell, and
# signals would be lost; then it gets its session.
tell_child() {
	told=$child
	while :; do
		case $(cat "/proc/$child/comm" 2>/dev/null) in
		"$us" | setsid) ;;
		*) break ;;
		esac
	done
	kill -s TERM -- "-$child" 2>/dev/null || :
}

catch_signals() {
	us=$(cat /proc/$$/comm 2>/dev/null) || us=none
	trap 'signalled SIGINT' INT
	trap 'signalled SIGTERM' TERM
	trap 'signalled SIGHUP' HUP
	trap 'signalled SIGQUIT' QUIT
	trap 'signalled SIGUSR1' USR1
	trap 'signalled SIGUSR2' USR2
	trap 'signalled SIGALRM' ALRM
	trap 'signalled SIGXCPU' XCPU
	# not ignored, which what we run would inherit
	trap : PIPE XFSZ
}

# A directory for what nobody needs later.
make_work() {
	work=$(mktemp -d) || {
		work=$run/work
		mkdir -p "$work"
	}
}

# One that no process of an earlier command still writes to.
make_pipe() {
	rm -f "$work/pipe"
	mkfifo "$work/pipe" 2>/dev/null ||
		{ make_work && mkfifo "$work/pipe"; } || fail 1 'no place for a pipe'
}

# Whether the child has ended; nobody has waited for it.
is_over() {
	stat=''
	{ read -r stat <"/proc/$child/stat"; } 2>/dev/null || return 0
	case ${stat##*)} in
	' Z '*) return 0 ;;
	esac
	return 1
}

# start COMMAND...: its output can be read from 7.  With locked=yes nobody can go
# on with the run before it has ended, even if we are killed.
start() {
	make_pipe || return
	# opened here, where nobody has to be waited for
	# shellcheck disable=SC2094  # it is a pipe
	exec 8<>"$work/pipe"
	# shellcheck disable=SC2094
	exec 7<"$work/pipe" 6>"$work/pipe" 8>&-
	poked=no
	# not in the trap of EXIT, where $? would then be of what led there
	[ "$exiting" = yes ] || trap 'poked=yes' CHLD
	{
		[ "$locked" = yes ] || exec 9>&-
		exec setsid "$@" >&6 2>&1 </dev/null 4>&- 6>&- 7<&-
	} &
	child=$!
	exec 6>&-
	# a signal that came before it was known
	[ -z "$stop" ] || [ "$told" = "$child" ] || tell_child
}

# listen READER: READER gets each line, until there are no more, or the command
# has ended: what it leaves behind may hold the pipe for ever.  All that it has
# said itself comes before a line of ours.
listen() {
	line='' last=''
	while :; do
		# it may have ended while a line was read
		if [ "$poked" = yes ]; then
			poked=no
			if [ -z "$last" ] && is_over; then
				last="-- $child has ended"
				printf '%s\n' "$last" >"$work/pipe" &
			fi
		fi
		piece=''
		if IFS= read -r piece <&7; then
			line=$line$piece
			if [ -n "$last" ] && [ "${line%"$last"}" != "$line" ]
			then
				line=${line%"$last"}
				break
			fi
			"$1" "$line"
			line=''
		else
			line=$line$piece
			[ "$poked" = yes ] || break
		fi
	done
	[ -z "$line" ] || "$1" "$line"
}

# through READER COMMAND...: READER gets each line of what it says; its status.
# Interrupted, it still is waited for, and read to the end.
through() {
	reader=$1
	shift
	note "+ $*"
	start "$@" || return
	listen "$reader"
	trap - CHLD
	exec 7<&-
	while :; do
		status=0
		wait "$child" || status=$?
		kill -0 "$child" 2>/dev/null || break
	done
	child=''
	return "$status"
}

# Readers: to the log alone, and to the terminal, too.
to_log() { note "$1"; }
to_all() {
	unshow
	printf '%s\n' "$1" >&4 || :
	note "$1"
}

# Between steps: may it go on?
may_go_on() {
	[ -z "$stop" ] || return 1
	[ "$full" = no ] || fail 1 "cannot write $run/log"
}

is_done() { [ -e "$run/stages/$1.done" ]; }
mark_done() { keep "stages/$1.done" date +%s; }

# hook VERB: what the master does when workers come and go.
hook() {
	[ -n "$hook" ] || return 0
	through to_log env CPSSH_SECRET="$secret" CPSSH_SSH="$ssh" \
	    "$hook" "$1" "$run" || {
		say "$hook $1 failed; see $short/log"
		return 1
	}
}

count() { grep -c . "$1" 2>/dev/null || :; }
