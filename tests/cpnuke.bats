# SPDX-License-Identifier: BSD-2-Clause
# cpnuke: what a pattern matches dies, and nothing else.  The server lives in a
# pid namespace with all that may be killed.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# The fleet's sshd in a namespace of its own, with a /proc that shows no more.
setup_file() {
	sshd=$(sshd_with_own_pids) fleet_start
}

cpnuke() { "$(dirname "$CPSSH")/cpnuke" -F "$FLEET/ssh_config" "$@"; }

# victim NAME: a process of that name there, and an argument that is its own
victim() {
	exits 0 cpssh -H web1 "cp /bin/sleep $REMOTE/$1; cd $REMOTE
	    setsid ./$1 1000.${2-5} >/dev/null 2>&1 </dev/null & :"
	is_there "./$1 1000.${2-5}"
}

# What has just been begun or killed may take its time.
is_there() { wait_until 60 runs "$1"; }
is_gone() { wait_until 60 lacks "$1"; }
runs() { exits 0 cpssh -H web1 "pgrep -xf '$1' >/dev/null"; }
lacks() { exits 5 cpssh -H web1 "pgrep -xf '$1' >/dev/null"; }

@test "what is named so dies, a bystander lives" {
	victim victim
	victim bystander
	exits 0 cpnuke -H web1 victim
	out_has 'SUCCESS\] web1$'
	is_gone './victim 1000.5'
	is_there './bystander 1000.5'
}

@test "nothing matched is told, and counts as pssh counts it" {
	exits 5 cpnuke -H web1 nosuchprocess
	out_has 'FAILURE\] web1 Exited with error code 1, nothing matched'
}

@test "without --full arguments are not looked at" {
	victim sleeper 77
	exits 5 cpnuke -H web1 1000.77
	is_there './sleeper 1000.77'
	exits 0 cpnuke --full -H web1 '1000\.77$'
	is_gone './sleeper 1000.77'
}

@test "--full does not meet itself, and no shell of ours" {
	exits 5 cpnuke --full -H web1 'no-such-word-anywhere'
	out_has 'nothing matched'
	exits 5 cpnuke --full -H web1 'IFS= read'
	out_has 'nothing matched'
}

@test "our own session is spared" {
	victim victim
	exits 5 cpnuke --full -H web1 'sshd: '
	out_has 'nothing matched'
	is_there './victim 1000.5'
}

@test "--full does not meet us where this host is one of them" {
	as_login sleep 86400 >/dev/null 2>&1 3>&- &
	remember $!
	sshd=${SSHD:-/usr/sbin/sshd} fleet_start
	exits 0 as_login "$(dirname "$CPSSH")/cpnuke" -F "$FLEET/ssh_config" \
	    -O IdentityFile="$SUITE/home/.ssh/id_ed25519" -H web1 \
	    --signal TERM --full 'sleep 8640[0]'
	exits 5 as_login "$(dirname "$CPSSH")/cpnuke" -F "$FLEET/ssh_config" \
	    -O IdentityFile="$SUITE/home/.ssh/id_ed25519" -H web1 \
	    --full 'no such word at all'
	out_has 'nothing matched'
}

has_stopped() {
	exits 0 cpssh -i --no-headers -H web1 \
	    "ps -o stat= -p \$(pgrep -x stopped)"
	finds '^T' out
}

@test "--signal" {
	victim stopped
	exits 0 cpnuke --signal STOP -H web1 '^stopped$'
	wait_until 20 has_stopped
	exits 0 cpnuke --signal SigKill -H web1 '^stopped$'
	is_gone './stopped 1000.5'
	exits 0 cpnuke --help
	exits 2 cpnuke --signal 'KILL 1;' -H web1 x
	err_has 'not a signal'
}

@test "the pattern is one word, whatever is in it" {
	victim victim
	exits 5 cpnuke -H web1 'x; touch /tmp/never; pkill victim'
	is_there './victim 1000.5'
	exits 5 cpnuke --full -H web1 "'\"\$(kill 1)"
	exits 5 cpnuke -H web1 -- '-v'
	exits 5 cpnuke -H web1 '['
	out_has 'pattern is not understood'
}

@test "--unquoted leaves it to the shell there" {
	victim victim
	exits 0 cpnuke --unquoted -H web1 'victim -x'
	is_gone './victim 1000.5'
}

@test "what our session is, is spared by root too" {
	needs_root 'to log in as root'
	victim victim
	sed 's/User .*/User root/' "$FLEET/ssh_config" >as_root
	exits 5 "$(dirname "$CPSSH")/cpnuke" -F as_root -H web1 sshd
	out_has 'nothing matched'
	exits 0 "$(dirname "$CPSSH")/cpnuke" -F as_root -H web1 victim
	is_gone './victim 1000.5'
}

@test "what may not be killed is told of" {
	needs_root 'a process of somebody else'
	cp /bin/sleep "$REMOTE/others"
	sed 's/User .*/User root/' "$FLEET/ssh_config" >as_root
	exits 0 "$CPSSH" -F as_root -H web1 "cd $REMOTE
	    setsid ./others 1000.5 >/dev/null 2>&1 </dev/null & :"
	exits 5 cpnuke -i -H web1 others
	out_has 'nothing matched that could be killed'
	out_has '[Oo]peration not permitted|[Pp]ermission denied'
	is_there './others 1000.5'
	exits 0 "$(dirname "$CPSSH")/cpnuke" -F as_root -H web1 others
}

