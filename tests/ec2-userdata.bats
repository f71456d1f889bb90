# SPDX-License-Identifier: BSD-2-Clause
# ec2-userdata: what a machine was told becomes files, and hooks hear of it.

load lib
load ec2-lib

setup_file() { :; }
setup() { ec2_setup; }

ec2_userdata() { "$(dirname "$CPSSH")/ec2-userdata" "$@"; }

# told TEXT [OPTION...]: the metadata service has TEXT for us.
told() {
	printf '%b' "$1" >data
	ec2_start "set user-data=$T/data"
	shift
	exits "${expected-0}" ec2_userdata --dir "$T/kept" "$@"
}

# kept KEY VALUE MODE
kept() {
	if [ "$(cat "kept/$1")" != "$2" ] ||
	    [ "$(stat -c %a "kept/$1")" != "$3" ]; then
		explain "$(ls -l kept) $(head kept/*)"
	fi
}

nothing_kept() { [ -z "$(ls -A kept 2>/dev/null)" ] || explain "$(ls -lA kept)"; }

@test "each value becomes a file" {
	told 'L2ip=10.0.0.1|role=lg\nworkersecret=s3|pin=a b' --secret pin
	kept L2ip 10.0.0.1 644
	kept role lg 644
	kept workersecret s3 600
	kept pin 'a b' 600
	[ "$(find kept -type f ! -name '.*' | wc -l)" = 4 ]
	diff kept/.ec2-userdata - <<<$'L2ip\nrole\nworkersecret\npin'
	[ ! -s out ] && [ ! -s err ]
	grep -q '"imds": "PUT"' "$EC2_LOG"
}

