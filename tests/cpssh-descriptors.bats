# SPDX-License-Identifier: BSD-2-Clause
# What we inherit we give back as it was, and what we open is bounded.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# The flags of the open file that descriptor N of this shell is.
flags() { sed -n 's/^flags:[^0-9]*//p' "/proc/$BASHPID/fdinfo/$1"; }

# unchanged COMMAND...: run with stdin, stdout and stderr on one end of a pipe
# that we keep; its flags are the same afterwards.
unchanged() {
	local pipe before

	mkfifo shared
	exec {pipe}<>shared
	before=$(flags "$pipe")
	"$@" <&"$pipe" >&"$pipe" 2>&1 || true
	[ "$(flags "$pipe")" = "$before" ] ||
		explain "flags $before became $(flags "$pipe")"
	exec {pipe}>&-
	rm shared
}

@test "a shared pipe, after an end" {
	unchanged cpssh -H 'web1 web2' -P echo x
}

@test "a shared pipe, while it runs and after SIGKILL" {
	local pipe before

	mkfifo shared
	exec {pipe}<>shared
	before=$(flags "$pipe")
	begin bash -c '"$@" <&'"$pipe"' >&'"$pipe"' 2>&1 & echo $! >pid
		wait' - "$CPSSH" -F "$FLEET/ssh_config" -t 0 -P -H web1 \
	    "echo x >$REMOTE/started; exec sleep 60"
	remote_says started
	[ "$(flags "$pipe")" = "$before" ]
	kill -KILL "$(cat pid)"
	ends 0
	[ "$(flags "$pipe")" = "$before" ]
}

@test "a terminal, after an end, a stop and SIGKILL" {
	exits_on_tty 0 bash -c '
		flags() { grep flags /proc/self/fdinfo/0; }
		before=$(flags)
		"$@" true
		[ "$(flags)" = "$before" ] || exit 11
		set -m
		"$@" "echo x >'"$REMOTE"'/started; exec sleep 60" &
		while ! [ -s '"$REMOTE"'/started ]; do sleep 0.05; done
		kill -TSTP $!
		[ "$(flags)" = "$before" ] || exit 12
		kill -KILL $!
		wait
		[ "$(flags)" = "$before" ] || exit 13' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -P -H web1
}

@test "the terminal's modes are as they were" {
	exits_on_tty 0 sh -c 'a=$(stty -g); "$@"; [ "$(stty -g)" = "$a" ]' - \
	    "$CPSSH" -F "$FLEET/ssh_config" -H web1 true
}

@test "stdin, stdout and stderr may be closed" {
	(cpssh -H web1 "echo x >$REMOTE/a" <&- >&- 2>&-) || true
	[ -s "$REMOTE/a" ]
}

@test "the soft limit on open files is raised to the hard one" {
	ulimit -S -n 40
	exits 0 cpssh -p 60 -H 'web[1-60]' true
	err_is ''
}

@test "-p beyond the open files is lowered, with one warning" {
	ulimit -n 64
	exits 0 cpssh -p 1000 -H 'web[1-120]' true
	out_counts 120 SUCCESS
	[ "$(wc -l <err)" = 1 ] || explain "not one warning"
	err_has '-p|files'
}

@test "-p within the open files is not warned of" {
	exits 0 cpssh -p 100 -o o -e e -H web1 true
	err_is ''
}

@test "a local command inherits nothing of ours" {
	config "Match exec \"ls -l /proc/self/fd >>$T/open\"" 'Host x'
	exits 0 cpssh -p 4 -o o -e e -i -H 'web[1-20]' echo x
	[ "$(grep -c ' 0 -> ' open)" = 20 ]
	run ! grep -E "socket:|$T/[oe]/|anon_inode|deleted" open
}

@test "output that waits for its reader leaves room for other files" {
	mkfifo output
	(
		ulimit -n 152
		exec "$CPSSH" -F "$FLEET/ssh_config" -p 40 -i \
		    -H 'web[1-120]' 'head -c 40000 /dev/zero;
		    head -c 40000 /dev/zero >&2' >output 2>err 3>&-
	) &
	remember $!
	exec {output}<output
	wait_until 60 idle $!
	cat <&"$output" >out
	wait $!
	[ "$(grep -ac SUCCESS out)" = 120 ]
}
