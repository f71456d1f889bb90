# SPDX-License-Identifier: BSD-2-Clause
# ec2-hosts: which instances, which address, which form.

load lib
load ec2-lib

setup_file() { :; }
setup() { ec2_setup; }

hosts() { "$BUILDDIR/ec2-hosts" "$@"; }

has_lines() { [ "$(wc -l <"$T/out")" = "$1" ]; }

# Its lines, sorted.
lists() {
	local expected=$1

	shift
	exits 0 hosts "$@"
	[ "$(sort "$T/out")" = "$expected" ] ||
		explain "not listed: $expected"
}

@test "those that run, one a line, as cpssh reads them" {
	ec2_start 'set pending=hold' 'add count=2' 'add state=stopped' \
	    'add state=pending'
	exits 0 hosts
	out_counts 2 '^ec2-54-[0-9-]+\.compute-1\.amazonaws\.com$'
	out_counts 2 .
	err_is ''
	exits 0 hosts --state any
	out_counts 4 .
	exits 0 hosts --state stopped,pending
	out_counts 2 .
	exits 0 hosts --state stopped --state pending
	out_counts 2 .
}

@test "cpssh takes the list" {
	fleet_start
	ec2_start 'add count=3 tag:at=127.0.0.1'
	hosts --address tag:at --user "$LOGIN" --extra az |
		exits 0 "$CPSSH" -F "$FLEET/ssh_config" -h - -i echo hello
	out_counts 3 '^hello$'
}

@test "filters: each is AWS's own" {
	ec2_start 'add tag:role=web tag:Name=web1 subnet=subnet-1 vpc=vpc-1' \
	    'add tag:role=db tag:Name=db1 tag:stage=x type=m5.large' \
	    'add tag:role=cache tag:Name=c1 zone=us-east-1b ami=ami-2 groups=sg-5:five'
	name=(--format '{name}')
	lists db1 "${name[@]}" --tag role=db
	lists $'c1\ndb1' "${name[@]}" --tag 'role=d?,c*'
	lists $'c1\ndb1' "${name[@]}" --tag role=db --tag role=cache
	lists db1 "${name[@]}" --tag stage
	lists $'db1\nweb1' "${name[@]}" --name '*b1'
	lists c1 "${name[@]}" --az us-east-1b
	lists db1 "${name[@]}" --type m5.large
	lists c1 "${name[@]}" --ami ami-2
	lists c1 "${name[@]}" --sg sg-5
	lists c1 "${name[@]}" --sg five
	lists web1 "${name[@]}" --subnet subnet-1
	lists web1 "${name[@]}" --vpc vpc-1
	lists web1 "${name[@]}" --filter vpc-id=vpc-1
	lists db1 "${name[@]}" --tag role=db --name 'd*' --filter \
	    instance-type=m5.large
	lists web1 "${name[@]}" --id "$(fake ids | cut -d' ' -f1)"
	lists '' "${name[@]}" --tag role=db --name 'w*'
	err_has '^ec2-hosts: no running instance matches in us-east-1$'
	exits 1 hosts --name 'z*' --fail-empty
	exits 3 hosts --filter colour=red
	err_has 'us-east-1: InvalidParameterValue: The filter .colour. is invalid \(request [0-9a-f-]+\)'
}

@test "the address is the first there is; without any it is told and skipped" {
	ec2_start 'add tag:n=a private_ip=10.1.1.1 private_dns=ip-a public_ip=54.1.1.1 public_dns=ec2-a ipv6=2001:db8::1 tag:at=host-a' \
	    'add tag:n=b private_ip=10.1.1.2 private_dns=ip-b'
	fake change "$(fake ids | cut -d' ' -f2)" public_ip= public_dns=
	lists $'ec2-a\nip-b'
	lists $'10.1.1.1\n10.1.1.2' --address private-ip
	lists $'10.1.1.2\n54.1.1.1' --address public_ip,private_ip
	lists $'10.1.1.2\n2001:db8::1' --address ipv6,private-ip
	lists $'10.1.1.2\nhost-a' --address tag:at,private-ip
	lists host-a --address tag:at
	err_has '^ec2-hosts: i-[0-9a-f]+: skipped: it has none of tag:at that could be an address$'
	exits 2 hosts --address private-ip,colour
	err_has 'error: --address: there is no "colour"'
}

@test "tags put no lines of their own into the list" {
	ec2_start "add tag:at=a tag:who=x" \
	    "add 'tag:at=evil -oProxyCommand=x' tag:who=y"
	fake change "$(fake ids | cut -d' ' -f1)" 'tag:at=a root@evil'
	lists '' --address tag:at
	fake change "$(fake ids | cut -d' ' -f1)" tag:at=a $'tag:who=a\tb c#d'
	lists 'a who=a_b_c_d' --address tag:at --extra tag:who
	lists $'a\\tb c#d\ny' --format '{tag:who}'
	lists a --address tag:at --user-tag who
}

