# SPDX-License-Identifier: BSD-2-Clause
# Who gets a certificate from the master, and who does not.

load lib
load ec2-lib
load master

setup_file() { :; }
setup() {
	master_setup
	A=i-0000000000000000a a=ip-10-0-0-1.ec2.internal
	B=i-0000000000000000b b=ip-10-0-0-2.ec2.internal
	printf '%s\n' "$A $a running" "$B $b running" >"$STATE/launched"
	launch "$A"
	SA=$SECRET
	launch "$B"
	SB=$SECRET
	worker "$A"
	worker "$B"
}

secret_tool() { "$FRAMEWORK/worker-secret" "$@"; }

# launch ID...: the master makes a secret, and binds it.  Sets SECRET.
launch() {
	local file

	file=$(secret_tool new)
	[ "$(stat -c %a "$file")" = 600 ]
	SECRET=$(<"$file")
	secret_tool bind "$file" "$@"
	[ ! -e "$file" ]
}

# asks STATUS KEYFILE NAME ID PROOF [LINE...]
asks() {
	local expected=$1

	request "${@:2}" >csr
	exits "$expected" policy "$3" <csr
}

signed() { asks 0 "$@"; }
refused() {
	local why=$1

	shift
	asks "${REFUSAL-1}" "$@"
	grep -q -- "$why" "$T/err" || explain "$(cat "$T/err")"
	[ "$(wc -l <"$T/err")" = 1 ]
}

@test "a worker that knows its secret is signed, and the secret is burnt" {
	signed "$T/$A.pem" "$a" "$A" "$(proof "$SA" "$A" "$a" "$T/$A.pem")"
	[ ! -s "$T/err" ]
	[ ! -e "$STATE/secrets/$A" ]
	[ "$(stat -c %a "$STATE/burnt/$A")" = 600 ]
	absent "$SA" "$STATE"
	# the answer was lost: the same key may ask again
	signed "$T/$A.pem" "$a" "$A" "$(proof "$SA" "$A" "$a" "$T/$A.pem")"
	# another key may not, whoever has it
	worker other
	refused 'used up' "$T/other.pem" "$a" "$A" \
	    "$(proof "$SA" "$A" "$a" "$T/other.pem")"
}

@test "who guesses a host name is refused, and the worker is not shut out" {
	worker evil
	refused "does not know" "$T/evil.pem" "$a" "$A" \
	    "$(proof 0123456789abcdef0123 "$A" "$a" "$T/evil.pem")"
	refused "its proof is none" "$T/evil.pem" "$a" "$A" let-me-in
	openssl req -new -key "$T/evil.pem" -subj "/CN=$a" >csr
	exits 1 policy "$a" <csr
	grep -q 'no proof' err
	signed "$T/$A.pem" "$a" "$A" "$(proof "$SA" "$A" "$a" "$T/$A.pem")"
}

@test "a worker cannot pass for another one" {
	# by its own secret, for the other's name, or as the other
	refused 'not known to go by that name' "$T/$A.pem" "$b" "$A" \
	    "$(proof "$SA" "$A" "$b" "$T/$A.pem")"
	refused 'does not know' "$T/$A.pem" "$b" "$B" \
	    "$(proof "$SA" "$B" "$b" "$T/$A.pem")"
	signed "$T/$B.pem" "$b" "$B" "$(proof "$SB" "$B" "$b" "$T/$B.pem")"
}

@test "a request that was seen is of no use to another key" {
	worker evil
	seen=$(proof "$SA" "$A" "$a" "$T/$A.pem")
	refused 'does not know' "$T/evil.pem" "$a" "$A" "$seen"
	signed "$T/$A.pem" "$a" "$A" "$seen"
}

@test "what was never launched by us is refused" {
	worker c
	C=i-0000000000000000c c=ip-10-0-0-3.ec2.internal
	REFUSAL=3 refused 'not known' "$T/c.pem" "$c" $C "$(proof "$SA" $C $c "$T/c.pem")"
	# launched, but without a secret
	echo "$C $c running" >>"$STATE/launched"
	REFUSAL=3 refused 'without a secret' "$T/c.pem" "$c" $C \
	    "$(proof "$SA" $C $c "$T/c.pem")"
	rm "$STATE/launched"
	REFUSAL=3 refused 'not known' "$T/$A.pem" "$a" "$A" \
	    "$(proof "$SA" "$A" "$a" "$T/$A.pem")"
}

