# SPDX-License-Identifier: BSD-2-Clause
# Logging in with key files.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() { fleet_start 'LogLevel VERBOSE'; }

with_key() { config "IdentityFile $KEYS/$1"; }

# The last login that the server's log has.
accepted() { logged | grep -o 'Accepted publickey.*' | tail -n 1; }

@test "ed25519, ecdsa and RSA, in OpenSSH's format, in PEM and in PKCS#8" {
	for key in ed25519 ecdsa ecdsa521 rsa pem_rsa pem_ecdsa pkcs8_rsa; do
		edit_config "s/id_ed25519$/id_$key/"
		exits 0 cpssh -H web1 true
	done
}

@test "keys are tried in order until one is good" {
	config "IdentityFile $KEYS/id_stranger" "IdentityFile $KEYS/id_rsa"
	exits 0 cpssh -H web1 true
	[[ $(accepted) = *RSA* ]]
}

@test "a key that is missing does not stop the others" {
	config "IdentityFile $T/none"
	exits 0 cpssh -H web1 true
}

@test "no key is good: what was tried and what the server offers" {
	edit_config "s/id_ed25519$/id_stranger/"
	exits 4 cpssh -H web1 true
	out_has 'FAILURE\] web1 .*login'
	says 'tried.*publickey|publickey.*tried'
	says 'id_stranger'
	says 'offers?.*publickey|publickey.*offer'
}

@test "an encrypted key with nobody to open it: said clearly" {
	edit_config "s/id_ed25519$/id_locked/"
	exits 4 cpssh -H web1 true
	says 'id_locked.*(encrypted|passphrase)'
}

@test "a file that is no key: said clearly, the next is tried" {
	echo rubbish >nokey
	chmod 600 nokey
	config "IdentityFile $T/nokey"
	exits 0 cpssh -H web1 true
	edit_config "s|/[^ ]*id_ed25519$|$T/nokey|"
	exits 4 cpssh -H web1 true
	says 'nokey'
}

@test "a key file that others may read is not used" {
	cp "$KEYS/id_ed25519" open
	chmod 644 open
	edit_config "s|/[^ ]*id_ed25519$|$T/open|"
	exits 4 cpssh -H web1 true
	says 'open.*(permission|others|mode|readable)'
}

@test "a server that wants only a password: one clear line" {
	fleet_start 'PubkeyAuthentication no' 'PasswordAuthentication yes'
	exits 4 cpssh -H web1 true
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	out_has 'FAILURE\] web1 .*password'
	err_is ''
}

@test "no more keys than the server bears" {
	# six strangers before the right one: sshd hangs up after six
	for i in 1 2 3 4 5 6 7; do
		ssh-keygen -q -t ed25519 -N '' -f "stranger$i"
		printf 'IdentityFile %s\n' "$T/stranger$i"
	done >lines
	cat lines "$FLEET/ssh_config" >config
	use_config "$T/config"
	exits 4 cpssh -H web1 true
	says '[Tt]oo many|disconnected'
}

@test "PubkeyAuthentication no is obeyed" {
	exits 4 cpssh -O PubkeyAuthentication=no -H web1 true
}

@test "one key file for many hosts" {
	exits 0 cpssh -p 10 -H 'web[1-30]' true
	out_counts 30 SUCCESS
}