@test "users, variables, formats" {
	ec2_start 'add private_ip=10.1.1.1 tag:role=db tag:login=bob' \
	    'add private_ip=10.1.1.2'
	at=(--address private-ip)
	lists $'bob@10.1.1.1\nroot@10.1.1.2' "${at[@]}" --user root \
	    --user-tag login
	lists $'10.1.1.1 role=db az=us-east-1a\n10.1.1.2 az=us-east-1a' \
	    "${at[@]}" --extra tag:role,az
	lists $'10.1.1.1:db:{}u\n10.1.1.2::{}u' --format \
	    '{private_ip}:{tag:role}:{{}{user}' --user u
	exits 2 hosts --format '{colour}'
	err_has 'error: --format: there is no \{colour\}'
}

@test "JSON has all of it" {
	ec2_start "add count=2 'tag:a=x \"y\"' private_ip=10.1.1.1"
	exits 0 hosts --json --user u
	jq -e 'length == 2 and all(.[]; .user == "u" and .state == "running"
	    and .private_ip == "10.1.1.1" and .tags.a == "x \"y\""
	    and .region == "us-east-1" and .owner == "123456789012"
	    and .security_groups["sg-0a1b2c3d"] == "default"
	    and .address == .public_dns)' "$T/out"
	[ "$(jq -r '.[].id' "$T/out" | sort)" = \
	    "$(fake ids | tr ' ' '\n' | sort)" ]
	exits 0 hosts --json --name none
	jq -e 'length == 0' "$T/out"
}

@test "ssh_config: by id, and by name where only one has it" {
	ec2_start 'add tag:Name=db private_ip=10.1.1.1' \
	    'add count=2 tag:Name=web tag:at=127.0.0.1:2222' "add 'tag:Name=*'"
	exits 0 hosts --output ssh_config --user u --address tag:at,private-ip
	cp "$T/out" config
	out_counts 4 '^Host i-'
	out_counts 2 '^Host (i-[0-9a-f]+) web-\1$'
	out_counts 1 '^Host i-[0-9a-f]+$'
	ssh -G -F config db >"$T/out"
	out_has '^hostname 10\.1\.1\.1$'
	out_has '^user u$'
	ssh -G -F config "$(grep -o 'web-i-[0-9a-f]*' config | head -n 1)" \
	    >"$T/out"
	out_has '^port 2222$'
	exits 2 hosts --output yaml
	err_has 'error: --output yaml: not hosts or ssh_config'
}

@test "groups, as ClusterShell asks for them" {
	ec2_start "add count=2 'tag:role=web server' private_ip=10.1.1.1" \
	    'add tag:role=db private_ip=10.1.1.2' 'add private_ip=10.1.1.3'
	at=(--address private-ip --group-by tag:role)
	exits 0 hosts "${at[@]}"
	out_is $'db: 10.1.1.2\nweb_server: 10.1.1.1\nweb_server: 10.1.1.1'
	exits 0 hosts "${at[@]}" --groups
	out_is $'db\nweb_server'
	exits 0 hosts "${at[@]}" --group db
	out_is 10.1.1.2
	exits 0 hosts "${at[@]}" --group none
	out_is ''
	exits 2 hosts --group db
	err_has 'error: --group and --groups need --group-by'
}

@test "sorted by launch, name or address, as people count" {
	ec2_start 'add tag:Name=web10 launched=300 private_ip=10.1.1.3' \
	    'add tag:Name=web9 launched=100 private_ip=10.1.1.20' \
	    'add launched=200 private_ip=10.1.1.100'
	sorted() {
		exits 0 hosts --address private-ip "$@"
		grep -o '[0-9]*$' "$T/out" | paste -sd ' '
	}
	[ "$(sorted)" = '20 100 3' ]
	[ "$(sorted --sort launch-time)" = '20 100 3' ]
	[ "$(sorted --sort address)" = '3 20 100' ]
	[ "$(sorted --sort name)" = '20 3 100' ]
	exits 2 hosts --sort size
}

@test "all pages, each instance once" {
	ec2_start 'add count=2345'
	exits 0 hosts --format '{id}'
	[ "$(sort -u "$T/out" | wc -l)" = 2345 ]
	[ "$(wc -l <"$T/out")" = 2345 ]
	[ "$(calls DescribeInstances)" = 3 ]
	called DescribeInstances '"MaxResults": "1000"'
	fake set empty-page=yes
	exits 0 hosts --format '{id}'
	[ "$(sort -u "$T/out" | wc -l)" = 2345 ]
}

