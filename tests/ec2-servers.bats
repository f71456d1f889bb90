# SPDX-License-Identifier: BSD-2-Clause
# The servers that the ec2 commands are tested with: what the stock client
# makes of them, and that they are as strict as they are said to be.

load lib
load ec2-lib

setup_file() { :; }
setup() { ec2_setup; }

# post BODY [CURL-OPTION...]: unsigned; the status and the answer in $T/out.
post() {
	local body=$1

	shift
	exits 0 curl -s -i --max-time 20 --data-binary "$body" "$@" \
	    "$AWS_ENDPOINT_URL/"
}

ids_of() { tr '\t' '\n' <"$T/out" | grep -c '^i-'; }

@test "the stock client lists, page by page" {
	ec2_start "add count=13 tag:role=web type=t3.small" \
	    "add count=3 tag:role=db state=stopped"
	exits 0 aws ec2 describe-instances --page-size 5 --output text \
	    --query 'Reservations[].Instances[].InstanceId'
	[ "$(ids_of)" = 16 ]
	[ "$(calls DescribeInstances)" = 4 ]
	exits 0 aws ec2 describe-instances --output text --filters \
	    'Name=tag:role,Values=w?b,x' Name=instance-state-name,Values=running \
	    --query 'Reservations[].Instances[].InstanceId'
	[ "$(ids_of)" = 13 ]
}

@test "the stock client launches, asks and terminates" {
	local id

	ec2_start
	exits 0 aws ec2 run-instances --image-id ami-12345678 --count 2:3 \
	    --instance-type t3.micro --user-data 'a=b|c=d' --key-name k \
	    --security-group-ids sg-12345678 --subnet-id subnet-12345678 \
	    --iam-instance-profile Name=p --client-token once \
	    --instance-market-options MarketType=spot --tag-specifications \
	    'ResourceType=instance,Tags=[{Key=role,Value=a b&c}]' \
	    --query 'Instances[].[InstanceId,State.Name]' --output text
	out_counts 3 '^i-[0-9a-f]{17}\tpending'
	id=$(cut -f1 "$T/out" | head -n 1)
	exits 0 aws ec2 describe-instance-attribute --instance-id "$id" \
	    --attribute userData --query UserData.Value --output text
	[ "$(base64 -d "$T/out")" = 'a=b|c=d' ]
	exits 0 aws ec2 describe-instances --instance-ids "$id" --output text \
	    --query 'Reservations[].Instances[].[State.Name,Tags[0].Value]'
	out_is $'pending\ta b&c'
	exits 0 aws ec2 describe-instances --instance-ids "$id" --output text \
	    --query 'Reservations[].Instances[].[State.Name,InstanceLifecycle]'
	out_is $'running\tspot'
	echo 'a console' >"$T/console"
	fake console "$id" "$T/console"
	exits 0 aws ec2 get-console-output --instance-id "$id" --output text \
	    --query Output
	out_is 'a console'
	exits 0 aws ec2 terminate-instances --instance-ids "$id" --output text
	out_has 'shutting-down'
	exits 0 aws ec2 describe-regions --output text
	out_has 'us-west-2'
}

@test "one token is one launch, whatever is said again" {
	local first

	ec2_start
	again() {
		exits "$1" aws ec2 run-instances --image-id ami-12345678 \
		    --client-token T1 --count "$2" --output text \
		    --query 'Instances[].InstanceId'
	}
	again 0 2
	first=$(cat "$T/out")
	again 0 2
	out_is "$first"
	again 254 3
	err_has IdempotentParameterMismatch
	[ "$(fake ids | wc -w)" = 2 ]
}

@test "there may be fewer than were asked for, but not too few" {
	ec2_start 'set capacity=3'
	exits 0 aws ec2 run-instances --image-id ami-12345678 --count 2:9 \
	    --output text --query 'Instances[].InstanceId'
	[ "$(ids_of)" = 3 ]
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1
	err_has InsufficientInstanceCapacity
}

@test "what is launched is not seen at once" {
	ec2_start 'set hidden=2'
	exits 0 aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --output text --query 'Instances[].InstanceId'
	id=$(cat "$T/out")
	exits 254 aws ec2 describe-instances --instance-ids "$id"
	err_has InvalidInstanceID.NotFound
	exits 0 aws ec2 describe-instances --output text
	out_is ''
	exits 0 aws ec2 describe-instances --output text
	out_has "$id"
}

