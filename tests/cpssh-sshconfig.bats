# SPDX-License-Identifier: BSD-2-Clause
# ssh_config, as it shows in a run.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# The fleet's configuration with "Host *" for a name of its own.
only_for() {
	sed "s/^Host \*/Host $1/" "$FLEET/ssh_config"
}

@test "aliases: HostName, User and Port" {
	config 'Host front' 'HostName 127.0.0.4'
	exits 0 cpssh -i --no-headers -H front 'echo $SSH_CONNECTION; id -un'
	out_has "127.0.0.4 $PORT\$"
	out_has "^$LOGIN\$"
}

@test "what an entry says wins over the configuration" {
	exits 4 cpssh -H "web1:$(refused_port)" true
	exits 4 cpssh -H "nosuchuser@web1" true
}

@test "Include, with a glob" {
	mkdir conf.d
	only_for 'inc1' >conf.d/1.conf
	printf 'Host inc1\nHostName 127.0.0.5\n' >conf.d/2.conf
	echo "Include $T/conf.d/*.conf" >config
	use_config "$T/config"
	exits 0 cpssh -i --no-headers -H inc1 'echo $SSH_CONNECTION'
	out_has '127.0.0.5'
}

@test "Match exec asks a command, with the host's tokens" {
	config "Match originalhost asked exec \"echo %n >>$T/asked; true\"" \
	    'HostName 127.0.0.6' \
	    'Match originalhost refused exec "false"' 'HostName 127.0.0.7' \
	    'Host refused' 'HostName 127.0.0.1'
	exits 0 cpssh -p 1 -i --no-headers -H 'asked refused' \
	    'echo $SSH_CONNECTION'
	out_has '127.0.0.6'
	out_lacks '127.0.0.7'
	[ "$(cat asked)" = asked ]
}

@test "a slow Match exec does not hold up other hosts" {
	mkfifo gate
	config "Match originalhost slow exec \"read x <$T/gate\"" \
	    'HostName 127.0.0.6' 'Host slow' 'HostName 127.0.0.1'
	begin cpssh -H 'slow web1' true
	wait_until 20 has_line 'SUCCESS\] web1' out
	out_lacks slow
	echo >gate
	ends 0
}

@test "-F none reads nothing" {
	exits 0 "$CPSSH" -F none -O Port="$PORT" -O User="$LOGIN" \
	    -O IdentityFile="$KEYS/id_ed25519" \
	    -O "UserKnownHostsFile $FLEET/known_hosts" -H 127.0.0.1 true
}

@test "a file that -F names must be there" {
	status=0
	"$CPSSH" -F "$T/none" -H 127.0.0.1 true >out 2>err || status=$?
	[ "$status" = 1 ] || [ "$status" = 2 ] || explain "status"
	err_has "$T/none"
}

@test "-O in every spelling, before the file, the first one winning" {
	for spelling in "Port=$PORT" "Port $PORT" "port = $PORT" \
	    "PORT=\"$PORT\""; do
		config 'Port 1'
		exits 0 cpssh -O "$spelling" -O Port=2 -H web1 true
	done
}

@test "PSSH_OPTIONS, before -O" {
	PSSH_OPTIONS="Port=$PORT" exits 0 cpssh -O Port=1 -H web1 true
}

@test "an error is told with file and line, and ends the run" {
	config '# one' 'NoSuchWord yes'
	status=0
	cpssh -H web1 true >out 2>err || status=$?
	[ "$status" = 1 ] || [ "$status" = 2 ] || explain "status"
	err_has "$T/config.*line 2.*(?i:NoSuchWord)"
	out_is ''
	config 'IgnoreUnknown NoSuch*' 'NoSuchWord yes'
	exits 0 cpssh -H web1 true
}

@test "what would be a broken promise of security refuses the host" {
	config 'Host careful' 'RevokedHostKeys /dev/null' \
	    'HostName 127.0.0.1'
	exits 4 cpssh -H 'careful web1' true
	out_has 'FAILURE\] careful .*RevokedHostKeys'
	out_has 'SUCCESS\] web1'
}

@test "words that mean nothing here are taken in silence" {
	config 'ControlMaster auto' 'ControlPath /tmp/x' \
	    'ControlPersist 10m' 'VisualHostKey no'
	exits 0 cpssh -H web1 true
	err_is ''
}

@test "compression is asked for" {
	exits 0 cpssh -O Compression=yes -i --no-headers -H web1 \
	    'head -c 100000 /dev/zero | wc -c'
	out_is 100000
}

@test "algorithms are chosen from the lists" {
	fleet_start 'Ciphers aes256-ctr' 'MACs hmac-sha2-512' \
	    'KexAlgorithms ecdh-sha2-nistp256'
	exits 0 cpssh -H web1 true
	exits 4 cpssh -O Ciphers=aes128-ctr -H web1 true
	says '(cipher|key exchange)'
	exits 0 cpssh -O 'Ciphers=aes128-ctr,aes256-ctr' -H web1 true
}

@test "BindAddress and AddressFamily" {
	exits 0 cpssh -O BindAddress=127.0.0.3 -i --no-headers -H web1 \
	    'echo $SSH_CONNECTION'
	out_has '^127.0.0.3 '
	has_ipv6 || return 0
	config 'Host both' 'HostName ::1' 'AddressFamily inet'
	exits 4 cpssh -H both true
}

@test "SendEnv and SetEnv reach the host" {
	fleet_start 'AcceptEnv MINE_* SET'
	MINE_A=a exits 0 cpssh -O SendEnv='MINE_*' -O 'SetEnv="SET=b c"' \
	    -i --no-headers -H web1 'echo $MINE_A $SET'
	out_is 'a b c'
}

@test "RequestTTY and -x -tt give a terminal" {
	needs_root "sshd gives nobody else terminals"
	exits 0 cpssh -O RequestTTY=force -i --no-headers -H web1 tty
	out_has '^/dev/pts'
	exits 0 cpssh -x -tt -i --no-headers -H web1 tty
	out_has '^/dev/pts'
	exits 5 cpssh -i --no-headers -H web1 tty
	out_has 'not a tty'
}