@test "a request that asks for more is refused" {
	good=$(proof "$SA" "$A" "$a" "$T/$A.pem")
	refused 'alone' "$T/$A.pem" "$a" "$A" "$good" 'subjectAltName = DNS:master'
	refused 'alone' "$T/$A.pem" "$a" "$A" "$good" \
	    '1.3.6.1.4.1.34380.1.3.39 = ASN1:UTF8String:true'
	refused 'alone' "$T/$A.pem" "$a" "$A" "$good" \
	    'basicConstraints = CA:TRUE'
	# asked for one name, made for another
	request "$T/$A.pem" "$a" "$A" "$good" >csr
	exits 1 policy "$b" <csr
	exits 1 policy '../../etc/x' <csr
	exits 1 policy '*' <csr
	# not signed by its own key
	request "$T/$A.pem" "$a" "$A" "$good" | openssl req -outform DER >der
	printf '\377' | dd of=der bs=1 seek=$(($(stat -c %s der) - 1)) \
	    conv=notrunc 2>/dev/null
	openssl req -inform DER -in der >csr
	exits 1 policy "$a" <csr
	exits 1 policy "$a" </dev/null
	head -c 70000 /dev/zero >csr
	exits 1 policy "$a" <csr
	signed "$T/$A.pem" "$a" "$A" "$good"
}

@test "of two that ask at the same time with one secret, one is signed" {
	for i in 1 2 3 4 5 6; do
		worker "racer$i"
		request "$T/racer$i.pem" "$a" "$A" \
		    "$(proof "$SA" "$A" "$a" "$T/racer$i.pem")" >"csr$i"
	done
	for i in 1 2 3 4 5 6; do
		{
			! policy "$a" <"csr$i" 2>/dev/null || echo "$i" >>won
		} 3>&- &
		pids+=" $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	[ "$(wc -l <won)" = 1 ] || explain "$(cat won)"
	i=$(<won)
	[ "$(cat "$STATE/burnt/$A")" = "$("$CSR" key "$T/racer$i.pem") $a" ]
}

@test "worker-secret refuses what it does not know" {
	exits 2 secret_tool bind x 'i-../../x'
	exits 2 secret_tool bind x i-
	exits 2 secret_tool bind x "i-0a
b"
	exits 1 secret_tool bind /nowhere i-0a
	exits 0 secret_tool bind /nowhere "$A"
	exits 2 secret_tool
	exits 0 secret_tool --help
	signed "$T/$A.pem" "$a" "$A" "$(proof "$SA" "$A" "$a" "$T/$A.pem")"
	file=$(secret_tool new)
	exits 1 secret_tool bind "$file" "$A"
	grep -q 'used up' err
	exits 0 secret_tool forget "$A" "$B"
	[ -z "$(find "$STATE/secrets" "$STATE/burnt" -type f)" ]
}

@test "no secret can be made: that is a failure, and nothing is left" {
	for tool in head od; do
		# shellcheck disable=SC2016	# the stub's own
		stub "$tool" 'kill -KILL $$'
		exits 1 secret_tool new
		rm "stubs/$tool"
		err_has 'no secret could be made'
		out_is ''
		[ -z "$(ls -A "$STATE/new")" ]
	done
}

@test "the secret is in no command line" {
	request "$T/$A.pem" "$a" "$A" "$(proof "$SA" "$A" "$a" "$T/$A.pem")" >csr
	# what a shell runs, it tells with -x, with all arguments
	sh -x "$FRAMEWORK/autosign-policy" "$a" <csr 2>trace
	grep -q 'ec2-csr prove' trace
	absent "$SA" trace
	SECRET=$(sh -x "$FRAMEWORK/worker-secret" new 2>trace | xargs cat)
	[ ${#SECRET} = 64 ]
	absent "$SECRET" trace
	echo "$SECRET" >file
	sh -x "$FRAMEWORK/worker-secret" bind file i-0d 2>trace
	absent "$SECRET" trace
}
