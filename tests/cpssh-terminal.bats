# SPDX-License-Identifier: BSD-2-Clause
# On a terminal: colour, progress, summary, and nothing that steers it.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "colour, as pssh has it" {
	exits_on_tty 0 cpssh --no-progress -H web1 true
	out_has '\e\[36m.*1.*\e\[32m.*SUCCESS'
	exits_on_tty 5 cpssh --no-progress -i -H web1 'echo e >&2; exit 1'
	out_has '\e\[31m.*FAILURE'
	out_has '\e\[31m.*Stderr: '
}

@test "NO_COLOR: none" {
	NO_COLOR=1 exits_on_tty 5 cpssh --no-progress -i -H web1 \
	    'echo e >&2; exit 1'
	out_lacks '\e\[3\d'
	out_has 'FAILURE\] web1 Exited with error code 1'
}

@test "an empty NO_COLOR says nothing" {
	NO_COLOR='' exits_on_tty 0 cpssh --no-progress -H web1 true
	out_has '\e\[32m'
}

@test "a terminal that knows no colour gets none" {
	TERM=dumb exits_on_tty 0 cpssh --no-progress -H web1 true
	out_lacks '\e'
}

@test "one line sums up at the end" {
	exits_on_tty 5 cpssh -H 'web1 web2 web3' '[ $PSSH_HOST != web2 ]'
	tail -n 1 out >last
	finds '3 hosts: 2 ok, 1 ' last
	out_counts 1 '3 hosts'
}

@test "progress is drawn while commands run" {
	mkfifo -m 666 "$REMOTE/gate"
	begin "$TESTBIN/ptyrun" "$CPSSH" -F "$FLEET/ssh_config" \
	    -H 'web1 web2' "[ \$PSSH_HOST = web2 ] || read x <$REMOTE/gate"
	wait_until 20 has_line '1 of 2 done: 1 ok, 0 failed, 1 running' out
	echo >"$REMOTE/gate"
	ends 0
}

@test "the total is ? while the list is open" {
	mkfifo list
	begin "$TESTBIN/ptyrun" sh -c 'exec "$@" <list' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -h - true
	exec {list}>list
	echo web1 >&"$list"
	wait_until 20 has_line '1 of \? done: 1 ok' out
	echo web2 >&"$list"
	exec {list}>&-
	ends 0
	out_has '2 hosts: 2 ok'
}

@test "lines of output never share a line with the progress" {
	exits_on_tty 0 cpssh -P --no-headers -H 'web[1-10]' \
	    'for i in 1 2 3; do echo "<$i>"; sleep 0.1; done'
	# what is left on the screen: what follows the last return to the
	# line's start or was not erased
	sed 's/\r$//; s/.*\(\r\|\x1b\[[0-9]*[JK]\)//' out >screen
	[ "$(grep -c '^web[0-9]*: <[123]>$' screen)" = 30 ] || {
		cat -v out >&2
		false
	}
}

@test "--no-progress: neither" {
	exits_on_tty 0 cpssh --no-progress -H 'web1 web2' true
	[ "$(wc -l <out)" = 2 ] || explain "not two lines"
}

@test "progress on a terminal beside a stdout that is none" {
	exits_on_tty 0 sh -c '"$@" >stdout' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -H 'web1 web2' true
	[ "$(wc -l <stdout)" = 2 ]
	run ! grep -q '[^[:print:]]' stdout
	out_has '2 hosts: 2 ok'
}

@test "a terminal on stdout alone has colour and no progress" {
	exits_on_tty 0 sh -c '"$@" 2>stderr' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -H 'web1 web2' true
	out_has '\e\[32m'
	[ ! -s stderr ]
}

ugly='printf "a\033]0;title\007b\033[2Jc\200\n"'

@test "what steers a terminal is shown, not obeyed" {
	exits_on_tty 0 cpssh --no-progress -P -H web1 "$ugly"
	out_has 'a\\x1b\]0;title\\x07b\\x1b\[2Jc\\x80'
	out_lacks '\e\]0;'
	exits_on_tty 0 cpssh --no-progress -i -H web1 "$ugly"
	out_has 'a\\x1b\]0;title\\x07b\\x1b\[2Jc\\x80'
	out_lacks '\e\]0;'
}

@test "text in UTF-8 and tabs are left alone" {
	exits_on_tty 0 cpssh --no-progress -P -H web1 \
	    'printf "gr\303\274\303\237e\tx\n"'
	out_has 'gr\xc3\xbc\xc3\x9fe\tx'
}

@test "in a pipe bytes are left as they are" {
	exits 0 cpssh -P --no-headers -H web1 "$ugly"
	printf 'web1: a\033]0;title\007b\033[2Jc\200\n' | cmp - out
}

@test "messages with a server's words are harmless in a pipe too" {
	bad_start signal issue
	exits 3 cpssh -v -H "$(bad signal) $(bad issue)" echo x
	out_has 'Killed by signal'
	out_lacks '[\e\007]'
	err_lacks '[\e\007]'
	out_lacks '^FAKE'
}
