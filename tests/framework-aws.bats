# SPDX-License-Identifier: BSD-2-Clause
# The IAM policies that come with the framework: the commands work under them,
# every right in them is used, and what is no run's is out of their reach.
# shellcheck disable=SC2016,SC2046,SC2086	# other shells expand; words

load lib
load ec2-lib
load runtest

setup_file() { :; }
setup() {
	AWS_SHARE=${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework/share/aws
	WORKERS="--ami ami-12345678 --type t3.micro --key-pair fleet
	    --sg sg-12345678 --sg default --subnet subnet-12345678"
}

# files NAME...: the policies.
files() { printf "$AWS_SHARE/%s.json " "$@"; }

# rights NAME...: what they allow, as lines "ACTION KIND-OF-RESOURCE".
rights() {
	jq -r '.Statement[] | . as $one | [.Action] | flatten[] as $action |
	    [$one.Resource] | flatten[] |
	    $action + " " + sub("^arn:.*:(?<kind>[a-z-]+)/[^:]*$"; "\(.kind)")' \
	    $(files "$@") | sort -u
}

# used: what was allowed because of them until now.
used() { jq -r '.allowed[]?' "$EC2_LOG" | sort -u; }

all_used() {
	rights "$@" >allowed
	used | diff allowed - || explain 'allowed (<), and used (>)'
}

# A run of all that the master does, each command in all its ways.
work_as_master() {
	CPSSH_ROOT=$T/root
	export CPSSH_ROOT CPSSH_LIBEXEC=$FRAMEWORK
	mkdir -p root/etc/{cpssh,puppet,munin} root/var/lib/cpssh
	exits 0 runtest 2 plan/
	exits 0 runtest --secret "$FRAMEWORK/worker-secret" 2 plan/
	exits 0 "$FRAMEWORK/workers-refresh" --no-sign
	exits 0 "$FRAMEWORK/launch-each" -n 1 $WORKERS --run each \
	    --iam-profile cpssh-worker --spot
	exits 0 ec2-terminate --run each --yes --wait
}

@test "policies are what IAM reads: no action by a wildcard, names of their own" {
	for file in "$AWS_SHARE"/*.json; do
		jq -e '.Version == "2012-10-17" and
		    ([.Statement[] | .Effect == "Allow"] | all) and
		    ([.Statement[] | [.Action] | flatten[] |
		    test("^[a-z0-9]+:[A-Z][A-Za-z]+$")] | all) and
		    ([.Statement[].Sid | select(.) | test("^[A-Za-z0-9]+$")] |
		    all)' "$file" >/dev/null || explain "$file"
	done
	# any resource is only there where EC2 knows no single ones
	[ "$(jq -r '.Statement[] | select(.Resource == "*") |
	    [.Action] | flatten[]' "$AWS_SHARE"/*.json | sort -u | xargs)" = \
	    'ec2:DescribeInstances ec2:DescribeRegions' ]
	# what launches or ends instances is bound to the tag
	[ "$(jq -r '.Statement[] | select([.Resource] | flatten |
	    any(endswith(":instance/*"))) | select(.Condition == null) |
	    .Sid' "$AWS_SHARE"/*.json)" = '' ]
}

@test "the master needs all that its policies allow, and nothing else" {
	run_setup "policy $(files master spot pass-worker)"
	work_as_master
	all_used master spot pass-worker
}

@test "so does the operator, who looks everywhere and launches the master" {
	run_setup "policy $(files operator pass-master)"
	exits 0 ec2-launch -n 1 $WORKERS --run master --dry-run \
	    --iam-profile cpssh-master
	exits 0 ec2-launch -n 1 $WORKERS --run master --wait \
	    --known-hosts run.known --iam-profile cpssh-master
	exits 0 ec2-hosts --tag cpssh:run --state any --all-regions
	exits 0 ec2-terminate --run master --yes
	all_used operator pass-master
}

@test "without the policy that a thing needs it is refused, by name" {
	run_setup "policy $(files master)"
	exits 3 ec2-launch -n 1 $WORKERS --spot
	err_has 'not authorized to perform: ec2:RunInstances on resource: .*spot-instances-request'
	exits 3 ec2-launch -n 1 $WORKERS --iam-profile cpssh-worker
	err_has 'iam:PassRole'
	fake policy $(files master pass-worker)
	exits 3 ec2-launch -n 1 $WORKERS --iam-profile admin
	err_has 'iam:PassRole on resource: .*role/admin'
	exits 3 ec2-hosts --all-regions
	err_has ec2:DescribeRegions
	workers_are 0
}

@test "what belongs to no run cannot be launched, read or ended" {
	local foreign

	run_setup "policy $(files operator spot pass-worker)" \
	    'add tag:Name=database'
	foreign=$(fake ids running | tr ' ' '\n' | head -n 1)
	exits 3 ec2-terminate --yes "$foreign"
	err_has 'not authorized to perform: ec2:TerminateInstances'
	exits 254 aws ec2 terminate-instances --instance-ids "$foreign"
	exits 254 aws ec2 get-console-output --instance-id "$foreign"
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1
	err_has UnauthorizedOperation
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --tag-specifications 'ResourceType=instance,Tags=[{Key=cpssh:run,Value=""}]'
	exits 254 aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --tag-specifications 'ResourceType=volume,Tags=[{Key=cpssh:run,Value=x}]'
	exits 254 aws ec2 describe-instance-attribute --attribute userData \
	    --instance-id "$foreign"
	[ "$(fake ids running | wc -w)" = 2 ]
	workers_are 1
}

# moto knows actions, but neither resources nor conditions.
@test "moto lets the actions of the policies in, and no others" {
	ec2_setup
	PATH=$BUILDDIR:$PATH
	jq -s '{Version: "2012-10-17", Statement: [.[].Statement[] |
	    {Effect, Action, Resource: "*"}]}' $(files master pass-worker) \
	    >actions.json
	MOTO_POLICY=$T/actions.json moto_start
	exits 0 ec2-launch -n 2 --ami ami-12345678 --type t3.micro --run r1
	exits 0 ec2-hosts --tag cpssh:run=r1
	out_counts 2 .
	exits 0 aws ec2 get-console-output --instance-id \
	    "$(ec2-hosts --tag cpssh:run=r1 --format '{id}' | sed 1q)"
	exits 0 ec2-terminate --run r1 --yes
	exits 3 ec2-hosts --all-regions
	err_has 'not authorized to perform: ec2:DescribeRegions'
	exits 254 aws ec2 stop-instances --instance-ids i-12345678
	err_has 'not authorized'
	exits 254 aws ec2 create-key-pair --key-name x
	err_has 'not authorized'
}

# guide SERVICE: the literal blocks of the page with such commands of AWS's
# client, as a shell script, and what there is in place of words in capitals.
guide() {
	sed -n '/^\.Bd -literal/,/^\.Ed/p' "$SRCDIR/man/cpssh-aws.7" |
		awk -v service="aws $1 " '/^\.Bd/ { block = ""; next }
		    /^\.Ed/ { if (index(block, service)) printf "%s", block; next }
		    { block = block $0 "\n" }' |
		sed -e 's/\\e$/\\/' -e 's/\\&//' -e '/^cd /d' \
		    -e "s|file://\([a-z-]*\.json\)|file://$AWS_SHARE/\1|" \
		    -e 's/\<OPERATOR\>/operator/' -e 's/\<VPC\>/$VPC/' \
		    -e 's/MY.ADDRESS/192.0.2.1/' -e 's/\<AMI\>/$AMI/' \
		    -e 's/--instance-id ID/--instance-id $ID/' \
		    -e 's/^\(aws ec2 create-image .*\)/AMI=$(\1 --output text)/' \
		    -e 's/^ssh .*/cp key.pub master.pub/' \
		    -e '/^    sudo cat/d' -e 's/^ec2-terminate.*/true/'
}

# by_the_guide SERVICE LEAST: moto takes all of them, so many at least.
by_the_guide() {
	guide "$1" >guide.sh
	[ "$(grep -c '\<aws ' guide.sh)" -ge "$2" ] || explain "$(cat guide.sh)"
	export -f aws
	exits 0 bash -eux guide.sh
}

moto_with_all_rights() {
	ec2_setup
	echo '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
	    "Action": "*", "Resource": "*"}]}' >all.json
	MOTO_POLICY=$T/all.json moto_start
}

@test "AWS's client and moto take the roles and policies of the guide" {
	moto_with_all_rights
	aws iam create-user --user-name operator
	by_the_guide iam 7
	exits 0 aws iam get-role-policy --role-name cpssh-master \
	    --policy-name cpssh
	out_has ReadAndEndInstancesOfARun
}

@test "AWS's client and moto take the guide's keys, groups and images" {
	moto_with_all_rights
	mkdir home/.ssh
	ssh-keygen -q -t rsa -b 2048 -N '' -f key
	cp key.pub home/.ssh/id_rsa.pub
	VPC=$(aws ec2 describe-vpcs --query 'Vpcs[0].VpcId' --output text)
	ID=$(aws ec2 run-instances --image-id ami-12345678 --count 1 \
	    --query 'Instances[0].InstanceId' --output text)
	export VPC ID
	by_the_guide ec2 11
}
