# SPDX-License-Identifier: BSD-2-Clause
# What every test of a command starts from: servers on loopback, a command run
# with its output kept apart, and waiting for events with an end to it.
#
# A test file says `load lib` and has a fleet: an sshd of its own that answers
# as 127.0.0.1 to 127.0.0.8 and ::1, and as any name web*, db* (and v6) by way
# of $FLEET/ssh_config.  What a remote command leaves goes to $REMOTE.
# shellcheck disable=SC2013  # words, not lines, are what is wanted
# shellcheck disable=SC2119,SC2120  # bats files pass arguments

bats_require_minimum_version 1.5.0

sshd=${SSHD:-/usr/sbin/sshd}
OPENSSH10=${OPENSSH10:-${SRCDIR:-$BATS_TEST_DIRNAME/..}/build-deps/openssh10}
addresses=$(echo 127.0.0.{1..8})

setup_file() { fleet_start; }
teardown_file() { fleet_stop; }
teardown() { fleet_stop; }

setup() {
	local name

	T=$BATS_TEST_TMPDIR
	REMOTE=$T/remote
	mkdir -m 1777 "$REMOTE"
	mkdir "$T/home"
	export HOME=$T/home TZ=UTC0 LC_ALL=C.UTF-8 TERM=xterm
	for name in $(compgen -e | grep -E '^(C?PSSH_|SSH_)'); do
		unset "$name"
	done
	unset NO_COLOR DISPLAY
	cd "$T" || return
	exec </dev/null
}

# --- running commands -------------------------------------------------------

# cpssh with the fleet's configuration, and without the terminal that the tests
# may have been started from.
cpssh() {
	setsid -w "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}" "$@"
}

# config LINE...: from here on these lines come before the fleet's own.
config() {
	CONFIG=$T/config
	{
		printf '%s\n' "$@"
		cat "$FLEET/ssh_config"
	} >"$CONFIG"
}

# The same as the user that is logged in, with that user's own home; COMMAND
# may be any program.
as_login() {
	if [ "$(id -u)" = 0 ]; then
		HOME=$SUITE/home USER=$LOGIN LOGNAME=$LOGIN \
		    setpriv --reuid "$LOGIN" --regid "$LOGIN" --clear-groups \
		    "$@"
	else
		"$@"
	fi
}

# Where NO_SKIP is set, as in continuous integration, it is not there in vain.
needs_root() {
	[ "$(id -u)" = 0 ] || [ -n "${NO_SKIP-}" ] || skip "needs root: $1"
}

# edit_config SED-SCRIPT: from here on the fleet's configuration, so changed.
edit_config() {
	CONFIG=$T/config
	sed "$1" "$FLEET/ssh_config" >"$CONFIG"
}

# use_config FILE
use_config() { CONFIG=$1; }

# exits STATUS COMMAND...: run it, keep what it says in $T/out and $T/err,
# and its status.
exits() {
	local expected=$1

	shift
	status=0
	"$@" >"$T/out" 2>"$T/err" 3>&- || status=$?
	[ "$status" = "$expected" ] || explain "status is not $expected: $*"
}

# The same on a terminal: all output is in $T/out, the input is ours.
exits_on_tty() {
	local expected=$1

	shift
	if [ "$1" = cpssh ]; then
		shift
		set -- "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}" "$@"
	fi
	exits "$expected" "$TESTBIN/ptyrun" "$@"
}

# begin COMMAND...: start it, `ends` goes on as exits does.  INPUT=FILE is its
# stdin, opened by itself: a fifo without a writer does not stop us.  Job
# control, since a shell without it has its background commands ignore SIGINT;
# $BEGUN is the process and its group.
begin() {
	if [ "$1" = cpssh ]; then
		shift
		set -- "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}" "$@"
	fi
	# nothing of the command before is waited for
	: >"$T/out"
	: >"$T/err"
	set -m
	(
		[ -z "${INPUT-}" ] || exec <"$INPUT"
		exec "$@"
	) >"$T/out" 2>"$T/err" 3>&- &
	BEGUN=$!
	set +m
	remember $BEGUN
}

