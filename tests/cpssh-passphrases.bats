# SPDX-License-Identifier: BSD-2-Clause
# Key files with a passphrase.

load lib

setup_file() { fleet_start 'LogLevel VERBOSE'; }

# locked TYPE [OPTION...]: a key that the server takes, passphrase "secret",
# and nothing else to log in with.
locked() {
	local type=$1

	shift
	cp "$KEYS/id_$type" id
	cp "$KEYS/id_$type.pub" id.pub
	ssh-keygen -q -p -P '' -N secret "$@" -f id >/dev/null
	edit_config "s|/[^ ]*id_ed25519$|$T/id|"
	own_directory
}

# Where the private agent is: a directory that has nothing else in it.
own_directory() {
	[ -d run ] || mkdir -m 700 run
	export XDG_RUNTIME_DIR=$T/run
}

# types STATUS 'ANSWER...' COMMAND...: each answer is typed when it is asked
# for, and the status is that in the end.
types() {
	local status=$1 answers=$2 answer typing count=0

	shift 2
	asked "$@"
	for answer in $answers; do
		count=$((count + 1))
		wait_until 30 questions $count
		echo "$answer" >&"$typing"
	done
	exec {typing}>&-
	ends "$status"
}

# asked COMMAND...: begin it on a terminal; $typing is the keyboard, $INSIDE
# more environment.
asked() {
	[ "$1" != cpssh ] || shift
	rm -f typed
	mkfifo typed
	# shellcheck disable=SC2086  # one word, or none
	INPUT=typed begin "$TESTBIN/ptyrun" env ${INSIDE-} "$CPSSH" -F "$CONFIG" \
	    --no-progress "$@"
	exec {typing}>typed
}

questions() { [ "$(grep -ao 'passphrase[^:]*key' out | wc -l)" -ge "$1" ]; }

# Neither agent nor directory is left, wherever the agent was.
all_gone() {
	wait_until 60 nothing_in run
	wait_until 8 no_agent	# by itself it would take 10
}
nothing_in() { [ -z "$(ls -A "$1")" ]; }
no_agent() { ! pgrep -f "ssh-agent -a $T/run" >/dev/null; }

@test "asked for once, for many hosts" {
	locked ed25519
	types 0 secret cpssh -p 10 -H 'web[1-30]' true
	out_counts 30 SUCCESS
	out_counts 1 'Enter passphrase for key .*/id'
	all_gone
}

@test "every format, and with the public half hidden" {
	for format in RFC4716 PEM PKCS8; do
		locked rsa -m $format
		types 0 secret cpssh -H web1 true
		rm id.pub
		types 0 secret cpssh -H 'web1 web2' true
		out_counts 1 'passphrase'
	done
	for type in ecdsa ecdsa521; do
		locked $type
		types 0 secret cpssh -H web1 true
	done
	all_gone
}

@test "two keys: each is asked for when its turn comes" {
	locked ed25519
	cp id first
	cp "$KEYS/id_rsa" two
	ssh-keygen -q -p -P '' -N other -f two >/dev/null
	# one host takes this, the other that
	cat >config3 <<-END
		Host web1
		IdentityFile $T/first
		Host web2
		IdentityFile $T/two
	END
	sed /IdentityFile/d "$FLEET/ssh_config" >>config3
	use_config "$T/config3"
	types 0 'secret other' cpssh -p 1 -H 'web1 web2 web1 web2' true
	out_counts 2 passphrase
	all_gone
}

@test "not asked for when the host would not take the key" {
	ssh-keygen -q -t ed25519 -N secret -f stranger
	locked ed25519
	config "IdentityFile $T/stranger" "IdentityFile $KEYS/id_rsa"
	exits_on_tty 0 cpssh -H web1 true
	out_lacks passphrase
}

@test "a wrong one: asked for again" {
	locked ed25519
	types 0 'wrong secret' cpssh -H 'web1 web2' true
	out_counts 1 'Wrong passphrase, try again'
	all_gone
}

@test "three wrong ones: not used in this run, the next key is" {
	locked ed25519
	types 4 'wrong worse worst' cpssh -p 1 -H 'web1 web2' true
	out_has 'id: 3 wrong passphrases; not used in this run'
	out_counts 2 'FAILURE.*id: 3 wrong passphrases'
	config "IdentityFile $T/id" "IdentityFile $KEYS/id_rsa"
	types 0 'wrong worse worst' cpssh -p 1 -H 'web1 web2' true
	all_gone
}

