# SPDX-License-Identifier: BSD-2-Clause
# The same of all five gets the same of all five: options, lines, statuses.

# shellcheck disable=SC2016  # the remote shell expands
# shellcheck disable=SC2013  # words, not lines, are what is wanted
load lib
load family

setup_file() {
	fleet_start
	bad_start loginhang denied ok
	live_long
}

# --- help and manual pages ---

@test "--help fits a screen, and goes to stdout" {
	for name in $FAMILY; do
		exits 0 plain "$name" --help
		err_is ''
		out_has "^Usage: $name \[OPTIONS\] "
		[ "$(wc -l <out)" -le 24 ] || explain "longer than a screen"
		[ "$(wc -L <out)" -le 80 ] || explain "wider than a screen"
	done
}

help_options() {
	plain "$1" --help | grep -oE '(^| )--?[a-zA-Z][a-z-]*' | tr -d ' ' |
		sort -u
}

# Of `.It Fl t Ar S , Fl Fl timeout Ar S` -t and --timeout.
page_options() {
	sed -n 's/^\.It Fl /Fl /; T; s/Fl Fl /\n--/g; s/Fl /\n-/g; p' \
	    "$SRCDIR/man/$1.1" | grep -oE '^--?[a-zA-Z-]+' | sort -u
}

@test "each manual page has the options of --help, and no others" {
	for name in $FAMILY; do
		help_options "$name" >help
		page_options "$name" >page
		[ "$(wc -l <help)" -gt 35 ]
		diff help page
	done
}

# Letter and long name of each option, one a line, with its value and words.
help_cells() {
	plain "$1" --help | sed '1,3d' | sed -n '/^$/q; p' |
		sed -E 's/^(.{40})(.*)/\1\n\2/' | sed 's/ *$//' | sort
}

@test "what all have is in the same words everywhere" {
	for name in $FAMILY; do
		help_cells "$name" >"cells.$name"
	done
	for name in $FAMILY; do
		grep -vE 'extra-arg' cells.cpssh | comm -12 - "cells.$name" |
			wc -l >"count.$name"
	done
	# what is not cpssh's own, see cmd/cpssh.c
	for name in cpscp cpslurp cprsync cpnuke; do
		[ "$(cat "count.$name")" = $(($(wc -l <cells.cpssh) - 7)) ] ||
			diff cells.cpssh "cells.$name"
	done
}

shared_part() {
	sed -n '/^\.Ss Options of the whole family/,/^\.El/p' \
	    "$SRCDIR/man/$1.1"
}

@test "the pages describe what they share in the same words" {
	shared_part cpscp >shared
	[ "$(grep -c '^\.It Fl' shared)" -gt 20 ]
	for name in cpslurp cprsync cpnuke; do
		shared_part "$name" | diff shared -
	done
}

@test "the pages lead to each other" {
	for name in $FAMILY; do
		for other in $FAMILY cpssh-tools; do
			[ "$name" != "$other" ] || continue
			sed -n '/^\.Sh SEE ALSO/,/^\.Sh CAVEATS/p' \
			    "$SRCDIR/man/$name.1" |
				grep -q "^\.Xr $other [17]" ||
				explain "$name(1) does not lead to $other"
		done
		grep -q "^\.Xr $name 1" "$SRCDIR/man/cpssh-tools.7"
	done
}

@test "environment variables of each are in its page" {
	for name in $FAMILY; do
		for variable in $(grep -oE '\.env = "[A-Z_]+"' \
		    "$SRCDIR/cmd/$name.c" | sed 's/.*"\(.*\)"/\1/'); do
			grep -qE "^\.(It )?Ev C?PSSH_$variable\>" \
			    "$SRCDIR/man/$name.1" ||
				explain "$name(1) has no PSSH_$variable"
		done
	done
}

@test "--version" {
	all_plain 0 --version
	out_has '^\d+\.\d+(\.\d+)?$'
	err_is ''
}

# --- wrong usage ---

all_plain() {	# STATUS ARGUMENT...
	local expected=$1 name

	shift
	for name in $FAMILY; do
		exits "$expected" plain "$name" "$@"
		same_as_cpssh "$name"
	done
}

