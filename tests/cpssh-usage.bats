# SPDX-License-Identifier: BSD-2-Clause
# Wrong usage: pssh's words on one line, exit status 2, nobody visited.

# shellcheck disable=SC2016  # the remote shell expands
load lib
setup_file() { :; }
cpssh() { "$CPSSH" "$@"; }

complains() {	# MESSAGE ARGUMENT...
	local message=$1

	shift
	exits 2 cpssh "$@"
	out_is ''
	[ "$(wc -l <"$T/err")" = 1 ] || explain "not one line"
	[[ $(cat "$T/err") = "cpssh: error: $message"* ]] ||
		explain "the line is not: cpssh: error: $message"
}

@test "no command" {
	complains 'Command not specified.'
	complains 'Command not specified.' -H web1
}

@test "no hosts" {
	complains 'Hosts not specified.' true
	complains 'Hosts not specified.' -I
}

@test "no number where one belongs" {
	complains "option -t: invalid integer value: 'abc'" -t abc -H h true
	complains "option -t: invalid integer value: '1.5'" -t 1.5 -H h true
	complains "option --timeout: invalid integer value: ''" \
	    --timeout= -H h true
	complains "option -p: invalid integer value: 'x'" -px -H h true
}

@test "no such option" {
	complains 'no such option: -Z' -Z -H h true
	complains 'no such option: --nonsense' --nonsense=1 -H h true
}

@test "an ambiguous option" {
	exits 2 cpssh --extra x -H h true
	err_has '^cpssh: error: ambiguous option: --extra \(.*--extra-arg'
}

@test "an option without its value" {
	exits 2 cpssh -H
	err_has '^cpssh: error: -H option requires (1|an) argument'
	exits 2 cpssh --user
	err_has '^cpssh: error: --user option requires (1|an) argument'
}

@test "a value for an option that has none" {
	exits 2 cpssh --inline=yes -H h true
	err_has '^cpssh: error: --inline option does not take a value'
}

@test "-p 0, and less" {
	exits 2 cpssh -p 0 -H h true
	err_has '^cpssh: error: .*-p'
	exits 2 cpssh -p -3 -H h true
}

@test "-I cannot read a stdin that holds the host list" {
	exits 2 cpssh -I -h - cat
	err_has '^cpssh: error: .*--input'
}


@test "an ssh flag that we do not know is refused, not ignored" {
	exits 2 cpssh -x -w -H h true
	err_has '-w'
	exits 2 cpssh -X -Y -H h true
	err_has '-Y'
}

@test "a configuration word that OpenSSH does not know ends the run" {
	status=0
	cpssh -O NoSuchWord=1 -H 127.0.0.1 true >out 2>err || status=$?
	[ "$status" = 1 ] || [ "$status" = 2 ] || explain "status"
	err_has 'NoSuchWord'
	out_is ''
}

@test "a misspelt value of a configuration word ends the run" {
	status=0
	cpssh -O BatchMode=perhaps -H 127.0.0.1 true >out 2>err || status=$?
	[ "$status" = 1 ] || [ "$status" = 2 ] || explain "status"
	err_has 'perhaps|[Bb]atch[Mm]ode'
	out_is ''
}