@test "several at once, and more than one host of that name" {
	victim worker 1
	victim worker 2
	victim worker 3
	exits 0 cpnuke --full -H web1 'worker 1000\.[12]$'
	is_gone './worker 1000.1'
	is_gone './worker 1000.2'
	is_there './worker 1000.3'
	# who comes second finds none, or the same one dying
	cpnuke -H 'web1 web2 web3' worker >out 2>err || :
	out_has 'SUCCESS'
	is_gone './worker 1000.3'
}

@test "a pattern of bytes, blanks and quotes" {
	victim victim
	printf '$0 = qq(  a \\\\b\x27\xff " c  ); sleep 1000' >odd
	exits 0 cpssh -H web1 "setsid perl $T/odd >/dev/null 2>&1 </dev/null &"
	is_there '  a.*'
	exits 5 cpnuke --full -H web1 '^ a'
	exits 0 cpnuke --full -H web1 $'^  a \\\\b\'.* " c'
	is_gone '  a.*'
	is_there './victim 1000.5'
}

# login_shell SHELL
login_shell() {
	local shell

	needs_root "to change the user's login shell"
	shell=$(command -v "$1") || skip "there is no $1"
	victim victim
	victim bystander
	usermod -s "$shell" "$LOGIN"
	exits 0 cpnuke -H web1 victim
	exits 5 cpnuke --full -H web1 'IFS= read|exec sh|sshd: '
	out_has 'nothing matched'
	exits 5 cpnuke --full -H web1 "!x; 'y' \$HOME \`id\` \\\\ %s"
	out_has 'nothing matched'
	exits 5 cpnuke -H web1 '['
	out_has 'pattern is not understood'
	usermod -s /bin/sh "$LOGIN"
	is_gone './victim 1000.5'
	is_there './bystander 1000.5'
}

@test "bash as the login shell" { login_shell bash; }
@test "zsh as the login shell" { login_shell zsh; }
@test "csh as the login shell" { login_shell csh; }
@test "tcsh as the login shell" { login_shell tcsh; }
@test "fish as the login shell" { login_shell fish; }

# there_with DIR [PROGRAM]...: a server like ours, where commands find these
# alone
there_with() {
	local dir=$1 name

	mkdir "$dir"
	shift
	for name; do
		ln -s "$(command -v "$name")" "$dir/$name"
	done
	sshd=$(sshd_with_own_pids) fleet_start "SetEnv PATH=$T/$dir"
}

@test "a host without pgrep says so" {
	there_with bin sh
	exits 5 cpnuke -H web1 x
	out_has 'FAILURE\] web1 Exited with error code 127, no pgrep there \(Debian has it in procps\)$'
}

@test "nothing but a shell and pgrep is needed" {
	there_with bin sh pgrep cp sleep setsid
	victim victim
	exits 0 cpnuke -H web1 victim
	is_gone './victim 1000.5'
	exits 5 cpnuke --full -H web1 'IFS= read|exec sh|sshd: '
	out_has 'nothing matched'
}

@test "the shell of busybox" {
	local name busybox

	busybox=$(command -v busybox) || skip 'there is no busybox'
	there_with bin cp pgrep
	for name in sh setsid sleep; do
		ln -s "$busybox" "bin/$name"
	done
	exits 0 cpssh -H web1 'setsid sleep 1000.5 >/dev/null 2>&1 </dev/null &'
	is_there 'sleep 1000.5'
	exits 0 cpnuke --full -H web1 'sleep 1000\.5'
	is_gone 'sleep 1000.5'
	exits 5 cpnuke --full -H web1 'IFS= read|exec sh|sshd: '
	out_has 'nothing matched'
}

@test "signals by name and number, and what is none" {
	victim victim
	for name in TERM SIGTERM term sigTerm 15 0 USR1; do
		exits 5 cpnuke --signal "$name" -H web1 nosuchprocess
	done
	for name in '' SIG TERMINATE 65 15x -9 SIG9 'TERM 1'; do
		exits 2 cpnuke --signal "$name" -H web1 victim
		err_has "^cpnuke: error: --signal .*not a signal"
	done
	exits 0 cpnuke --signal 0 -H web1 victim
	is_there './victim 1000.5'
}

@test "a name that is too long is told of" {
	exits 5 cpnuke -H web1 a-name-of-16-char
	err_has '^cpnuke: a-name-of-16-char: names of processes are cut after 15'
	exits 5 cpnuke --full -H web1 a-name-of-16-char
	err_is ''
	exits 5 cpnuke -H web1 a-name-of-15-ch
	err_is ''
}

@test "usage" {
	exits 2 cpnuke -H web1
	err_is 'cpnuke: error: Pattern not specified.'
	exits 2 cpnuke -H web1 one two
	exits 2 cpnuke -H web1 ''
	exits 2 cpnuke one
	err_is 'cpnuke: error: Hosts not specified.'
	exits 0 cpnuke --help
	[ "$(wc -l <"$T/out")" -le 24 ]
	[ "$(grep -cE '.{81}' "$T/out")" = 0 ]
}
