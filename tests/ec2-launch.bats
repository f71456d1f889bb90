# SPDX-License-Identifier: BSD-2-Clause
# ec2-launch: so many, once, told whatever happens, and waited for.

load lib
load ec2-lib

setup_file() { :; }
setup() {
	ec2_setup
	launch=("$BUILDDIR/ec2-launch" --ami ami-12345678 --type t3.micro)
}

# data_of ID: the user-data that it was given.
data_of() { fake data "$1" | base64 -d; }

# ids_are NUMBER: so many on stdout, all of them there, and no others.
ids_are() {
	out_counts "$1" '^i-[0-9a-f]{17}$'
	[ "$(sort "$T/out")" = "$(fake ids | tr ' ' '\n' | sort)" ]
}

@test "ids, and the name of the run" {
	ec2_start
	exits 0 "${launch[@]}" -n 3
	ids_are 3
	err_has '^ec2-launch: launched 3 of 3 as run ([0-9a-f-]+) \(to end them: ec2-terminate --run \1\)$'
	called RunInstances '"MinCount": "3", "MaxCount": "3"'
	called RunInstances 'Tag.1.Key": "cpssh:run"'
}

@test "all that is asked for reaches EC2" {
	ec2_start
	exits 0 "${launch[@]}" -n 5 --min 2 --key-pair k --sg sg-12345678 \
	    --sg web --subnet subnet-1 --az us-east-1b --iam-profile p \
	    --spot --max-price 0.05 --tag role=web --tag 'note=a b|c=d&é' \
	    --run r1 --client-token t1
	for what in '"MinCount": "2", "MaxCount": "5"' '"KeyName": "k"' \
	    '"SecurityGroupId.1": "sg-12345678"' '"SecurityGroup.1": "web"' \
	    '"SubnetId": "subnet-1"' \
	    '"Placement.AvailabilityZone": "us-east-1b"' \
	    '"IamInstanceProfile.Name": "p"' \
	    '"InstanceMarketOptions.MarketType": "spot"' \
	    'SpotOptions.MaxPrice": "0.05"' '"ClientToken": "t1"' \
	    'Tag.1.Key": "cpssh:run", .*Tag.1.Value": "r1"' \
	    'Tag.2.Key": "role", .*Tag.2.Value": "web"' \
	    'Tag.3.Key": "note", .*Tag.3.Value": "a b\|c=d&\\u00e9"'
	do
		called RunInstances "$what"
	done
	exits 0 "${launch[@]}" -n 1 \
	    --iam-profile arn:aws:iam::123456789012:instance-profile/p
	called RunInstances '"IamInstanceProfile.Arn": "arn:'
}

@test "what our own file says is the default" {
	ec2_start
	cat >creds.cfg <<-END
		accesskey=$EC2_KEY
		secretkey=$EC2_SECRET
		workerami=ami-11111111
		keypair=pair
		instancetype=m5.large
		securitygroups=sg-11111111, db
		subnet=subnet-2
		iamprofile=role
		region=eu-central-1
	END
	chmod 600 creds.cfg
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
	unset AWS_DEFAULT_REGION
	exits 0 "$BUILDDIR/ec2-launch" --creds creds.cfg -n 1
	called RunInstances '"region": "eu-central-1"'
	for what in 'ami-11111111' '"KeyName": "pair"' m5.large subnet-2 \
	    '"SecurityGroupId.1": "sg-11111111"' '"SecurityGroup.1": "db"' \
	    '"IamInstanceProfile.Name": "role"'
	do
		called RunInstances "$what"
	done
	exits 0 "$BUILDDIR/ec2-launch" --creds creds.cfg -n 1 --sg sg-22222222
	called RunInstances 'sg-22222222'
	uncalled RunInstances sg-11111111
}

# --- never twice ---

@test "an answer that is lost is asked for again, and nothing launched twice" {
	ec2_start
	for fault in cut truncate html throttle 'error code=InternalError status=500'
	do
		# shellcheck disable=SC2086  # words
		fake fault $fault action=RunInstances
		exits 0 "${launch[@]}" -n 2
		ids_are 2
		fake forget
	done
	[ "$(grep -c '"fault"' "$EC2_LOG")" = 5 ]
}

