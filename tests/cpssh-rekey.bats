# SPDX-License-Identifier: BSD-2-Clause
# New keys after every megabyte, by the system's OpenSSH and by OpenSSH 10.

load lib

MUCH=20000111	# bytes

setup_file() {
	head -c $MUCH /dev/urandom >"$BATS_FILE_TMPDIR/data"
	chmod 644 "$BATS_FILE_TMPDIR/data"
	export SUM DATA=$BATS_FILE_TMPDIR/data
	SUM=$(sha256sum <"$DATA")
}

# with each server in turn, and ciphers of each kind
servers() {
	local starter cipher

	for starter in fleet_start fleet10_start; do
		"$starter" 'RekeyLimit 1M' 'LogLevel DEBUG'
		for cipher in aes128-gcm@openssh.com aes256-ctr \
		    $(! patched || echo chacha20-poly1305@openssh.com); do
			config "Ciphers $cipher"
			"$@"
		done
	done
}

# rekeyed TIMES: that often at least since log_from_here.
rekeyed() {
	local count

	count=$(logged | grep -c 'SSH2_MSG_NEWKEYS received') || :
	[ "$count" -ge "$1" ] || explain "new keys $count times"
}

sends() {
	log_from_here
	exits 0 cpssh -H web1 -i --input "$DATA" sha256sum
	out_has "^$SUM"
	rekeyed 4
}

receives() {
	log_from_here
	exits 0 cpssh -H web1 -o back "cat $DATA"
	cmp "$DATA" back/web1
	rekeyed 4
}

# The login comes from an agent, the way leads through another host, which
# wants new keys too.
goes_through() {
	log_from_here
	config "IdentityAgent $SSH_AUTH_SOCK" 'Host web1' 'ProxyJump db1' \
	    'Host *'
	sed -i '/^IdentityFile/d; /^IdentitiesOnly/d' "$CONFIG"
	exits 0 cpssh -H web1 -o back --input "$DATA" cat
	cmp "$DATA" back/web1
	rekeyed 16
}

# Of two hosts either waits for the other now and then.
does_both() {
	log_from_here
	exits 0 cpssh -H 'web1 web2' -o back --input "$DATA" cat
	cmp "$DATA" back/web1
	cmp "$DATA" back/web2
	rekeyed 16
}

@test "20 MB to a host" { servers sends; }
@test "20 MB from a host" { servers receives; }
@test "20 MB there and back through another host, with an agent" {
	export SSH_AUTH_SOCK=$T/agent
	agent_start ssh-agent
	ssh-add -q "$KEYS/id_ed25519"
	servers goes_through
}
@test "20 MB to two hosts and back" { servers does_both; }
