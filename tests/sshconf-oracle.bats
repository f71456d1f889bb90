#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# What we make of a configuration is what the real ssh makes of it: the same
# files and options are given to `ssh -G` and to our code.  Two kinds of them:
# every keyword by itself, and generated ones that mix everything.

setup_file() {
	umask 022
	command -v ssh
	export MYVAR=/agent/of/mine SOCK=/some/socket
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cases="$SRCDIR/tests/sshconf-cases"
	bad=0 count=0 refused=0
}

# same WHAT ARG...: what ssh and we make of these arguments.
same() {
	local what=$1 theirs=0 ours=0

	shift
	ssh -G "$@" >theirs 2>theirs.err || theirs=$?
	"$BUILDDIR/tests/sshconf_print" "$@" >ours 2>ours.err || ours=$?
	awk -f "$SRCDIR/tests/sshconf-same.awk" theirs >theirs.same
	awk -f "$SRCDIR/tests/sshconf-same.awk" ours >ours.same
	count=$((count + 1))
	[ "$theirs" = 0 ] || refused=$((refused + 1))
	if [ "$ours" != "$theirs" ] || ! diff theirs.same ours.same; then
		echo "$what: exit $theirs and $ours"
		cat theirs.err ours.err
		bad=$((bad + 1))
	fi
}

# shows KEYWORD: with it, something else was printed than without.
shows() {
	if cmp -s ours default; then
		echo "$1 shows nowhere"
		bad=$((bad + 1))
	fi
}

# Keywords without an effect, and those of which only the default can be
# tried: ssh -G looks names up for some, and refuses without a command or a
# socket.
silent=' Protocol UseRoaming RSAAuthentication Cipher SyslogFacility
 ForkAfterAuthentication CanonicalizeHostname CanonicalizePermittedCNAMEs
 ClearAllForwardings ExitOnForwardFailure '

# each FILE ARG... with the keyword in the file's @: every keyword once.
each() {
	local line keyword value text

	"$BUILDDIR/tests/sshconf_print" -F none web1 >default
	while IFS= read -r line; do
		case $line in '#'* | '') continue ;; esac
		keyword=${line%%|*} value=${line#*|}
		value=${value%%|*} text="$keyword ${value#=}"
		"$@" "$text"
		case $silent in
		*" $keyword "* | *" $keyword"$'\n'*) ;;
		*) shows "$text" ;;
		esac
	done <"$cases.txt"
	echo "$bad of $count differ; ssh refuses $refused"
	[ "$count" -gt 80 ] && [ "$refused" = 0 ] && [ "$bad" = 0 ]
}

in_host() {
	printf 'Host x\nUser y\nHost web*\n  %s\nHost q\nPort 9\n' "$1" >conf
	same "$1" -F conf web1
}

in_match() {
	printf 'Match host w*,!*2 !user q exec true\n%s\n' "$1" >conf
	same "$1" -F conf web1
}

as_option() {
	# One in either spelling, the next in the other.
	if [ $((count % 2)) = 0 ]; then
		same "$1" -F none -o "$1" web1
	else
		same "$1" -F none -o "${1/ /=}" web1
	fi
}

# generated SEED COUNT
generated() {
	local name
	local -a args

	awk -v dir="$PWD" -v seed="$1" -v count="$2" -f "$cases.awk" \
	    "$cases.txt"
	for ((name = 1; name <= $2; name++)); do
		mapfile -t args <"$name.args"
		same "seed $1, case $name" -F "$PWD/$name.conf" "${args[@]}"
	done
	echo "$bad of $count differ; ssh refuses $refused"
	# Were most of them refused, nothing would have been compared.
	[ "$bad" = 0 ] && [ "$refused" -gt 0 ] &&
		[ "$refused" -lt $((count / 2)) ]
}

@test "every keyword in a Host block is what ssh -G says" {
	each in_host
}

@test "every keyword in a Match block" {
	each in_match
}

@test "every keyword as an option" {
	each as_option
}

@test "100 generated configurations" {
	generated 20231 100
}

@test "100 others" {
	generated 777001 100
}

@test "100 more" {
	generated 424242 100
}
