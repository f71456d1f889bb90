# SPDX-License-Identifier: BSD-2-Clause
# On a terminal each of the family tells how far it is; elsewhere it does not.

# shellcheck disable=SC2016  # the remote shell expands
load lib
load family

# 127.0.0.2 waits until somebody writes to the gate.
setup_file() {
	local gate=$BATS_FILE_TMPDIR/gate

	mkfifo -m 666 "$gate"
	fleet_start "ForceCommand case \$SSH_CONNECTION in *' 127.0.0.2 '*) read x <$gate;; esac; eval \"\$SSH_ORIGINAL_COMMAND\""
	live_long
}

# begin_on_tty NAME ARGUMENT...: at two hosts, one of which waits
begin_on_tty() {
	local name=$1

	shift
	begin "$TESTBIN/ptyrun" "$(dirname "$CPSSH")/$name" \
	    -F "$FLEET/ssh_config" -H '127.0.0.1 127.0.0.2' "$@"
}

# Until then it was drawn; from there on it is over.
ends_well() {
	wait_until 30 has_line "$1" out
	echo >"$BATS_FILE_TMPDIR/gate"
	ends 0
	out_has '2 hosts: 2 ok in \d+\.\d s'
}

so_far='1 of 2 done: 1 ok, 0 failed'

@test "cpssh and cpnuke: hosts" {
	begin_on_tty cpssh true
	ends_well "$so_far, 1 running, 0:\\d\\d"
	begin_on_tty cpnuke --signal 0 --full "$LONG_LIVED"
	ends_well "$so_far, 1 running, 0:\\d\\d"
}

@test "cpscp: hosts, bytes of all that will be, rate, time left" {
	head -c 10000000 /dev/zero >big
	begin_on_tty cpscp big "$REMOTE/"
	ends_well "$so_far, 0:\\d\\d, 1\\d MB of 20 MB, [\\d.]+ .?B/s, [\\d:]+ left"
}

@test "cpscp: what a failed host does not get is not waited for" {
	head -c 10000000 /dev/zero >big
	begin "$TESTBIN/ptyrun" "$(dirname "$CPSSH")/cpscp" \
	    -F "$FLEET/ssh_config" \
	    -H "127.0.0.2 127.0.0.1:$(refused_port)" big "$REMOTE/"
	wait_until 30 has_line '1 of 2 done: 0 ok, 1 failed, .* of 10 MB' out
	echo >"$BATS_FILE_TMPDIR/gate"
	ends 4
}

@test "cpslurp and cpscp --download: hosts, bytes, rate" {
	head -c 10000000 /dev/zero >"$REMOTE/big"
	begin_on_tty cpslurp "$REMOTE/big" big
	ends_well "$so_far, 0:\\d\\d, 10 MB, [\\d.]+ .?B/s"
	out_lacks 'left|MB of'
	begin_on_tty cpscp --download "$REMOTE/big" got
	ends_well "$so_far, 0:\\d\\d, 10 MB, [\\d.]+ .?B/s"
}

@test "cprsync: hosts, bytes, rate, in both directions" {
	head -c 10000000 /dev/urandom >big
	mkdir "$REMOTE/there"
	chmod 777 "$REMOTE/there"
	begin_on_tty cprsync -a big "$REMOTE/there/"
	ends_well "$so_far, 0:\\d\\d, 10 MB, [\\d.]+ .?B/s"
	begin_on_tty cprsync -d -a "$REMOTE/there/" got
	ends_well "$so_far, 0:\\d\\d, 10 MB, [\\d.]+ .?B/s"
}

@test "while the list is open, the total is ?" {
	echo x >small
	mkfifo list
	begin "$TESTBIN/ptyrun" sh -c 'exec "$@" <list' - \
	    "$(dirname "$CPSSH")/cpscp" -F "$FLEET/ssh_config" -h - \
	    small "$REMOTE/"
	exec {list}>list
	echo 127.0.0.1 >&"$list"
	wait_until 20 has_line '1 of \? done: 1 ok, 0 failed, 0:\d\d, [\d.]+ kB' out
	exec {list}>&-
	ends 0
}

@test "nothing of it in files and pipes" {
	for name in $FAMILY; do
		operands "$name"
		exits 0 member "$name" -H 'web1 web2' -p 1 "${OPERANDS[@]}"
		out_lacks '[\r\e]|done:'
		err_is ''
		# another program may be writing to the same terminal
		exits_on_tty 0 bash -o pipefail -c '"$@" | cat' - \
		    "$(dirname "$CPSSH")/$name" -F "$FLEET/ssh_config" \
		    -p 1 -H 'web1 web2' "${OPERANDS[@]}"
		out_lacks '\e|done:|hosts:'
		exits_on_tty 0 "$(dirname "$CPSSH")/$name" --no-progress \
		    -F "$FLEET/ssh_config" -p 1 -H 'web1 web2' \
		    "${OPERANDS[@]}"
		out_lacks 'done:|hosts:'
		[ "$(wc -l <out)" = 2 ] || explain "not two lines"
	done
}

# on_width COLUMNS REGEX
on_width() {
	begin "$TESTBIN/ptyrun" sh -c 'stty cols $1 && shift && exec "$@"' - \
	    "$1" "$(dirname "$CPSSH")/cpscp" -F "$FLEET/ssh_config" \
	    -H '127.0.0.1 127.0.0.2' big "$REMOTE/"
	wait_until 30 has_line "$2" out
	echo >"$BATS_FILE_TMPDIR/gate"
	ends 0
	tr '\r' '\n' <out | sed 's/\x1b\[[0-9;]*[mK]//g' >drawn
	[ "$(grep -a 'of 2 done' drawn | wc -L)" -lt "$1" ]
}

@test "it is not wider than the terminal, and says what matters first" {
	head -c 10000000 /dev/zero >big
	on_width 66 '1 of 2 done, 0:\d\d, 1\d MB of 20 MB, [\d.]+ .?B/s, [\d:]+ left'
	on_width 30 '1 of 2 done, 0:\d\d, 1\d MB'
}