@test "whoever says the same token again gets the same machines" {
	ec2_start
	exits 0 "${launch[@]}" -n 2 --client-token again
	ids_are 2
	exits 0 "${launch[@]}" -n 2 --client-token again
	ids_are 2
	exits 3 "${launch[@]}" -n 3 --client-token again
	err_has 'IdempotentParameterMismatch'
	ids_are_none
}

ids_are_none() { out_is ''; }

@test "when no answer comes at all, EC2 is asked what is there" {
	ec2_start 'fault cut action=RunInstances times=9'
	exits 0 "${launch[@]}" -n 2
	ids_are 2
	called DescribeInstances '"client-token"'
}

@test "when not even that is known, it is said how to find out" {
	ec2_start 'fault cut action=RunInstances times=9' \
	    'fault cut action=DescribeInstances times=9'
	exits 3 "${launch[@]}" -n 2
	ids_are_none
	err_has 'not known'
	again=$(sed -n 's/.*the same command with \(--run [^ ]* --client-token [^ ]*\) tells.*/\1/p' "$T/err")
	fake clear
	# shellcheck disable=SC2086  # words
	exits 0 "${launch[@]}" -n 2 $again
	ids_are 2
}

# --- how many ---

@test "fewer than were asked for, but enough" {
	ec2_start 'set capacity=3'
	exits 1 "${launch[@]}" -n 5 --min 2
	ids_are 3
	err_has 'launched 3 of 5'
}

@test "too few is none, asked for once and told" {
	ec2_start 'set capacity=1'
	exits 1 "${launch[@]}" -n 2
	ids_are_none
	err_has 'InsufficientInstanceCapacity: .*request [0-9a-f-]+'
	[ "$(calls RunInstances)" = 1 ]
}

@test "many are launched in batches" {
	ec2_start
	exits 0 "${launch[@]}" -n 240 --client-token big
	ids_are 240
	[ "$(calls RunInstances)" = 3 ]
	called RunInstances '"MinCount": "40", "MaxCount": "40", "ClientToken": "big-3"'
	err_has 'launched 240 of 240'
}

@test "a later batch that fails hides none of the earlier ones" {
	ec2_start 'fault error action=RunInstances code=UnauthorizedOperation status=403 after=1'
	exits 3 "${launch[@]}" -n 150
	ids_are 100
	err_has 'UnauthorizedOperation'
	err_has 'launched 100 of 150'
}

@test "with --min the batches share what must be there" {
	ec2_start 'set capacity=120'
	exits 1 "${launch[@]}" -n 240 --min 110
	ids_are 120
}

# --- what they are told ---

@test "pairs are joined as the machine reads them" {
	ec2_start
	printf 'open sesame\n' >secret
	exits 0 "${launch[@]}" -n 1 --data L2ip=10.0.0.1 --data 'b=c d=e' \
	    --data workersecret=@secret --data empty=
	[ "$(data_of "$(cat "$T/out")")" = \
	    'L2ip=10.0.0.1|b=c d=e|workersecret=open sesame|empty=' ]
}

@test "this machine's own name, by its metadata" {
	ec2_start 'add private_dns=ip-10-9-8-7.ec2.internal'
	fake set imds="$(fake ids)"
	exits 0 "${launch[@]}" -n 1 --data a=b --data-self L2ip
	[ "$(data_of "$(cat "$T/out")")" = 'a=b|L2ip=ip-10-9-8-7.ec2.internal' ]
	export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1
	exits 3 "${launch[@]}" -n 1 --data-self L2ip
	err_has "^ec2-launch: --data-self L2ip: this machine's name"
	[ "$(calls RunInstances)" = 1 ]
}

@test "a file, or stdin, just as it is" {
	ec2_start
	printf '#!/bin/sh\necho a|b\n\0\377' >script
	exits 0 "${launch[@]}" -n 1 --user-data script
	data_of "$(cat "$T/out")" | cmp - script
	"${launch[@]}" -n 1 --user-data - <script >"$T/out" 2>"$T/err"
	data_of "$(cat "$T/out")" | cmp - script
}