@test "the stock client lists the same" {
	ec2_start 'add count=1100 tag:role=web' 'add count=3 state=stopped'
	exits 0 aws ec2 describe-instances --output text --filters \
	    Name=instance-state-name,Values=running --query \
	    'Reservations[].Instances[].[InstanceId,PrivateIpAddress,State.Name,Placement.AvailabilityZone,Tags[0].Value]'
	sort "$T/out" >theirs
	exits 0 hosts \
	    --format '{id}\t{private_ip}\t{state}\t{az}\t{tag:role}'
	sort "$T/out" >ours
	cmp ours theirs
}

@test "several regions at once, and all there are" {
	ec2_start 'add count=2' 'add count=3 region=eu-central-1'
	exits 0 hosts --format '{region}' --region us-east-1 \
	    --region eu-central-1
	out_counts 2 '^us-east-1$'
	out_counts 3 '^eu-central-1$'
	exits 0 hosts --all-regions --format '{region}'
	out_counts 5 .
	[ "$(calls DescribeRegions)" = 1 ]
	fake fault slow action=DescribeInstances times=9 seconds=5
	SECONDS=0
	exits 0 hosts --all-regions
	[ $SECONDS -lt 15 ]
	# half a fleet is none
	fake clear
	fake fault error action=DescribeInstances code=UnauthorizedOperation \
	    status=403
	exits 3 hosts --all-regions
	out_is ''
	err_has '^ec2-hosts: [a-z0-9-]+: UnauthorizedOperation: As you wish. \(request fault-id\); whose keys these are may not do that'
}

@test "the machine itself is no worker" {
	ec2_start 'add count=3'
	exits 0 hosts --exclude-self
	out_counts 3 .
	fake set imds="$(fake ids | cut -d' ' -f2)"
	exits 0 hosts --exclude-self --format '{id}'
	out_counts 2 .
	out_lacks "$(fake ids | cut -d' ' -f2)"
	AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1 \
	    exits 0 hosts --exclude-self
	out_counts 3 .
	err_is ''
	AWS_EC2_METADATA_DISABLED=true exits 0 hosts --exclude-self
	out_counts 3 .
}

