# SPDX-License-Identifier: BSD-2-Clause
# Status lines and what -i puts below them.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "a line a host, numbered as they end" {
	exits 5 cpssh -p 1 -H 'web1 web2 web3' '[ $PSSH_HOST != web2 ]'
	sed -i 's/[0-9][0-9]:[0-5][0-9]:[0-5][0-9]/TIME/' out
	out_is "[1] TIME [SUCCESS] web1
[2] TIME [FAILURE] web2 Exited with error code 1
[3] TIME [SUCCESS] web3"
	err_is ''
}

@test "the time is local" {
	TZ=UTC-5 exits 0 cpssh -H web1 true
	local now

	now=$(TZ=UTC-5 date +%H)
	out_has "^\[1\] ($now|$(TZ=UTC-5 date -d '1 minute ago' +%H)):"
}

@test "hosts are reported as they end, not as they are listed" {
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -H 'web1 web2' \
	    "[ \$PSSH_HOST = web2 ] || read x <$REMOTE/gate"
	wait_until 20 has_line '^\[1\] .* web2$' out
	echo >"$REMOTE/gate"
	ends 0
	out_has '^\[2\] .* web1$'
}

@test "a signal is told by number" {
	exits 3 cpssh -H web1 'kill -KILL $$'
	out_has '\[FAILURE\] web1 Killed by signal 9\b'
}

@test "-i: the output of a host, then its stderr, on stdout" {
	exits 0 cpssh -H web1 -i 'echo out; echo err >&2'
	sed -i 1d out
	out_is $'out\nStderr: err'
	err_is ''
}

@test "-i: headers begin lines, whatever the output ends with" {
	exits 0 cpssh -p 1 -H 'web1 web2' -i 'printf out; printf err >&2'
	sed -i 's/^\(\[.\] \).*\]/\1]/' out
	out_is $'[1] ] web1\nout\nStderr: err\n[2] ] web2\nout\nStderr: err'
}

@test "-i: a silent host has only its line" {
	exits 0 cpssh -H web1 -i true
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
}

@test "-i: what was printed before a failure is shown" {
	exits 5 cpssh -H web1 -i 'echo before; exit 3'
	out_has '^before$'
	out_has 'error code 3$'
}

@test "-i: bytes come through as they are in a pipe" {
	exits 0 cpssh -H web1 -i --no-headers "printf '\\000\\001\\033[31m\\377\\n'"
	printf '\000\001\033[31m\377\n' | cmp - out
}

@test "--inline-stdout: without stderr" {
	exits 0 cpssh -H web1 --inline-stdout 'echo out; echo err >&2'
	sed -i 1d out
	out_is out
}

@test "--no-headers: only the output" {
	exits 5 cpssh -H web1 -i --no-headers 'echo out; echo err >&2; exit 1'
	out_is $'out\nerr'
	exits 0 cpssh -H web1 --no-headers echo x
	out_is ''
}

@test "--headers-to-stderr: the status lines there, the output here" {
	exits 0 cpssh -H web1 -i --headers-to-stderr 'echo out'
	out_is out
	err_has '^\[1\] \d\d:\d\d:\d\d \[SUCCESS\] web1$'
}

@test "-v names each step as it starts, and the host" {
	exits 0 cpssh -v -H web1 true
	grep -o 'web1: .*' err >steps
	for step in 'connect' 'key exchange' 'host key check' 'login' \
	    'the command'; do
		grep -qx "web1: $step" steps || explain "no step $step"
	done
	[ "$(wc -l <out)" = 1 ]
}

@test "a remote exit 255 is not taken for our own trouble" {
	exits 5 cpssh -H web1 exit 255
	out_has 'FAILURE\] web1 Exited with error code 255'
}

@test "no colour, no progress and no summary in a pipe" {
	exits 0 cpssh -H 'web1 web2' true
	out_lacks '\e'
	err_is ''
	[ "$(wc -l <out)" = 2 ] || explain "not two lines"
}

# What a full or failing disk does to what was kept on it.
@test "-i: kept output that cannot be read again is told, and 1" {
	local output file

	mkfifo output
	mkdir tmp
	TMPDIR=$T/tmp "$CPSSH" -F "$FLEET/ssh_config" -i -H web1 \
	    'seq 200000' >output 2>err 3>&- &
	remember $!
	exec {output}<output
	read -r line <&"$output"	# all is kept, some of it written
	[[ $line == *SUCCESS*web1 ]]
	for file in "/proc/$!/fd"/*; do
		[[ $(readlink "$file") != $T/tmp/* ]] || : >"$file"
	done
	cat <&"$output" >out
	wait $! || status=$?
	exec {output}<&-
	[ "$status" = 1 ] || explain "status is not 1"
	err_has 'web1: cannot read the output kept for it: Input/output error$'
	[ "$(wc -l <out)" -lt 200000 ] || explain "all of it was written"
}
