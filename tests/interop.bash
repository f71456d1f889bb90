# SPDX-License-Identifier: BSD-2-Clause
# Every algorithm alone: the programs of OpenSSH say what an sshd could have,
# it gets all of it, and we are told to offer one at a time.  What we do not
# have must be what the test knows of.
# shellcheck shell=bash

# interop_start STARTER SSH: the server, by that function of lib.bash, with
# everything that this ssh knows and a host key of each kind.
interop_start() {
	local ssh=$2 options=() bits

	H=$BATS_FILE_TMPDIR/host
	ASK=$ssh
	export H ASK
	for bits in 256 384 521; do
		ssh-keygen -q -t ecdsa -b $bits -N '' -f "$H.ecdsa$bits"
		options+=("HostKey $H.ecdsa$bits")
	done
	ssh-keygen -q -t rsa -b 2048 -N '' -f "$H.rsa"
	ssh-keygen -q -t ed25519 -N '' -f "$H.ed25519"
	options+=("HostKey $H.rsa" "HostKey $H.ed25519")
	head -c 1000037 /dev/urandom >"$BATS_FILE_TMPDIR/data"
	"$1" "${options[@]}" 'LogLevel DEBUG' \
	    "KexAlgorithms $(all kex)" "Ciphers $(all cipher)" \
	    "MACs $(all mac)" \
	    "HostKeyAlgorithms $(all HostKeyAlgorithms)" "${@:3}"
	interop_know >"$FLEET/known_hosts"
}

all() { "$ASK" -Q "$1" | paste -sd,; }

interop_know() {
	local key

	for key in "$H".*.pub; do
		echo "[127.0.0.1]:$PORT $(cut -d' ' -f1,2 "$key")"
	done
}

# each KIND OPTION WHAT [COMMAND...]: with each algorithm of `ssh -Q KIND`
# that we have, alone in OPTION, the command (default: sends_and_returns)
# does well and the server's log, from there on, has a line that matches
# WHAT, where @ stands for the algorithm.  What we do not have is in $LACKED.
each() {
	local kind=$1 option=$2 what=$3 name count=0

	shift 3
	[ $# -gt 0 ] || set -- sends_and_returns
	LACKED='' KNOWN=$("$ASK" -Q "$kind")
	for name in $KNOWN; do
		log_from_here
		if ! "$@" -O "$option=$name" 2>why; then
			lacks "$option" "$name" || explain "$(<why)" || return
			LACKED+=" $name"
			continue
		fi
		log_has "${what//@/\\Q$name\\E}" || return
		count=$((count + 1))
	done
	[ $count -gt 0 ]
}

# lacks OPTION NAME: it is no algorithm that we could offer, which is known
# before we connect.
lacks() {
	cpssh -O "$1=$2" -O Hostname=256.0.0.0 -H web1 true 2>&1 |
	    grep -q 'no .* left to offer'
}

# sends_and_returns OPTION...: a megabyte goes there and back.
sends_and_returns() {
	exits 0 cpssh "$@" -H web1 -o back \
	    --input "$BATS_FILE_TMPDIR/data" cat &&
		cmp "$BATS_FILE_TMPDIR/data" back/web1
}

runs() { exits 0 cpssh "$@" -H web1 -i 'echo here' && out_has '^here$'; }

# lacked NAME...: of those that this ssh knows we lack these and no others.
lacked() {
	local name expected=

	for name in $KNOWN; do
		! printf '%s\n' "$@" | grep -qxF -- "$name" ||
			expected+=" $name"
	done
	[ "$LACKED" = "$expected" ] || explain "lacking:$LACKED"
}

# The tests, of whatever server it is; the names are those of what we lack.

every_kex_alone() {
	each kex KexAlgorithms '^debug1: kex: algorithm: @ ' runs
	lacked sntrup761x25519-sha512{,@openssh.com} mlkem768x25519-sha256
}

every_cipher_alone() {
	local untrusted=()

	patched || untrusted=(chacha20-poly1305@openssh.com)
	each cipher Ciphers '^debug1: kex: client->server cipher: @ '
	lacked "${untrusted[@]}"
}

every_mac_alone() {
	each mac MACs '^debug1: kex: server->client cipher: aes256-ctr MAC: @ ' \
	    sends_and_returns -O Ciphers=aes256-ctr
	lacked hmac-sha1-96-etm@openssh.com hmac-md5{,-96}-etm@openssh.com \
	    umac-{64,128}{,-etm}@openssh.com
}

every_host_key_alone() {
	local lacking=(ssh-dss ssh-dss-cert-v01@openssh.com)

	lacking+=({,sk-}ssh-ed25519-cert-v01@openssh.com)
	lacking+=(ecdsa-sha2-nistp{256,384,521}-cert-v01@openssh.com)
	lacking+=({ssh-rsa,rsa-sha2-{256,512}}-cert-v01@openssh.com)
	lacking+=(sk-ecdsa-sha2-nistp256{,-cert-v01}@openssh.com)
	lacking+=({webauthn-sk-ecdsa-sha2-nistp256,sk-ssh-ed25519}@openssh.com)
	each HostKeyAlgorithms HostKeyAlgorithms \
	    '^debug1: kex: host key algorithm: @ ' runs
	lacked "${lacking[@]}"
}