@test "a cache: for that long, for that question, for nobody else" {
	ec2_start 'add count=2 tag:role=web'
	exits 0 hosts --cache 60
	exits 0 hosts --cache 60 --format '{tag:role}'
	out_is $'web\nweb'
	[ "$(calls DescribeInstances)" = 1 ]
	exits 0 hosts --cache 60 --tag role=web
	[ "$(calls DescribeInstances)" = 2 ]
	[ -z "$(find "$HOME/.cache" -perm /077)" ]
	[ "$(find "$HOME/.cache" -type f | wc -l)" = 2 ]
	touch -d '2 minutes ago' "$HOME"/.cache/cpssh/*
	exits 0 hosts --cache 60 --tag role=web
	[ "$(calls DescribeInstances)" = 3 ]
	# not what others could have written, nor what is damaged
	chmod 644 "$HOME"/.cache/cpssh/*
	exits 0 hosts --cache 60 --tag role=web
	[ "$(calls DescribeInstances)" = 4 ]
	truncate -s -1 "$HOME"/.cache/cpssh/*
	exits 0 hosts --cache 60 --tag role=web
	out_counts 2 .
	[ "$(calls DescribeInstances)" = 5 ]
	XDG_CACHE_HOME=$T/other exits 0 hosts --cache 60
	[ "$(calls DescribeInstances)" = 6 ]
}

@test "throttled, the cache is served stale, with a warning" {
	ec2_start 'add count=2'
	exits 0 hosts --cache 60
	touch -d '2 minutes ago' "$HOME"/.cache/cpssh/*
	fake fault throttle action=DescribeInstances times=99
	AWS_MAX_ATTEMPTS=2 exits 0 hosts --cache 60
	out_counts 2 .
	err_has 'us-east-1: too many calls for this account; this is what was known 1[12][0-9] seconds ago'
	AWS_MAX_ATTEMPTS=2 exits 3 hosts
	out_is ''
	err_has 'RequestLimitExceeded: .*; too many calls'
}

@test "--wait: each as it becomes ready, and no longer than it may take" {
	ec2_start 'add count=2' 'add count=2 state=pending' 'set pending=2'
	exits 0 hosts --wait 4 --format '{id}'
	[ "$(sort "$T/out")" = "$(fake ids | tr ' ' '\n' | sort)" ]
	fake set pending=hold
	id=$(fake add state=pending)
	begin "$BUILDDIR/ec2-hosts" --wait 5 --format '{id}'
	wait_until 20 has_lines 4
	fake state "$id" running
	ends 0
	out_has "$id"
	exits 1 hosts --wait 9 --timeout 4
	out_counts 5 .
	err_has '^ec2-hosts: 5 of 9 are ready, and time is up$'
}

@test "--wait --for ssh: its server has greeted" {
	fleet_start
	ec2_start "add tag:at=127.0.0.1" "add tag:at=127.0.0.2" \
	    "add tag:at=127.0.0.99"
	exits 0 hosts --wait 2 --for ssh --port "$PORT" --address tag:at
	out_counts 2 '^127\.0\.0\.[12]$'
	exits 1 hosts --wait 3 --for ssh --port "$PORT" --address tag:at \
	    --timeout 5
	out_counts 2 '^127\.0\.0\.[12]$'
	err_has '2 of 3 are ready'
}

@test "usage" {
	ec2_start
	exits 2 hosts web
	err_has '^ec2-hosts: error: it takes no operands'
	exits 2 hosts --colour
	exits 2 hosts --tag
	exits 2 hosts --tag =x
	exits 2 hosts --filter x
	exits 2 hosts --json --format x
	exits 2 hosts --region us-east-1 --all-regions
	exits 2 hosts --region 'a.evil.org/'
	err_has '"a.evil.org/" is not the name of a region'
	exits 2 hosts --wait 2 --json
	exits 2 hosts --wait 2 --region us-east-1 --region us-west-2
	exits 2 hosts --for ssh
	exits 2 hosts --wait 0
	exits 2 hosts --profile a --creds b
	exits 0 hosts --help
	out_has '^Usage: ec2-hosts \[OPTIONS\]$'
	[ "$(awk 'length > 80' "$T/out" | wc -l)" = 0 ]
	exits 0 hosts --version
	out_has '^[0-9.]+$'
}

@test "the manual has every option" {
	exits 0 hosts --help
	grep -o -- '--[a-z-]*' "$T/out" | while read -r option; do
		grep -q -- "Fl Fl ${option#--}\\>" \
		    "$SRCDIR/man/ec2-hosts.1" || explain "not there: $option"
	done
}

@test "output that cannot be written is a failure" {
	ec2_start 'add count=2'
	status=0
	hosts >/dev/full 2>"$T/err" || status=$?
	[ $status = 3 ]
	err_has 'cannot write to stdout: No space left'
}

@test "a second opinion: moto takes the signature and lists" {
	moto_start
	exits 0 aws ec2 run-instances --image-id ami-12c6146b --count 3 \
	    --tag-specifications \
	    'ResourceType=instance,Tags=[{Key=role,Value=a b&c=d+é~}]' \
	    --query 'Instances[].InstanceId' --output text
	tr '\t' '\n' <"$T/out" | sort >theirs
	exits 0 hosts --format '{id}' --tag 'role=a b&c=d+é~'
	sort "$T/out" >ours
	cmp ours theirs
	exits 0 hosts --region us-east-1 --region eu-west-1 --format '{id}'
	sort "$T/out" | cmp - theirs
	AWS_SECRET_ACCESS_KEY=wrong exits 3 hosts
	err_has 'AuthFailure'
}

@test "10,000 instances in less than 16 MB" {
	ec2_start 'add count=10000 tag:role=web tag:Name=web tag:a=b tag:c=d'
	! grep -q __asan_init "$BUILDDIR/ec2-hosts" ||
		skip "a sanitizer takes more"
	begin "$BUILDDIR/ec2-hosts" --format '{id} {private_dns}'
	peak=0
	while kill -0 "$BEGUN" 2>/dev/null; do
		# it may end between the two
		now=$(peak_memory "$BEGUN" 2>/dev/null) || break
		peak=${now:-$peak}
		sleep 0.05
	done
	ends 0
	out_counts 10000 .
	[ "$peak" -gt 1000 ]
	[ "$peak" -lt 16384 ]
}

# centiseconds COMMAND...: the CPU time it takes, its own and the system's.
centiseconds() {
	local TIMEFORMAT='%3U %3S' user system

	read -r user system < <({ time "$@" >"$T/out" 2>/dev/null; } 2>&1)
	echo $(((10#${user/./} + 10#${system/./}) / 10 + 1))
}

@test "a twentieth of the stock client's CPU time, or less" {
	local count tries ours theirs

	! grep -q __asan_init "$BUILDDIR/ec2-hosts" ||
		skip "a sanitizer takes more"
	for count in 10 10000; do
		ec2_start "add count=$count tag:role=web tag:Name=web tag:a=b"
		ours=1 theirs=0 tries=5		# the machine has other work
		while [ "$theirs" -lt $((20 * ours)) ] && ((tries-- > 0)); do
			ours=$(centiseconds hosts)
			out_counts "$count" .
			theirs=$(centiseconds aws ec2 describe-instances \
			    --output text --query \
			    'Reservations[].Instances[].PublicDnsName')
		done
		echo "$count instances: $ours and $theirs centiseconds"
		[ "$theirs" -ge $((20 * ours)) ]
	done
}
