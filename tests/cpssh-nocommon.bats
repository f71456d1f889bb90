# SPDX-License-Identifier: BSD-2-Clause
# A host that has nothing in common with what may be offered: both are named.

load lib

# Of each kind the server has one that we can be forbidden.
setup_file() {
	fleet_start 'KexAlgorithms ecdh-sha2-nistp384' \
	    'HostKeyAlgorithms ecdsa-sha2-nistp256' \
	    'Ciphers aes192-ctr' 'MACs hmac-sha2-512'
}

# parts WHAT OFFERED THEIRS OPTION...: and the host is told nothing wrong.
parts() {
	log_from_here
	exits 4 cpssh "${@:4}" -H web1 true
	says "web1 no $1 in common: we offer \"$2\", the host \"$3\"$"
	err_lacks '.'
	log_has 'Unable to negotiate|no matching'
	log_counts 0 'invalid|corrupt|Bad packet'
}

@test "no key exchange method" {
	parts 'key exchange method' \
	    curve25519-sha256,diffie-hellman-group14-sha256 \
	    ecdh-sha2-nistp384 -O \
	    KexAlgorithms=curve25519-sha256,diffie-hellman-group14-sha256
}

@test "no host key algorithm" {
	parts 'host key algorithm' ssh-ed25519,rsa-sha2-512 \
	    ecdsa-sha2-nistp256 -O HostKeyAlgorithms=ssh-ed25519,rsa-sha2-512
}

@test "no cipher" {
	parts cipher aes128-ctr,aes256-gcm@openssh.com aes192-ctr \
	    -O Ciphers=aes128-ctr,aes256-gcm@openssh.com
}

@test "no MAC" {
	parts MAC hmac-sha2-512-etm@openssh.com hmac-sha2-512 \
	    -O MACs=hmac-sha2-512-etm@openssh.com
}

@test "what was agreed on is told with -v" {
	exits 0 cpssh -v -H web1 true
	err_has 'web1: ecdh-sha2-nistp384, ecdsa-sha2-nistp256, aes192-ctr, MAC hmac-sha2-512$'
}

@test "one host of two" {
	config 'Host web2' 'Ciphers aes128-ctr' 'Host *'
	exits 4 cpssh -H 'web1 web2' -i 'echo well'
	out_has 'SUCCESS\] web1$'
	out_has 'FAILURE\] web2 no cipher in common: '
}

@test "what we do not have ourselves is told without a connection" {
	exits 4 cpssh -H "127.0.0.1:$(refused_port)" \
	    -O KexAlgorithms=mlkem768x25519-sha256 true
	says 'no key exchange method left to offer: configured are "mlkem768'
}

@test "what a hostile host offers is told as it is, and no more" {
	bad_start kexodd
	exits 4 cpssh -H "$(bad kexodd)" true
	says 'no cipher in common: we offer "aes.*", the host "\\x1b\[2J\\n\\xff,x{900}'
	says 'x" and more$'
	[ "$(wc -c <out)" -lt 5000 ]
}
