# SPDX-License-Identifier: BSD-2-Clause
# ProxyJump: hosts behind a bastion, which is another sshd with a log of its
# own, so that its logins can be counted.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# bastion_start [LINE...]: a second sshd, beside the fleet's.
# shellcheck disable=SC2120
bastion_start() {
	local fleet=$FLEET port=$PORT

	fleet_start "LogLevel VERBOSE" "$@"
	BASTION=$FLEET BASTION_PORT=$PORT FLEET=$fleet PORT=$port
	export BASTION BASTION_PORT FLEET PORT
	cat "$BASTION/known_hosts" >>"$FLEET/known_hosts"
}

setup_file() {
	fleet_start
	# shellcheck disable=SC2119
	bastion_start
}

# behind LINE...: web* are behind the host bastion, for which LINEs hold too
behind() {
	config 'Host bastion*' "Port $BASTION_PORT" 'HostName 127.0.0.1' "$@" \
	    'Host web*' 'ProxyJump bastion'
}

at_bastion() { FLEET=$BASTION "$@"; }

# one_login: where each open waits for the one before, as with stock libssh2, a
# machine under load may have another login take over.
one_login() {
	if grep -q 'define HAVE_LIBSSH2_CHANNEL_OPEN_BEGIN' \
	    "$BUILDDIR/config.h"; then
		at_bastion log_counts 1 'Accepted publickey'
	else
		at_bastion log_has 'Accepted publickey'
	fi
}

@test "all hosts behind a bastion share one login there" {
	at_bastion log_from_here
	behind
	exits 0 cpssh -i -H 'web[1-6]' 'echo hi from $SSH_CONNECTION'
	out_counts 6 'SUCCESS'
	out_counts 6 '^hi from 127'
	one_login
}

@test "the bastion is named where the way is told" {
	behind
	exits 0 cpssh -v -H web1 true
	err_has 'bastion: carrying others'
	err_has 'bastion: logged in with'
}

@test "one hop after another, each with its own configuration" {
	behind
	config 'Host bastion' "Port $BASTION_PORT" 'HostName 127.0.0.1' \
	    'Host middle' 'HostName 127.0.0.3' \
	    'Host web*' 'ProxyJump bastion,middle'
	exits 0 cpssh -i -H 'web1 web2' 'echo ${SSH_CONNECTION%% *}'
	out_counts 2 '^127.0.0'
}

@test "a bastion that is itself behind one" {
	config 'Host bastion' "Port $BASTION_PORT" 'HostName 127.0.0.1' \
	    'Host middle' 'HostName 127.0.0.3' 'ProxyJump bastion' \
	    'Host web*' 'ProxyJump middle'
	exits 0 cpssh -i -H 'web1 web2' 'echo hi'
	out_counts 2 '^hi'
}

@test "what a bastion's configuration says of commands does not matter" {
	behind 'RemoteCommand top' 'SessionType none' 'RequestTTY force' \
	    'LocalForward 1 localhost:1'
	exits 0 cpssh -v -i -H web1 'echo hi'
	out_has '^hi'
	err_lacks 'bastion: LocalForward'
}

@test "a circle of bastions is told" {
	config 'Host one' 'ProxyJump two' 'Host two' 'ProxyJump one' \
	    'Host web*' 'ProxyJump one'
	exits 4 cpssh -t 20 -H web1 true
	says 'leads back here'
}

@test "data comes and goes whole" {
	behind
	head -c 5000000 /dev/urandom >"$T/data"
	exits 0 cpssh -I -o "$T/o" -H 'web1 web2 web3' cat <"$T/data"
	for name in web1 web2 web3; do
		cmp "$T/data" "$T/o/$name"
	done
}

@test "input that keeps a bastion's login busy reaches every host at once" {
	local big=60000	# too little for sshd to ask for more of it

	all_have_it() {
		[ "$(cat "$REMOTE"/in.* | wc -c)" = $((20 * big)) ]
	}
	behind
	mkfifo "$T/fifo"
	INPUT=$T/fifo begin cpssh -I -H 'web[1-20]' \
	    "echo >$REMOTE/up.\$\$; cat >$REMOTE/in.\$\$"
	exec 9>"$T/fifo"
	all_up() { [ "$(find "$REMOTE" -name 'up.*' | wc -l)" = 20 ]; }
	wait_until 20 all_up
	wait_until 20 idle "$BEGUN"	# nothing else wakes it
	head -c $big /dev/zero >&9
	wait_until 60 all_have_it	# though the input has not ended
	exec 9>&-
	ends 0
}

@test "-J in ssh's own words, for this run" {
	config 'Host bastion' "Port $BASTION_PORT" 'HostName 127.0.0.1'
	exits 0 cpssh -x "-J bastion" -i -H web1 'echo hi'
	out_has '^hi'
	exits 0 cpssh -O ProxyJump=bastion -i -H web1 'echo hi'
}

