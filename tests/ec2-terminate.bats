# SPDX-License-Identifier: BSD-2-Clause
# ec2-terminate: those that are meant, and nobody else.

load lib
load ec2-lib

setup_file() { :; }
setup() {
	ec2_setup
	terminate=("$BUILDDIR/ec2-terminate")
}

# fleet_of NUMBER [FIELD=VALUE...]: instances; their ids are in ids[].
fleet_of() {
	local count=$1

	shift
	ec2_start "add count=$count $*"
	read -r -a ids < <(fake ids)
}

# on_tty ANSWER COMMAND...: the question is answered.
on_tty() {
	local answer=$1 expected=$2

	shift 2
	exits "$expected" "$TESTBIN/ptyrun" "$@" < <(
		wait_until 20 finds '\[y/N\]' "$T/out"
		echo "$answer"
	)
}

looked_twice() { [ "$(calls DescribeInstances)" -ge 2 ]; }

# left ID...: these and no others stay.
left() {
	[ "$(fake ids running)" = "$*" ] ||
		explain "running: $(fake ids running), not: $*"
}

@test "ids end, and no others" {
	fleet_of 4
	exits 0 "${terminate[@]}" --yes "${ids[1]}" "${ids[2]}"
	[ "$(sort "$T/out")" = "$(printf '%s\n' "${ids[@]:1:2}" | sort)" ]
	left "${ids[0]}" "${ids[3]}"
	[ "$(calls TerminateInstances)" = 1 ]
}

@test "hosts end: by any of their names and addresses" {
	ec2_start
	fake add private_ip=10.0.0.1 private_dns=ip-10-0-0-1.ec2.internal
	fake add public_dns=ec2-54-1-1-1.compute-1.amazonaws.com
	fake add public_ip=54.2.2.2 ipv6=2001:db8::1
	fake add ipv6=2001:db8::2
	fake add tag:Name=db1
	read -r last < <(fake add tag:Name=stays)
	exits 0 "${terminate[@]}" --yes 10.0.0.1 54.2.2.2 db1 '[2001:db8::2]' \
	    'me@EC2-54-1-1-1.compute-1.amazonaws.com:2222'
	out_counts 5 '^i-'
	left "$last"
}

@test "a list on stdin, as ec2-hosts prints it" {
	fleet_of 3
	"$BUILDDIR/ec2-hosts" --user admin --extra type >hosts
	head -n 2 hosts | sed 's/$/ # a comment/' >some
	"${terminate[@]}" --yes <some >"$T/out" 2>"$T/err"
	out_counts 2 '^i-'
	left "${ids[2]}"
	"$BUILDDIR/ec2-hosts" --address id | "${terminate[@]}" --yes -
	left
}

@test "a run, or several" {
	ec2_start
	fake add count=2 tag:cpssh:run=r1
	fake add count=2 tag:cpssh:run=r2
	read -r other < <(fake add tag:cpssh:run=r12)
	exits 0 "${terminate[@]}" --yes --run r1 --run r2
	out_counts 4 '^i-'
	left "$other"
}

@test "what ec2-launch launched, by the run's name" {
	ec2_start 'add count=2'
	local before

	before=$(fake ids)
	exits 0 "$BUILDDIR/ec2-launch" -n 3 --ami ami-12345678 --type t3.micro
	run=$(sed -n 's/.*as run \([^ ]*\) .*/\1/p' "$T/err")
	exits 0 "${terminate[@]}" --yes --run "$run"
	out_counts 3 '^i-'
	# shellcheck disable=SC2086  # words
	left $before
}

@test "tags: all of them, with wildcards and several values" {
	ec2_start
	fake add tag:role=web1 tag:stage=test
	fake add tag:role=web2 tag:stage=test
	fake add tag:role=db tag:stage=test
	read -r one < <(fake add tag:role=web1 tag:stage=production)
	read -r two < <(fake add tag:role=other tag:stage=test)
	exits 0 "${terminate[@]}" --yes --tag 'role=web*,db' --tag stage=test
	out_counts 3 '^i-'
	left "$one" "$two"
}

# --- refuses ---

@test "without a selector nothing is ended" {
	fleet_of 2
	exits 2 "${terminate[@]}" --yes
	err_has 'which instances\?'
	exits 2 "${terminate[@]}" --yes -
	: | exits 2 "${terminate[@]}" --yes
	printf '\n# none\n\n' >none
	status=0
	"${terminate[@]}" --yes <none >"$T/out" 2>"$T/err" || status=$?
	[ "$status" = 2 ]
	exits 2 "${terminate[@]}" --yes ''
	left "${ids[@]}"
	[ "$(calls TerminateInstances)" = 0 ]
}

@test "without a terminal and without --yes nothing is ended" {
	fleet_of 2 tag:Name=precious
	exits 2 setsid -w "${terminate[@]}" "${ids[0]}"
	err_has "${ids[0]}  running  10\..*  precious"
	err_has 'no terminal'
	left "${ids[@]}"
}