# wrong MESSAGE ARGUMENT...
wrong() {
	local message=$1

	shift
	all 2 "$@"
	out_is ''
	err_has "^cpnuke: error: $message"
	[ "$(wc -l <err)" = 1 ] || explain "not one line"
}

@test "wrong usage is told in the same line" {
	wrong 'no such option: -Z' -Z -H web1
	wrong 'no such option: --nonsense' --nonsense -H web1
	wrong 'Hosts not specified\.'
	wrong 'ambiguous option: --extra \(' --extra -H web1
	wrong '.*-p' -p 0 -H web1
	wrong '.*-p' -p -1 -H web1
	wrong "option -p: invalid integer value: 'x'" -p x -H web1
	wrong "option -t: invalid integer value: 'abc'" -t abc -H web1
	wrong "option -t: invalid integer value: '1.5'" -t 1.5 -H web1
	wrong 'option --connect-timeout: ' --connect-timeout x -H web1
	wrong 'option --max-output: ' --max-output x -H web1
	wrong '-O NoSuchWord=1: ' -O NoSuchWord=1 -H web1
	wrong '-O BatchMode=perhaps: ' -O BatchMode=perhaps -H web1
	wrong '--password-file .*No such file' --password-file none -H web1
	wrong '--inline option does not take a value' --inline=yes -H web1
}

@test "an option without its value" {
	all_plain 2 -H
	err_has '^cpnuke: error: -H option requires'
}

@test "a missing operand is told in pssh's words" {
	needs() {
		exits 2 plain "$1" -H web1 "${@:3}"
		out_is ''
		err_is "$1: error: $2"
	}
	needs cpssh 'Command not specified.'
	needs cpscp 'Paths not specified.'
	needs cpscp 'Remote path not specified.' x
	needs cpscp 'Local path not specified.' --download x
	needs cpslurp 'Paths not specified.'
	needs cpslurp 'Local path not specified.' x
	needs cpslurp 'Extra arguments given after the local path.' x y z
	needs cprsync 'Paths not specified.'
	needs cprsync 'Remote path not specified.' x
	needs cprsync 'Local path not specified.' -d x
	needs cprsync 'Extra arguments given after the local path.' -d x y z
	needs cpnuke 'Pattern not specified.'
	needs cpnuke 'Extra arguments given after the pattern.' x y
}

@test "what is missing is told before hosts are" {
	for name in $FAMILY; do
		exits 2 plain "$name"
		err_has '(Command|Paths|Pattern) not specified'
	done
}

# --- hosts ---

@test "a host file that is not there" {
	all 1 -h missing
	err_has '^cpnuke: Could not open hosts file: .*No such file'
	out_is ''
}

@test "no hosts at all" {
	all 1 -H ''
	err_has '^cpnuke: no hosts'
	all 0 --allow-empty -H ''
	out_is ''
}

@test "a bad line is told, and the others are done" {
	printf 'web1 a b c\nweb2\n' >list
	all 0 -h list
	err_has '^cpnuke: list:1: '
	out_counts 1 'SUCCESS\] web2$'
}

@test "hosts from files, words and patterns" {
	printf 'web1\nweb2 role=db\ndb1\n' >list
	all 0 -p 1 -h list -g 'web*' -H 'web3 web[4-5]'
	out_counts 5 '^\[\d\] \d\d:\d\d:\d\d \[SUCCESS\] web[1-5]$'
}

@test "hosts from stdin" {
	for name in $FAMILY; do
		operands "$name"
		printf 'web1\nweb2\n' >list
		exits 0 member "$name" -p 1 -h - "${OPERANDS[@]}" <list
		same_as_cpssh "$name"
	done
	out_counts 2 'SUCCESS\] web[12]$'
}

@test "users and ports are in the names" {
	printf '%s@web1:%s\n' "$LOGIN" "$PORT" >list
	all 0 -h list -l somebody
	out_has "SUCCESS\\] $LOGIN@web1:$PORT\$"
	all 0 -h list -l "$LOGIN"
	out_has "SUCCESS\\] web1:$PORT\$"
}

@test "a host listed twice is visited twice" {
	all 0 -p 1 -H 'web1 web1'
	out_counts 2 'SUCCESS\] web1$'
}

