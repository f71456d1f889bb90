# SPDX-License-Identifier: BSD-2-Clause
# cpslurp beside scp(1) and rsync(1): what it costs.

# shellcheck disable=SC2317,SC2329  # the helpers call ours, theirs and one
load lib
load copy
load fetch
load speed

hosts='web1 web2 web3 web4'

setup_file() { fleet_with_large; }

teardown() {
	leave_memory
	fleet_stop
}

@test "a large file costs no more than by scp" {
	fast
	mkdir theirs
	one() { scp -q -F "$FLEET/ssh_config" "$1:$LARGE" "theirs/$1"; }
	theirs() { at_once "$hosts" one; }
	ours() { cpslurp -L ours -H "$hosts" "$LARGE" large; }
	# half of it, in fact
	needs_at_most 100 CPU WALL
	cmp "$LARGE" ours/web4/large
	cmp "$LARGE" theirs/web4
}

@test "many small files cost no more than by rsync" {
	fast
	small_files
	one() {
		rsync -a -e "ssh -F $FLEET/ssh_config" "$1:$TREE" \
		    "$IN_MEMORY/theirs/$1"
	}
	theirs() {
		rm -rf "$IN_MEMORY/theirs"
		mkdir "$IN_MEMORY/theirs"
		at_once "$hosts" one
	}
	ours() {
		rm -rf "$IN_MEMORY/ours"
		cpslurp -r -L "$IN_MEMORY/ours" -H "$hosts" "$TREE" tree
	}
	# a fifth, in fact
	needs_at_most 100 CPU
	diff -r "$TREE" "$IN_MEMORY/ours/web4/tree"
	diff -r "$TREE" "$IN_MEMORY/theirs/web4/tree"
}

@test "memory is bounded, whatever the size" {
	fast
	peak "$CPSLURP" -F "$FLEET/ssh_config" -L ours -H 'web[1-8]' \
	    "$LARGE" large
	out_counts 8 SUCCESS
	cmp "$LARGE" ours/web8/large
	# 16 MB, and 3 MB a host; in fact it is less than half of that
	[ "$PEAK" -lt $(((16 + 8 * 3) * 1024)) ] || explain "$PEAK kB"
}

@test "a long line is filled as well as by ssh" {
	fast
	far
	theirs() { ssh -F "$CONFIG" far "cat $LARGE" >theirs; }
	ours() { cpslurp -L ours -H far "$LARGE" large; }
	needs_at_most 110 WALL
	cmp "$LARGE" ours/far/large
}

@test "so it is among 32 hosts" {
	fast
	far
	theirs() { ssh -F "$CONFIG" far "cat $LARGE" >theirs; }
	# the other 31 have a share of what may be on its way
	ours() {
		cpslurp -L ours -p 32 -H 'far near[1-31]' "$LARGE" large ||
			out_has 'SUCCESS\] far'
	}
	needs_at_most 130 WALL
	cmp "$LARGE" ours/far/large
}
