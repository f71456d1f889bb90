# SPDX-License-Identifier: BSD-2-Clause
# A fleet: thirty machines at once, and nothing left of them.
# shellcheck disable=SC2086,SC2153	# words they are; lib.bash sets it

load lib

setup_file() { cloud_up; }
teardown_file() { cloud_down; }
setup() { cloud_setup; }

# took NAME: how long it was since $began, for whoever reads the log
took() { echo "# $1: $(($(date +%s) - began)) s" >&3; }

# what the cloud has of machines, apart from the master
remains() {
	local cloud

	read -r cloud _ <"$CLOUD/pid"
	cloud=$(cat "/proc/$cloud/task/$cloud/children")
	grep -c "$CLOUD/machines" "/proc/${cloud%% *}/mounts"
	nsenter --target "${cloud%% *}" --net ip -o link | wc -l
	ls "$CLOUD/hosts" "$CLOUD/machines"
	pgrep -fc "init $CLOUD/machines/"
}

@test "thirty machines are launched, all run a command, all are ended" {
	remains >"$T/before"
	began=$(date +%s)
	exits 0 run ec2-launch -n 30 $KIND --run fleet --wait --for ssh \
	    --known-hosts fleet.known
	took "thirty machines greet"
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=fleet |
	    cpssh -h - -p 30 -i -O UserKnownHostsFile=fleet.known hostname'
	took "thirty have run a command"
	[ "$(grep '^ip-' "$T/out" | sort -u | wc -l)" = 30 ]
	[ "$(pgrep -fc "init $CLOUD/machines/")" -ge 31 ]
	exits 0 run ec2-terminate --run fleet --yes --wait
	took "thirty have ended"
	[ "$(machine_count)" = 1 ]
	wait_until 20 same_as_before
}

same_as_before() {
	remains >"$T/after"
	grep -v '\.console$' "$T/after" | diff - \
	    <(grep -v '\.console$' "$T/before")
}

@test "a fleet ends with its cloud" {
	exits 0 run ec2-launch -n 10 $KIND --run fleet
	cloud_down
	traces >"$T/after"
	diff "$BATS_FILE_TMPDIR/before" "$T/after"
}