@test "-F among ssh's flags holds on the way too" {
	behind
	exits 0 "$CPSSH" -x "-F $CONFIG" -i -H web1 'echo hi'
	out_has '^hi'
}

@test "a port that nobody listens at, behind the bastion" {
	behind
	exits 4 cpssh -H 'web1 web2:1' true
	out_has 'SUCCESS\] web1'
	out_has 'FAILURE\] web2:1 .*bastion cannot reach 127.0.0.1 port 1'
}

@test "a bastion that refuses us fails once, and names its cost" {
	behind 'User nobodyknows'
	exits 4 cpssh -p 2 -H 'web[1-4]' true
	out_counts 4 'FAILURE'
	out_counts 4 'cannot go through bastion'
	[ "$(grep -c 'bastion: login refused' "$T/err")" = 1 ]
	err_has '4 hosts were not reached through it: web'
	at_bastion log_counts 1 'Invalid user nobodyknows'
}

@test "a bastion with a changed host key is not gone through" {
	behind "UserKnownHostsFile $T/known"
	echo "[127.0.0.1]:$BASTION_PORT $(cut -d' ' -f1,2 \
	    "$KEYS/host_other.pub")" >"$T/known"
	exits 4 cpssh -H 'web[1-4]' true
	out_counts 4 'FAILURE'
	[ "$(grep -c 'bastion: .*host key' "$T/err")" = 1 ]
}

@test "nobody is hurried while the user is asked about the bastion" {
	behind 'StrictHostKeyChecking ask' "UserKnownHostsFile $T/known"
	{
		wait_until 20 finds 'yes/no' "$T/out"
		sleep 7	# the user reads
		echo yes
	} | exits_on_tty 0 cpssh -t 6 -H 'web1 web2' true
	out_counts 2 SUCCESS
	out_counts 1 'bastion: .*yes/no'
}

@test "a login that carries nobody for a while is not taken for dead" {
	at_bastion log_from_here
	config 'Host bastion' "Port $BASTION_PORT" 'HostName 127.0.0.1' \
	    'ServerAliveInterval 1' 'ServerAliveCountMax 1' \
	    'Host web*' 'ProxyJump bastion' 'Host near' 'HostName 127.0.0.1'
	# Its signs of life come meanwhile, and are nobody's to read.
	exits 0 cpssh -p 1 -H 'web1 near web2' \
	    '[ $PSSH_NODENUM != 1 ] || sleep 6'
	err_lacks 'bastion: .*stopped answering'
	one_login
}

# --- what can go wrong on the way --------------------------------------------

@test "a bastion that forbids the way" {
	config 'Host strict' 'HostName 127.0.0.1' "Port $BASTION_PORT" \
	    'Host web*' 'ProxyJump strict'
	local fleet=$FLEET port=$PORT known=$FLEET/known_hosts
	fleet_start 'AllowTcpForwarding no'
	cat "$FLEET/known_hosts" >>"$known"
	sed -i "s/$BASTION_PORT/$PORT/" "$CONFIG"
	FLEET=$fleet PORT=$port
	exits 4 cpssh -H 'web1 web2' true
	out_counts 2 'FAILURE.*strict cannot reach.*administratively prohib'
}

# The sshd processes of the logins on the bastion.
carriers() {
	local listener

	listener=$(<"$BASTION/pid")
	descendants "$listener" | grep -vx "$listener"
}

kill_carriers() {
	# shellcheck disable=SC2046  # one word a process
	strike $(carriers)
}

no_carriers() { [ -z "$(carriers)" ]; }

@test "a bastion that dies in the middle is told once, with what it cost" {
	behind
	begin cpssh -t 60 -H 'web[1-3]' \
	    "echo up >$REMOTE/up\$PSSH_NODENUM; sleep 1000"
	wait_until 20 test -s "$REMOTE/up0" -a -s "$REMOTE/up1" \
	    -a -s "$REMOTE/up2"
	kill_carriers
	ends 4
	out_counts 3 'FAILURE.*the way through bastion was lost'
	[ "$(grep -c 'bastion: .*cut off: web' "$T/err")" = 1 ]
}

@test "a lost bastion is renewed for those who come after" {
	behind
	begin cpssh -p 2 -t 60 -H 'web[1-4]' \
	    "echo up >$REMOTE/up\$PSSH_NODENUM; [ \$PSSH_NODENUM -gt 1 ] ||
	    sleep 1000"
	wait_until 20 test -s "$REMOTE/up0" -a -s "$REMOTE/up1"
	kill_carriers
	ends 4
	out_counts 2 'FAILURE'
	out_counts 2 'SUCCESS'
}

