# SPDX-License-Identifier: BSD-2-Clause
# Where no cloud can be, or no more of it: this is said, and nothing is left.
# shellcheck disable=SC2016	# the inner shell expands it

load lib

setup_file() {
	export LOCALCLOUD_NAME=faults$$
	export CLOUD=/run/cpssh-localcloud/$LOCALCLOUD_NAME
	traces >"$BATS_FILE_TMPDIR/before"
}
teardown_file() { cloud_down; }
setup() { cloud_setup; }

nothing_left() {
	traces >"$T/after"
	diff "$BATS_FILE_TMPDIR/before" "$T/after"
}

# without WORD: mount refuses what has it in its command line.
without() {
	mkdir -p stubs
	printf '#!/bin/sh\ncase "$*" in *%s*) exit 32 ;; esac\nexec %s "$@"\n' \
	    "$1" "$(command -pv mount)" >stubs/mount
	chmod +x stubs/mount
	PATH=$T/stubs:$PATH
}

# interrupted GROUP: as by Ctrl-C on its terminal
interrupted() { kill -INT -- "-$1"; }

@test "a container that may not make namespaces: status 4" {
	exits 4 setpriv --bounding-set -sys_admin --inh-caps -all \
	    "$SRCDIR/scripts/localcloud" up --build "$BUILDDIR"
	err_has 'no cloud can be here: namespaces are refused.*CAP_SYS_ADMIN'
	nothing_left
}

@test "not root, no overlayfs, no sysfs: status 4, before anything is installed" {
	exits 4 unshare --user "$SRCDIR/scripts/localcloud" check
	err_has 'only root'
	without overlay
	exits 4 localcloud up --build "$BUILDDIR"
	err_has 'no cloud can be here: overlayfs is refused'
	without sysfs
	exits 4 localcloud demo --build "$BUILDDIR"
	err_has 'no cloud can be here: sysfs is refused'
	nothing_left
}

@test "no room where the cloud is to be: nothing is left of it" {
	exits 1 unshare --mount sh -c 'mkdir -p /run/cpssh-localcloud &&
	    mount -t tmpfs -o size=2m tmpfs /run/cpssh-localcloud &&
	    "$0" up --build "$1"' "$SRCDIR/scripts/localcloud" "$BUILDDIR"
	err_has 'No space left on device'
	rmdir /run/cpssh-localcloud 2>/dev/null || :
	nothing_left
}

@test "up twice, at once and after another: the second is refused" {
	# the first stops as it looks for what is to be installed
	mkdir stubs
	printf '#!/bin/sh\n>%s/begun\nuntil [ -e %s/go ]; do sleep 0.05; done\nexec %s "$@"\n' \
	    "$T" "$T" "$(command -v dpkg-query)" >stubs/dpkg-query
	chmod +x stubs/dpkg-query
	PATH=$T/stubs:$PATH begin "$SRCDIR/scripts/localcloud" up \
	    --build "$BUILDDIR" --no-master
	wait_until 20 test -e begun
	localcloud up --build "$BUILDDIR" 2>"$T/second" && return 1
	[[ $(<"$T/second") == *'is being brought up already' ]]
	: >go
	ends 0
	[ ! -e "$CLOUD.lock" ]
	exits 1 localcloud up --build "$BUILDDIR"
	err_has 'is up already$'
	exits 0 localcloud status
}

@test "a cloud that does not answer is told, and not waited for for ever" {
	local fake

	fake=$(pgrep -f "tests/ec2fake .* $CLOUD/machines ")
	kill -STOP "$fake"
	status=0
	LOCALCLOUD_PATIENCE=0.5 localcloud status 2>"$T/said" || status=$?
	kill -CONT "$fake"
	[ $status = 1 ]
	[[ $(<"$T/said") == *'has not answered for 0.5 s'* ]]
	exits 0 localcloud status
}

@test "an up that was killed is in nobody's way, and down cleans up after it" {
	localcloud down
	mkdir -p "${CLOUD%/*}"
	: >"$CLOUD.lock"
	localcloud up --build "$BUILDDIR" --no-master
	[ ! -e "$CLOUD.lock" ]
	localcloud down
	mkdir -p "${CLOUD%/*}"
	: >"$CLOUD.lock"
	localcloud down
	nothing_left
	localcloud up --build "$BUILDDIR" --no-master
}

@test "its process 1 is killed: all is gone, and down is fine" {
	local parent

	read -r parent _ <"$CLOUD/pid"
	kill -KILL "$(cat "/proc/$parent/task/$parent/children")"
	wait_until 20 nothing_runs
	exits 3 localcloud status
	exits 0 localcloud down
	nothing_left
}

@test "the demo refuses to write where something is" {
	mkdir there tmp
	TMPDIR=$T/tmp exits 1 localcloud demo --build "$BUILDDIR" --to there
	err_has 'there is there already'
	err_lacks 'has more'
	[ -z "$(ls tmp)" ]
	exits 2 localcloud demo --sweep none
	exits 2 localcloud demo --to
}

@test "the demo, interrupted while the master is made, leaves nothing" {
	TMPDIR=$T begin "$SRCDIR/scripts/localcloud" demo --build "$BUILDDIR" \
	    --to "$T/to"
	wait_until 120 has_line 'root@master.*newmaster' "$T/out"
	wait_until 60 has_line 'newmaster: making' "$T/err"
	interrupted "$BEGUN"
	ends 130
	out_has 'ending the cloud'
	[ ! -e "$T/to" ]
	nothing_left
}

@test "the demo, when a step fails, says which and leaves nothing" {
	exits 1 localcloud demo --build "$BUILDDIR" --to "$T/to" --newmaster \
	    --no-such-option
	err_has 'exit status 2, not 4: .*newmaster --no-such-option'
	out_has 'ending the cloud'
	nothing_left
}