@test "on a terminal it asks" {
	fleet_of 3
	fake change "${ids[0]}" tag:Name=$'a\xc2\x9b2Jb'
	on_tty n 1 "${terminate[@]}" "${ids[0]}" "${ids[1]}"
	out_has 'Terminate these 2 instances\? \[y/N\]'
	out_has "${ids[0]}  running.*  a\\\\xc2\\\\x9b2Jb"
	out_has 'nothing is ended'
	left "${ids[@]}"
	on_tty '' 1 "${terminate[@]}" "${ids[0]}"
	out_has 'Terminate this 1 instance\?'
	left "${ids[@]}"
	on_tty y 0 "${terminate[@]}" "${ids[0]}" "${ids[1]}"
	left "${ids[2]}"
}

@test "with a list on stdin the question is asked on the terminal" {
	fleet_of 2
	"$BUILDDIR/ec2-hosts" --address id >hosts
	on_tty y 0 sh -c "'${terminate[0]}' <hosts"
	left
}

@test "not this machine, unless told" {
	fleet_of 3
	fake set imds="${ids[1]}"
	exits 1 "${terminate[@]}" --yes "${ids[0]}" "${ids[1]}"
	err_has "${ids[1]} is this machine: it stays"
	left "${ids[1]}" "${ids[2]}"
	fake change "${ids[1]}" tag:role=all
	fake change "${ids[2]}" tag:role=all
	exits 0 "${terminate[@]}" --yes --tag role=all
	left "${ids[1]}"
	exits 0 "${terminate[@]}" --yes --include-self --tag role=all
	left
}

@test "where it cannot be told which is this machine, none is ended" {
	fleet_of 2
	fake fault refuse action='imds.*' status=500 times=100
	exits 3 "${terminate[@]}" --yes "${ids[@]}"
	err_has 'whether this machine is one of them cannot be told'
	left "${ids[@]}"
	exits 0 "${terminate[@]}" --yes --include-self "${ids[@]}"
	left
}

@test "a name that two have means neither" {
	ec2_start
	read -r one two < <(fake add count=2 tag:Name=twin)
	read -r other < <(fake add tag:Name=single)
	exits 1 "${terminate[@]}" --yes twin single
	err_has 'twin is the name of 2 instances: say which by id'
	out_is "$other"
	left "$one" "$two"
	exits 0 "${terminate[@]}" --yes "$one"
	exits 0 "${terminate[@]}" --yes twin
	out_is "$two"
}

@test "what there is not is told, the others end" {
	fleet_of 2
	exits 1 "${terminate[@]}" --yes "${ids[0]}" i-0123456789abcdef0
	err_has 'i-0123456789abcdef0: there is no such instance'
	out_is "${ids[0]}"
	exits 1 "${terminate[@]}" --yes --run nothing
	err_has 'no instance that could be ended matches'
	left "${ids[1]}"
}

@test "what has ended already is no failure" {
	fleet_of 2
	exits 0 "${terminate[@]}" --yes "${ids[@]}"
	exits 0 "${terminate[@]}" --yes "${ids[@]}"
	err_has "${ids[0]} has been ended already"
	out_is ''
	[ "$(calls TerminateInstances)" = 1 ]
}

@test "what is new may not be seen yet: it is looked for again" {
	ec2_start 'set hidden=1'
	exits 0 "$BUILDDIR/ec2-launch" -n 2 --ami ami-12345678 \
	    --type t3.micro --run fresh
	exits 0 "${terminate[@]}" --yes --run fresh
	out_counts 2 '^i-'
}

# --- what may go wrong ---

@test "one that is protected keeps those of its zone: what ended is told" {
	ec2_start
	fake add zone=us-east-1a protected=yes tag:r=1
	fake add zone=us-east-1a tag:r=1
	read -r gone < <(fake add zone=us-east-1b tag:r=1)
	exits 3 "${terminate[@]}" --yes --tag r=1
	out_is "$gone"
	err_has 'OperationNotPermitted'
	[ "$(grep -c 'is not ended: it is running' "$T/err")" = 2 ]
}

@test "an answer that is lost is asked for again" {
	fleet_of 2
	fake fault cut action=TerminateInstances
	exits 0 "${terminate[@]}" --yes "${ids[@]}"
	out_counts 2 '^i-'
	[ "$(sort -u "$T/out" | wc -l)" = 2 ]
	left
}

@test "no answer at all: it is looked what became of them" {
	fleet_of 2
	fake fault cut action=TerminateInstances times=99
	exits 3 "${terminate[@]}" --yes "${ids[@]}"
	out_counts 2 '^i-'
	fake clear
	left
}

