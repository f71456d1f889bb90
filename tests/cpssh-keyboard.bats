# SPDX-License-Identifier: BSD-2-Clause
# Logging in where PAM has questions: passwords, codes, new passwords; and where
# several methods are wanted one after the other.

# shellcheck disable=SC2016  # the remote shell expands
load lib
load accounts

setup_file() { accounts_need; }

# pam_start [-o] LINE...: an sshd with PAM, that asks in its words; -o: for a
# code of RFC 4226's test values as well.
pam_start() {
	local code=
	if [ "$1" = -o ]; then
		code='auth required pam_oath.so usersfile=/etc/users.oath'
		shift
	fi
	accounts_new
	cat >"$ACCOUNTS/pam" <<-END
		auth required pam_unix.so nodelay
		$code
		account required pam_unix.so
		password required pam_unix.so
		session required pam_permit.so
	END
	(
		umask 077
		for name in alice aged; do
			echo "HOTP $name - 3132333435363738393031323334353637383930"
		done >"$ACCOUNTS/etc/users.oath"
	)
	accounts_start 'LogLevel VERBOSE' "$@" 'UsePAM yes' \
	    'KbdInteractiveAuthentication yes' 'PasswordAuthentication no'
}
codes=(755224 287082 359152)

@test "the right password" {
	pam_start
	exits 0 with_password -i -H 'alice@web1 bob@web2' 'echo in as $LOGNAME'
	out_has '^in as alice$'
	out_has '^in as bob$'
	err_is ''
	log_counts 2 'Accepted keyboard-interactive/pam'
	log_counts 0 'Failed'
}

@test "a wrong password is tried once, also where both methods are offered" {
	pam_start 'PasswordAuthentication yes'
	echo wrong >password
	chmod 600 password
	exits 4 with_password -H web1 true
	out_has 'FAILURE\] web1 login refused: tried keyboard-interactive: the password is wrong, or the account is locked'
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	log_counts 1 'Failed (password|keyboard-interactive)'
}

@test "the same the other way round" {
	pam_start 'PasswordAuthentication yes'
	echo wrong >password
	chmod 600 password
	exits 4 with_password -H web1 \
	    -O PreferredAuthentications=password,keyboard-interactive true
	says 'tried password: the password is wrong'
	log_counts 1 'Failed (password|keyboard-interactive)'
}

@test "a locked account, one that has expired" {
	pam_start
	exits 4 with_password -H locked@web1 true
	says 'the password is wrong, or the account is locked'
	exits 4 with_password -H expired@web1 true
	says 'login refused: .*account has expired'
	log_counts 1 'Failed keyboard-interactive/pam for locked'
}

# sshd hangs up on those whom PAM's account modules do not like.
@test "the same by the method password" {
	pam_start 'PasswordAuthentication yes'
	exits 4 with_password -O KbdInteractiveAuthentication=no \
	    -H expired@web1 true
	out_has 'login refused: connection closed by the host, after password; (it says "Your account has expired|the account may have expired)'
	exits 5 with_password -O KbdInteractiveAuthentication=no -i \
	    -H aged@web1 'echo in'
	out_lacks '^in'
	out_has '[Pp]assword change required'
}

@test "a password that must be changed: said, not done" {
	pam_start
	exits 4 with_password -H 'aged@web1 alice@web2' true
	out_has 'SUCCESS\] alice@web2'
	out_has 'FAILURE\] aged@web1 login refused: the password has expired.*log in with ssh and change it'
	log_counts 0 'password changed'
}

@test "a code as well: refused where there is more than one host" {
	pam_start -o
	exits 4 with_password -H 'alice@web1 alice@web2' true
	out_counts 2 'login refused: the host asks "One-time password.*answered where there is one host'
	log_counts 0 Accepted
}

@test "and with one host, but nobody to ask" {
	pam_start -o
	exits 4 with_password -H web1 true
	says 'the host asks "One-time password \(OATH\) for .alice.:"; that is only answered where'
}

@test "with one host on a terminal the user is asked for it" {
	pam_start -o
	typing "${codes[0]}\n" 'One-time password.*' \
	    with_password --no-progress -i -H web1 'echo in'
	ends 0
	out_has '^in\r?$'
	out_has 'web1: One-time password'
	out_lacks "${codes[0]}"
}

@test "by SSH_ASKPASS too" {
	pam_start -o
	cat >askpass <<-END
		#!/bin/sh
		echo "\$1" >>$T/asked
		echo ${codes[0]}
	END
	chmod +x askpass
	SSH_ASKPASS=$T/askpass DISPLAY=:9 exits 0 with_password -H web1 true
	finds '^web1: One-time password' asked
	[ "$(wc -l <asked)" = 1 ]
}

