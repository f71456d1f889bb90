# SPDX-License-Identifier: BSD-2-Clause
# What ssh_config says of the connection itself: addresses, signs of life,
# compression.

# shellcheck disable=SC2016  # the remote shell expands
load lib

from='echo "$SSH_CONNECTION"'

# with_both COMMAND...: where the name `both` has an address of each family.
with_both() {
	printf '127.0.0.1 both\n::1 both\n' >hosts
	cat /etc/hosts >>hosts
	unshare -m sh -c 'mount --bind hosts /etc/hosts && exec "$@"' - "$@"
}

@test "-4 and -6 choose among a name's addresses" {
	needs_root "binds a file over /etc/hosts"
	has_ipv6 || skip "no IPv6 here"
	config 'Host both' "HostKeyAlias [127.0.0.1]:$PORT"
	for way in '-x -4' '-O AddressFamily=inet'; do
		# shellcheck disable=SC2086  # words
		exits 0 with_both "$CPSSH" -F "$CONFIG" $way -i -H both "$from"
		out_has '^127\.0\.0\.1 \d+ 127\.0\.0\.1 '
	done
	for way in '-x -6' '-O AddressFamily=inet6'; do
		# shellcheck disable=SC2086  # words
		exits 0 with_both "$CPSSH" -F "$CONFIG" $way -i -H both "$from"
		out_has '^::1 \d+ ::1 '
	done
}

@test "-4 and -6 refuse the addresses of the other family" {
	has_ipv6 || skip "no IPv6 here"
	exits 4 cpssh -x -4 -H v6 true
	out_has 'v6 .*::1'
	exits 4 cpssh -x -6 -H web1 true
	out_has 'web1 .*127\.0\.0\.1'
}

@test "the address to come from: BindAddress, -x -b" {
	exits 0 cpssh -O BindAddress=127.0.0.7 -i -H 'web1 web2' "$from"
	out_counts 2 '^127\.0\.0\.7 '
	exits 0 cpssh -x '-b 127.0.0.6' -i -H web1 "$from"
	out_has '^127\.0\.0\.6 '
	has_ipv6 || return 0
	exits 0 cpssh -O BindAddress=::1 -i -H v6 "$from"
	out_has '^::1 '
}

@test "an address that is not ours is told" {
	exits 4 cpssh -O BindAddress=192.0.2.1 -H web1 true
	out_has 'web1 .*192\.0\.2\.1'
}

@test "compression is agreed on, and not unless it is asked for" {
	fleet_start 'LogLevel DEBUG1'
	exits 0 cpssh -H web1 true
	log_counts 0 'compression: zlib'
	exits 0 cpssh -x -C -i --no-headers -H web1 \
	    'head -c 3000000 /dev/zero | wc -c; cat' </dev/null
	out_is 3000000
	log_has 'server->client .*compression: zlib@openssh.com'
	log_has 'client->server .*compression: zlib@openssh.com'
}

@test "signs of life are asked for, and an idle host that gives them is well" {
	fleet_start 'LogLevel DEBUG1'
	exits 0 cpssh -O ServerAliveInterval=1 -O ServerAliveCountMax=3 \
	    -H web1 sleep 6
	log_has 'keepalive@'
	exits 0 cpssh -H web1 true
}

# The process that serves the connection on which a remote command wrote its
# own parent's number.
freeze() {
	FROZEN=$(remote_says parent)
	kill -STOP "$FROZEN"
}

@test "a host that stops answering in the middle of a command is lost" {
	begin cpssh -t 60 -O ServerAliveInterval=1 -O ServerAliveCountMax=2 \
	    -H web1 "echo \$PPID >$REMOTE/parent; sleep 300"
	freeze
	ends 4
	kill -KILL "$FROZEN"
	out_has 'web1 .*stopped answering \(ServerAliveInterval\)'
	out_has 'may still be running'
}

@test "one that does so at its time limit is let go" {
	for user in "$LOGIN" $([ "$(id -u)" != 0 ] || echo root); do
		rm -f "$REMOTE/parent"
		begin cpssh -t 8 -l "$user" -H web1 \
		    "echo \$PPID >$REMOTE/parent; sleep 300"
		freeze
		wait_until 60 gone "$BEGUN"
		ends 3
		kill -KILL "$FROZEN"
		out_has 'web1 Timed out, .* may still be running'
	done
}
