# SPDX-License-Identifier: BSD-2-Clause
# What the tests of cprsync have in common.
# shellcheck shell=bash disable=SC2154  # lib.bash sets them

CPRSYNC=${CPRSYNC:-$(dirname "$CPSSH")/cprsync}
RSYNCS=${RSYNCS:-${SRCDIR:-$BATS_TEST_DIRNAME/..}/build-deps/rsync}

cprsync() { "$CPRSYNC" -F "${CONFIG:-$FLEET/ssh_config}" "$@"; }

# a tree with names and kinds of all sorts
make_tree() {
	mkdir -p "$1/sub dir/deep"
	echo one >"$1/one"
	echo two >"$1/sub dir/two 'quoted' \$name"
	head -c 300000 /dev/urandom >"$1/sub dir/deep/data"
	ln -s one "$1/link"
	: >"$1/empty"
	chmod 640 "$1/one"
	touch -d '2001-02-03 04:05:06' "$1/empty"
}

# tools DIR NAME...: links to programs
tools() {
	local dir=$1 name

	mkdir -p "$dir"
	shift
	for name; do
		ln -sf "$(command -v "$name")" "$dir/$name"
	done
}

setup_tree() {
	make_tree tree
	chmod -R a+rX tree
}