@test "the interrupted run ends what runs behind the bastion" {
	behind
	begin cpssh -t 60 -H 'web[1-2]' \
	    "echo \$\$ >$REMOTE/pid; echo up >$REMOTE/up\$PSSH_NODENUM; sleep 1000"
	wait_until 20 test -s "$REMOTE/up0" -a -s "$REMOTE/up1"
	kill -INT "$BEGUN"
	ends 130
	wait_until 60 gone "$(cat "$REMOTE/pid")"
}

@test "nobody there: the bastion's own limit ends all, at once" {
	config 'Host bastion' "Port $(refused_port)" 'HostName 127.0.0.1' \
	    'Host web*' 'ProxyJump bastion'
	exits 4 cpssh -p 2 -H 'web[1-6]' true
	out_counts 6 'FAILURE.*cannot go through bastion'
	[ "$(grep -c 'bastion: .*refused' "$T/err")" = 1 ]
	err_has '6 hosts were not reached through it: web'
}

# odd_bastion MOST [NOISE]: the host bastion, which is none of OpenSSH's.
odd_bastion() {
	local port

	mkfifo ports
	/usr/bin/python3 "$SRCDIR/tests/fewchannels.py" "$KEYS/host_ed25519" \
	    "$KEYS/authorized_keys" "$@" >ports 2>logins 3>&- &
	remember $!
	read -r port <ports
	know_host "$port" ed25519 >"$T/known"
	config 'Host bastion' "Port $port" 'HostName 127.0.0.1' \
	    "UserKnownHostsFile $T/known" 'Host web*' 'ProxyJump bastion'
}

@test "a bastion that carries only so many gets more logins" {
	odd_bastion 3
	exits 0 cpssh -v -p 8 -i -H 'web[1-20]' 'echo hi'
	out_counts 20 '^hi'
	err_has 'bastion: carries no more than 3 connections'
	[ "$(grep -c login logins)" -le 8 ]
}

# holes: the host bastion, and hole* behind it, which nobody can reach.
holes() {
	local hole

	mkfifo ways
	"$TESTBIN/blackhole" >ways 3>&- &
	remember $!
	read -r hole <ways
	config 'Host bastion' "Port $BASTION_PORT" 'HostName 127.0.0.1' \
	    'Host hole*' 'HostName 127.0.0.1' "Port $hole" \
	    'Host hole* web*' 'ProxyJump bastion'
}

@test "what a bastion says beside the way is passed over" {
	odd_bastion 9 'mind the gap'
	mkfifo -m 666 "$REMOTE/go"
	begin cpssh -i -H web1 "echo up >$REMOTE/up; cat $REMOTE/go"
	wait_until 20 test -s "$REMOTE/up"
	wait_until 20 idle "$BEGUN"
	echo hi >"$REMOTE/go"
	ends 0
	out_has '^hi'
}

@test "a login outlives those who have given up on a way through it" {
	holes
	exits 4 cpssh --connect-timeout 4 -i -H 'hole web1' \
	    'for i in 1 2 3 4 5 6; do echo $i; sleep 1; done'
	out_has 'FAILURE\] hole timed out'
	out_has 'SUCCESS\] web1'
	out_has '^6'
}

@test "waiting for another login, in place of a lost one, costs no time" {
	local listener

	holes
	begin cpssh -v --connect-timeout 10 -H hole true
	wait_until 60 finds 'bastion: carrying others' "$T/err"
	sleep 7
	listener=$(<"$BASTION/pid")
	kill -STOP "$listener"	# the other login takes five seconds
	kill_carriers
	sleep 5
	kill -CONT "$listener"
	ends 4
	out_has 'FAILURE\] hole timed out'
	[ "$(grep -c 'bastion: logged in with' "$T/err")" -ge 2 ] ||
		explain "it did not wait for the other login"
}

@test "all logins lost at once, while they open all that they can" {
	local before

	logins() { grep -c 'bastion: carrying others' "$T/err"; }
	logins_are() { [ "$(logins)" -ge "$1" ]; }
	goes_on() {
		logins_are $((before + 1)) ||
		    grep -q 'not reached through it' "$T/err"
	}
	holes
	begin cpssh -v -p 600 --connect-timeout 100 -H 'hole[1-600]' true
	wait_until 60 logins_are 2
	kill -STOP "$BEGUN"	# to learn of both at once
	before=$(logins)
	kill_carriers
	wait_until 20 no_carriers
	kill -CONT "$BEGUN"
	wait_until 60 goes_on
	# It has given up if there were more logins to lose by then.
	kill -INT "$BEGUN" || :
	status=0
	wait "$BEGUN" || status=$?
	[ "$status" = 130 ] || { [ "$status" = 4 ] &&
	    grep -q 'not reached through it' "$T/err"; }
}
