# SPDX-License-Identifier: BSD-2-Clause
# Whose keys sign, which region and which endpoint are asked; and that no
# secret is left anywhere.

load lib
load ec2-lib

setup_file() { :; }
setup() { ec2_setup; }

hosts() { "$BUILDDIR/ec2-hosts" "$@"; }

# No keys in the environment, but a directory for AWS's files.
no_keys() {
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	mkdir -p "$HOME/.aws"
	cd "$HOME" || return
}

called_often() { [ "$(calls DescribeInstances)" -ge 4 ]; }

static() {
	printf '%s\n' "aws_access_key_id = $EC2_KEY" \
	    "aws_secret_access_key = $EC2_SECRET"
}

@test "nothing but two keys and a region in the environment" {
	ec2_start 'add count=2'
	env -i PATH="$PATH" AWS_ACCESS_KEY_ID="$EC2_KEY" \
	    AWS_SECRET_ACCESS_KEY="$EC2_SECRET" AWS_REGION=us-east-1 \
	    AWS_ENDPOINT_URL="$AWS_ENDPOINT_URL" "$BUILDDIR/ec2-hosts" \
	    >"$T/out"
	out_counts 2 .
}

@test "without any keys it says what to do" {
	ec2_start 'set role='
	no_keys
	exits 3 hosts
	err_has '^ec2-hosts: no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --profile or --creds'
	unset AWS_REGION AWS_DEFAULT_REGION
	exits 3 hosts
	err_has '^ec2-hosts: no region: use --region, or set AWS_REGION'
}

@test "profiles, by option and by environment" {
	ec2_start 'add count=2'
	no_keys
	{
		echo '[default]'
		static | sed 's/secret_access_key = /&x/'
		echo '[work]'
		static
	} >.aws/credentials
	printf '%s\n' '[profile work]' 'region = eu-central-1' >.aws/config
	exits 3 hosts
	err_has AuthFailure
	exits 0 hosts --profile work
	called DescribeInstances '"region": "us-east-1"'
	unset AWS_REGION AWS_DEFAULT_REGION
	AWS_PROFILE=work exits 0 hosts
	called DescribeInstances '"region": "eu-central-1"'
	AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y exits 0 hosts \
	    --profile work
	exits 3 hosts --profile none
	err_has 'profile "none" is in neither of AWS.s files'
}

@test "endpoints: of the service, of all, of the profile" {
	ec2_start 'add count=2'
	no_keys
	here=$AWS_ENDPOINT_URL
	unset AWS_ENDPOINT_URL
	{
		echo '[default]'
		static
		printf '%s\n' 'services = here' '[services here]' 'ec2 =' \
		    "  endpoint_url = $here"
	} >.aws/config
	exits 0 hosts
	AWS_ENDPOINT_URL=http://127.0.0.1:1 exits 3 hosts
	AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_ENDPOINT_URL_EC2=$here \
	    exits 0 hosts
	AWS_ENDPOINT_URL=http://127.0.0.1:1 exits 0 hosts \
	    --endpoint-url "$here"
	exits 2 hosts --endpoint-url ftp://x
}

@test "a role of another profile's, by STS" {
	ec2_start 'add count=2'
	no_keys
	{
		echo '[profile base]'
		static
		printf '%s\n' '[profile role]' 'source_profile = base' \
		    'role_arn = arn:aws:iam::123456789012:role/worker' \
		    'role_session_name = me' 'external_id = e' \
		    '[profile other]' 'source_profile = base' \
		    'role_arn = arn:aws:iam::123456789012:role/other'
	} >.aws/config
	exits 0 hosts --profile role -v
	out_counts 2 .
	err_has 'from role arn:aws:iam::123456789012:role/worker'
	called AssumeRole '"RoleSessionName": "me"'
	fake set skew=4000
	exits 0 hosts --profile role
	fake set skew=0
	exits 3 hosts --profile other
	err_has 'STS, for role .*/other: AccessDenied: not authorized'
}

@test "web identity: an unsigned call with a token from a file" {
	ec2_start 'add count=2'
	no_keys
	echo web-identity-token >token
	export AWS_WEB_IDENTITY_TOKEN_FILE=$PWD/token
	exits 3 hosts
	err_has 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not'
	export AWS_ROLE_ARN=arn:aws:iam::123456789012:role/worker
	exits 0 hosts
	out_counts 2 .
	echo wrong >token
	exits 3 hosts
	err_has 'InvalidIdentityToken'
}

