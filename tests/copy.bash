# SPDX-License-Identifier: BSD-2-Clause
# What the tests of copying have in common.
# shellcheck shell=bash
# shellcheck disable=SC2154  # lib.bash sets them
# shellcheck disable=SC2119,SC2120  # bats files pass arguments

CPSCP=${CPSCP:-$(dirname "$CPSSH")/cpscp}

cpscp() { "$CPSCP" -F "${CONFIG:-$FLEET/ssh_config}" "$@"; }

# Nothing of ours is left below $REMOTE, or another directory.
leaves_nothing() {
	local left

	left=$(find "${1:-$REMOTE}" -name '.cpscp*')
	[ -z "$left" ] || explain "left behind: $left"
}

# As a remote user would have it before each copy, in both places.
remote_state() {
	local place

	for place in ours theirs; do
		rm -rf "${REMOTE:?}/$place"
		as_login mkdir -p "$REMOTE/$place/dir/same" \
		    "$REMOTE/$place/dir/onefile.dir" "$REMOTE/$place/dir/tree"
		as_login sh -c "cd $REMOTE/$place && echo old >file &&
		    echo old >dir/old && echo old >dir/tree/old &&
		    echo old >dir/tree/a && echo longer-than-new >dir/one"
	done
}

# both [OPTION...] SOURCE... TARGET: copies alike, and alike it ends
both() {
	local target=${*: -1} ours=0 theirs=0

	remote_state
	set -- "${@:1:$#-1}"
	cpscp -H web1 "$@" "$REMOTE/ours/$target" >"$T/out" 2>"$T/err" ||
		ours=$?
	scp -q -F "$FLEET/ssh_config" "$@" "web1:$REMOTE/theirs/$target" \
	    >/dev/null 2>"$T/scp" || theirs=$?
	[ $((ours == 0)) = $((theirs == 0)) ] ||
		explain "scp ends with $theirs, we with $ours: $* $target"
	leaves_nothing
	[ "$ours" != 0 ] || diff <(listing "$REMOTE/ours") \
	    <(listing "$REMOTE/theirs") || explain "not as scp: $* $target"
}

# sources: what there is to copy, in the current directory
sources() {
	mkdir -p tree/sub/deep tree/empty
	echo one >one
	echo two >two
	: >zero
	echo a >tree/a
	echo .hidden >tree/.hidden
	echo b >tree/sub/b
	echo c >tree/sub/deep/c
}

# never_half: whoever reads while copies replace a file, and one in a directory,
# sees the old one or the new one
never_half() {
	local i sums reader

	mkdir -p one/d other/d
	for i in one other; do
		head -c 3M /dev/urandom >$i/f
		cp $i/f $i/d/f
	done
	sums=$(cksum <one/f && cksum <other/f)
	exits 0 cpscp -r -H web1 one/d one/f "$REMOTE"
	chmod 777 "$T"
	as_login sh -c "cd $REMOTE; while [ ! -e $T/stop ]; do
	    cksum <f; cksum <d/f; done" >"$T/seen" 2>&1 3>&- &
	reader=$!
	remember $reader
	for i in other one other one other; do
		exits 0 cpscp -H web1 $i/f "$REMOTE/f"
		exits 0 cpscp -r -H web1 $i/d "$REMOTE"
	done
	touch stop
	wait $reader
	[ "$(wc -l <seen)" -gt 20 ]
	[ "$(sort -u seen)" = "$(sort <<<"$sums")" ] ||
		explain "seen: $(sort seen | uniq -c)"
}

copies_large() {
	head -c 100M /dev/zero | openssl enc -aes-128-ctr -pass pass:x \
	    -pbkdf2 >large 2>/dev/null
	exits 0 cpscp -H web1 large "$REMOTE/large"
	cmp large "$REMOTE/large"
}

modes() { (cd "$1" && find . -printf '%p %m\n' | LC_ALL=C sort); }
times() { (cd "$1" && find . -printf '%p %m %Ts\n' | LC_ALL=C sort); }

# What they should be.
masked_modes() {	# DIR UMASK
	local mask=$2 name mode

	modes "$1" | while read -r mode; do
		name=${mode% *} mode=${mode##* }
		printf '%s %o\n' "$name" $((0$mode & 0777 & ~0$mask))
	done
}

# in_memory: a new directory $IN_MEMORY, where holes cost nothing to read and
# many files nothing to make; leave_memory takes it away.
in_memory() {
	local place=$T

	[ ! -w /dev/shm ] || place=/dev/shm
	IN_MEMORY=$(mktemp -d -p "$place" cpscp.XXXXXX)
	chmod 755 "$IN_MEMORY"
}

leave_memory() { [ -z "${IN_MEMORY-}" ] || rm -rf "$IN_MEMORY"; }
