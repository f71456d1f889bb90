# SPDX-License-Identifier: BSD-2-Clause
# Terminals on hosts: who gets one, how large it is, and how it behaves.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# on_tty SCRIPT: sh runs it on a terminal of 33 lines of 111 columns; $@ there
# is cpssh.
on_tty() {
	exits 0 "$TESTBIN/ptyrun" sh -c "stty rows 33 cols 111; $1" - \
	    "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}"
}

@test "-x -tt: a terminal, of 80 columns if we have none" {
	exits 0 setsid "$CPSSH" -F "$FLEET/ssh_config" -x -tt -i -H web1 \
	    'tty; stty size; echo "<$TERM>"'
	out_has '^/dev/'
	out_has '^24 80\r$'
	out_has '^<xterm>'
}

@test "none unless asked for" {
	on_tty '"$@" -i -H web1 tty >mine || :'
	has_line 'not a tty' mine
	config 'RequestTTY force'
	exits 0 cpssh -i -H web1 tty
	out_has '^/dev/'
	exits 5 cpssh -x -T -i -H web1 tty
	exits 5 cpssh -O RequestTTY=no -i -H web1 tty
}

@test "-t, RequestTTY=yes: only if we have one" {
	exits 5 cpssh -x -t -i -H web1 tty
	exits 5 cpssh -O RequestTTY=yes -i -H web1 tty
	on_tty '"$@" -x -t -i -H web1 tty'
	out_has '^/dev/'
	on_tty '"$@" -O RequestTTY=yes -i -H web1 tty'
	out_has '^/dev/'
}

@test "it is as large as ours, wherever that is" {
	on_tty '"$@" -x -tt -i -H web1 stty size'
	out_has '^33 111\r+$'
	on_tty 'echo web1 | "$@" -x -tt -i -h - stty size >mine'
	has_line '^33 111\r$' mine
	on_tty '"$@" -x -tt -i -H web1 stty size </dev/null >mine 2>too'
	has_line '^33 111\r$' mine
}

both_began() { [ "$(wc -l <"$REMOTE/begun")" = 2 ]; }

@test "it changes with ours" {
	begin "$TESTBIN/ptyrun" sh -c 'tty >mine; exec "$@"' - "$CPSSH" \
	    -F "$FLEET/ssh_config" -x -tt -t 60 -P -H 'web1 web2' \
	    "trap 'stty size; [ \"\$(stty size)\" != \"40 132\" ] || exit' WINCH; echo x >>$REMOTE/begun
	     while :; do sleep 0.1; done"
	wait_until 20 both_began
	stty rows 40 cols 132 -F "$(cat mine)"
	ends 0
	out_has 'web1: 40 132\r*$'
	out_has 'web2: 40 132\r*$'
}

@test "a host that gives none: told, and the command runs" {
	fleet_start 'PermitTTY no'
	exits 0 cpssh -x -tt -i -H web1 'tty; echo ran'
	out_has '^not a tty$'
	out_has '^ran$'
	err_has '^cpssh: web1: .*no terminal'
}

@test "it behaves as that of ssh -tt does" {
	for command in 'stty -a' 'head -c 8; echo out; echo err >&2'; do
		case $command in
		head*) printf 'abc\ndef\n' >input ;;
		*) : >input ;;
		esac
		ssh -F "$FLEET/ssh_config" -tt web1 "$command" <input \
		    >theirs 2>/dev/null
		exits 0 cpssh -x -tt -i --no-headers --input input \
		    -H web1 "$command"
		diff -u <(grep -v speed theirs) <(grep -v speed out)
	done
}