@test "credential_process" {
	ec2_start 'add count=2'
	no_keys
	cat >keys <<-END
		{"Version": 1, "AccessKeyId": "$EC2_KEY",
		"SecretAccessKey": "$EC2_SECRET"}
	END
	printf '%s\n' '[default]' "credential_process = cat '$PWD/keys'" \
	    >.aws/config
	exits 0 hosts
	out_counts 2 .
}

@test "a credential_process that does not end is ended" {
	ec2_start
	no_keys
	cat >talker <<-'END'
		#!/bin/sh
		trap '' TERM
		echo $$ >pid
		head -c 2000000 /dev/zero
		exec sleep 1000
	END
	chmod +x talker
	printf '%s\n' '[default]' "credential_process = '$PWD/talker'" \
	    >.aws/config
	begin "$BUILDDIR/ec2-hosts"
	wait_until 20 has_line '^ec2-hosts: credential_process: .*too much' \
	    "$T/err"
	ends 3
	gone "$(cat pid)"
}

@test "a container's endpoint" {
	ec2_start 'add count=2' 'set "container-token=Basic xyz"'
	no_keys
	export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:$EC2_IMDS/container/x
	AWS_CONTAINER_AUTHORIZATION_TOKEN='Basic xyz' exits 0 hosts
	out_counts 2 .
	echo 'Basic xyz' >token
	AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$PWD/token exits 0 hosts
	exits 3 hosts
	err_has "container's endpoint for keys: HTTP status 401"
	AWS_CONTAINER_CREDENTIALS_FULL_URI=http://example.org/ exits 3 hosts
	err_has 'must be https, or an address of this machine'
}

@test "the instance's role and region" {
	ec2_start 'add count=2 region=eu-central-1'
	no_keys
	unset AWS_REGION AWS_DEFAULT_REGION
	fake set imds="$(fake ids | cut -d' ' -f1)"
	exits 0 hosts -v
	out_counts 2 .
	err_has "from the instance's role"
	called DescribeInstances '"region": "eu-central-1"'
}

@test "keys that end while it waits are replaced" {
	ec2_start 'add count=1' 'set session=1'
	no_keys
	begin "$BUILDDIR/ec2-hosts" --wait 2 --timeout 30
	# the pauses between them are longer than that together
	wait_until 20 called_often
	fake add count=1
	ends 0
	out_counts 2 .
	err_is ''
}

@test "our own file of keys: for its owner alone" {
	ec2_start 'add count=2'
	no_keys
	printf '%s\n' "accesskey=$EC2_KEY" "secretkey=$EC2_SECRET" \
	    region=eu-central-1 >creds.cfg
	chmod 600 creds.cfg
	exits 0 hosts --creds creds.cfg
	unset AWS_REGION AWS_DEFAULT_REGION
	exits 0 hosts --creds creds.cfg
	called DescribeInstances '"region": "eu-central-1"'
	for mode in 640 604; do
		chmod $mode creds.cfg
		exits 3 hosts --creds creds.cfg
		err_has "^ec2-hosts: creds.cfg has keys in it, and others may read it \(mode 0$mode\): chmod 600 creds.cfg$"
	done
}

@test "no secret in messages, logs, argv, or memory that others can read" {
	ec2_start 'add count=1' 'set pending=hold'
	fake key ASIASESSION a-secret-key a-session-token
	export AWS_ACCESS_KEY_ID=ASIASESSION AWS_SECRET_ACCESS_KEY=a-secret-key
	export AWS_SESSION_TOKEN=a-session-token
	exits 0 hosts -v
	says ASIASESSION
	run ! grep 'a-secret-key\|a-session-token' "$T/out" "$T/err"
	fake fault error action=DescribeInstances code=AuthFailure status=401
	exits 3 hosts -v
	run ! grep 'a-secret-key\|a-session-token' "$T/out" "$T/err"
	begin "$BUILDDIR/ec2-hosts" --wait 2 --timeout 30
	wait_until 20 test -s "$T/out"
	run ! grep -a a-s "/proc/$BEGUN/cmdline"
	grep -q 'Max core file size *0 *0' "/proc/$BEGUN/limits"
	if ! grep -q __asan_init "$BUILDDIR/ec2-hosts"; then
		[ "$(stat -c %u "/proc/$BEGUN/mem")" = 0 ]
		[ "$(as_login cat "/proc/$BEGUN/environ" 2>/dev/null |
		    wc -c)" = 0 ]
	fi
	fake add count=1
	ends 0
}
