# SPDX-License-Identifier: BSD-2-Clause
# Logging in with a password, where the server asks for it by itself.

# shellcheck disable=SC2016  # the remote shell expands
load lib
load accounts

setup_file() {
	accounts_need
	accounts_new
	accounts_start 'LogLevel VERBOSE' 'UsePAM no' \
	    'PasswordAuthentication yes' 'MaxAuthTries 20'
}

@test "the right password" {
	log_from_here
	exits 0 with_password -i -H 'alice@web1 bob@web2' 'echo in as $LOGNAME'
	out_has '^in as alice$'
	out_has '^in as bob$'
	err_is ''
	log_counts 2 'Accepted password'
	log_counts 0 'Failed password'
}

@test "a wrong password is tried once" {
	echo wrong >password
	chmod 600 password
	log_from_here
	exits 4 with_password -H web1 true
	out_has 'FAILURE\] web1 login refused: tried password: the password is wrong, or the account is locked; the host offers'
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	err_is ''
	log_counts 1 'Failed password'
}

@test "also where keyboard-interactive is offered, but asks nothing" {
	accounts_new
	accounts_start 'UsePAM no' 'PasswordAuthentication yes' \
	    'KbdInteractiveAuthentication yes'
	exits 0 with_password -H web1 true
	log_from_here
	echo wrong >password
	exits 4 with_password -H web1 true
	says 'password is wrong'
	log_counts 1 'Failed password'
}

@test "some hosts take it, others do not" {
	exits 4 with_password -H 'alice@web1 locked@web2 bob@web3' true
	out_counts 2 SUCCESS
	out_has 'FAILURE\] locked@web2 login refused: .*wrong.*locked'
}

@test "an account that is listed often: a wrong one is tried once in all" {
	echo wrong >password
	chmod 600 password
	log_from_here
	exits 4 with_password -H 'web1 web1 web2 web1 web3 bob@web1' true
	out_counts 6 'login refused: .*the password is wrong'
	log_counts 1 'Failed password for alice'
	log_counts 1 'Failed password for bob'
	rm password
	exits 0 with_password -p 20 -H "$(yes web1 | head -n 20)" true
	log_counts 20 'Accepted password'
}

@test "a locked account" {
	log_from_here
	exits 4 with_password -H locked@web1 true
	says 'the password is wrong, or the account is locked'
	log_counts 1 'Failed password'
}

@test "an account that has expired" {
	log_from_here
	exits 4 with_password -H expired@web1 true
	says 'login refused: .*password'
	log_counts 1 'Failed password'
}

# Without PAM sshd lets us in, and runs passwd in place of our command.
@test "a password that must be changed" {
	exits 5 with_password -i -H aged@web1 'echo in'
	says 'password has expired|[Pp]assword change required'
	out_lacks '^in$'
}

@test "without -A: one clear line that names it" {
	exits 4 cpssh -H web1 true
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	out_has 'FAILURE\] web1 login refused: .*the host offers .*password.*: for a password use -A or --password-file$'
	err_is ''
}

@test "keys come first, and are enough" {
	log_from_here
	exits 0 with_password -O IdentityFile="$KEYS/id_ed25519" -H web1 true
	log_counts 1 'Accepted publickey'
	log_counts 0 password
}

@test "the order is PreferredAuthentications'" {
	log_from_here
	exits 0 with_password -O IdentityFile="$KEYS/id_ed25519" \
	    -O PreferredAuthentications=password,publickey -H web1 true
	log_counts 1 'Accepted password'
	exits 4 with_password -O PreferredAuthentications=publickey -H web1 true
	log_counts 1 'password'
}

@test "PasswordAuthentication, NumberOfPasswordPrompts and BatchMode" {
	local option

	log_from_here
	for option in PasswordAuthentication=no NumberOfPasswordPrompts=0 \
	    BatchMode=yes; do
		exits 4 with_password -O "$option" \
		    -O KbdInteractiveAuthentication=no -H web1 true
		says "no password is sent, for .*${option%=*}"
	done
	log_counts 0 'password'
}

@test "a host whose key has changed gets no password" {
	know_host "$PORT" ed25519 | sed 's/ AAAA.*//' >names
	echo "$(cut -d' ' -f1 names) $(cut -d' ' -f1,2 "$KEYS/host_other.pub")" \
	    >changed
	log_from_here
	exits 4 with_password -O UserKnownHostsFile="$T/changed" \
	    -O StrictHostKeyChecking=no -H web1 true
	says "no password is sent, for the host's key has changed"
	log_counts 0 'password for'
}

@test "bastions get the same password" {
	log_from_here
	edit_config 's/^Host web.*/Host hop\nHostName 127.0.0.2\nHost web* db*\nProxyJump bob@hop/'
	exits 0 with_password -i -H "$(echo web{1..20})" 'echo in'
	out_counts 20 '^in$'
	log_counts 20 'Accepted password for alice'
	[ "$(logged | grep -c 'Accepted password for bob')" -le 2 ]
}

@test "a wrong one is tried there once, however many hosts are behind" {
	log_from_here
	echo wrong >password
	chmod 600 password
	edit_config 's/^Host web.*/Host hop\nHostName 127.0.0.2\nHost web* db*\nProxyJump bob@hop/'
	exits 4 with_password -H "$(echo web{1..20})" true
	out_counts 20 FAILURE
	log_counts 1 'Failed password'
}

# --- how it is had ----------------------------------------------------------

@test "-A asks on the terminal, once, and shows nothing" {
	typing "$PASSWORD\n" "password: " cpssh --no-progress -A -i \
	    -H 'web1 web2' 'echo in'
	ends 0
	out_counts 2 '^in\r?$'
	out_counts 1 "password: "
	out_lacks 'sesame'
}

@test "-A asks before it connects" {
	log_from_here
	begin_typing cpssh --no-progress -A -H 'web1 web2' true
	wait_until 20 has_line "password: " out
	wait_until 20 idle "$BEGUN"
	log_counts 0 Connection
	echo "$PASSWORD" >&"$TYPIST"
	exec {TYPIST}>&-
	ends 0
	log_counts 2 'Connection from'
}

@test "-A: also while hosts come by stdin" {
	typing "$PASSWORD\n" "password: " sh -c 'echo web1 | exec "$@"' - \
	    "$CPSSH" -F "$FLEET/ssh_config" --no-progress -A -h - true
	ends 0
	out_counts 1 SUCCESS
}
