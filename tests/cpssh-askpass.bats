# SPDX-License-Identifier: BSD-2-Clause
# How a password is had: from the terminal, SSH_ASKPASS, stdin or a file.
# Nobody is visited: a port where nobody listens is visit enough.

# shellcheck disable=SC2016  # the inner shells expand
# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lib
load accounts

setup_file() { :; }

# A visit that reaches nobody: it ends with 4 once there is a password.
visit() { "$CPSSH" -F none --no-progress "$@" -H 127.0.0.1:1 true; }
visited() { says '127.0.0.1:1.*refused'; }
not_visited() { out_lacks 127.0.0.1; }

# The same with -A as a program.
setup() {
	eval "lib_$(sed -n '/^setup() {/,/^}/p' "$SRCDIR/tests/lib.bash")"
	lib_setup
	cat >visit <<-END
		#!/bin/sh
		exec $CPSSH -F none --no-progress -A -H 127.0.0.1:1 true
	END
	chmod +x visit
}

# typing_visit TEXT: the same on a terminal, with -A, through a shell that then
# says whether the terminal echoes.
typing_visit() {
	begin_typing sh -c '"$@"; s=$?; stty -a | grep -ow -- "-*echo"
	    exit $s' - "$CPSSH" -F none --no-progress -A -H 127.0.0.1:1 true
	wait_until 20 has_line 'password: ' out
	printf %b "$1" >&"$TYPIST"
}

# No terminal, whoever runs the tests.
alone() { setsid -w "$@"; }

@test "the terminal echoes again: after an answer" {
	typing_visit 'secret\n'
	ends 4
	visited
	out_has '^echo'
	out_lacks secret
}

@test "after Ctrl-D: no password, no visit" {
	typing_visit '\004'
	ends 1
	out_has 'cpssh: -A: no password: none was given'
	out_has '^echo'
	not_visited
}

@test "after an empty line: the same" {
	typing_visit '\n'
	ends 1
	out_has 'cpssh: -A: no password: it was empty'
	not_visited
}

@test "after a line that is too long: the same" {
	typing_visit "$(printf 'x%.0s' {1..1100})\n"
	ends 1
	out_has 'cpssh: -A: no password: '
	not_visited
	out_has '^echo'
}

# sh dies of the SIGINT too, so another one looks at the terminal.
@test "after Ctrl-C and Ctrl-\\" {
	local key

	for key in $'\003' $'\034'; do
		begin_typing sh -c 'trap : INT QUIT; "$@"
		    echo "status $?"; stty -a | grep -ow -- "-*echo"' - \
		    "$CPSSH" -F none --no-progress -A -H 127.0.0.1:1 true
		wait_until 20 has_line 'password: ' out
		printf %s "$key" >&"$TYPIST"
		exec {TYPIST}>&-
		ends 0
		out_has '^status (130|131)'
		out_has '^echo'
		not_visited
	done
}

@test "after SIGTERM and SIGHUP" {
	local name pid

	for name in TERM HUP; do
		begin_typing bash -c 'set -m; "$@"; echo "status $?"
		    stty -a | grep -ow -- "-*echo"' - \
		    "$CPSSH" -F none --no-progress -A -H 127.0.0.1:1 true
		wait_until 20 has_line 'password: ' out
		pid=$(descendants "$BEGUN" | head -n 1)
		[ "$(cat "/proc/$pid/comm")" = cpssh ]
		kill -s $name "$pid"
		ends 0
		exec {TYPIST}>&-
		out_has '^status (143|129)'
		out_has '^echo'
	done
}

# asked_again REGEX: of all that was shown so far, in one line
asked_again() { finds "$1" <(tr '\n' ' ' <out); }

@test "Ctrl-Z: the terminal is as it was, and hidden again after fg" {
	begin_typing bash -c 'set -m; "$@"; stty -a | grep -ow -- "-*echo"
	    fg >/dev/null; echo "status $?"
	    stty -a | grep -ow -- "-*echo"' - \
	    "$CPSSH" -F none --no-progress -A -H 127.0.0.1:1 true
	wait_until 20 has_line 'password: ' out
	printf '\032' >&"$TYPIST"
	wait_until 20 has_line '^echo' out
	wait_until 20 asked_again 'password:[^\0]*echo[^\0]*password: '
	printf 'secret\n' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 0
	out_has '^status 4'
	out_counts 2 '^echo'
	out_lacks secret
}

