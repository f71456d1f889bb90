# SPDX-License-Identifier: BSD-2-Clause
# Logging in with certificates: the server takes nothing else.

load lib

setup_file() {
	fleet_start 'LogLevel VERBOSE' 'AuthorizedKeysFile none' \
	    "TrustedUserCAKeys $KEYS/ca.pub" 'MaxAuthTries 30'
}

# key TYPE [OPTION...]: a new $T/id with its certificate
key() {
	rm -f "$T"/id*
	ssh-keygen -q -N '' -f "$T/id" -t "$@"
	certify -n "$LOGIN"
	edit_config "s|/[^ ]*id_ed25519$|$T/id|"
}

certify() {
	ssh-keygen -q -s "$KEYS/ca" -I "mine" "$@" "$T/id.pub" 2>/dev/null
}

# agent KEYFILE...: as ssh-add does it, with the certificates beside them
agent() {
	agent_start ssh-agent
	export SSH_AUTH_SOCK=$T/agent
	ssh-add -q "$@"
}

accepted() { logged | grep -o 'Accepted publickey.*' | tail -n 1; }

@test "beside the key: ed25519, ECDSA and RSA" {
	for type in ed25519 'ecdsa -b 256' 'ecdsa -b 384' 'ecdsa -b 521' rsa
	do
		# shellcheck disable=SC2086
		key $type
		exits 0 cpssh -H web1 true
		[[ $(accepted) = *-CERT*mine* ]] || explain "$type"
	done
}

@test "RSA with either hash, as PubkeyAcceptedAlgorithms says" {
	key rsa
	for bits in 256 512; do
		fleet_start 'AuthorizedKeysFile none' \
		    "TrustedUserCAKeys $KEYS/ca.pub" "PubkeyAcceptedAlgorithms \
		    rsa-sha2-$bits-cert-v01@openssh.com"
		edit_config "s|/[^ ]*id_ed25519$|$T/id|"
		exits 0 cpssh -H web1 -O "PubkeyAcceptedAlgorithms \
		    rsa-sha2-$bits-cert-v01@openssh.com" true
	done
	exits 4 cpssh -H web1 -O PubkeyAcceptedAlgorithms=rsa-sha2-512 true
	says 'id-cert.pub: PubkeyAcceptedAlgorithms excludes'
}

@test "CertificateFile, and then not the one beside the key" {
	key ed25519
	mv id-cert.pub other
	exits 4 cpssh -H web1 true
	exits 0 cpssh -H web1 -O CertificateFile="$T/other" true
	mv other id-cert.pub
	cp "$KEYS/id_rsa.pub" plain.pub
	exits 4 cpssh -H web1 -O CertificateFile="$T/plain.pub" true
	says 'plain.pub: not a certificate'
	exits 4 cpssh -H web1 -O CertificateFile="$T/none" true
	says 'none: No such file'
}

@test "CertificateFile without its key: said clearly" {
	key ed25519
	mv id-cert.pub other.pub
	edit_config "s|/[^ ]*id_ed25519$|$KEYS/id_rsa|"
	exits 4 cpssh -H web1 -O CertificateFile="$T/other.pub" true
	says 'other.pub: no private key is known'
}

@test "the file that IdentityFile names is a certificate, its key in the agent" {
	key ed25519
	agent id
	exits 0 cpssh -H web1 -O IdentityFile="$T/id-cert.pub" true
}

@test "from the agent, of every type" {
	for type in ed25519 ecdsa rsa; do
		key $type
		rm -f agent
		agent id
		rm id id-cert.pub id.pub
		edit_config '/IdentityFile/d; /IdentitiesOnly/d'
		exits 0 cpssh -H web1 true
		[[ $(accepted) = *-CERT*mine* ]] || explain "$type"
	done
}

@test "a certificate in a file, its key in the agent" {
	key rsa
	mv id-cert.pub cert.pub
	agent id
	rm id
	edit_config '/IdentityFile/d'
	exits 0 cpssh -H web1 -O CertificateFile="$T/cert.pub" true
	# beside the public half
	mv cert.pub id-cert.pub
	exits 0 cpssh -H web1 -O IdentityFile="$T/id" true
}

@test "many hosts" {
	key ed25519
	exits 0 cpssh -p 10 -H 'web[1-30]' true
	out_counts 30 SUCCESS
}

@test "expired, not valid yet, for somebody else, from elsewhere: told" {
	key ed25519
	certify -n "$LOGIN" -V 20200101:20200131
	exits 4 cpssh -H web1 true
	says 'id-cert.pub \[expired 2020-01-31'
	certify -n "$LOGIN" -V 20900101:20910101
	exits 4 cpssh -H web1 true
	says 'id-cert.pub \[is not valid before 2090-01-01'
	certify -n alice,bob
	exits 4 cpssh -H web1 true
	says "id-cert.pub \[is for alice, bob, not $LOGIN\]"
	certify -n "$LOGIN" -O source-address=10.9.8.0/24
	exits 4 cpssh -H web1 true
	says 'id-cert.pub \[is only for logins from 10.9.8.0/24\]'
	certify -h -n web1
	exits 4 cpssh -H web1 true
	says 'id-cert.pub: is for hosts, not for users'
	certify -n "$LOGIN"
	exits 0 cpssh -H web1 true
}

@test "the agent's is told of as well" {
	key ed25519
	certify -n alice
	agent id
	edit_config '/IdentityFile/d; /IdentitiesOnly/d'
	exits 4 cpssh -H web1 true
	says "agent certificate \".*\" \[is for alice, not $LOGIN\]"
}

# What the server has been shown since log_from_here.
shown() {
	logged | grep -ao 'userauth_pubkey: publickey test pkalg [^ ]*' |
	    cut -d' ' -f5
}

@test "in ssh's order" {
	fleet_start 'LogLevel DEBUG1' 'AuthorizedKeysFile none' \
	    "TrustedUserCAKeys $KEYS/ca.pub" 'MaxAuthTries 30'
	key ed25519
	certify -n alice
	cp id-cert.pub two.pub
	ssh-keygen -q -N '' -f e -t ecdsa
	ssh-keygen -q -N '' -f r -t rsa
	agent e r
	for wish in IdentitiesOnly=no IdentitiesOnly=yes \
	    "CertificateFile=$T/two.pub IdentitiesOnly=no" \
	    "IdentityFile=$T/r IdentitiesOnly=no" \
	    "IdentityFile=$T/two.pub IdentitiesOnly=no"; do
		read -ra options <<<"$wish"
		log_from_here
		exits 255 ssh -F "$CONFIG" "${options[@]/#/-o}" \
		    -o BatchMode=yes web1 true
		# ours shows none twice
		shown | awk '!seen[$0]++' >ssh.order
		log_from_here
		exits 4 cpssh -H web1 "${options[@]/#/-O}" true
		shown >our.order
		[ -s ssh.order ] && diff ssh.order our.order
	done
}