@test "a list that is not whole ends nothing" {
	ec2_start 'add count=1500 tag:r=1' \
	    'fault html action=DescribeInstances after=1 times=99'
	AWS_MAX_ATTEMPTS=2 exits 3 "${terminate[@]}" --yes --tag r=1
	[ "$(calls TerminateInstances)" = 0 ]
}

@test "many are ended in batches" {
	ec2_start 'add count=250 tag:r=1'
	exits 0 "${terminate[@]}" --yes --tag r=1 --wait
	out_counts 250 '^i-'
	[ "$(calls TerminateInstances)" = 3 ]
	[ "$(fake ids terminated | wc -w)" = 250 ]
}

@test "interrupted while EC2 is asked, the hook hears of what has ended" {
	ec2_start 'add count=250 tag:r=1' 'fault hold action=TerminateInstances'
	printf '%s\n' '#!/bin/sh' "printf '%s\\n' \"\$@\" >'$T/heard'" >"$T/hear"
	chmod +x "$T/hear"
	begin "${terminate[@]}" --yes --tag r=1 --hook "$T/hear"
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	kill -INT "$BEGUN"
	wait_until 20 has_line 'is waited for' "$T/err"
	fake release
	ends 130
	err_has '150 of 250 go on: they were not asked for'
	out_counts 100 '^i-'
	[ "$(sort "$T/heard")" = "$(sort "$T/out")" ]
	[ "$(fake ids running | wc -w)" = 150 ]
}

@test "interrupted twice it ends at once, and says how to find out" {
	fleet_of 2
	fake fault hold action=TerminateInstances
	begin "${terminate[@]}" --yes "${ids[@]}"
	wait_until 20 has_line '"fault": "hold"' "$EC2_LOG"
	kill -INT "$BEGUN"
	wait_until 20 has_line 'is waited for' "$T/err"
	kill -TERM "$BEGUN"
	ends 143
	err_has 'which instances have been ended is not known: the same'
	fake release
}

@test "interrupted while it waits, it ends at once" {
	fleet_of 1
	fake set shutting=hold
	begin "${terminate[@]}" --yes --wait "${ids[@]}"
	wait_until 20 looked_twice
	kill -INT "$BEGUN"
	ends 130
	err_is ''
}

@test "in every region that is named, and in no other" {
	ec2_start
	fake add tag:r=1
	fake add tag:r=1 region=us-west-2
	read -r other < <(fake add tag:r=1 region=eu-central-1)
	exits 0 "${terminate[@]}" --yes --tag r=1 --region us-east-1 \
	    --region us-west-2
	out_counts 2 '^i-'
	left "$other"
}

@test "waits until they are terminated, but not for ever" {
	fleet_of 2
	fake set shutting=3
	exits 0 "${terminate[@]}" --yes --wait "${ids[@]}"
	[ "$(fake ids terminated | wc -w)" = 2 ]
	fake add
	fake set shutting=hold
	exits 1 "${terminate[@]}" --yes --wait --timeout 4 \
	    "$(fake ids running)"
	err_has '1 of 1 are not terminated yet'
}

@test "a dry run ends nothing" {
	fleet_of 2
	exits 0 "${terminate[@]}" --dry-run "${ids[@]}"
	err_has 'it would be done'
	out_is ''
	fake fault error action=TerminateInstances code=UnauthorizedOperation \
	    status=403
	exits 3 "${terminate[@]}" --dry-run "${ids[@]}"
	err_has UnauthorizedOperation
	left "${ids[@]}"
}

@test "the manual page has the options of --help" {
	page_is_whole ec2-terminate
}

@test "usage" {
	fleet_of 1
	exits 2 "${terminate[@]}" --yes --run r "${ids[0]}"
	err_has 'not both'
	exits 2 "${terminate[@]}" --yes "${ids[0]}" --dry-run
	err_has '^ec2-terminate: error: --dry-run: options stand before names'
	exits 2 "${terminate[@]}" --yes "${ids[0]}" 'a;b'
	err_has 'nothing is done'
	status=0
	printf '%s\n\n|x\n' "${ids[0]}" | "${terminate[@]}" --yes \
	    2>"$T/err" || status=$?
	[ "$status" = 2 ]
	err_has 'stdin: line 3: '
	exits 2 "${terminate[@]}" --yes --run 'a*'
	exits 2 "${terminate[@]}" --yes --run ''
	exits 2 "${terminate[@]}" --yes --tag =x
	left "${ids[0]}"
}

@test "moto terminates, too" {
	moto_start
	exits 0 "$BUILDDIR/ec2-launch" -n 3 --ami ami-12345678 \
	    --type t3.micro --run m
	exits 0 "${terminate[@]}" --yes --wait --run m
	out_counts 3 '^i-'
	exits 0 aws ec2 describe-instances --output text \
	    --query 'Reservations[].Instances[].State.Name'
	[ "$(tr '\t' '\n' <"$T/out" | sort -u)" = terminated ]
}
