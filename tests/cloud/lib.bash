# SPDX-License-Identifier: BSD-2-Clause
# What the tests in the local cloud start from: a cloud of the file's own, that
# is named after its process, and a master in it.
# shellcheck disable=SC2034  # what is set here is used there

load ../lib

SRCDIR=${SRCDIR:-$BATS_TEST_DIRNAME/../..}
BUILDDIR=${BUILDDIR:-$PWD}
# What is launched when it does not matter what.
KIND="--ami ami-12345678 --type t3.micro --key-pair localcloud"

localcloud() { "$SRCDIR/scripts/localcloud" "$@" 3>&-; }

# run COMMAND...: on the master
run() { localcloud run "$@"; }
run_quietly() { run sh -c "$1" >/dev/null 2>&1; }

# cloud_up [OPTION...]: in setup_file.  Sets CLOUD to its directory.
cloud_up() {
	export LOCALCLOUD_NAME=${LOCALCLOUD_NAME:-test$$}
	export CLOUD=/run/cpssh-localcloud/$LOCALCLOUD_NAME
	[ -e "$BATS_FILE_TMPDIR/before" ] ||
		traces >"$BATS_FILE_TMPDIR/before"
	localcloud up --build "$BUILDDIR" "$@"
}

cloud_down() { localcloud down; }

cloud_setup() {
	T=$BATS_TEST_TMPDIR
	FLEET=$T
	cd "$T" || return
	exec </dev/null
}

# traces: what a cloud could leave on this machine.
traces() {
	ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/link \1/'
	ip netns
	grep -o " ${CLOUD}[^ ]*" /proc/mounts || :
	ls -d "$CLOUD"* 2>/dev/null || :
	nothing_runs || echo "processes"
}

# nothing_runs: no process of this cloud, in whatever namespace.
nothing_runs() {
	! grep -qs "$CLOUD\b" /proc/[0-9]*/cmdline
}

# machine_count [RUN]: as the cloud sees them
machine_count() {
	if [ $# = 0 ]; then
		localcloud status | wc -l
	else
		run ec2-hosts --tag "cpssh:run=$1" | wc -l
	fi
}

# kill_machine ID: as if its plug were pulled
kill_machine() {
	local pid

	for pid in $(pgrep -f "init $CLOUD/machines/$1 "); do
		kill -KILL "$pid"
	done
}