@test "user-data that could not be read at the other end are refused" {
	ec2_start
	printf 'a\nb' >lines
	printf 'a\0b' >zero
	head -c 16385 /dev/zero | tr '\0' x >big
	while read -r why option; do
		# shellcheck disable=SC2086  # words
		exits 2 "${launch[@]}" -n 1 $option
		err_has "$why"
	done <<-'END'
		separates --data a=b|c
		separates --data a=@lines
		control --data a=@zero
		name --data a/b=c
		name --data ..=c
		name --data =c
		has.no --data abc
		twice --data a=b --data a=c
		16384 --data a=@big
		16384 --user-data big
		no.--data --user-data lines --data a=b
		No.such --data a=@nothere
		No.such --user-data nothere
		@FILE --data workersecret=x
	END
	head -c 16382 /dev/zero | tr '\0' x >big
	exits 0 "${launch[@]}" -n 1 --data a=@big
	printf x >>big
	exits 2 "${launch[@]}" -n 1 --data a=@big
	err_has 'the user-data are 16385 bytes'
	[ "$(calls RunInstances)" = 1 ]
}

@test "no secret is ever shown" {
	ec2_start
	echo tell-nobody >secret
	exits 0 "${launch[@]}" -v -n 1 --data workersecret=@secret
	err_lacks "tell-nobody|$(echo -n workersecret=tell-nobody | base64)"
	err_lacks "$EC2_SECRET"
	fake fault cut action=RunInstances times=9
	begin "${launch[@]}" -n 1 --data workersecret=@secret
	wait_until 60 finds workersecret=@secret "/proc/$BEGUN/cmdline"
	cat "/proc/$BEGUN/cmdline" "/proc/$BEGUN/environ" >seen
	ends 0
	! finds tell-nobody seen || explain 'it stands in argv or environment'
}

# --- waiting ---

@test "hosts, each when it is ready" {
	ec2_start 'set pending=2'
	exits 0 "${launch[@]}" -n 3 --wait --tag role=db --user admin \
	    --extra tag:role
	out_counts 3 '^admin@ec2-54-[0-9-]+\.compute-1\.amazonaws\.com role=db$'
	err_has 'launched i-'
	[ "$(calls DescribeInstances)" = 3 ]
}

@test "what EC2 does not know yet is waited for" {
	ec2_start 'set hidden=2'
	exits 0 "${launch[@]}" -n 2 --wait --address private-ip
	out_counts 2 '^10\.'
	err_lacks NotFound
	fake forget
	exits 0 "${launch[@]}" -n 201 --wait --address private-ip
	out_counts 201 '^10\.'
	err_lacks NotFound
	grep -q InvalidInstanceID.NotFound "$EC2_LOG"
}

@test "one that EC2 does not know yet hides none of the others" {
	ec2_start 'set pending=0'
	mkfifo hosts
	fake fault hold action=DescribeInstances
	"${launch[@]}" -n 2 --wait --address id >hosts 2>"$T/err" 3>&- &
	remember $!
	exec 8<hosts
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	fake set hidden=1000
	fake change "$(fake ids | cut -d' ' -f2)" fresh=
	fake release
	read -r host <&8
	[ "$host" = "$(fake ids | cut -d' ' -f2)" ]
	fake set hidden=0
	read -r host <&8
	[ "$host" = "$(fake ids | cut -d' ' -f1)" ]
	wait $!
}

@test "who is ready is not asked for again" {
	ec2_start 'set pending=hold'
	begin "${launch[@]}" -n 2 --wait --address id
	wait_until 20 has_line 'launched i-' "$T/err"
	read -r one two < <(fake ids)
	fake state "$one" running
	wait_until 20 has_line "$one" "$T/out"
	before=$(calls DescribeInstances)
	wait_until 20 more_calls "$before"
	uncalled DescribeInstances "$one"
	called DescribeInstances "$two"
	fake state "$two" running
	ends 0
}

more_calls() { [ "$(calls DescribeInstances)" -gt "$1" ]; }