@test "running it twice changes nothing" {
	told 'a=1|workersecret=2'
	stat -c '%n %i %y %a' kept/* >before
	exits 0 ec2_userdata --dir "$T/kept"
	stat -c '%n %i %y %a' kept/* | cmp - before
}

@test "hooks are run with the value, secrets by standard input" {
	mkdir hooks
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "$# $1 $(cat) $(tr "\\0" " " </proc/$$/cmdline)" >>%s\n' \
	    "'$T/ran'" | tee hooks/L2ip >hooks/workersecret
	chmod +x hooks/*
	told 'L2ip=a b|other=x|workersecret=s3' --hook hooks
	[ "$(cat ran)" = "1 a b  /bin/sh hooks/L2ip a b 
0  s3 /bin/sh hooks/workersecret " ] || explain "$(cat ran)"
}

@test "a hook that fails is told, and the others are run" {
	mkdir hooks
	printf '#!/bin/sh\nexit 7\n' >hooks/a
	printf '#!/bin/sh\n>ran\n' >hooks/b
	chmod +x hooks/*
	expected=1 told 'a=1|b=2' --hook hooks
	err_is 'ec2-userdata: hooks/a ended with status 7'
	[ -e ran ]
	kept a 1 644
}

@test "a key that is no plain name: nothing is written" {
	local data

	ec2_start "set user-data=$T/data"
	for data in 'ok=1|../x=2' 'ok=1|/etc/x=2' 'ok=1|=2' 'ok=1|a\x01b=2' \
	    "ok=1|$(printf 'k%.0s' {1..65})=2" 'ok=1|..=2' 'ok=1|.=2'; do
		printf '%b' "$data" >data
		exits 1 ec2_userdata --dir kept
		says 'is no name for a key'
		nothing_kept
	done
	[ ! -e x ]
}

@test "values are in no message" {
	expected=1 told 'a=hunter2|b=hunter3\x1b[2J' -v
	says 'the value of b has a control character'
	run ! grep -q hunter out err
	told 'a=hunter2|workersecret=hunter3' -v
	run ! grep -q hunter out err
}

@test "user-data for cloud-init is not ours" {
	expected=1 told '#cloud-config\na=1\n'
	err_is 'ec2-userdata: user-data: no key=value pairs: it is made for cloud-init; nothing was kept'
	nothing_kept
}

@test "no user-data is told, and a failure only if asked" {
	ec2_start "add count=1"
	fake set imds="$(fake ids)"
	exits 0 ec2_userdata --dir kept
	err_is 'ec2-userdata: there is no user-data'
	exits 1 ec2_userdata --dir kept --fail-empty
	nothing_kept
}

@test "--print prints one value and keeps nothing" {
	told 'a=1|b=x=y' --print b
	out_is x=y
	nothing_kept
	exits 1 ec2_userdata --dir kept --print c
	err_is 'ec2-userdata: the user-data has no c'
}

@test "without tokens only where it is asked for" {
	printf 'a=1' >data
	ec2_start "set user-data=$T/data imds-v2=no imds-v1=yes"
	exits 3 ec2_userdata --dir kept --timeout 0
	says 'api/token: HTTP status 404'
	nothing_kept
	exits 0 ec2_userdata --dir kept --imdsv1
	kept a 1 644
	AWS_EC2_METADATA_V1_DISABLED=true \
	    exits 3 ec2_userdata --dir kept --imdsv1 --timeout 0
}

@test "a token that has grown old is renewed" {
	printf 'a=1' >data
	ec2_start "set user-data=$T/data" \
	    "fault refuse action='imds GET.*' status=401 times=1"
	exits 0 ec2_userdata --dir kept
	kept a 1 644
	[ "$(grep -c '"imds": "PUT"' "$EC2_LOG")" = 2 ]
}

@test "a service that is not up yet is asked again" {
	printf 'a=1' >data
	ec2_start "set user-data=$T/data" \
	    "fault refuse action='imds PUT.*' status=503 times=2"
	exits 0 ec2_userdata -v --dir kept
	kept a 1 644
	[ "$(grep -c 'trying again' err)" = 2 ] || explain 'not twice'
}

# The network of a machine that boots.
@test "a service that nobody answers for is waited for" {
	local port

	port=$(/usr/bin/python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	printf 'a=1' >data
	AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:$port \
	    ec2_userdata -v --dir kept >out 2>err 3>&- &
	pid=$!
	remember "$pid"
	wait_until 20 grep -q 'trying again' err
	ec2_start --imds-port "$port" "set user-data=$T/data"
	wait "$pid" || explain 'it failed'
	kept a 1 644
}

@test "no service at all ends with status 3" {
	exits 3 ec2_userdata --dir kept --timeout 0
	says 'no metadata service answers at http://127.0.0.1:1: '
	nothing_kept
	AWS_EC2_METADATA_DISABLED=true exits 3 ec2_userdata --dir kept
	says 'AWS_EC2_METADATA_DISABLED says so'
}

@test "no proxy is asked for metadata" {
	export http_proxy=http://127.0.0.1:1
	told 'a=1'
	kept a 1 644
}

@test "what is in the way is told, and nothing is half-written" {
	mkdir -p kept/z
	expected=1 told 'a=1|z=2'
	err_is "ec2-userdata: $T/kept/z: Is a directory"
	[ "$(ls -A kept)" = z ]
}

@test "a disk that is full leaves the old values alone" {
	[ "$(id -u)" = 0 ] || skip 'needs root'
	mkdir kept
	mount -t tmpfs -o size=8k,nr_inodes=8 none kept
	echo old >kept/a
	head -c 5000 /dev/zero | tr '\0' x >data
	sed -i 's/^/a=/; s/$/|b=1|c=1/' data
	status=0
	ec2_userdata --file data --dir kept >out 2>err || status=$?
	cat kept/a >was
	ls -A kept >list
	umount kept
	[ "$status" = 1 ] && grep -q 'No space left' err
	[ "$(cat was)" = old ] && [ "$(cat list)" = a ]
}

@test "from a file, or standard input" {
	echo 'a=1' >data
	exits 0 ec2_userdata --dir kept --file data
	kept a 1 644
	exits 0 ec2_userdata --dir kept --file - <<<'a=2|b=3'
	kept a 2 644
	kept b 3 644
	exits 3 ec2_userdata --dir kept --file missing
	says 'cannot read missing: No such file or directory'
	head -c 16385 /dev/zero | tr '\0' x >data
	exits 1 ec2_userdata --dir kept --file data
	says 'more than 16 KB'
}

@test "what is wrong with the command line" {
	exits 2 ec2_userdata operand
	says 'operand: no operands are expected'
	exits 2 ec2_userdata --secret ../x
	exits 2 ec2_userdata --nonsense
	exits 0 ec2_userdata --help
	[ "$(wc -l <out)" -le 24 ]
}

@test "it leaves no core file that has secrets" {
	mkdir hooks
	# shellcheck disable=SC2016
	printf '#!/bin/sh\ngrep core /proc/$PPID/limits >%s\n' "'$T/limits'" \
	    >hooks/a
	chmod +x hooks/a
	told 'a=1' --hook hooks
	[[ $(<limits) =~ core\ file\ size\ +0\ +0 ]]
}