@test "the stock client takes roles" {
	ec2_start
	exits 0 aws sts get-caller-identity
	out_has user/test
	cat >"$T/config" <<-END
		[profile base]
		aws_access_key_id=$EC2_KEY
		aws_secret_access_key=$EC2_SECRET
		[profile role]
		source_profile=base
		role_arn=arn:aws:iam::123456789012:role/worker
	END
	exits 0 aws sts assume-role --role-session-name abc \
	    --role-arn arn:aws:iam::123456789012:role/worker --output text \
	    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]'
	read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN \
	    <"$T/out"
	export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
	exits 0 aws ec2 describe-instances
	AWS_SESSION_TOKEN=${AWS_SESSION_TOKEN}x
	exits 254 aws ec2 describe-instances
	err_has AuthFailure
}

@test "nobody comes in without a right signature" {
	ec2_start
	post 'Action=DescribeInstances&Version=2016-11-15'
	out_has '^HTTP/1.1 403 '
	out_has MissingAuthenticationToken
	AWS_SECRET_ACCESS_KEY=wrong exits 254 aws ec2 describe-instances
	err_has AuthFailure
	AWS_ACCESS_KEY_ID=AKIANOBODY exits 254 aws ec2 describe-instances
	err_has AuthFailure
	fake set skew=400
	exits 254 aws ec2 describe-instances
	err_has RequestExpired
}

@test "what is unknown or wrong is refused" {
	ec2_start 'add count=1'
	exits 254 aws ec2 describe-instances --filters Name=colour,Values=red
	err_has "The filter 'colour' is invalid"
	exits 254 aws ec2 describe-instances --max-results 4
	err_has InvalidParameterValue
	exits 254 aws ec2 describe-instances --next-token nonsense
	err_has InvalidNextToken
	exits 254 aws ec2 describe-instances --instance-ids i-nonsense
	err_has InvalidInstanceID.Malformed
	exits 254 aws ec2 describe-instances --max-results 5 \
	    --instance-ids "$(fake ids)"
	err_has InvalidParameterCombination
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 3:2
	err_has InvalidParameterValue
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --ipv6-address-count 1
	err_has UnknownParameter
	head -c 16385 /dev/zero >"$T/data"
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --user-data "fileb://$T/data"
	err_has '16384'
	exits 254 aws ec2 run-instances --image-id ami-12345678 --dry-run
	err_has DryRunOperation
	[ "$(fake ids | wc -w)" = 1 ]
}

@test "it fails as it is told to, as often as it is told to" {
	ec2_start
	fake fault throttle action=DescribeInstances times=1
	exits 254 aws ec2 describe-instances
	err_has RequestLimitExceeded
	exits 0 aws ec2 describe-instances
	fake fault cut action=RunInstances
	exits 255 aws ec2 run-instances --image-id ami-12345678 \
	    --client-token x --count 1
	[ "$(fake ids | wc -w)" = 1 ]
	fake fault html times=2
	exits 255 aws ec2 describe-instances ||
		[ "$status" = 254 ]
	fake clear
	exits 0 aws ec2 describe-instances
}

@test "metadata are given to those who hold a token" {
	local url token

	ec2_start 'add private_ip=127.0.0.1 region=eu-central-1'
	url=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
	fake set imds="$(fake ids)"
	exits 22 curl -sf "$url/meta-data/instance-id"
	exits 22 curl -sf -X PUT "$url/api/token"
	exits 0 curl -sf -X PUT "$url/api/token" \
	    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'
	token=$(cat "$T/out")
	exits 0 curl -sf -H "X-aws-ec2-metadata-token: $token" \
	    "$url/meta-data/placement/region"
	out_is eu-central-1
	exits 22 curl -sf -H "X-aws-ec2-metadata-token: x$token" \
	    "$url/meta-data/placement/region"
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	AWS_EC2_METADATA_SERVICE_ENDPOINT+=/	# it wants that
	AWS_MAX_ATTEMPTS=1 exits 0 "${AWS:-/usr/bin/aws}" \
	    --endpoint-url "$AWS_ENDPOINT_URL" sts get-caller-identity
	out_has assumed-role/worker
	AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:$EC2_IMDS/container/x \
	    exits 0 aws sts get-caller-identity
	out_has assumed-role/task
}

@test "moto lets in who signs, and nobody else" {
	moto_start
	exits 0 aws ec2 run-instances --image-id ami-12345678 --count 2 \
	    --output text --query 'Instances[].InstanceId'
	[ "$(ids_of)" = 2 ]
	AWS_SECRET_ACCESS_KEY=wrong exits 254 aws ec2 describe-instances
	err_has AuthFailure
}