@test "a host is printed before the others are ready" {
	ec2_start 'set pending=hold'
	mkfifo hosts
	"${launch[@]}" -n 2 --wait --address id >hosts 2>"$T/err" 3>&- &
	remember $!
	exec 8<hosts
	wait_until 20 has_line 'launched i-' "$T/err"
	fake state "$(fake ids | cut -d' ' -f2)" running
	read -r host <&8
	[ "$host" = "$(fake ids | cut -d' ' -f2)" ]
	kill -0 $!
	fake state "$(fake ids | cut -d' ' -f1)" running
	read -r host <&8
	wait $!
}

@test "time runs out" {
	ec2_start 'set pending=hold'
	exits 1 "${launch[@]}" -n 2 --wait --timeout 4
	ids_are_none
	err_has 'launched i-'
	err_has '0 of 2 are ready'
}

@test "one that ends before it is ready is told" {
	ec2_start 'set pending=hold'
	begin "${launch[@]}" -n 2 --wait --address id
	wait_until 20 has_line 'launched i-' "$T/err"
	read -r one two < <(fake ids)
	fake change "$one" reason=Server.SpotInstanceTermination
	fake state "$one" shutting-down
	fake state "$two" running
	ends 1
	out_is "$two"
	err_has "$one is shutting-down: Server.SpotInstanceTermination"
	err_has '1 of 2 are ready'
}

@test "ready is when ssh greets" {
	fleet_start
	ec2_start "pool 127.0.0.1 127.0.0.2 127.0.0.3"
	begin "${launch[@]}" -n 3 --wait --for ssh --port "$PORT" \
	    --address private-ip
	ends 0
	[ "$(sort "$T/out")" = $'127.0.0.1\n127.0.0.2\n127.0.0.3' ]
}

@test "whoever listens but does not greet is not ready" {
	ec2_start 'pool 127.0.0.1'
	exits 1 "${launch[@]}" -n 1 --wait --for ssh --port "$EC2_API" \
	    --address private-ip --timeout 4
	ids_are_none
	fake forget
	exits 1 "${launch[@]}" -n 1 --wait --for ssh --port "$(refused_port)" \
	    --address private-ip --timeout 4
	ids_are_none
	fake forget
	mkfifo port
	/usr/bin/python3 -c '
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].sendall(b"220 no SSH- here\r\n")
' >port 3>&- &
	remember $!
	read -r number <port
	exits 1 "${launch[@]}" -n 1 --wait --for ssh --port "$number" \
	    --address private-ip --timeout 4
	ids_are_none
}

@test "hosts are there for cpssh at once" {
	fleet_start
	ec2_start 'pool 127.0.0.1 127.0.0.2 127.0.0.3'
	# shellcheck disable=SC2016  # the remote shell expands it
	"${launch[@]}" -n 3 --wait --for ssh --port "$PORT" \
	    --address private-ip 2>"$T/err" |
	    cpssh -h - -i 'echo I am $PSSH_HOST' >"$T/out"
	out_counts 3 '^I am 127'
}

# --- told whatever happens ---

@test "interrupted while it waits, it says what runs" {
	ec2_start 'set pending=hold'
	begin "${launch[@]}" -n 2 --wait
	wait_until 20 has_line 'launched 2 of 2' "$T/err"
	kill -INT "$BEGUN"
	ends 130
	err_has 'ended; 2 launched machines of run [^ ]+ stay'
}

@test "interrupted while EC2 is asked, it waits for the answer" {
	ec2_start 'fault hold action=RunInstances'
	begin "${launch[@]}" -n 2 --wait
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	kill -INT "$BEGUN"
	wait_until 20 has_line 'is waited for' "$T/err"
	fake release
	ends 130
	err_has 'its answer is waited for'
	err_has 'launched i-[0-9a-f]+ i-[0-9a-f]+$'
	err_has 'launched 2 of 2 as run'
	[ "$(calls DescribeInstances)" = 0 ]
}

@test "interrupted twice, it says how to find out" {
	ec2_start 'fault late action=RunInstances'
	begin "${launch[@]}" -n 2
	wait_until 20 has_line '"fault": "late"' "$EC2_LOG"
	kill -INT "$BEGUN"
	wait_until 20 has_line 'is waited for' "$T/err"
	kill -TERM "$BEGUN"
	ends 143
	err_has 'is not known: the same command with --run'
}

