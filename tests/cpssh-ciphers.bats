# SPDX-License-Identifier: BSD-2-Clause
# Every cipher and kind of MAC, both ways, with new keys after each megabyte:
# what libssh2 does with whole packets, and our patches to it.

load lib

all=aes128-gcm@openssh.com,aes256-gcm@openssh.com
all+=,aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,aes256-cbc
all+=,chacha20-poly1305@openssh.com

setup_file() {
	fleet_start "Ciphers $all" 'RekeyLimit 1M'
	head -c 4000037 /dev/urandom >"$BATS_FILE_TMPDIR/data"
}

# echoes CIPHER [MAC]: what goes to two hosts comes back as it was.
echoes() {
	local host

	exits 0 cpssh -O "Ciphers=$1" ${2:+-O "MACs=$2"} -H 'web1 web2' -o back \
	    --input "$BATS_FILE_TMPDIR/data" cat
	for host in web1 web2; do
		cmp "$BATS_FILE_TMPDIR/data" "back/$host"
	done
}

@test "AES-GCM" {
	echoes aes128-gcm@openssh.com
	echoes aes256-gcm@openssh.com
}

@test "AES-CTR, the MAC of the plain and of the encrypted packet" {
	local cipher

	for cipher in aes128-ctr aes192-ctr aes256-ctr; do
		echoes $cipher hmac-sha2-256
		echoes $cipher hmac-sha2-512-etm@openssh.com
	done
}

@test "AES-CBC, for who names it" {
	echoes aes128-cbc hmac-sha2-256
	echoes aes256-cbc hmac-sha2-256-etm@openssh.com
}

@test "chacha20-poly1305, which only the patched library is trusted with" {
	if patched; then
		echoes chacha20-poly1305@openssh.com
	else
		exits 4 cpssh -O Ciphers=chacha20-poly1305@openssh.com \
		    -H web1 true
	fi
}

@test "compressed" {
	exits 0 cpssh -O Compression=yes -H web1 -o back \
	    --input "$BATS_FILE_TMPDIR/data" cat
	cmp "$BATS_FILE_TMPDIR/data" back/web1
}

@test "a half-sent packet and new keys do not wait for each other" {
	patched || skip "this libssh2 does not have our patches"
	exits 0 "$TESTBIN/halfsent" "$PORT" "$LOGIN" "$KEYS/id_ed25519" \
	    "$BATS_FILE_TMPDIR/data"
}