@test "a password that must be changed, on a terminal: the user does it" {
	pam_start
	begin_typing with_password --no-progress -i -H aged@web1 'echo in'
	wait_until 20 has_line 'web1: .*Current password:' out
	echo "$PASSWORD" >&"$TYPIST"
	wait_until 20 has_line 'web1: New password:' out
	echo 'another 1 4 all' >&"$TYPIST"
	wait_until 20 has_line 'web1: Retype new password:' out
	echo 'another 1 4 all' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 0
	out_has '^in\r?$'
	out_lacks 'another'
}

@test "the user has nothing to say: nothing is sent" {
	pam_start -o
	begin_typing with_password --no-progress -i -H web1 'echo in'
	wait_until 20 has_line 'One-time password' out
	printf '\004' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 4
	out_has 'the host asks "One-time password.*, and nobody answered'
	log_counts 0 'Failed|PAM: Auth'
}

@test "Ctrl-C while the user is asked ends the run" {
	pam_start -o
	begin_typing with_password --no-progress -i -H web1 'echo in'
	wait_until 20 has_line 'One-time password' out
	printf '\003' >&"$TYPIST"
	exec {TYPIST}>&-
	ends 130
	out_has 'web1.*Interrupted'
}

@test "BatchMode: nobody is asked, nothing is sent" {
	pam_start
	password_file
	exits_on_tty 4 cpssh --no-progress --password-file "$T/password" \
	    -O BatchMode=yes -H web1 true
	out_has 'no password is sent, for BatchMode is yes'
	log_counts 0 'keyboard'
}

@test "without -A: one clear line" {
	pam_start
	exits 4 cpssh -H web1 true
	out_has 'login refused: .*: for a password use -A or --password-file$'
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	exits_on_tty 4 cpssh --no-progress -H web1 true
	out_has 'login refused: .*: for a password use -A or --password-file'
}

# --- several methods, one after the other -----------------------------------

with_key() { with_password -O IdentityFile="$KEYS/id_ed25519" "$@"; }

@test "publickey,password" {
	pam_start 'AuthenticationMethods publickey,password' \
	    'PasswordAuthentication yes'
	exits 0 with_key -H web1 true
	log_counts 1 'Partial publickey for alice'
	log_counts 1 'Accepted password'
}

@test "publickey,keyboard-interactive" {
	pam_start 'AuthenticationMethods publickey,keyboard-interactive'
	exits 0 with_key -H web1 true
	log_counts 1 'Partial publickey for alice'
	log_counts 1 'Accepted keyboard-interactive'
}

@test "password,publickey" {
	pam_start 'AuthenticationMethods password,publickey' \
	    'PasswordAuthentication yes'
	exits 0 with_key -H web1 true
	log_counts 1 'Partial password for alice'
	log_counts 1 'Accepted publickey'
}

@test "password,keyboard-interactive: the same password twice" {
	pam_start 'AuthenticationMethods password,keyboard-interactive' \
	    'PasswordAuthentication yes'
	exits 0 with_key -H web1 true
	log_counts 1 'Partial password for alice'
	log_counts 1 'Accepted keyboard-interactive'
}

@test "publickey,publickey: two keys" {
	pam_start 'AuthenticationMethods publickey,publickey'
	exits 4 cpssh -O IdentityFile="$KEYS/id_ed25519" -H web1 true
	says 'id_ed25519'
	exits 0 cpssh -O IdentityFile="$KEYS/id_ed25519" \
	    -O IdentityFile="$KEYS/id_rsa" -H web1 true
	log_counts 1 'Accepted publickey'
}

@test "a key was right, and the next step is told" {
	pam_start 'AuthenticationMethods publickey,password' \
	    'PasswordAuthentication yes'
	exits 4 cpssh -O IdentityFile="$KEYS/id_ed25519" -H web1 true
	out_has 'login refused: publickey \([^)]*id_ed25519\) accepted, but not enough; .*offers password: for a password use -A'
	echo wrong >password
	chmod 600 password
	exits 4 with_key -H web1 true
	out_has 'publickey \([^)]*\) accepted, but not enough; tried password: the password is wrong'
	log_counts 1 'Failed password'
}

@test "a password was right, and the next step is told" {
	pam_start 'AuthenticationMethods password,publickey' \
	    'PasswordAuthentication yes'
	exits 4 with_password -H web1 true
	out_has 'login refused: password accepted, but not enough; .*offers publickey'
	out_lacks 'wrong'
	log_counts 1 'Partial password'
}

@test "a key, then a code that only the user has: without -A" {
	pam_start 'AuthenticationMethods publickey,keyboard-interactive'
	sed -i 's|^auth .*|auth required pam_oath.so usersfile=/etc/users.oath|' \
	    "$ACCOUNTS/etc/pam.d/sshd"
	typing "${codes[0]}\n" 'One-time password.*' cpssh --no-progress -i \
	    -O IdentityFile="$KEYS/id_ed25519" -H web1 'echo in'
	ends 0
	out_has '^in\r?$'
}
