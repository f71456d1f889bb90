# SPDX-License-Identifier: BSD-2-Clause
# cpscp beside scp(1) and rsync(1): what it costs.

# shellcheck disable=SC2317,SC2329  # the helpers call ours, theirs and one
load lib
load copy
load speed

hosts='web1 web2 web3 web4'

setup_file() { fleet_with_large; }

teardown() {
	leave_memory
	fleet_stop
}

@test "a large file costs no more than by scp" {
	fast
	one() { scp -q -F "$FLEET/ssh_config" "$LARGE" "$1:$REMOTE/scp-$1"; }
	theirs() { at_once "$hosts" one; }
	ours() { cpscp -H "$hosts" "$LARGE" "$REMOTE/ours"; }
	# less than half of it, in fact
	needs_at_most 100 CPU WALL
	cmp "$LARGE" "$REMOTE/ours"
	cmp "$LARGE" "$REMOTE/scp-web4"
}

@test "many small files cost no more than by rsync" {
	fast
	small_files
	one() {
		rsync -a -e "ssh -F $FLEET/ssh_config" "$TREE" \
		    "$1:$IN_MEMORY/theirs-$1"
	}
	theirs() {
		rm -rf "$IN_MEMORY"/theirs*
		at_once "$hosts" one
	}
	ours() {
		rm -rf "$IN_MEMORY/ours"
		cpscp -r -H "$hosts" "$TREE" "$IN_MEMORY/ours"
	}
	# a third, in fact
	needs_at_most 100 CPU
	# the hosts are one: who comes last finds a directory to copy into
	diff -r -x tree "$TREE" "$IN_MEMORY/ours"
	diff -r "$TREE" "$IN_MEMORY/theirs-web4/tree"
}

@test "memory is bounded, whatever the size" {
	fast
	mkdir bin
	# what is stored there is not what this is about
	printf '#!/bin/sh\n/bin/cat >/dev/null\n%s\n' \
	    'truncate -s 256M /proc/self/fd/1' >bin/cat
	chmod 755 bin bin/cat
	fleet_start "SetEnv PATH=$T/bin:$PATH"
	truncate -s 256M sparse
	peak "$CPSCP" -F "$FLEET/ssh_config" -H 'web[1-8]' sparse \
	    "$REMOTE/sparse"
	out_counts 8 SUCCESS
	# 16 MB, and 3 MB a host; in fact it is a third of that
	[ "$PEAK" -lt $(((16 + 8 * 3) * 1024)) ] || explain "$PEAK kB"
}

@test "a long line is filled as well as by ssh" {
	fast
	far
	theirs() {
		ssh -F "$CONFIG" far "cat >$REMOTE/theirs" <"$LARGE"
	}
	ours() { cpscp -H far "$LARGE" "$REMOTE/ours"; }
	# both wait for the server's window of 2 MB
	needs_at_most 130 WALL
	cmp "$LARGE" "$REMOTE/ours"
}
