# SPDX-License-Identifier: BSD-2-Clause
# Keys in hardware, through the user's agent: FIDO tokens and smart cards, all
# of them in software here.

load lib

hsm=/usr/lib/softhsm/libsofthsm2.so

setup_file() {
	local type

	export TOKEN=$BUILDDIR/tests/sktoken.so FILES=$BATS_FILE_TMPDIR
	export SOFTHSM2_CONF=$FILES/softhsm2.conf
	for type in ed25519 ecdsa; do
		ssh-keygen -q -t $type-sk -w "$TOKEN" -N '' -C "my $type" \
		    -f "$FILES/sk_$type"
	done
	card
	cat "$FILES"/*.pub >"$KEYS/tokens"
	chmod 644 "$KEYS/tokens"
	fleet_start 'LogLevel VERBOSE' "AuthorizedKeysFile $KEYS/tokens" \
	    "TrustedUserCAKeys $KEYS/ca.pub"
}

# A smart card with an RSA and an ECDSA key, PIN 1234.
card() {
	local type id=1

	mkdir "$FILES/card"
	echo "directories.tokendir = $FILES/card" >"$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label card --pin 1234 \
	    --so-pin 1234 >/dev/null
	for type in 'rsa -b 2048' 'ecdsa -b 256'; do
		# shellcheck disable=SC2086  # a type and its size
		ssh-keygen -q -t $type -m PKCS8 -N '' -f "$FILES/card$id"
		softhsm2-util --import "$FILES/card$id" --token card \
		    --pin 1234 --label "key $id" --id 0$id >/dev/null
		rm "$FILES/card$id"
		id=$((id + 1))
	done
}

# agent: one without keys; what it needs of the environment is $1...
agent() {
	agent_start env "$@" ssh-agent -P '/*'
	export SSH_AUTH_SOCK=$T/agent
	edit_config '/IdentityFile/d; /IdentitiesOnly/d'
}

accepted() { logged | grep -ao 'Accepted publickey.*' | tail -n 1; }

@test "FIDO: both types" {
	agent
	for type in ed25519 ecdsa; do
		ssh-add -q -D
		ssh-add -q -S "$TOKEN" "$FILES/sk_$type"
		exits 0 cpssh -H 'web[1-5]' true
		[[ $(accepted) = *-SK* ]] || explain "$type"
		exits 0 cpssh -H web1 -O IdentitiesOnly=yes \
		    -O IdentityFile="$FILES/sk_$type" true
	done
	err_is ''
}

@test "FIDO: certificates" {
	agent
	for type in ed25519 ecdsa; do
		rm -f sk*
		ssh-keygen -q -t $type-sk -w "$TOKEN" -N '' -f sk
		ssh-keygen -q -s "$KEYS/ca" -I me -n "$LOGIN" sk.pub
		ssh-add -q -D
		ssh-add -q -S "$TOKEN" sk
		exits 0 cpssh -H web1 true
		[[ $(accepted) = *-SK-CERT* ]] || explain "$type"
	done
}

@test "FIDO: told to touch it, once, and no clock runs" {
	agent SKTOKEN_TOUCH="$T/finger"
	ssh-add -q -S "$TOKEN" "$FILES/sk_ed25519"
	begin cpssh -t 6 --connect-timeout 5 -H 'web1 web2 web3' true
	wait_until 20 test -e finger.wanted
	wait_until 20 has_line 'touch the security key' err
	# what must not happen has no event
	sleep 7
	touch finger
	ends 0
	[ "$(wc -l <err)" = 1 ]
	err_has 'web\d: touch the security key of agent "my ed25519"'
}

@test "FIDO: in a file alone, our own agent asks the token" {
	mkdir -m 700 run
	edit_config "s|/[^ ]*id_ed25519$|$FILES/sk_ed25519|"
	export XDG_RUNTIME_DIR=$T/run SSH_SK_PROVIDER=$TOKEN
	exits 0 cpssh -H 'web1 web2' true
	[[ $(accepted) = *-SK* ]] || explain accepted
	# the passphrase is asked for as any other
	cp "$FILES/sk_ecdsa" sk
	ssh-keygen -q -p -P '' -N secret -f sk >/dev/null
	edit_config "s|/[^ ]*id_ed25519$|$T/sk|"
	exits 4 cpssh -H web1 true
	out_has 'sk: needs a passphrase: ssh-add it'
	printf '#!/bin/sh\necho secret\n' >askpass
	chmod +x askpass
	SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force \
	    exits 0 cpssh -H 'web1 web2' true
	wait_until 60 empty run
}
empty() { [ -z "$(ls -A "$1")" ]; }

@test "smart card: RSA and ECDSA" {
	[ -e "$hsm" ]
	printf '#!/bin/sh\necho 1234\n' >askpass
	chmod +x askpass
	agent
	SSH_ASKPASS=$T/askpass SSH_ASKPASS_REQUIRE=force ssh-add -q -s "$hsm"
	exits 0 cpssh -p 10 -H 'web[1-20]' true
	out_counts 20 SUCCESS
	for id in 1 2; do
		exits 0 cpssh -H web1 -O IdentitiesOnly=yes \
		    -O IdentityFile="$FILES/card$id" true
	done
	[[ $(accepted) = *ECDSA* ]] || explain ecdsa
}