@test "IPv6" {
	has_ipv6 || skip 'no IPv6 here'
	all 0 -H "[::1]:$PORT"
	out_has "SUCCESS\\] \\[::1\\]:$PORT\$"
}

@test "options from the environment" {
	printf 'web1\nweb2\n' >list
	export PSSH_HOSTS=$T/list CPSSH_PAR=1 PSSH_INLINE=0
	all 0
	out_counts 2 'SUCCESS\] web[12]$'
	CPSSH_PAR=x all 2
	err_has "x"
}

# --- what became of it ---

@test "0: every host well" {
	all 0 -H web1
	out_has '^\[1\] \d\d:\d\d:\d\d \[SUCCESS\] web1$'
	err_is ''
}

@test "3: time ran out" {
	all 3 -t 3 -H "$(bad loginhang)"
	out_has 'FAILURE\] .* Timed out, during '
}

@test "3: what runs there dies by a signal" {
	fleet_start 'ForceCommand kill -KILL $$'
	all 3 -H web1
	out_has 'FAILURE\] web1 Killed by signal 9 \(SIGKILL\)$'
}

@test "4: not reached" {
	all 4 -H "127.0.0.1:$(refused_port)"
	out_has 'FAILURE\] 127.0.0.1:\d+ .*[Cc]onnection refused'
}

@test "4: an unknown host key" {
	all 4 -O HostKeyAlias=unknown -H web1
	out_has 'FAILURE\] web1 .*host key'
}

@test "4: not let in" {
	all 4 -H "$(bad denied)"
	out_has 'FAILURE\] .*(denied|refused)'
}

# fails STATUS MESSAGE NAME ARGUMENT...
fails() {
	exits "$1" member "$3" -H web1 "${@:4}"
	out_has "^\\[1\\] \\d\\d:\\d\\d:\\d\\d \\[FAILURE\\] web1 Exited with error code $2"
}

@test "5, or 4 for those of pssh's that have no 5: it failed there" {
	operands cpscp
	fails 5 '7$' cpssh 'exit 7'
	fails 4 '1, .*nothere' cpscp file "$REMOTE/nothere/x"
	fails 5 '\d, .*nothere.*No such file' cpslurp "$REMOTE/nothere" x
	fails 4 '\d+, ' cprsync file "$REMOTE/nothere/x/y"
	fails 5 '1, nothing matched' cpnuke 'no such process'
}

@test "130 and 143: interrupted" {
	for name in $FAMILY; do
		for signal in INT:130 TERM:143; do
			operands "$name"
			begin "$(dirname "$CPSSH")/$name" -v \
			    -F "$FLEET/ssh_config" -t 60 -p 1 \
			    -H "$(bad loginhang) web2" "${OPERANDS[@]}"
			wait_until 20 has_line 'opening a channel' err
			kill "-${signal%:*}" "$BEGUN"
			ends "${signal#*:}"
			out_has 'FAILURE\] .* Interrupted'
			out_has 'FAILURE\] web2 Cancelled'
		done
	done
}

@test "stdout full: 1" {
	for name in $FAMILY; do
		operands "$name"
		status=0
		member "$name" -H web1 "${OPERANDS[@]}" >/dev/full 2>err ||
			status=$?
		[ "$status" = 1 ] || explain "status is not 1: $name"
		err_has "^$name: cannot write to stdout: No space left"
	done
}

# --- where it is told ---

@test "--no-headers: success is silent, failure is on stderr" {
	all 0 --no-headers -H web1
	out_is ''
	err_is ''
	all 4 --no-headers -H "127.0.0.1:$(refused_port)"
	out_is ''
	err_has '^cpnuke: 127.0.0.1:\d+: .*refused'
}

@test "--headers-to-stderr" {
	all 0 --headers-to-stderr -H web1
	out_is ''
	err_has 'SUCCESS\] web1$'
}

# What each says on stderr when it fails there, with its status.
failing() {
	operands cpscp
	case $1 in
	cpssh) STATUS=5 OPERANDS=('echo "cannot do it" >&2; exit 1') ;;
	cpscp) STATUS=4 OPERANDS=(file "$REMOTE/nothere/x") ;;
	cpslurp) STATUS=5 OPERANDS=("$REMOTE/nothere" x) ;;
	cprsync) STATUS=4 OPERANDS=(file "$REMOTE/nothere/x/y") ;;
	cpnuke) STATUS=5 OPERANDS=('[') ;;
	esac
}

