# SPDX-License-Identifier: BSD-2-Clause
# ProxyCommand: a program carries the bytes, and may fail in its own ways.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# a program that copies between its streams and a port of loopback
copier='exec 3<>/dev/tcp/127.0.0.1/%p; cat <&3 & cat >&3; kill $!'

proxy() { config 'Host web*' "ProxyCommand $1"; }

# no process is left that has our scratch directory in its command line
none_left() { ! grep -qsa "$T/mark" /proc/[0-9]*/cmdline; }

@test "ssh -W through another host carries us" {
	proxy "ssh -F $FLEET/ssh_config -W %h:%p db1"
	exits 0 cpssh -i -H 'web1 web2' 'echo hi from $SSH_CONNECTION'
	out_counts 2 '^hi from'
}

@test "tokens are expanded, the user's shell runs it" {
	export SHELL=/bin/bash
	proxy "bash -c '$copier' '$T/mark'"
	exits 0 cpssh -i -H web1 'echo hi'
	out_has '^hi$'
	wait_until 60 none_left
}

@test "data comes and goes whole" {
	proxy "ssh -F $FLEET/ssh_config -W %h:%p db1"
	head -c 3000000 /dev/urandom >"$T/data"
	exits 0 cpssh -I -o "$T/o" -H 'web1 web2' cat <"$T/data"
	cmp "$T/data" "$T/o/web1"
	cmp "$T/data" "$T/o/web2"
}

@test "one that exits is told with its status and its words" {
	proxy 'sh -c "echo no way there >&2; exit 7"'
	exits 4 cpssh -H 'web1 db1' true
	out_has 'SUCCESS\] db1'
	out_has 'FAILURE\] web1 .*ProxyCommand ended with exit status 7: no way'
	err_has 'web1: ProxyCommand: no way there'
}

@test "one that cannot be run is told" {
	proxy "$T/nothere"
	exits 4 cpssh -H web1 true
	out_has 'FAILURE\] web1 .*ProxyCommand ended with exit status 127'
}

@test "one that hangs costs its time and is ended" {
	proxy "sh -c 'exec sleep 1000' $T/mark"
	exits 4 cpssh --connect-timeout 5 -H 'web1 db1' true
	out_has 'SUCCESS\] db1'
	out_has 'FAILURE\] web1 timed out'
	wait_until 60 none_left
}

@test "one that prints garbage is no server" {
	proxy 'yes nothing but words'
	exits 4 cpssh --connect-timeout 8 -t 30 -H 'web1 db1' true
	out_has 'SUCCESS\] db1'
	out_has 'FAILURE\] web1 '
}

@test "what it says is made fit for a terminal" {
	proxy "printf 'red \\033[31m\\r\\n' >&2; exit 1"
	exits 4 cpssh -H web1 true
	err_lacks '\x1b'
	err_has 'ProxyCommand: red .*31m'
}

@test "it gets no descriptor of ours, and is gone after the visit" {
	proxy "sh -c 'ls -l /proc/self/fd >$T/fds; exec ssh -F \
$FLEET/ssh_config -W %h:%p db1'"
	exits 0 cpssh -o "$T/o" -H web1 true
	# its own socket and nobody else's, the agent's or the host's
	[ "$(grep -c socket: "$T/fds")" = 1 ] || explain "$(cat "$T/fds")"
}

@test "the interrupted run leaves none behind" {
	proxy "sh -c 'ssh -F $FLEET/ssh_config -W %h:%p db1' $T/mark"
	begin cpssh -H web1 "echo up >$REMOTE/up; sleep 1000"
	remote_says up
	kill -INT "$BEGUN"
	ends 130
	wait_until 60 none_left
}