# The loop goes on while a passphrase is asked for.
@test "the same while hosts are visited: Ctrl-Z, then Ctrl-C" {
	fleet_start
	edit_config 's/id_ed25519$/id_locked/'
	begin_typing sh -c 'set -m; trap : INT
	    "$@"; stty -a | grep -ow -- "-*echo"
	    fg >/dev/null; echo "status $?"
	    stty -a | grep -ow -- "-*echo"' - \
	    "$CPSSH" -F "$CONFIG" --no-progress -H 'web1 web2' true
	wait_until 20 has_line 'passphrase for key.*: $' out
	printf '\032' >&"$TYPIST"
	wait_until 20 has_line '(^|: )echo' out
	wait_until 20 asked_again 'phrase for[^\0]*echo[^\0]*phrase for[^\0]*: '
	printf 'sec\003' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 0
	out_has '^status 130'
	out_counts 2 'web[12].*Interrupted'
	out_counts 2 '(^|: )echo'
	out_lacks 'sec\b'
}

@test "what was typed before the question is no answer" {
	mkfifo typed
	INPUT=typed begin "$TESTBIN/ptyrun" sh -c 'read line; sleep 1; exec "$@"' \
	    - "$CPSSH" -F none --no-progress -A -H 127.0.0.1:1 true
	exec {TYPIST}>typed
	printf 'go\nrm -rf precious\n' >&"$TYPIST"
	wait_until 20 has_line 'password: ' out
	wait_until 20 idle "$BEGUN"
	not_visited
	printf 'secret\n' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 4
}

# --- SSH_ASKPASS ------------------------------------------------------------

# askpass LINE...: SSH_ASKPASS runs them; its questions are in $T/asked.
askpass() {
	{
		echo '#!/bin/sh'
		echo "echo \"\$1\" >>$T/asked"
		printf '%s\n' "$@"
	} >askpass
	chmod +x askpass
	: >asked
	export SSH_ASKPASS=$T/askpass
}

@test "without a terminal SSH_ASKPASS is asked, if there is a display" {
	askpass 'echo secret'
	DISPLAY=:9 exits 4 alone "$T/visit"
	visited
	is asked "The hosts' password: " question
	WAYLAND_DISPLAY=x exits 4 alone "$T/visit"
	exits 1 alone "$T/visit"
	says 'no terminal to ask on, no SSH_ASKPASS'
	SSH_ASKPASS_REQUIRE=force exits 4 alone "$T/visit"
	DISPLAY=:9 SSH_ASKPASS_REQUIRE=never exits 1 alone "$T/visit"
	[ "$(wc -l <asked)" = 3 ]
}

@test "on a terminal: only if SSH_ASKPASS_REQUIRE says so" {
	askpass 'echo secret'
	DISPLAY=:9 typing_visit 'secret\n'
	ends 4
	[ ! -s asked ]
	SSH_ASKPASS_REQUIRE=force exits_on_tty 4 "$T/visit"
	[ "$(wc -l <asked)" = 1 ]
	DISPLAY=:9 SSH_ASKPASS_REQUIRE=prefer exits_on_tty 4 "$T/visit"
	[ "$(wc -l <asked)" = 2 ]
	# as ssh does: no display, no preference
	SSH_ASKPASS_REQUIRE=prefer typing_visit 'secret\n'
	ends 4
	[ "$(wc -l <asked)" = 2 ]
}

@test "it fails, says nothing, or cannot be run: no password" {
	export SSH_ASKPASS_REQUIRE=force
	askpass 'echo secret' 'exit 1'
	exits 1 alone "$T/visit"
	says 'no password: none was given'
	askpass 'exit 0'
	exits 1 alone "$T/visit"
	says 'no password: it was empty'
	SSH_ASKPASS=$T/none exits 1 alone "$T/visit"
	says 'no password: none was given'
	askpass 'yes secret | tr -d "\n" | head -c 100000'
	exits 1 alone "$T/visit"
	says 'no password: none was given'
}

