# SPDX-License-Identifier: BSD-2-Clause
# A server that is not OpenSSH: libssh's, with each algorithm alone.

load lib

setup_file() {
	fleet_start
	bad_start -k "$KEYS/host_rsa" -k "$KEYS/host_ecdsa" ok
	know_host "$(bad_port ok)" 'rsa ecdsa' >>"$FLEET/known_hosts"
	head -c 1000037 /dev/urandom >"$BATS_FILE_TMPDIR/data"
}

# each KIND OPTION PLACE NAME...: every algorithm of `ssh -Q KIND` does well
# alone, and the server tells of it at that place of its line, or one side
# lacks it and we say so; the NAMEs do well for certain.
each() {
	local kind=$1 option=$2 place=$3 name well=

	for name in $(ssh -Q "$kind"); do
		if ! goes_round "$option=$name" 2>why; then
			says 'left to offer|in common: we offer ' ||
				explain "$name: $(<why)" || return
			continue
		fi
		tail -n 1 "$FLEET/bad.log" |
		    sed 's/^unnamed/diffie-hellman-group-exchange-sha256/' >told
		[ "$place" = 0 ] || [ "$(cut -d' ' -f"$place" told)" = "$name" ] ||
			explain "not $name: $(<told)" || return
		well+=" $name"
	done
	for name in "${@:4}"; do
		[[ "$well " = *" $name "* ]] || explain "not well: $name" ||
			return
	done
}

# goes_round OPTION: a megabyte goes there and back.
goes_round() {
	exits 0 cpssh -O "$1" -O Ciphers=aes256-ctr -H "$(bad ok)" \
	    -o back --input "$BATS_FILE_TMPDIR/data" cat &&
		cmp "$BATS_FILE_TMPDIR/data" back/*
}

@test "every key exchange method alone" {
	each kex KexAlgorithms 1 curve25519-sha256{,@libssh.org} \
	    ecdh-sha2-nistp{256,384,521} diffie-hellman-group1{6,8}-sha512 \
	    diffie-hellman-group14-sha256
}

@test "every cipher alone" {
	each cipher Ciphers 2 aes{128,256}-gcm@openssh.com aes{128,192,256}-ctr
}

@test "every MAC alone" {
	each mac MACs 4 hmac-sha2-{256,512}{,-etm@openssh.com}
}

@test "every kind of host key alone" {
	each HostKeyAlgorithms HostKeyAlgorithms 0 ssh-ed25519 \
	    ecdsa-sha2-nistp256 rsa-sha2-{256,512}
}