@test "none given: the same" {
	locked ed25519
	asked cpssh -H web1 true
	wait_until 20 questions 1
	echo >&"$typing"
	ends 4
	out_has 'id: no passphrase was given'
	exec {typing}>&-
	all_gone
}

@test "nobody to ask: which key, why and what to do" {
	locked ed25519
	exits 4 cpssh -H web1 true
	out_has 'id: needs a passphrase: ssh-add it, or run on a terminal'
	exits_on_tty 4 cpssh -O BatchMode=yes -H web1 true
	out_has 'id: needs a passphrase: ssh-add it, or run on a terminal'
	all_gone
}

@test "SSH_ASKPASS is asked, where ssh would" {
	locked ed25519
	printf '#!/bin/sh\necho secret\necho x >>%s/asked\n' "$T" >askpass
	chmod +x askpass
	SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    exits 0 cpssh -H 'web[1-5]' true
	[ "$(wc -l <asked)" = 1 ]
	all_gone
}

@test "no clock runs while the user thinks and the key is worked on" {
	locked ed25519
	asked cpssh -t 5 --connect-timeout 4 -H web1 true
	wait_until 20 questions 1
	# what must not happen has no event
	sleep 6
	echo secret >&"$typing"
	ends 0
	exec {typing}>&-
}

@test "a passphrase of odd characters" {
	locked ed25519
	# shellcheck disable=SC2016  # nothing is to be expanded
	odd=$(printf 'a b\tc\\"$(x)\x27\x7f\xc3\xa9%%s')
	ssh-keygen -q -p -P secret -N "$odd" -f id >/dev/null
	printf '#!/bin/sh\ncat %s\n' "$T/odd" >askpass
	printf '%s\n' "$odd" >odd
	chmod +x askpass
	SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    exits 0 cpssh -H web1 true
}

# A ssh-add that counts, and leaves what others can see of it.
spy() {
	mkdir bin
	cat >bin/ssh-add <<-END
		#!/bin/sh
		echo x >>$T/runs
		cat /proc/self/environ /proc/self/cmdline >>$T/seen
		exec $(command -v ssh-add) "\$@"
	END
	chmod +x bin/ssh-add
	export PATH=$T/bin:$PATH
}

@test "however long the key takes, it is worked on once" {
	locked ed25519 -a 200
	spy
	types 0 secret cpssh -p 10 -H 'web[1-40]' true
	[ "$(wc -l <runs)" = 1 ]
}

@test "in no argument and no environment; the agent takes no orders of others" {
	# a word that is in no other process, whatever else goes on here
	local word=secret$RANDOM$$

	locked ed25519
	ssh-keygen -q -p -P secret -N "$word" -f id >/dev/null
	spy
	asked cpssh -p 1 -H 'web1 web2' "echo x >>$REMOTE/up; \
	    while ! [ -e $REMOTE/go ]; do sleep 0.05; done"
	wait_until 20 questions 1
	echo "$word" >&"$typing"
	wait_until 20 test -s "$REMOTE/up"
	[ "$(stat -c %a run/cpssh.*)" = 700 ]
	for process in /proc/[0-9]*; do
		cat "$process/cmdline" "$process/environ" 2>/dev/null || :
	done | tr '\0' '\n' >>seen
	[ -s seen ]
	finds PATH seen
	run ! grep -a "$word" seen
	run ! grep -rs "$word" run
	touch "$REMOTE/go"
	ends 0
	exec {typing}>&-
}

@test "killed: neither agent nor directory is left" {
	for signal in KILL TERM INT HUP; do
		locked ed25519
		rm -f "$REMOTE/up"
		asked cpssh -H web1 "echo x >>$REMOTE/up; exec sleep 20"
		wait_until 20 questions 1
		echo secret >&"$typing"
		wait_until 20 test -s "$REMOTE/up"
		[ -n "$(ls run)" ]
		pid=$(pgrep -P "$BEGUN")
		kill -"$signal" "$pid"
		wait "$BEGUN" || :
		exec {typing}>&-
		all_gone
	done
}