@test "a stdout that takes nothing hides no machine" {
	ec2_start
	"${launch[@]}" -n 2 >/dev/full 2>"$T/err" || status=$?
	[ "$status" = 3 ]
	err_has 'launched i-[0-9a-f]+ i-[0-9a-f]+$'
}

@test "a refusal while it waits leaves what was launched told" {
	ec2_start 'fault error action=DescribeInstances code=UnauthorizedOperation status=403'
	exits 3 "${launch[@]}" -n 2 --wait
	err_has 'launched i-'
	err_has 'UnauthorizedOperation'
}

@test "while it waits, throttling and failures pass" {
	ec2_start 'set pending=3'
	fake fault throttle action=DescribeInstances times=2
	fake fault html action=DescribeInstances times=1 after=1
	exits 0 "${launch[@]}" -n 2 --wait
	out_counts 2 '^ec2-'
}

# --- refused ---

@test "a dry run launches nothing" {
	ec2_start
	exits 0 "${launch[@]}" -n 2 --dry-run
	ids_are_none
	err_has 'dry run: it would be done'
	[ -z "$(fake ids)" ]
	fake fault error action=RunInstances code=UnauthorizedOperation \
	    status=403
	exits 3 "${launch[@]}" -n 2 --dry-run
	err_has '^ec2-launch: UnauthorizedOperation'
}

@test "what EC2 refuses is told in its own words" {
	ec2_start
	exits 3 "$BUILDDIR/ec2-launch" --ami ami-00000000 --type t3.micro -n 1
	err_has "InvalidAMIID.NotFound: The image id '\[ami-00000000\]' does not exist \(request"
	exits 3 "$BUILDDIR/ec2-launch" --ami ami-12345678 --type giant -n 1
	err_has "InvalidParameterValue: Invalid value 'giant'"
	[ "$(calls RunInstances)" = 2 ]
}

@test "the manual page has the options of --help" {
	page_is_whole ec2-launch
}

@test "usage" {
	ec2_start
	while read -r why options; do
		# shellcheck disable=SC2086  # words
		exits 2 "${launch[@]}" $options
		err_has "^ec2-launch: error: .*$why"
	done <<-'END'
		how.many
		-n -n 0
		-n -n x
		--min -n 1 --min 2
		--spot -n 1 --max-price 1
		neither -n 1 --wait --for ever
		--wait -n 1 --for ssh
		aws: -n 1 --tag aws:x=y
		KEY=VALUE -n 1 --tag x
		twice -n 1 --tag x=y --tag x=z
		--run -n 1 --tag cpssh:run=y
		--run -n 1 --run a*b
		--client-token -n 1 --client-token a,b
		one.region -n 1 --region us-east-1 --region us-west-2
		operands -n 1 more
		--address -n 1 --wait --address nonsense
	END
	exits 2 "$BUILDDIR/ec2-launch" -n 1 --type t3.micro
	err_has 'of which image'
	exits 2 "$BUILDDIR/ec2-launch" -n 1 --ami ami-12345678
	err_has 'of which type'
	[ "$(calls RunInstances)" = 0 ]
}

@test "moto launches, too" {
	moto_start
	exits 0 "${launch[@]}" -n 3 --wait --tag role=web --data a=b \
	    --address id
	out_counts 3 '^i-[0-9a-f]{17}$'
	sort "$T/out" >ours
	exits 0 aws ec2 describe-instances --output text --filters \
	    Name=tag:role,Values=web Name=instance-state-name,Values=running \
	    --query 'Reservations[].Instances[].[InstanceId]'
	sort "$T/out" | cmp - ours
	exits 0 aws ec2 describe-instance-attribute --attribute userData \
	    --instance-id "$(head -n 1 ours)" --query UserData.Value \
	    --output text
	[ "$(base64 -d "$T/out")" = a=b ]
	AWS_SECRET_ACCESS_KEY=wrong exits 3 "${launch[@]}" -n 1
	err_has AuthFailure
}
