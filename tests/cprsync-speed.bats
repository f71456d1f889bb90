# SPDX-License-Identifier: BSD-2-Clause
# cprsync beside rsync(1) with ssh(1) as its remote shell: what it costs.

# shellcheck disable=SC2317,SC2329  # the helpers call ours, theirs and one
load lib
load rsync
load speed

hosts='web1 web2 web3 web4'

# a tree of many small files, and a large one
setup_large_tree() {
	local i

	! sanitized || skip "speed means nothing under a sanitizer"
	for i in {0..9}; do
		mkdir -p "tree/$i"
		head -c 200k /dev/urandom |
			split -a 3 -b 2k - "tree/$i/a-file-"
	done
	head -c 32M /dev/urandom >tree/large
}

# Each fetches into a directory of its own: the hosts share their files.
@test "it costs less than rsync over ssh" {
	setup_large_tree
	one() {
		rsync -a -e "ssh -F $FLEET/ssh_config" "$1:$T/tree/" \
		    "theirs/$1"
	}
	theirs() {
		rm -rf theirs
		mkdir theirs
		at_once "$hosts" one
	}
	ours() {
		rm -rf ours
		cprsync -d -a -H "$hosts" "$T/tree/" ours
	}
	needs_at_most 100 CPU
	diff -r tree ours/web4
	diff -r tree theirs/web4
}

@test "where nothing is to be done it costs less than half" {
	setup_large_tree
	cp -a tree "$REMOTE/"
	[ "$(id -u)" != 0 ] || chown -R "$LOGIN" "$REMOTE/tree"
	one() {
		rsync -rt -e "ssh -F $FLEET/ssh_config" tree/ "$1:$REMOTE/tree"
	}
	theirs() { at_once "$hosts" one; }
	ours() { cprsync -r -x -t -H "$hosts" tree/ "$REMOTE/tree"; }
	# a fifth, in fact: the login is what is saved
	needs_at_most 50 CPU
}
