# SPDX-License-Identifier: BSD-2-Clause
# Servers that take few connections at once: tried again before the login,
# within the clocks, and never after it.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() {
	fleet_start "LogLevel VERBOSE"
	bad_start shut full odd oddreset penalty=4 toomany=3 bannerclose \
	    loginclose
}

# many N: as many names of one server
many() { printf 'web%d ' $(seq "$1"); }

# connections MODE: how often the misbehaving server was tried
connections() { grep -c "^$1: connection" "$FLEET/bad.log"; }

# tried MODE: how often since
tried() { echo $(($(connections "$1") - ${before-0})); }

# all_get_in LINE: sixty visits to an sshd so configured, 32 at a time
all_get_in() {
	fleet_start "$1"
	exits 0 cpssh -v -p 32 -H "$(many 60)" true
	out_counts 60 'SUCCESS'
	# it has dropped some, and we tell of each
	log_has MaxStartups
	err_has 'web\d+: .*it said: Exceeded MaxStartups; again in \d'
	err_has 'web\d+: stands in line: \d+ at once there now'
}

@test "MaxStartups 3:50:6: all get in" {
	all_get_in "MaxStartups 3:50:6"
}

@test "MaxStartups 2:100:2: all get in, and few are dropped" {
	all_get_in "MaxStartups 2:100:2"
	# thirty at first, and one now and then to see whether there is room
	[ "$(grep -c 'again in' "$T/err")" -lt 150 ] ||
		explain "$(grep -c 'again in' "$T/err") drops"
}

@test "an OpenSSH 10 that has had enough of us: in when the penalty is over" {
	fleet10_start "PerSourcePenalties authfail:4s min:1s"
	sed 's/id_ed25519/id_stranger/' "$FLEET/ssh_config" >stranger
	exits 4 cpssh -F stranger -H web1 true
	out_has 'login refused'
	wait_until 60 all_served	# whose end is what is penalized
	exits 0 cpssh -v -H web1 true
	err_has 'it said: Not allowed at this time; again in'
}

@test "every second connection is dropped: all get in" {
	local mode

	for mode in odd oddreset; do
		config 'Host crowd*' 'HostName 127.0.0.1' \
		    "Port $(bad_port $mode)"
		exits 0 cpssh -v -i -H "crowd[1-20]" 'echo hi'
		out_counts 20 '^hi$'
		err_has '(closed|reset).* during key exchange; again in'
	done
}

@test "every second connection behind a bastion is dropped: all get in" {
	config 'Host bastion' 'HostName 127.0.0.1' "Port $PORT" \
	    'Host crowd*' 'HostName 127.0.0.1' "Port $(bad_port odd)" \
	    'ProxyJump bastion'
	exits 0 cpssh -v -i -H "crowd[1-20]" 'echo hi'
	out_counts 20 '^hi$'
	err_has 'crowd\d+: .* during key exchange; again in'
}

@test "a bastion that is full for a while" {
	local inner=$FLEET inner_port=$PORT

	fleet_start "MaxStartups 1:100:1"
	config 'Host bastion' 'HostName 127.0.0.1' "Port $PORT" \
	    "UserKnownHostsFile $FLEET/known_hosts" \
	    'Host web*' "Port $inner_port" "UserKnownHostsFile $inner/known_hosts" \
	    'ProxyJump bastion'
	# somebody has taken the one place, and does not log in
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	read -r -u 9 _
	begin cpssh -v -H 'web[1-3]' true 9>&-
	wait_until 20 has_line 'bastion: .*MaxStartups; again in' "$T/err"
	exec 9>&-
	ends 0
	out_counts 3 'SUCCESS'
}

@test "a server that says that it is full gets more tries than others" {
	exits 0 cpssh -v -i -H "$(bad penalty=4)" 'echo hi'
	out_has '^hi$'
	err_has 'it said: Not allowed at this time; again in'
	exits 0 cpssh -v -i -H "$(bad toomany=3)" 'echo hi'
	out_has '^hi$'
	err_has 'disconnected by the host: Too many.*; again in'
}

@test "many ProxyCommands through a crowded bastion: all get in" {
	fleet_start "MaxStartups 2:100:2"
	config 'Host web*' \
	    "ProxyCommand ssh -F $FLEET/ssh_config -W [%h]:$PORT 127.0.0.1"
	exits 0 cpssh -v -p 32 -H "$(many 32)" true
	out_counts 32 'SUCCESS'
	log_has MaxStartups
	err_has 'web\d+: ProxyCommand ended .*again in'
	err_has 'web\d+: stands in line'
}

@test "a ProxyCommand that fails otherwise is not run again" {
	config 'Host web*' 'ProxyCommand sh -c "echo no such host >&2; exit 3"'
	exits 4 cpssh -v -H web1 true
	out_has 'ProxyCommand ended with exit status 3: no such host'
	err_lacks 'again in'
}

