# SPDX-License-Identifier: BSD-2-Clause
# Agent forwarding: the remote command can use our agent, and nobody else can.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# agent KEYFILE...: an agent that holds these.
agent() {
	agent_start ssh-agent
	export SSH_AUTH_SOCK=$T/agent
	ssh-add -q "$@"
}

there='-F none -o IdentityFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR'
there+=' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'

@test "-x -A: the command lists our keys" {
	agent "$KEYS/id_ed25519" "$KEYS/id_ecdsa"
	exits 0 cpssh -x -A -i -H web1 'ssh-add -l'
	out_has ' id_ed25519 \(ED25519\)'
	out_has ' id_ecdsa \(ECDSA\)'
	[ ! -s err ] || explain "something is told"
}

@test "from there to another host with our key" {
	agent "$KEYS/id_rsa"
	exits 0 cpssh -x -A -i --no-headers -H 'web1 web2' \
	    "ssh $there -p $PORT 127.0.0.3 echo there"
	out_is $'there\nthere'
	exits 5 cpssh -i --no-headers -H web1 \
	    "ssh $there -p $PORT 127.0.0.3 echo there"
}

@test "not unless asked for, and -a takes it back" {
	agent "$KEYS/id_ed25519"
	exits 0 cpssh -i -H web1 'echo "<${SSH_AUTH_SOCK-none}>"'
	out_has '^<none>'
	config 'ForwardAgent yes'
	exits 0 cpssh -i -H web1 'ssh-add -l'
	out_has 'id_ed25519'
	exits 0 cpssh -x -a -i -H web1 'echo "<${SSH_AUTH_SOCK-none}>"'
	out_has '^<none>'
}

@test "ForwardAgent names another agent" {
	agent "$KEYS/id_ed25519"
	mv agent other
	unset SSH_AUTH_SOCK
	config "ForwardAgent $T/other"
	exits 0 cpssh -i -H web1 'ssh-add -l'
	out_has 'id_ed25519'
	config 'ForwardAgent $OTHER'
	OTHER=$T/other exits 0 cpssh -i -H web1 'ssh-add -l'
	out_has 'id_ed25519'
}

@test "many uses, one after the other and at once" {
	agent "$KEYS/id_ed25519"
	exits 0 cpssh -x -A -i -p 8 -H 'web[1-8]' \
	    'for i in 1 2 3 4 5 6 7 8 9 10; do ssh-add -l; done
	     for i in 1 2 3 4; do ssh-add -l & done; wait'
	out_counts 112 'id_ed25519'
}

@test "more at once than we let in: the others are told no" {
	agent "$KEYS/id_ed25519"
	cat >hold.py <<-'END'
		import os, socket, time
		held = []
		for i in range(12):
		    one = socket.socket(socket.AF_UNIX)
		    one.connect(os.environ["SSH_AUTH_SOCK"])
		    held.append(one)
		answers = 0
		for one in held:
		    try:
		        one.sendall(b"\0\0\0\1\13")
		        answers += len(one.recv(5)) == 5
		    except OSError:
		        pass
		print("answers:", answers)
		for one in held:
		    one.close()
		for i in range(200):
		    one = socket.socket(socket.AF_UNIX)
		    one.connect(os.environ["SSH_AUTH_SOCK"])
		    try:
		        one.sendall(b"\0\0\0\1\13")
		        answers = len(one.recv(5))
		        if answers == 5:
		            break
		    except OSError:
		        time.sleep(0.05)
		print("then:", answers)
	END
	exits 0 cpssh -x -A -i -I -H web1 python3 - <hold.py
	out_has '^answers: 8$'
	out_has '^then: 5$'
}

@test "the server forbids it: told, and the command runs" {
	fleet_start 'AllowAgentForwarding no'
	agent "$KEYS/id_ed25519"
	exits 0 cpssh -x -A -i -H web1 'echo ran'
	out_has '^ran$'
	err_has '^cpssh: web1: .*forward'
}

@test "no agent, or none at its socket: the command runs" {
	exits 0 cpssh -v -x -A -i -H web1 'echo ran'
	out_has '^ran$'
	err_has '^cpssh: web1: there is no agent'
	SSH_AUTH_SOCK=$T/nobody exits 0 cpssh -x -A -i -H web1 'echo ran'
	out_has '^ran$'
	err_has "^cpssh: web1: .*not forwarded: agent $T/nobody: No such file"
}

@test "the agent dies in the middle" {
	agent "$KEYS/id_ed25519"
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -x -A -i -H web1 \
	    "ssh-add -l; echo x >$REMOTE/first; read x <$REMOTE/gate
	    ssh-add -l || echo gone; echo ran"
	remote_says first
	kill "$AGENT"
	wait_until 60 gone "$AGENT"
	echo >"$REMOTE/gate"
	ends 0
	out_has 'id_ed25519'
	out_has '^gone$'
	out_has '^ran$'
}

@test "an agent that hangs holds up only who asks it" {
	bad_start -u "$T/agent" ok
	config "ForwardAgent $T/agent"
	exits 0 cpssh -t 20 -i -H web1 \
	    'timeout 2 ssh-add -l || echo late; echo ran'
	out_has '^late$'
	out_has '^ran$'
	exits 3 cpssh -t 2 -i -H web1 'ssh-add -l'
	out_lacks 'running'
}

@test "a changed host key: no agent, even if it is let pass" {
	agent "$KEYS/id_ed25519"
	know_host "$PORT" ed25519 | sed "s| AAAA.*| $(cut -d' ' -f2 \
	    "$KEYS/host_other.pub")|" >known
	exits 0 cpssh -x -A -O StrictHostKeyChecking=no \
	    -O UserKnownHostsFile="$T/known" -i -H web1 \
	    'echo "<${SSH_AUTH_SOCK-none}>"'
	out_has '^<none>'
	err_has 'agent is not forwarded'
}

@test "a request to load a library into the agent does not get through" {
	agent "$KEYS/id_ed25519"
	exits 0 cpssh -x -A -i -H web1 \
	    'ssh-add -s /usr/lib/nothing.so </dev/null && echo loaded; :'
	out_lacks '^loaded'
	out_has 'communication with agent failed'
}

@test "through a bastion, which gets none" {
	agent "$KEYS/id_ed25519"
	fleet_start 'LogLevel DEBUG1'
	exits 0 cpssh -x '-A -J web2' -i -H 'web1 web3' 'ssh-add -l'
	out_counts 2 'id_ed25519'
	log_counts 2 'req auth-agent-req'
}

@test "a host that connects without end costs no memory" {
	agent "$KEYS/id_ed25519"
	bad_start agents
	INPUT=/dev/null begin cpssh -x -A -t 4 -H "$(bad agents)" true
	most=0
	while ! gone "$BEGUN"; do
		now=$(peak_memory "$BEGUN" 2>/dev/null) || break
		[ "${now:-0}" -le "$most" ] || most=$now
		sleep 0.1
	done
	ends 3
	sanitized || [ "$most" -lt 30000 ] || explain "$most kB were used"
}
