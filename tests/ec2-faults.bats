# SPDX-License-Identifier: BSD-2-Clause
# What the EC2 commands make of a cloud that fails: by ec2-hosts, since the
# calls of all are made the same way.

load lib
load ec2-lib

setup_file() { :; }
setup() { ec2_setup; }

hosts() { "$BUILDDIR/ec2-hosts" "$@"; }

@test "too many calls, and what passes, is tried again" {
	local kind

	ec2_start 'add count=1200'
	for kind in throttle 'error code=InternalError status=500' \
	    'error code=Unavailable status=503' 'html status=502' drop cut \
	    'truncate length=yes' 'truncate length=no' goodbye 'empty status=500'
	do
		fake clear
		# shellcheck disable=SC2086	# words
		fake fault $kind action=DescribeInstances times=2 after=1
		exits 0 hosts -v --format '{id}'
		[ "$kind" = goodbye ] ||
			err_has 'DescribeInstances: again in [0-9]+ ms: '
		[ "$(sort -u "$T/out" | wc -l)" = 1200 ] || explain "$kind"
		[ "$(wc -l <"$T/out")" = 1200 ] || explain "$kind"
	done
}

@test "what does not pass is told at once" {
	ec2_start 'add count=2'
	fake fault error action=DescribeInstances status=500 times=9 \
	    code=InsufficientInstanceCapacity
	exits 3 hosts
	err_has 'InsufficientInstanceCapacity: As you wish. \(request fault-id\); try another'
	[ "$(calls DescribeInstances)" = 1 ]
	fake clear
	for root in ec2 sts; do
		fake fault error action=DescribeInstances root=$root \
		    code=UnauthorizedOperation status=403
		exits 3 hosts
		err_is 'ec2-hosts: us-east-1: UnauthorizedOperation: As you wish. (request fault-id); whose keys these are may not do that: the IAM policy must allow it'
	done
}

@test "it ends, however often it fails" {
	ec2_start 'add count=2'
	fake fault throttle action=DescribeInstances times=99
	AWS_MAX_ATTEMPTS=3 exits 3 hosts
	[ "$(calls DescribeInstances)" = 3 ]
	out_is ''
	AWS_ENDPOINT_URL=http://127.0.0.1:1 exits 3 hosts
	err_has '^ec2-hosts: us-east-1: http://127.0.0.1:1/: Failed to connect'
}

@test "no half of a list is printed when a later page fails" {
	ec2_start 'add count=2345'
	fake fault error action=DescribeInstances after=2 \
	    code=UnauthorizedOperation status=403
	exits 3 hosts
	out_is ''
}

@test "what is no answer of EC2's is no answer" {
	local kind

	ec2_start 'add count=2'
	for kind in 'html status=200' 'empty status=200' garbage doctype \
	    'redirect to=http://127.0.0.1:1/'; do
		# shellcheck disable=SC2086	# words
		fake fault $kind action=DescribeInstances times=9
		AWS_MAX_ATTEMPTS=2 exits 3 hosts
		out_is ''
		err_has 'us-east-1: HTTP status [23][0-9]+'
		err_lacks '[\x00-\x09\x0b-\x1f]'
		fake clear
	done
}

@test "endless answers fill no memory" {
	local kind

	ec2_start
	for kind in deep long; do
		fake fault $kind action=DescribeInstances times=9
		(
			grep -q __asan_init "$BUILDDIR/ec2-hosts" ||
				ulimit -v 100000
			AWS_MAX_ATTEMPTS=1 exits 3 hosts
		)
		out_is ''
		err_has 'in each other|longer than'
		fake clear
	done
}

@test "60 MB of answer are read as they come" {
	ec2_start 'set ignore-max=yes' 'add count=12000 tag:role=web tag:a=b'
	(
		grep -q __asan_init "$BUILDDIR/ec2-hosts" || ulimit -v 100000
		exits 0 hosts --format '{id}'
	)
	out_counts 12000 .
}

@test "a list whose pages go round is given up" {
	ec2_start 'add count=2500' 'set loop=yes'
	exits 3 hosts
	out_is ''
	err_has "the list's pages go round in a circle"
}

@test "silence and dripping have an end" {
	ec2_start 'add count=20'
	fake fault drip action=DescribeInstances times=9 bytes=1 seconds=0.2
	begin "$BUILDDIR/ec2-hosts" --wait 20 --timeout 2
	SECONDS=0
	ends 1
	[ $SECONDS -lt 20 ]
	fake clear
	fake fault hang action=DescribeInstances times=9
	SECONDS=0
	exits 1 hosts --wait 20 --timeout 2
	[ $SECONDS -lt 20 ]
}

@test "a clock that is wrong is put right by the answer's" {
	ec2_start 'add count=2' 'set skew=4000'
	exits 0 hosts -v
	out_counts 2 .
	err_has 'the clock here is off'
	[ "$(calls DescribeInstances)" = 2 ]
	fake set skew=-4000
	exits 0 hosts
	AWS_SECRET_ACCESS_KEY=wrong exits 3 hosts
	err_has AuthFailure
}

@test "TLS: only who is who he says" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert \
	    -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
	    2>/dev/null
	ec2_start --tls cert key 'add count=2'
	export AWS_ENDPOINT_URL=https://127.0.0.1:$EC2_TLS
	exits 3 hosts
	err_has 'us-east-1: https://127.0.0.1:[0-9]+/: SSL certificate problem'
	[ "$(calls DescribeInstances)" = 0 ]
	AWS_CA_BUNDLE=$T/cert exits 0 hosts
	out_counts 2 .
	AWS_ENDPOINT_URL=https://localhost:$EC2_TLS AWS_CA_BUNDLE=$T/cert \
	    exits 3 hosts
	err_has 'SSL: no alternative certificate subject name'
}

@test "a proxy is for the API, never for the metadata" {
	ec2_start 'add count=2' 'set imds=x'
	fake set imds="$(fake ids | cut -d' ' -f1)"
	http_proxy=http://127.0.0.1:1 exits 3 hosts
	http_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1 exits 0 hosts \
	    --exclude-self
	out_counts 1 .
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	http_proxy=http://127.0.0.1:1 exits 3 hosts -v
	err_has "from the instance's role"
	err_has '127.0.0.1 port 1 '
}