@test "who always closes is given up after a few tries" {
	local before

	for mode in shut bannerclose; do
		before=$(connections $mode || :)
		SECONDS=0
		exits 4 cpssh -H "$(bad $mode)" true
		[ $SECONDS -le 30 ] || explain "$SECONDS seconds"
		out_has '(closed|reset).* during key exchange \(5 tries\)$'
		[ "$(tried $mode)" = 5 ] || explain "$(tried $mode) tries"
	done
}

@test "--connect-timeout bounds all tries together" {
	SECONDS=0
	exits 4 cpssh --connect-timeout 3 -H "$(bad full)" true
	[ $SECONDS -le 30 ] || explain "$SECONDS seconds"
	# when the time is over before the next try, or within one
	out_has 'it said: Exceeded MaxStartups \(([2-9]|\d\d) tries\)$|timed out during .*, dropped \d+ times before the login; the host said: Exceeded MaxStartups$'
}

@test "-t bounds all tries together, and says what it was about" {
	SECONDS=0
	exits 3 cpssh -t 4 --connect-timeout 0 -H "$(bad full)" true
	[ $SECONDS -le 20 ] || explain "$SECONDS seconds"
	out_has 'Timed out, during (connect|key exchange), dropped \d+ times before the login; the host said: Exceeded MaxStartups$'
}

@test "those in line are bounded by -t" {
	config 'Host full*' 'HostName 127.0.0.1' "Port $(bad_port full)"
	SECONDS=0
	exits 3 cpssh -t 2 --connect-timeout 0 -H 'full[1-20]' true
	[ $SECONDS -le 20 ] || explain "$SECONDS seconds"
	out_counts 20 'Timed out, during '
}

@test "Ctrl-C while it waits, or stands in line, ends it at once" {
	config 'Host full*' 'HostName 127.0.0.1' "Port $(bad_port full)"
	begin cpssh -v -t 0 --connect-timeout 0 -H 'full[1-8]' true
	wait_until 20 has_line 'again in 1\.' "$T/err"
	SECONDS=0
	kill -INT "$BEGUN"
	ends 130
	[ $SECONDS -le 30 ] || explain "$SECONDS seconds"
	out_counts 8 'Interrupted, during (connect|key exchange), dropped \d+ time'
}

@test "a refused login is tried once" {
	log_from_here
	edit_config 's/id_ed25519/id_stranger/'
	exits 4 cpssh -v -H 'web1' true
	out_has 'login refused'
	err_lacks 'again in'
	log_counts 1 '^Connection from'
}

@test "closed during the login is not tried again" {
	exits 4 cpssh -v -H "$(bad loginclose)" true
	err_lacks 'again in'
	[ "$(connections loginclose)" = 1 ]
}

@test "a port where nobody listens is not tried again" {
	exits 4 cpssh -v -H "127.0.0.1:$(refused_port)" true
	err_lacks 'again in'
}

@test "a broken server does not slow the others" {
	exits 4 cpssh -v -p 40 -H "$(bad shut) $(bad full) $(many 30)" \
	    --connect-timeout 15 true
	out_counts 30 'SUCCESS'
	err_lacks 'stands in line'
}

# impatient_start: an sshd that waits four seconds for the login
impatient_start() {
	fleet_start 'LoginGraceTime 4'
}

# answers_late STATUS QUESTION ANSWER COMMAND...: on a terminal, once the server
# has hung up
answers_late() {
	local status=$1 question=$2 answer=$3 typing

	shift 3
	mkfifo typed
	INPUT=typed begin "$TESTBIN/ptyrun" "$CPSSH" -F "$CONFIG" \
	    --no-progress "$@"
	exec {typing}>typed
	wait_until 20 has_line "$question" out
	wait_until 60 all_served
	echo "$answer" >&"$typing"
	exec {typing}>&-
	ends "$status"
}

# with_passphrase [FILE]: log in with a locked key, after the one in FILE
with_passphrase() {
	cp "$KEYS/id_ed25519" "$KEYS/id_ed25519.pub" .
	ssh-keygen -q -p -P '' -N secret -f id_ed25519 >/dev/null
	edit_config "s|^IdentityFile .*|${1:+IdentityFile $1\n}IdentityFile \
	    $T/id_ed25519|"
}

@test "a server that does not wait for the answer about its key" {
	impatient_start
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking ask'
	answers_late 0 'trust it' yes -v -t 30 -H 'web1 web2 web3' true
	out_counts 3 'SUCCESS'
	out_counts 1 'trust it'
	out_counts 3 'the host did not wait for the user: connecting again'
}

@test "a server that does not wait for a passphrase" {
	impatient_start
	with_passphrase
	answers_late 0 'Enter' secret -v -t 30 -H 'web1 web2 web3' true
	out_counts 3 'SUCCESS'
	out_counts 1 'Enter passphrase'
	out_counts 3 'the host did not wait for the user: connecting again'
}

@test "a login of which something was refused is not begun anew" {
	impatient_start
	with_passphrase "$KEYS/id_stranger"
	answers_late 4 'Enter' secret -v -t 30 -H 'web1' true
	out_lacks 'connecting again'
	out_has 'FAILURE.*id_stranger'
}
