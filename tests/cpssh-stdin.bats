# SPDX-License-Identifier: BSD-2-Clause
# -I and --input: the same input to every host.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "without -I remote commands find their stdin empty" {
	echo data | exits 0 cpssh -i --no-headers -H web1 'cat; echo end'
	out_is end
}

@test "-I: every host reads all of stdin" {
	printf 'one\ntwo\n' | exits 0 cpssh -I -o o -H 'web1 web2 web3' cat
	for name in web1 web2 web3; do
		[ "$(cat o/$name)" = $'one\ntwo' ]
	done
}

@test "-I from a file" {
	printf 'one\n' >file
	exits 0 cpssh -I -i --no-headers -H web1 cat <file
	out_is one
}

@test "-I: an empty stdin" {
	exits 0 cpssh -I -i --no-headers -H web1 'cat; echo end' </dev/null
	out_is end
}

@test "-I without a command: the login shell runs the script" {
	echo 'echo $((6 * 7))' | exits 0 cpssh -I -i --no-headers -H web1
	out_is 42
}

@test "-I: commands that stop reading have not failed" {
	head -c 5000000 /dev/zero | exits 0 cpssh -I -H 'web1 web2' true
	out_counts 2 SUCCESS
	head -c 5000000 /dev/zero | exits 0 cpssh -I -i --no-headers \
	    -H web1 'head -c 3 | wc -c'
	out_is 3
}

@test "-I: when all hosts are done, nobody waits for the rest" {
	mkfifo pipe
	exec 7<>pipe
	echo data >&7
	INPUT=./pipe begin cpssh -I -i --no-headers -H 'web1 web2' 'head -n 1'
	ends 0
	exec 7>&-
	out_is $'data\ndata'
}

@test "-I: bytes arrive as they are" {
	head -c 3000000 /dev/urandom >file
	exits 0 cpssh -I -o o -H 'web1 web2' cat <file
	cmp file o/web1
	cmp file o/web2
}

@test "-I: a slow host does not slow the others" {
	mkfifo -m 666 "$REMOTE/gate"
	head -c 20000000 /dev/zero >file
	INPUT=./file begin cpssh -I -i -H 'web1 web2' "case \$PSSH_HOST in
		web1) read x <$REMOTE/gate ;; esac; wc -c"
	wait_until 30 has_line 'SUCCESS\] web2' out
	out_lacks web1
	echo >"$REMOTE/gate"
	ends 0
	out_counts 2 '^20000000$'
}

@test "-I: a stdin of many megabytes is not kept in memory" {
	! sanitized || skip "memory means nothing under a sanitizer"
	head -c 100000000 /dev/zero | begin_with_input
	[ "$(cat peak)" -lt 30000 ] || explain "$(cat peak) kB"
	out_counts 3 '^100000000$'
}

begin_with_input() {
	mkfifo -m 666 "$REMOTE/gate"
	begin cpssh -I -i -H 'web1 web2 web3' \
	    "wc -c; [ \$PSSH_HOST != web1 ] || read x <$REMOTE/gate"
	wait_until 60 has_line 'SUCCESS\] web3' out
	peak_memory "$BEGUN" >peak
	echo >"$REMOTE/gate"
	ends 0
}

@test "--input FILE, also beside -h -" {
	echo script >file
	echo web1 | exits 0 cpssh --input file -h - -i --no-headers cat
	out_is script
	exits 1 cpssh --input missing -H web1 cat
	err_has 'missing: No such file or directory'
}

@test "-I: input that comes late" {
	mkfifo input
	INPUT=./input begin cpssh -I -i --no-headers -H web1 cat
	echo x >input
	ends 0
	out_is x
}

@test "-I and --input: a file that says it is empty, and is not" {
	local count

	count=$(wc -c </proc/version)
	exits 0 cpssh --input /proc/version -i --no-headers -H web1 'wc -c'
	out_is "$count"
	exits 0 cpssh -I -i --no-headers -H web1 'wc -c' </proc/version
	out_is "$count"
}

@test "--input: a file that becomes shorter is not taken for all of it" {
	mkfifo -m 666 "$REMOTE/gate"
	truncate -s 60M file
	begin cpssh --input file -t 30 -i -H web1 \
	    "echo >$REMOTE/runs; read x <$REMOTE/gate; cat >$REMOTE/all; \
	    echo all is there"
	remote_says runs
	truncate -s 1M file
	echo >"$REMOTE/gate"
	ends 4
	out_has 'web1 cannot read the input'
	out_lacks 'all is there'
}

@test "-I: input typed on a terminal, until ^D" {
	printf 'typed\n\004' | exits_on_tty 0 cpssh -I -P --no-headers \
	    -H 'web1 web2' cat
	out_has 'web1: typed'
	out_has 'web2: typed'
}