@test "killed while asking" {
	locked ed25519
	for signal in KILL TERM INT; do
		asked cpssh -H web1 true
		wait_until 20 questions 1
		kill -$signal "$(pgrep -P "$BEGUN")"
		wait "$BEGUN" || :
		exec {typing}>&-
		all_gone
	done
}

@test "OpenSSH's programs are missing: said plainly" {
	locked ed25519
	mkdir bin
	for program in mktemp rm; do
		ln -s "$(command -v $program)" bin/
	done
	INSIDE=PATH=$T/bin types 4 '' cpssh -H web1 true
	out_has 'id: needs ssh-agent, which is not installed'
	ln -s "$(command -v ssh-agent)" "$(command -v sh)" bin/
	INSIDE=PATH=$T/bin types 4 '' cpssh -H web1 true
	out_has 'id: needs ssh-add, which is not installed'
	all_gone
}

@test "a place where no agent can be: said plainly" {
	locked ed25519
	export XDG_RUNTIME_DIR=$T/none TMPDIR=$T/none
	types 4 '' cpssh -H web1 true
	out_has 'id: no ssh-agent could be started for it: .*No such file'
}

@test "the user's agent has the key: nobody is asked" {
	locked ed25519
	agent_start ssh-agent
	printf '#!/bin/sh\necho secret\n' >askpass
	chmod +x askpass
	SSH_AUTH_SOCK=$T/agent SSH_ASKPASS=$T/askpass \
	    SSH_ASKPASS_REQUIRE=force ssh-add -q id
	SSH_AUTH_SOCK=$T/agent exits_on_tty 0 cpssh -H web1 true
	out_lacks passphrase
}

@test "the certificate beside a locked key" {
	fleet_start 'AuthorizedKeysFile none' \
	    "TrustedUserCAKeys $KEYS/ca.pub"
	locked rsa
	ssh-keygen -q -s "$KEYS/ca" -I me -n "$LOGIN" id.pub
	types 0 secret cpssh -H 'web1 web2' true
	out_counts 1 passphrase
}

@test "a password that was given beforehand is tried first" {
	locked ed25519
	(umask 077 && echo secret >good && echo wrong >bad)
	exits 0 cpssh --password-file good -H 'web1 web2' true
	exits 4 cpssh --password-file bad -H 'web1 web2' true
	out_counts 2 'id: the password is not its passphrase'
	types 0 secret cpssh --password-file "$T/bad" -H 'web1 web2' true
	out_counts 1 'Enter passphrase for key'
	all_gone
}

@test "for a bastion, and for the hosts behind it" {
	locked ed25519
	config "Host web*" "ProxyJump db1" "Host *" "IdentityFile $T/id"
	sed -i "/IdentityFile .*keys/d" config
	asked cpssh -t 12 --connect-timeout 5 -H 'web[1-5]' true
	wait_until 20 questions 1
	# what must not happen has no event
	sleep 6
	echo secret >&"$typing"
	ends 0
	out_counts 5 SUCCESS
	out_counts 1 passphrase
	exec {typing}>&-
	all_gone
}

# The server has closed its end of our connection.
hung_up() {
	awk -v port="$(printf %04X "$PORT")" '
		$3 ~ ":" port "$" && $4 == "08" { found = 1 }
		END { exit !found }' /proc/net/tcp
}

@test "the host does not wait for the user: it is connected to again" {
	fleet_start 'LoginGraceTime 4'
	locked ed25519
	asked cpssh -H web1 true
	wait_until 20 questions 1
	wait_until 20 hung_up
	echo secret >&"$typing"
	ends 0
	exec {typing}>&-
}

@test "as a user without privileges" {
	needs_root "to be somebody else"
	locked ed25519
	chmod 755 "$T"
	printf '#!/bin/sh\necho secret\n' >askpass
	chmod 755 askpass
	chmod 644 "$CONFIG"
	chown "$LOGIN" id run
	SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    exits 0 as_login "$CPSSH" -F "$CONFIG" -H 'web[1-5]' true
	out_counts 5 SUCCESS
	all_gone
	# a directory that is somebody else's is not for us
	chown 0 run
	TMPDIR=$T/none SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    exits 4 as_login "$CPSSH" -F "$CONFIG" -H web1 true
	out_has "no ssh-agent could be started .*$T/none"
}
