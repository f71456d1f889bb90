# SPDX-License-Identifier: BSD-2-Clause
# Once for the whole suite: the user to log in as, and every key.
#
# Run as root, the suite makes itself an unprivileged user, since sshd treats
# root apart (it refuses to signal root's commands, for one), and takes it away
# at the end.  Run as anybody else, that user is the one we are.

setup_suite() {
	export SUITE=$BATS_SUITE_TMPDIR KEYS=$BATS_SUITE_TMPDIR/keys
	export BUILDDIR=${BUILDDIR:-$PWD}
	export CPSSH=${CPSSH:-$BUILDDIR/cpssh}
	export TESTBIN=${TESTBIN:-$BUILDDIR/tests}
	export LOGIN
	export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-300}

	# sshd and the user it logs in must reach what we make
	chmod a+x "$BATS_RUN_TMPDIR"
	if [ "$(id -u)" = 0 ]; then
		make_login
	else
		LOGIN=$(id -un)
	fi
	make_keys
	copy_out_of_private_places
}

teardown_suite() {
	case ${LOGIN-} in
	cpsshtest*) remove_login "$LOGIN" ;;
	esac
}

make_login() {
	local old

	# shellcheck disable=SC2013  # a name has no blanks
	# an earlier run that was killed outright may have left its own
	for old in $(sed -n 's/^\(cpsshtest[0-9]*\):.*/\1/p' /etc/passwd); do
		[ -d "/proc/${old#cpsshtest}" ] || remove_login "$old"
	done
	LOGIN=cpsshtest$$
	mkdir -p /run/sshd
	# a uid that no other suite has, be it one in a chroot beside us: what
	# is left of this user is killed by it
	useradd --no-create-home --home-dir "$SUITE/home" --shell /bin/sh \
	    --uid $((100000 + $$)) -K UID_MAX=9999999 --user-group "$LOGIN"
	# locked accounts ("!") cannot log in, not even with a key
	usermod -p '*' "$LOGIN"
	install -d -o "$LOGIN" -g "$LOGIN" -m 755 "$SUITE/home"
	install -d -o "$LOGIN" -g "$LOGIN" -m 700 "$SUITE/home/.ssh"
}

remove_login() {
	local pid tries=0

	# a user with processes left cannot be removed
	while pid=$(ps -o pid= -U "$1") && [ $((tries += 1)) -lt 100 ]; do
		# shellcheck disable=SC2086  # one word a process
		kill -KILL $pid 2>/dev/null
		sleep 0.05
	done
	# two files that begin at once may both clear away the same old one
	userdel "$1" || ! getent passwd "$1" >/dev/null
}

make_keys() {
	local type

	mkdir -p "$KEYS"
	for type in ed25519 ecdsa rsa; do
		new_key "host_$type" "$type"
		new_key "id_$type" "$type"
	done
	new_key host_other ed25519
	new_key id_stranger ed25519
	new_key id_ecdsa521 ecdsa -b 521
	same_key id_rsa PEM id_pem_rsa
	same_key id_ecdsa PEM id_pem_ecdsa
	same_key id_rsa PKCS8 id_pkcs8_rsa
	ssh-keygen -q -t ed25519 -N secret -C locked -f "$KEYS/id_locked"
	ssh-keygen -q -t ed25519 -N '' -C ca -f "$KEYS/ca"
	cat "$KEYS"/id_*.pub | grep -v stranger >"$KEYS/authorized_keys"
	chmod 644 "$KEYS/authorized_keys"
	[ ! -d "$SUITE/home" ] ||
		install -o "$LOGIN" -m 600 "$KEYS/id_ed25519" "$SUITE/home/.ssh/"
}

# new_key NAME TYPE [OPTION...]
new_key() {
	local name=$1 type=$2 bits=()

	shift 2
	[ "$type" != rsa ] || bits=(-b 2048)
	ssh-keygen -q -t "$type" "${bits[@]}" -N '' -C "$name" "$@" \
	    -f "$KEYS/$name"
}

# same_key NAME FORMAT COPY
same_key() {
	cp "$KEYS/$1" "$KEYS/$3"
	cp "$KEYS/$1.pub" "$KEYS/$3.pub"
	ssh-keygen -q -p -P '' -N '' -m "$2" -f "$KEYS/$3" >/dev/null
}

# Programs below root's home are out of the login user's reach.
copy_out_of_private_places() {
	[ "$(id -u)" = 0 ] && [ -x "$CPSSH" ] || return 0
	setpriv --reuid "$LOGIN" --regid "$LOGIN" --clear-groups \
	    test -x "$CPSSH" && return
	cp "$(dirname "$CPSSH")"/cp{ssh,scp,slurp,rsync,nuke} "$SUITE"
	CPSSH=$SUITE/cpssh
}
