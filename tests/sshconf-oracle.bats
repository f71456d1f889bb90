#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# What we make of a configuration is what the real ssh makes of it: generated
# configurations are given to `ssh -G` and to our code.

# compare SEED COUNT: let both read COUNT generated configurations.
compare() {
	local dir=$BATS_TEST_TMPDIR name ours=0 theirs=0 bad=0 refused=0
	local -a args

	export MYVAR=/agent/of/mine SOCK=/some/socket
	awk -v dir="$dir" -v seed="$1" -v count="$2" \
	    -f "$SRCDIR/tests/sshconf-cases.awk" \
	    "$SRCDIR/tests/sshconf-cases.txt"
	for ((name = 1; name <= $2; name++)); do
		mapfile -t args < "$dir/$name.args"
		theirs=0 ours=0
		ssh -G -F "$dir/$name.conf" "${args[@]}" \
		    > "$dir/theirs" 2> "$dir/theirs.err" || theirs=$?
		"$BUILDDIR/tests/sshconf_print" -F "$dir/$name.conf" \
		    "${args[@]}" > "$dir/ours" 2> "$dir/ours.err" || ours=$?
		awk -f "$SRCDIR/tests/sshconf-same.awk" "$dir/theirs" \
		    > "$dir/theirs.same"
		awk -f "$SRCDIR/tests/sshconf-same.awk" "$dir/ours" \
		    > "$dir/ours.same"
		if [ "$ours" != "$theirs" ] ||
		    ! diff "$dir/theirs.same" "$dir/ours.same"; then
			echo "seed $1, case $name: exit $theirs and $ours"
			cat "$dir/theirs.err" "$dir/ours.err"
			bad=$((bad + 1))
		fi
		[ "$theirs" = 0 ] || refused=$((refused + 1))
	done
	echo "$bad of $2 differ; ssh refuses $refused"
	# Were most of them refused, nothing would have been compared.
	[ "$bad" = 0 ] && [ "$refused" -gt 0 ] && [ "$refused" -lt $(($2 / 3)) ]
}

setup_file() {
	umask 022
	command -v ssh
}

@test "ssh -G and we read the same from 100 configurations" {
	compare 20231 100
}

@test "and from 100 others" {
	compare 777001 100
}

@test "and from 100 more" {
	compare 424242 100
}
