# SPDX-License-Identifier: BSD-2-Clause
# The table of exit statuses, a row a test.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "0: every host well" {
	exits 0 cpssh -H 'web1 web2' true
}

@test "1: our own trouble" {
	exits 1 cpssh -h missing true
}

@test "2: wrong usage" {
	exits 2 cpssh -H web1
}

@test "3: some host's time ran out" {
	exits 3 cpssh -t 1 -H "web1 127.0.0.1:$(refused_port)" sleep 60
}

@test "3: some command died by a signal" {
	exits 3 cpssh -H "web1 127.0.0.1:$(refused_port)" 'kill -TERM $$'
}

@test "4: some host was not reached, whatever other commands say" {
	exits 4 cpssh -H "web1 127.0.0.1:$(refused_port)" false
}

@test "4: some host's key is wrong" {
	exits 4 cpssh -O HostKeyAlias=unknown -H web1 true
}

@test "4: some host did not let us in" {
	exits 4 cpssh -O IdentityFile="$KEYS/id_stranger" \
	    -O IdentityFile=none -H web1 -l nosuchuser true
}

@test "5: some command exited non-zero" {
	exits 5 cpssh -H 'web1 web2' '[ $PSSH_NODENUM = 0 ]'
}

@test "5: and 255 is such a status" {
	exits 5 cpssh -H web1 exit 255
	out_has 'Exited with error code 255'
}

@test "130: SIGINT" {
	begin cpssh -H web1 "echo x >$REMOTE/started; exec sleep 60"
	remote_says started
	kill -INT "$BEGUN"
	ends 130
}

@test "143: SIGTERM" {
	begin cpssh -H web1 "echo x >$REMOTE/started; exec sleep 60"
	remote_says started
	kill -TERM "$BEGUN"
	ends 143
}

@test "a report that cannot be written is our own trouble: 1" {
	"$CPSSH" -F "$FLEET/ssh_config" -H web1 true >/dev/full 2>err ||
		status=$?
	[ "$status" = 1 ]
	grep -q 'cannot write to stdout: No space left' err
}

# full STATUS ARG...: exits with stderr on a full disk.
full() {
	exits "$1" sh -c 'exec "$@" 2>/dev/full' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -H web1 "${@:2}"
}

@test "what a host writes to stderr cannot be written: 1" {
	full 1 -P 'echo out; echo err >&2'
	out_has '^web1: out$'
	out_has '\[SUCCESS\] web1$'
	full 1 -i --headers-to-stderr 'echo out; echo err >&2'
	out_is out
}

@test "130: SIGINT, whatever else there is to tell" {
	begin bash -c 'exec "$@" 2>/dev/full' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -P -H web1 \
	    "echo err >&2; echo x >$REMOTE/started; exec sleep 60"
	remote_says started
	kill -INT "$BEGUN"
	ends 130
}

@test "0: nothing was to be written there" {
	full 0 -P 'echo out'
	out_has '^web1: out$'
}

@test "0: whoever read stderr has left" {
	local pipe

	exec {pipe}> >(:)
	wait $!
	exits 0 bash -c 'exec "$@" 2>&"$0"' "$pipe" \
	    "$CPSSH" -F "$FLEET/ssh_config" -P -H web1 'echo out; echo err >&2'
	exec {pipe}>&-
	out_has '^web1: out$'
}

@test "a report that can be written nowhere: 1" {
	exits 1 sh -c 'exec "$@" >/dev/full 2>/dev/full' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -P -H web1 'echo out; echo err >&2'
}