@test "-i: what was said on stderr is below the status line" {
	for name in $FAMILY; do
		failing "$name"
		exits "$STATUS" member "$name" -i -H web1 "${OPERANDS[@]}"
		[ "$(sed -n 1p out | grep -c FAILURE)" = 1 ]
		sed -n 2p out >second
		finds '^Stderr: .' second || explain "no Stderr: of $name"
	done
}

@test "-o and -e: a file a host, empty where nothing was said" {
	for name in $FAMILY; do
		failing "$name"
		exits "$STATUS" member "$name" -o "out.$name" -e "err.$name" \
		    -H web1 "${OPERANDS[@]}"
		[ -f "out.$name/web1" ] && [ ! -s "out.$name/web1" ]
		[ -s "err.$name/web1" ] || explain "nothing of $name"
		cp "err.$name/web1" once
		exits "$STATUS" member "$name" --fileappend -e "err.$name" \
		    -H web1 "${OPERANDS[@]}"
		cat once once | cmp - "err.$name/web1"
		operands "$name"
		exits 0 member "$name" -o "out.$name" -e "err.$name" -H web1 \
		    "${OPERANDS[@]}"
		[ ! -s "err.$name/web1" ] || explain "old words of $name"
	done
}

@test "-v names the steps" {
	for name in $FAMILY; do
		operands "$name"
		exits 0 member "$name" -v -H web1 "${OPERANDS[@]}"
		err_has "^$name: web1: "
	done
}

# --- ssh's flags, scp's, rsync's ---

# takes NAME ARGUMENT...: it gets to the host by them
takes() {
	operands "$1"
	exits 0 member "$1" "${@:2}" -H web1 "${OPERANDS[@]}"
}

# refuses NAME MESSAGE ARGUMENT...
refuses() {
	operands "$1"
	exits 2 member "$1" "${@:3}" -H web1 "${OPERANDS[@]}"
	err_has "^$1: error: -x: $2"
	out_is ''
}

@test "-x and -X: ssh's language in cpssh and cpnuke" {
	edit_config '/^Port/d'
	for name in cpssh cpnuke; do
		takes "$name" -x "-p $PORT -4 -q"
		takes "$name" -X -p -X "$PORT"
		takes "$name" -x "-o Port=$PORT" -x "-i $KEYS/id_ed25519"
		refuses "$name" 'ssh has no flag -r' -x "-p $PORT -r"
		refuses "$name" "ssh's -N: " -x -N
		refuses "$name" "ssh's -L: " -x '-L 1:a:2'
		refuses "$name" '"word" is not a flag of ssh' -X word
	done
}

@test "-x and -X: scp's language in cpscp and cpslurp" {
	edit_config '/^Port/d'
	for name in cpscp cpslurp; do
		takes "$name" -x "-P $PORT -4 -q -C"
		takes "$name" -X -P -X "$PORT" -X -p -X -r
		takes "$name" -x "-o Port=$PORT" -x "-i $KEYS/id_ed25519"
		takes "$name" -x "-F $FLEET/ssh_config" -x "-P$PORT"
		refuses "$name" 'scp has no flag -w' -x -w
		refuses "$name" "scp's -S: " -x '-S /bin/ssh'
		refuses "$name" "scp's -l: " -x '-l 100'
		refuses "$name" '"word" is not a flag of scp' -X word
	done
}

@test "-S is ssh's language in cprsync, -x and -X are rsync's" {
	edit_config '/^Port/d'
	takes cprsync -S "-p $PORT -4"
	takes cprsync -S "-p $PORT" -x '--checksum -v' -X --times
	refuses cprsync 'ssh has no flag -r' -S -r
	operands cprsync
	refuses cprsync 'the rsync here does not take' -x --no-such-option
	err_has '^rsync: --no-such-option: unknown option'
	refuses cprsync '-e: rsync goes through our own' -x '-e ssh'
}

@test "-O, in all" {
	edit_config '/^Port/d'
	all 0 -O "Port=$PORT" -O 'ConnectTimeout 5' -H web1
	all 4 -O "Port=$(refused_port)" -O "Port=$PORT" -H web1
}