ends() {
	status=0
	wait "$BEGUN" || status=$?
	[ "$status" = "$1" ] || explain "status is not $1"
}

# Text is bytes to these, whatever the locale.
finds() { LC_ALL=C grep -aqP -- "$1" "$2"; }
out_has() { finds "$1" "$T/out" || explain "not on stdout: $1"; }
err_has() { finds "$1" "$T/err" || explain "not on stderr: $1"; }
out_lacks() { ! finds "$1" "$T/out" || explain "on stdout: $1"; }
err_lacks() { ! finds "$1" "$T/err" || explain "on stderr: $1"; }
out_counts() {	# NUMBER REGEX
	[ "$(LC_ALL=C grep -acP -- "$2" "$T/out")" = "$1" ] ||
		explain "not $1 times on stdout: $2"
}
# On either: where a reason is told is up to the command.
says() {
	finds "$1" <(cat "$T/out" "$T/err") || explain "not told: $1"
}
out_is() { is "$T/out" "$1" stdout; }
err_is() { is "$T/err" "$1" stderr; }

# is FILE TEXT WHAT: the text is exact, a last newline aside.
is() {
	[ "$(cat "$1")" = "$2" ] || explain "$3 is not: $2"
}

explain() {
	{
		echo "$1"
		echo "--- status ${status-}; stdout:"
		head -c 3000 "$T/out" 2>/dev/null | cat -v
		echo "--- stderr:"
		head -c 3000 "$T/err" 2>/dev/null | cat -v
		echo "--- the server's log ends:"
		tail -n 5 "$FLEET/log" 2>/dev/null
	} >&2
	return 1
}

# --- waiting ----------------------------------------------------------------

# wait_until SECONDS COMMAND...: until it succeeds.  Polls: what we wait for
# (a port, a pid) often has no event that a shell could sleep on.
wait_until() {
	local end=$((SECONDS + $1))

	shift
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt "$end" ] || explain "waited in vain: $*" ||
			return
		sleep 0.02
	done
}

gone() { ! kill -0 "$1" 2>/dev/null && ! [ -d "/proc/$1" ]; }
has_line() { finds "$1" "$2"; }
accepts() { (exec 3<>"/dev/tcp/$1/$2"); }

# The process has used no CPU for half a second.
idle() {
	local before

	before=$(cut -d' ' -f14,15 "/proc/$1/stat")
	sleep 0.5
	[ "$(cut -d' ' -f14,15 "/proc/$1/stat")" = "$before" ]
}

# What a remote command has written to $REMOTE/NAME, once it has.
remote_says() {
	wait_until 20 test -s "$REMOTE/$1"
	cat "$REMOTE/$1"
}

# The memory a process had at most, in kB; fails when it has ended.
peak_memory() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" | grep .
}

# Is the library our private build, that can tell more than its release?
patched() {
	grep -q '^#define HAVE_PATCHED_LIBSSH2 1' "$BUILDDIR/config.h"
}

# Bounds on memory say nothing about a program that a sanitizer watches.
sanitized() { grep -q __asan_init "$CPSSH"; }

# What is below a directory: types, modes of files, sizes, and contents.
listing() {
	(
		cd "$1" || return
		find . \( -type d -printf '%p/\n' \) -o -printf '%p %y %m %s %l\n' |
			LC_ALL=C sort
		find . -type f -exec cksum {} + | LC_ALL=C sort
	)
}

# --- servers ----------------------------------------------------------------

scope() { echo "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}"; }

# sshd_in OPTION...: a program that is the fleet's sshd in namespaces of its
# own, as unshare(1) makes them: sshd=$(sshd_in ...) fleet_start
sshd_in() {
	local file

	file=$(scope)/sshd
	printf '%s\n' '#!/bin/sh' \
	    "exec unshare $* ${SSHD:-/usr/sbin/sshd} \"\$@\"" >"$file"
	chmod +x "$file"
	echo "$file"
}

# With a /proc that shows no more than what it has begun.
sshd_with_own_pids() {
	local user=

	[ "$(id -u)" = 0 ] || user='--user --map-current-user'
	sshd_in "$user" --pid --fork --mount-proc --kill-child
}

