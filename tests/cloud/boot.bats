# SPDX-License-Identifier: BSD-2-Clause
# The local cloud itself: machines boot, are told what they are to know, find
# each other, end, and nothing is left of them.
# shellcheck disable=SC2016,SC2086	# the master expands; words they are

load lib

setup_file() { cloud_up; }
teardown_file() { cloud_down; }
setup() { cloud_setup; }

@test "machines that are launched are there, with a name and a key of their own" {
	exits 0 run ec2-launch -n 3 $KIND --run three --wait --for ssh \
	    --known-hosts three.known --data role=lg --data L2ip=10.9.8.7
	out_counts 3 '^ec2-54-0-0-[0-9]+\.compute-1\.amazonaws\.com$'
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three |
	    cpssh -h - -P -O UserKnownHostsFile=three.known hostname'
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three \
	    --address private-dns --known-hosts private.known |
	    cpssh -h - -i -O UserKnownHostsFile=private.known hostname'
	out_counts 3 '^ip-10-0-0-[0-9]+$'
	[ "$(grep -c '^ip-' "$T/out")" = "$(grep '^ip-' "$T/out" |
	    sort -u | wc -l)" ]
	[ "$(machine_count three)" = 3 ]
}

@test "user-data is in its place once a machine has booted" {
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three |
	    cpssh -h - -i -O UserKnownHostsFile=three.known \
	    "until [ -e /var/local/role ]; do sleep 0.1; done
	    cat /var/local/role /var/local/L2ip"'
	out_counts 3 '^lg$'
	out_counts 3 '^10\.9\.8\.7$'
}

@test "one machine has nothing of another's, nor of this one's" {
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three --address private-ip |
	    sed 1q >one && cpssh -h one -O StrictHostKeyChecking=accept-new \
	    "echo mine >/etc/mine; echo mine >/tmp/mine; echo mine >/var/mine"'
	[ ! -e /etc/mine ] && [ ! -e /tmp/mine ] && [ ! -e /var/mine ]
	: >"$T/beacon"
	exits 0 run sh -c "ls /etc/mine /tmp/mine /var/mine '$T/beacon' \
	    2>/dev/null | wc -l"
	out_is 0
	exits 0 run sh -c 'ps ax | wc -l'
	[ "$(cat "$T/out")" -lt 12 ]
}

@test "the metadata service answers each machine with its own, and tokens only" {
	exits 0 run sh -c 'curl -s -o /dev/null -w "%{http_code}\n" \
	    http://169.254.169.254/latest/meta-data/local-ipv4'
	out_is 401
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three |
	    cpssh -h - -i -O UserKnownHostsFile=three.known "
	    t=\$(curl -s -X PUT http://169.254.169.254/latest/api/token \
	    -H \"X-aws-ec2-metadata-token-ttl-seconds: 60\")
	    curl -s -H \"X-aws-ec2-metadata-token: \$t\" \
	    http://169.254.169.254/latest/meta-data/local-hostname |
	    sed \"s/[.].*//\"; echo; hostname"'
	# each name twice: by the service, and by the machine
	[ "$(grep '^ip-' "$T/out" | sort | uniq -c | grep -c '^ *2 ')" = 3 ]
}

@test "workers have no role: they cannot ask the API" {
	exits 0 run sh -c 'ec2-hosts --tag cpssh:run=three | sed 1q |
	    cpssh -h - -i -O UserKnownHostsFile=three.known \
	    "ec2-hosts; echo status \$?"'
	out_has '^status 3$'
}

@test "names lead both ways, as long as their machine is there" {
	exits 0 run sh -c 'ec2-hosts --tag Name=master \
	    --format "{private_ip} {private_dns} {public_dns}"'
	read -r address private public <"$T/out"
	exits 0 run getent hosts "$private"
	out_has "^$address "
	exits 0 run getent hosts "$public"
	out_has "^$address "
	exits 0 run getent hosts "$address"
	out_has " $private( |\$)"
	exits 2 run getent hosts ip-10-1-1-1.ec2.internal
}

@test "no more are launched than there is room for" {
	localcloud tell set capacity=5
	exits 1 run ec2-launch -n 3 --min 1 $KIND --run room
	[ "$(grep -c ^i- "$T/out")" = 1 ]
	exits 0 run ec2-terminate --run room --yes --wait
	localcloud tell set capacity=40
}

@test "what is terminated has ended" {
	exits 0 run ec2-terminate --run three --yes --wait
	[ "$(machine_count)" = 1 ]
	exits 0 run ec2-hosts --tag cpssh:run=three
	out_is ''
	[ "$(cd "$CLOUD/hosts" && echo i-*)" = "$(<"$CLOUD/master")" ]
}

@test "a machine that goes down by itself is told as terminated" {
	exits 0 run ec2-launch -n 1 $KIND --run fall --wait
	id=$(localcloud status | sed -n 's/ .*10\.0\.0\.[0-9]*  *-$//p')
	kill_machine "$id"
	wait_until 20 run_quietly 'test -z "$(ec2-hosts --tag cpssh:run=fall)"'
	exits 0 run ec2-hosts --tag cpssh:run=fall --state terminated \
	    --format '{id} {state}'
	out_is "$id terminated"
}

@test "several clouds do not see each other" {
	localcloud --name "${LOCALCLOUD_NAME}b" up --build "$BUILDDIR"
	localcloud --name "${LOCALCLOUD_NAME}b" status >"$T/other"
	localcloud --name "${LOCALCLOUD_NAME}b" down
	[ "$(grep -c master "$T/other")" = 1 ]
	[ "$(grep -c "$(<"$CLOUD/master")" "$T/other")" = 0 ]
}

@test "after down nothing is left, and down again is fine" {
	cloud_down
	traces >"$T/after"
	diff "$BATS_FILE_TMPDIR/before" "$T/after"
	localcloud down
	exits 3 localcloud status
	err_is "localcloud: no cloud \"$LOCALCLOUD_NAME\" is up"
}

@test "after a crash nothing is left but what the next up removes" {
	cloud_up
	# its first process, and so all of them
	kill -KILL "$(cut -d ' ' -f 1 "$CLOUD/pid")"
	wait_until 20 nothing_runs
	exits 3 localcloud status
	localcloud up --build "$BUILDDIR" --no-master
	exits 0 localcloud status
	out_is ''
	cloud_down
	traces >"$T/after"
	diff "$BATS_FILE_TMPDIR/before" "$T/after"
}

@test "an up that is interrupted leaves nothing" {
	"$SRCDIR/scripts/localcloud" up --build "$BUILDDIR" 3>&- &
	wait_until 20 test -e "$CLOUD/pid"
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ $status = 143 ]
	traces >"$T/after"
	diff "$BATS_FILE_TMPDIR/before" "$T/after"
}
