# SPDX-License-Identifier: BSD-2-Clause
# -P: lines as they come.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "each line has its host before it, on the stream it came on" {
	exits 0 cpssh -P -H web1 'printf "a\nb\n"; printf "c\nd\n" >&2'
	out_has '^web1: a$'
	out_has '^web1: b$'
	err_is $'web1: c\nweb1: d'
	out_has '\[SUCCESS\] web1$'
	out_lacks '^[abcd]'
}

@test "the host is named without user and port" {
	exits 0 cpssh -P -H "$LOGIN@web1:$PORT" echo x
	out_has '^web1: x$'
	out_has "SUCCESS\] $LOGIN@web1:$PORT\$"
}

@test "a line is there before the command ends" {
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -P -H web1 "echo early; read x <$REMOTE/gate; echo late"
	wait_until 20 has_line '^web1: early$' out
	out_lacks late
	echo >"$REMOTE/gate"
	ends 0
	out_has '^web1: late$'
}

@test "a line is never cut, however many hosts print" {
	exits 0 cpssh -P -H 'web[1-20]' \
	    'for i in 1 2 3 4 5 6 7 8; do printf abc; printf "def\n"; done'
	out_counts 160 '^web\d+: abcdef$'
	grep -v SUCCESS out >lines
	[ "$(wc -l <lines)" = 160 ]
}

@test "nor when stdout and stderr are one pipe that fills up" {
	local a b both

	a=$(printf 'a%.0s' {1..300})
	b=${a//a/b}
	mkfifo both
	exec {both}<>both
	"$CPSSH" -F "$FLEET/ssh_config" -t 0 -P --no-headers -H 'web[1-5]' \
	    "i=0; while [ \$i -lt 1000 ]; do echo $a; echo $b >&2
	     i=\$((i + 1)); done" >&"$both" 2>&1 3>&- &
	remember $!
	wait_until 60 idle $!
	head -n 10000 <&"$both" >out
	wait $!
	out_counts 10000 '^web\d: (a{300}|b{300})$'
}

@test "a last line without an end gets one" {
	exits 0 cpssh -P -H web1 printf last
	out_has '^web1: last$'
}

@test "empty lines are lines" {
	exits 0 cpssh -P -H web1 'echo; echo'
	out_counts 2 '^web1: $'
}

@test "a line of megabytes comes through, and needs no such memory" {
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -t 0 -P -H web1 \
	    "head -c 20000000 /dev/zero | tr '\\0' x; read x <$REMOTE/gate; echo"
	wait_until 30 has_bytes 19000000 out
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 15000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	echo >"$REMOTE/gate"
	ends 0
	[ "$(tr -cd x <out | wc -c)" = 20000000 ]
}

has_bytes() { [ "$(wc -c <"$2")" -ge "$1" ]; }

@test "with -i everything is shown twice" {
	exits 0 cpssh -P -i -H web1 echo x
	out_has '^web1: x$'
	out_has '^x$'
}

@test "with --no-headers there are only the lines" {
	exits 0 cpssh -P --no-headers -H web1 echo x
	out_is 'web1: x'
}
