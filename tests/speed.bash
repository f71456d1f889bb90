# SPDX-License-Identifier: BSD-2-Clause
# Comparing what a copy costs with what other tools need for the same.  Only
# ratios say something on a machine that others use too: both run in turn, and
# the best of each counts.
# shellcheck shell=bash disable=SC2034,SC2154  # lib.bash has these

# fleet_with_large: and LARGE is a file that the hosts can read
fleet_with_large() {
	fleet_start "Subsystem sftp internal-sftp"
	export LARGE=$BATS_FILE_TMPDIR/large
	head -c 96M /dev/urandom >"$LARGE"
	chmod 644 "$LARGE"
	chmod 755 "$BATS_FILE_TMPDIR"
}

fast() {
	! sanitized || skip "speed and memory mean nothing under a sanitizer"
}

# spent COMMAND...: run it; CPU is what it used, with all that it started and
# waited for, and WALL how long it took, in ms.
spent() {
	local TIMEFORMAT='%R %U %S' wall user sys

	{ time "$@" >"$T/out" 2>"$T/err" 3>&-; } 2>"$T/time" ||
		explain "failed: $*" || return
	read -r wall user sys <"$T/time"
	WALL=${wall/./}
	CPU=$((10#${user/./} + 10#${sys/./}))
	WALL=$((10#$WALL))
}

# needs_at_most PERCENT CPU|WALL...: of what the function `theirs` needs the
# function `ours` does, in one of five rounds at the latest.
needs_at_most() {
	local percent=$1 round what good words
	local -A our=() their=()

	shift
	for round in {1..5}; do
		spent theirs || return
		for what; do
			best their "$what" "${!what}"
		done
		spent ours || return
		good=yes words=
		for what; do
			best our "$what" "${!what}"
			words+=" $what: ${our[$what]} and ${their[$what]} ms"
			[ $((our[$what] * 100)) -le \
			    $((their[$what] * percent)) ] || good=
		done
		echo "round $round:$words"
		[ -z "$good" ] || return 0
	done
	explain "more than $percent %:$words"
}

best() {	# ARRAY KEY VALUE
	local -n array=$1

	[ "${array[$2]:-$3}" -lt "$3" ] || array[$2]=$3
}

# peak COMMAND...: PEAK is the memory that it had at most, in kB.
peak() {
	local now

	PEAK=0
	begin "$@"
	while now=$(peak_memory "$BEGUN" 2>/dev/null) && [ -n "$now" ]; do
		PEAK=$now
		sleep 0.05
	done
	ends 0
}

# A thousand of them below $TREE, in memory: what a disk needs for each, now
# and then a thousand times what it needs at other times, is not ours.
small_files() {
	local i

	in_memory
	chmod 1777 "$IN_MEMORY"
	TREE=$IN_MEMORY/tree
	for i in {0..19}; do
		mkdir -p "$TREE/$i"
		head -c 50k /dev/urandom |
			split -a 3 -b 1k - "$TREE/$i/a-file-"
	done
}

# A way to the fleet of 50 ms there and back; FAR is its port.
far() {
	mkfifo "$T/far"
	"$TESTBIN/delayproxy" 25 "$PORT" >"$T/far" 3>&- &
	remember $!
	read -r FAR <"$T/far"
	know_host "$FAR" >"$T/known"
	config "UserKnownHostsFile $T/known" "Host far" "HostName 127.0.0.1" \
	    "Port $FAR" "Host near*" "HostName 127.0.0.1" \
	    "Port $(refused_port)" "Host *"
}

# at_once HOSTS COMMAND: COMMAND HOST for each of them, at the same time.
at_once() {
	local host pids=()

	for host in $1; do
		"$2" "$host" &
		pids+=($!)
	done
	wait "${pids[@]}"
}