@test "it leaves something behind, or ends its line in its own way" {
	export SSH_ASKPASS_REQUIRE=force
	askpass 'sleep 60 &' 'echo secret'
	exits 4 alone "$T/visit"
	visited
	askpass 'printf secret'
	exits 4 alone "$T/visit"
	askpass 'printf "secret\r\n"'
	exits 4 alone "$T/visit"
}

@test "a signal ends us while it asks, and it" {
	askpass 'echo $$ >pid' 'echo $PPID >parent' 'exec sleep 60'
	SSH_ASKPASS_REQUIRE=force begin "$T/visit"
	wait_until 20 test -s parent
	kill -TERM "$(cat parent)"
	ends 143
	wait_until 60 gone "$(cat pid)"
	not_visited
}

# --- stdin ------------------------------------------------------------------

@test "with nobody to ask, stdin's first line" {
	echo secret >line
	exits 4 alone "$T/visit" <line
	visited
	exits 1 alone "$T/visit" </dev/null
	err_is 'cpssh: -A: no password: no terminal to ask on, no SSH_ASKPASS, and no line on stdin: use --password-file'
	not_visited
	exits 1 alone "$CPSSH" -A -I -H 127.0.0.1:1 true <line
	says 'stdin has other things to say: use --password-file'
	exits 1 alone "$CPSSH" -A -h - true <line
	says 'stdin has other things to say: use --password-file'
}

# --- --password-file --------------------------------------------------------

refused() {	# FILE REASON
	exits 2 visit --password-file "$1"
	err_has "^cpssh: error: --password-file .*: $2"
	[ "$(wc -l <err)" = 1 ] || explain "not one line"
	out_is ''
}

@test "--password-file: a file of ours that nobody else may read" {
	local mode

	echo secret >file
	for mode in 640 604 660 606 610 601 620 602; do
		chmod $mode file
		refused file 'others may read or write it: chmod 600'
	done
	for mode in 600 400 700; do
		chmod $mode file
		exits 4 visit --password-file file
		visited
	done
	ln -s file link
	exits 4 visit --password-file link
	CPSSH_PASSWORD_FILE="file" exits 4 visit
	visited
}

@test "--password-file: a file of somebody else's" {
	needs_root "to give a file away"
	echo secret >file
	chmod 600 file
	chown "$LOGIN" file
	refused file 'it is not yours'
}

@test "--password-file: pipes, and what is neither" {
	exits 4 visit --password-file <(echo secret)
	visited
	echo secret | exits 4 visit --password-file /dev/stdin
	mkfifo -m 600 fifo
	echo secret >fifo &
	exits 4 visit --password-file fifo
	refused "$T" 'neither a file nor a pipe'
	refused /dev/null 'neither a file nor a pipe'
	refused none 'No such file or directory'
	refused '' 'No such file or directory'
}

@test "--password-file: its first line" {
	umask 077
	printf 'first\nsecond\n' >two
	exits 4 visit --password-file two
	printf 'no newline' >bare
	exits 4 visit --password-file bare
	: >empty
	refused empty 'its first line is empty'
	printf '\nsecond\n' >empty
	refused empty 'its first line is empty'
	printf '\r\n' >empty
	refused empty 'its first line is empty'
	printf 'a\0b\n' >nul
	refused nul 'its first line is no password'
	printf 'x%.0s' {1..1023} >long
	exits 4 visit --password-file long
	printf 'x%.0s' {1..1024} >long
	refused long 'its first line is no password: it is too long'
}

@test "--password-file /dev/stdin, where stdin has other things to say" {
	echo secret >line
	exits 2 visit --password-file /dev/stdin -I <line
	err_has '^cpssh: error: --password-file /dev/stdin: stdin has other'
	exits 2 visit --password-file /dev/stdin -h - <line
	err_has '^cpssh: error: --password-file /dev/stdin: stdin has other'
}

@test "-A beside --password-file: the file, and nobody is asked" {
	umask 077
	echo secret >file
	exits 4 alone "$CPSSH" -A -F none --password-file file -H 127.0.0.1:1 true
	visited
}
