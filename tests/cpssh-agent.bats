# SPDX-License-Identifier: BSD-2-Clause
# Logging in with an ssh-agent.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() { fleet_start 'LogLevel VERBOSE'; }

# agent KEYFILE...: an agent that holds these, and no key in files.
agent() {
	agent_start env SSH_ASKPASS="$T/askpass" DISPLAY=x \
	    SSH_ASKPASS_REQUIRE=force ssh-agent
	export SSH_AUTH_SOCK=$T/agent
	ssh-add -q "$@"
	edit_config '/IdentityFile/d; /IdentitiesOnly/d'
}

# confirms COMMAND...: what the agent runs to ask whether it may sign
confirms() {
	printf '#!/bin/sh\n%s\n' "$*" >askpass
	chmod +x askpass
}

strangers() {
	for i in 1 2 3 4 5 6; do
		ssh-keygen -q -t ed25519 -N '' -f "stranger$i"
	done
}

@test "every type of key" {
	agent "$KEYS/id_ed25519"
	for key in id_ed25519 id_ecdsa id_rsa; do
		ssh-add -q -D
		ssh-add -q "$KEYS/$key"
		exits 0 cpssh -H web1 true
	done
}

@test "a key that is opened only in the agent" {
	printf '#!/bin/sh\necho secret\n' >askpass
	chmod +x askpass
	agent "$KEYS/id_ed25519"
	ssh-add -q -D
	DISPLAY=x SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    ssh-add -q "$KEYS/id_locked"
	exits 0 cpssh -H web1 true
	exits 0 cpssh -O IdentityFile="$KEYS/id_locked" -H web1 true
}

@test "many hosts at once" {
	agent "$KEYS/id_ed25519"
	exits 0 cpssh -p 40 -H 'web[1-60]' true
	out_counts 60 SUCCESS
}

@test "IdentityAgent in the configuration, and none" {
	agent "$KEYS/id_ed25519"
	unset SSH_AUTH_SOCK
	exits 4 cpssh -H web1 true
	exits 0 cpssh -O IdentityAgent="$T/agent" -H web1 true
	export SSH_AUTH_SOCK=$T/agent
	exits 4 cpssh -O IdentityAgent=none -H web1 true
	MYAGENT=$T/agent exits 0 cpssh -O IdentityAgent='$MYAGENT' -H web1 true
}

@test "IdentitiesOnly: of many keys only the one that is named" {
	strangers
	agent stranger[1-6] "$KEYS/id_ed25519"
	exits 4 cpssh -H web1 true
	cp "$KEYS/id_ed25519.pub" only.pub
	exits 0 cpssh -O IdentitiesOnly=yes -O IdentityFile="$T/only" \
	    -H web1 true
}

@test "a key that is named is tried before the agent's others" {
	strangers
	agent stranger[1-6] "$KEYS/id_ed25519"
	exits 0 cpssh -O IdentityFile="$KEYS/id_ed25519" -H web1 true
}

@test "an agent that is not there is not missed when a file will do" {
	SSH_AUTH_SOCK=$T/none exits 0 cpssh -H web1 true
	err_is ''
}

@test "an agent that never answers does not hold up hosts for ever" {
	# a socket with a queue that nobody serves
	"$TESTBIN/badsshd" -k "$KEYS/host_ed25519" \
	    -a "$KEYS/authorized_keys" -u "$T/mute" >/dev/null 3>&- &
	remember $!
	wait_until 60 test -S "$T/mute"
	edit_config '/IdentitiesOnly/d'
	SSH_AUTH_SOCK=$T/mute exits 3 cpssh -t 3 -H web1 true
	says 'agent|login'
}

@test "an agent that never answers: a file does as well" {
	"$TESTBIN/badsshd" -k "$KEYS/host_ed25519" \
	    -a "$KEYS/authorized_keys" -u "$T/mute" >/dev/null 3>&- &
	remember $!
	wait_until 60 test -S "$T/mute"
	edit_config '/IdentitiesOnly/d'
	SSH_AUTH_SOCK=$T/mute exits 0 cpssh --connect-timeout 8 -v \
	    -H 'web[1-5]' true
	err_has 'agent .*/mute: has not answered for 4 s'
	# nothing else to try: that is said
	edit_config '/IdentityFile/d; /IdentitiesOnly/d'
	SSH_AUTH_SOCK=$T/mute exits 4 cpssh --connect-timeout 8 -H web1 true
	out_has 'agent .*/mute: has not answered for 4 s'
}

@test "an agent that hangs when it is to sign: a file does as well" {
	confirms 'echo x >>"'"$T"'/asked"; exec sleep 30'
	agent -c "$KEYS/id_ed25519"
	exits 4 cpssh --connect-timeout 6 -H web1 true
	out_has 'agent .*: has not signed for 3 s'
	exits 0 cpssh --connect-timeout 12 -O IdentityFile="$KEYS/id_rsa" \
	    -H 'web1 web2' true
	test -s asked
}

@test "an agent that dies in the middle: a file does as well" {
	confirms 'kill -KILL $PPID'
	agent -c "$KEYS/id_ed25519"
	exits 4 cpssh -H web1 true
	out_has 'agent .*agent: '
	rm -f agent
	agent -c "$KEYS/id_ed25519"
	exits 0 cpssh -O IdentityFile="$KEYS/id_rsa" -H 'web1 web2' true
}

@test "an agent that refuses to sign: said, the next key is tried" {
	confirms 'exit 1'
	agent -c "$KEYS/id_ed25519"
	exits 4 cpssh -H web1 true
	out_has '"id_ed25519": agent .*: refused to sign'
	ssh-add -q "$KEYS/id_rsa"
	exits 0 cpssh -H 'web1 web2' true
	confirms 'exit 0'
	ssh-add -q -d "$KEYS/id_rsa"
	exits 0 cpssh -H web1 true
}

@test "twenty keys: more than a host bears, and what to do" {
	for i in $(seq 19); do
		ssh-keygen -q -t ed25519 -N '' -f "stranger$i"
		rm "stranger$i.pub"
	done
	agent stranger* "$KEYS/id_ed25519"
	exits 4 cpssh -H web1 true
	out_has 'Too many authentication failures'
	out_has 'name the right one \(IdentityFile, IdentitiesOnly=yes\)'
	exits 0 cpssh -O IdentitiesOnly=yes \
	    -O IdentityFile="$KEYS/id_ed25519.pub" -H web1 true
}
