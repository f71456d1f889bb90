# SPDX-License-Identifier: BSD-2-Clause
# All commands of the family, asked the same.
# shellcheck shell=bash disable=SC2154  # lib.bash sets them

FAMILY='cpssh cpscp cpslurp cprsync cpnuke'

# A command by name, without the terminal that the tests may run on.
plain() {
	local name=$1

	shift
	setsid -w "$(dirname "$CPSSH")/$name" "$@"
}

# The same with the fleet's configuration.
member() {
	local name=$1

	shift
	plain "$name" -F "${CONFIG:-$FLEET/ssh_config}" "$@"
}

# operands NAME: sets OPERANDS to what it can do on any host, again and again.
operands() {
	[ -e "$T/file" ] || echo content >"$T/file"
	case $1 in
	cpssh) OPERANDS=(true) ;;
	cpscp) OPERANDS=("$T/file" "$REMOTE/scp") ;;
	cpslurp) OPERANDS=("$KEYS/authorized_keys" slurped) ;;
	cprsync) OPERANDS=("$T/file" "$REMOTE/rsync") ;;
	cpnuke) OPERANDS=(--full --signal 0 "$LONG_LIVED") ;;
	esac
}

# What cpnuke finds and does nothing to, as long as the tests of a file run; it
# may not do anything to those of another suite beside us.
LONG_LIVED="^sleep 86399\.${LOGIN##*[!0-9]}\$"
live_long() {
	as_login sleep "86399.${LOGIN##*[!0-9]}" >/dev/null 2>&1 3>&- &
	remember $!
}

# all STATUS ARGUMENT...: each of the family ends so with these arguments
# before its own operands, and what it says is what cpssh says, its name and
# the time aside.
all() {
	local expected=$1 name

	shift
	for name in $FAMILY; do
		operands "$name"
		exits "$expected" member "$name" "$@" "${OPERANDS[@]}"
		same_as_cpssh "$name"
	done
}

same_as_cpssh() {
	local what

	for what in out err; do
		sed -E "s/\<$1\>/NAME/g; s/[0-9]{2}(:[0-9]{2}){2}/TIME/" \
		    "$T/$what" >"$T/$1.$what"
		cmp -s "$T/cpssh.$what" "$T/$1.$what" ||
			explain "cpssh says: $(cat "$T/cpssh.$what")"
	done
}