# sshd_with_small [OPTION]: with a file system of its own on $T/small, mounted
# with the OPTION, as size=1m.
sshd_with_small() {
	mkdir "$T/small"
	sshd_in --mount "sh -c 'mount -t tmpfs -o ${1:+$1,}mode=1777 none" \
	    "$T/small; exec \"\$@\"' sh"
}

# fleet_start [LINE...]: an sshd whose configuration begins with the LINEs.
# Sets FLEET to its directory and PORT to its port.
fleet_start() {
	local tries address pid

	FLEET=$(mktemp -d "$(scope)/fleet.XXXXXX")
	chmod 755 "$FLEET"
	export FLEET PORT
	for ((tries = 0; tries < 20; tries++)); do
		PORT=$((10000 + RANDOM % 20000))
		sshd_config "$@" >"$FLEET/sshd_config"
		"$sshd" -D -e -f "$FLEET/sshd_config" >"$FLEET/log" 2>&1 \
		    </dev/null 3>&- &
		pid=$!
		if sshd_listens $pid; then
			remember $pid
			echo $pid >"$FLEET/pid"
			LOG_MARK=0
			ssh_config >"$FLEET/ssh_config"
			know_host "$PORT" >"$FLEET/known_hosts"
			chmod 644 "$FLEET"/*
			return 0
		fi
	done
	cat "$FLEET/log" >&2
	return 1
}

# fleet10_start [LINE...]: the same with an sshd of OpenSSH 10, which
# scripts/get-openssh10 gets.
fleet10_start() {
	local sshd=$OPENSSH10/bin/sshd

	if [ ! -x "$sshd" ]; then
		echo "no OpenSSH 10 in $OPENSSH10: run scripts/get-openssh10"
		return 1
	fi >&2
	fleet_start "$@"
}

# A port that somebody else took shows as an error beside the lines of those
# addresses that worked.
sshd_listens() {
	local end=$((SECONDS + 60)) wanted

	wanted=$(grep -c '^ListenAddress' "$FLEET/sshd_config")
	while [ $SECONDS -lt $end ]; do
		if grep -q 'Bind to port.*failed\|Cannot bind\|error' "$FLEET/log"; then
			kill "$1" 2>/dev/null
			wait "$1" 2>/dev/null
			return 1
		fi
		[ "$(grep -c '^Server listening' "$FLEET/log")" -lt "$wanted" ] ||
			return 0
		kill -0 "$1" 2>/dev/null || return 1
		sleep 0.02
	done
	return 1
}

sshd_config() {
	local line address

	for line; do
		echo "$line"
	done
	for address in $addresses; do
		echo "ListenAddress $address"
	done
	! has_ipv6 || echo "ListenAddress ::1"
	cat <<-END
		Port $PORT
		HostKey $KEYS/host_ed25519
		HostKey $KEYS/host_ecdsa
		HostKey $KEYS/host_rsa
		PidFile none
		AuthorizedKeysFile $KEYS/authorized_keys
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		AcceptEnv PSSH_*
		UseDNS no
		PrintMotd no
		MaxSessions 1000
	END
	# of this, sshd 9.2 takes the last one
	[[ $* == *MaxStartups* ]] || echo "MaxStartups 1000"
}

has_ipv6() { grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; }

ssh_config() {
	cat <<-END
		Host web* db*
		HostName 127.0.0.1
		Host v6
		HostName ::1
		Host *
		Port $PORT
		User $LOGIN
		IdentityFile $KEYS/id_ed25519
		IdentitiesOnly yes
		UserKnownHostsFile $FLEET/known_hosts
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
	END
}

# know_host PORT [TYPE]: known_hosts lines for every address of the fleet.
know_host() {
	local names address type

	for address in $addresses ::1; do
		names=${names:+$names,}[$address]:$1
	done
	for type in ${2:-ed25519 ecdsa rsa}; do
		echo "$names $(cut -d' ' -f1,2 "$KEYS/host_$type.pub")"
	done
}

# bad_start MODE...: the misbehaving server, one port a mode; `bad MODE` then
# is its host:port.  badsshd.c has the modes.
bad_start() {
	local mode port

	: >"$FLEET/bad"
	mkfifo "$(scope)/bad.fifo"
	"$TESTBIN/badsshd" -k "$KEYS/host_ed25519" \
	    -a "$KEYS/authorized_keys" "$@" \
	    >"$(scope)/bad.fifo" 2>"$FLEET/bad.log" </dev/null 3>&- &
	remember $!
	while read -r mode port; do	# until the server has named all
		echo "$mode $port" >>"$FLEET/bad"
		know_host "$port" ed25519 >>"$FLEET/known_hosts"
	done <"$(scope)/bad.fifo"
	rm "$(scope)/bad.fifo"
}

bad() { echo "127.0.0.1:$(bad_port "$1")"; }
bad_port() { sed -n "s/^$1 //p" "$FLEET/bad"; }

# A port of 127.0.0.1 where nobody listens, nor will: it is between those of
# the fleets and those that the system gives.
refused_port() {
	local port

	while port=$((30000 + RANDOM % 2000)); do
		accepts 127.0.0.1 $port 2>/dev/null || break
	done
	echo $port
}

# agent_start [COMMAND-PREFIX...] ssh-agent [OPTION...]: one of our own, which
# answers, at $T/agent.
agent_start() {
	"$@" -D -a "$T/agent" >/dev/null 2>&1 3>&- &
	AGENT=$!
	remember $AGENT
	wait_until 60 agent_answers "$T/agent"
}

# The socket is there before anybody listens.
agent_answers() {
	local answer=0

	SSH_AUTH_SOCK=$1 ssh-add -l >/dev/null 2>&1 || answer=$?
	[ $answer -lt 2 ]
}

# What the server's log says from here on.  Whoever served a connection may
# write after its client has ended, but not after it has ended itself.
log_from_here() {
	wait_until 60 all_served
	LOG_MARK=$(wc -l <"$FLEET/log")
}
logged() {
	wait_until 60 all_served
	tail -n "+$((${LOG_MARK:-0} + 1))" "$FLEET/log"
}
all_served() {
	local pid

	pid=$(<"$FLEET/pid")
	[ -z "$(cat "/proc/$pid/task/$pid/children")" ]
}

# log_has REGEX and log_counts NUMBER REGEX: a line of that has it, so many.
log_has() { finds "$1" <(logged) || explain_log "no $1"; }
log_counts() {
	[ "$(logged | LC_ALL=C grep -acP -- "$2")" = "$1" ] ||
		explain_log "not $1 times $2"
}
explain_log() {
	explain "$1 in the server's log" || logged >&2
	return 1
}

# break_connections: kill what serves our user's sessions in this fleet.
break_connections() {
	local listener pid

	listener=$(<"$FLEET/pid")
	for pid in $(descendants "$listener"); do
		[ "$pid" != "$listener" ] || continue
		[ "$(stat -c %U "/proc/$pid")" = "$LOGIN" ] || continue
		! grep -q '^Name:.sshd' "/proc/$pid/status" || strike "$pid"
	done
}

# strike PID...: by SIGKILL; who went because another did was hit as well.
strike() {
	local pid

	for pid; do
		kill -KILL "$pid" 2>/dev/null || gone "$pid" || return
	done
}

# remember PID: end it when this test, or this file, is over.  With the time
# it began: by then the number may be somebody else's.
remember() { echo "$1 $(began "$1")" >>"$(scope)/pids"; }
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# End what is remembered, children first.
fleet_stop() {
	local pid time

	[ -f "$(scope)/pids" ] || return 0
	while read -r pid time; do
		[ "$(began "$pid")" = "$time" ] || continue
		# shellcheck disable=SC2046  # one word a process
		kill $(descendants "$pid") 2>/dev/null
		wait "$pid" 2>/dev/null
	done <"$(scope)/pids"
	rm "$(scope)/pids"
}

descendants() {
	local child

	for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do
		descendants "$child"
	done
	echo "$1"
}
