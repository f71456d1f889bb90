# SPDX-License-Identifier: BSD-2-Clause
# An sshd with accounts of its own, for tests of passwords: it runs in a mount
# namespace where passwd, shadow and PAM's configuration are ours.  Needs root,
# and CI is: there a skip is a failure.
#
# All accounts have $LOGIN's uid and home.  Their names and passwords:
#	alice	"open sesame"
#	bob	the same
#	locked	the same, with a ! before its hash
#	expired	the same, but the account ended in 1970
#	aged	the same, but it must be changed

# What is typed there must be nowhere else.
PASSWORD='open sesame'

accounts_need() { needs_root "accounts of our own"; }

# A line of passwd and one of shadow.
account() {	# NAME SHADOW-FIELDS-AFTER-NAME
	echo "$1:x:$(id -u "$LOGIN"):$(id -g "$LOGIN")::$SUITE/home:/bin/sh" \
	    >>"$ACCOUNTS/etc/passwd"
	echo "$1:$2" >>"$ACCOUNTS/etc/shadow"
}

# accounts_start LINE...: as fleet_start, with them.  $ACCOUNTS/pam, if it is
# there, is sshd's PAM configuration.
accounts_start() {
	local sshd=$ACCOUNTS/sshd hash

	# shellcheck disable=SC2016  # the salt's
	hash=$(perl -e 'print crypt($ARGV[0], q($6$cpsshtest$))' "$PASSWORD")
	account alice "$hash:19000:0:99999:7:::"
	account bob "$hash:19000:0:99999:7:::"
	account locked "!$hash:19000:0:99999:7:::"
	account expired "$hash:19000:0:99999:7::1:"
	account aged "$hash:0:0:99999:7:::"
	[ ! -f "$ACCOUNTS/pam" ] ||
		cp "$ACCOUNTS/pam" "$ACCOUNTS/etc/pam.d/sshd"
	# All of /etc: whoever changes /etc/passwd puts a new one in its place,
	# and what was mounted there is gone.
	cat >"$sshd" <<-END
		#!/bin/sh
		exec unshare -m sh -c '
			mount --bind $ACCOUNTS/etc /etc &&
			exec ${SSHD:-/usr/sbin/sshd} "\$@"' - "\$@"
	END
	chmod 755 "$sshd"
	fleet_start "$@" || return
	sed -i 's/User .*/User alice/; s/IdentityFile .*/IdentityFile none/' \
	    "$FLEET/ssh_config"
}

# accounts_new: a directory for the next accounts_start.
accounts_new() {
	ACCOUNTS=$(mktemp -d "$(scope)/accounts.XXXXXX")
	chmod 755 "$ACCOUNTS"
	export ACCOUNTS
	# somebody's lock files may vanish meanwhile
	cp -a /etc "$ACCOUNTS/etc" || [ -f "$ACCOUNTS/etc/nsswitch.conf" ]
	(
		cd "$ACCOUNTS/etc" || exit
		rm passwd shadow
		grep -E '^(root|sshd|nobody):' /etc/passwd >passwd
		(umask 077; echo 'root:*:19000:0:99999:7:::' >shadow)
	)
}

# The password from a file, as scripts do.
password_file() {
	[ -f "$T/password" ] || (umask 077; echo "$PASSWORD" >"$T/password")
}
with_password() {
	password_file
	cpssh --password-file "$T/password" "$@"
}

# typing TEXT PROMPT COMMAND...: begin it on a terminal, and type TEXT once
# PROMPT is there; cpssh may be with_password's.
typing() {
	local text=$1 prompt=$2

	shift 2
	begin_typing "$@"
	wait_until 20 has_line "$prompt" "$T/out"
	printf '%b' "$text" >&"$TYPIST"
	exec {TYPIST}>&-
}

# begin_typing COMMAND...: the same, with what is written to $TYPIST typed.
begin_typing() {
	local program=$1

	[ -p "$T/typed" ] || mkfifo "$T/typed"
	case $program in
	with_password)
		password_file
		set -- "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}" \
		    --password-file "$T/password" "${@:2}"
		;;
	cpssh) set -- "$CPSSH" -F "${CONFIG:-$FLEET/ssh_config}" "${@:2}" ;;
	esac
	INPUT=$T/typed begin "$TESTBIN/ptyrun" "$@"
	exec {TYPIST}>"$T/typed"
}
