# SPDX-License-Identifier: BSD-2-Clause
# --known-hosts: a new fleet is trusted by the word of the cloud, not of the
# network.

load lib
load ec2-lib

setup_file() { :; }
setup() {
	ec2_setup
	launch=("$BUILDDIR/ec2-launch" --ami ami-12345678 --type t3.micro)
}

# A console as cloud-init leaves it, with the host keys of the fleet.
console() {
	echo 'Linux version 6.1.0'
	echo 'ci-info: no authorized SSH keys fingerprints found'
	printf -- '-----BEGIN SSH HOST KEY KEYS-----\r\n'
	cat "$KEYS"/host_{ed25519,ecdsa,rsa}.pub
	printf -- '-----END SSH HOST KEY KEYS-----\r\n'
}

# ask_all FILE: hosts on stdin, their keys in FILE and nowhere else
ask_all() {
	cpssh -h - -O UserKnownHostsFile="$T/$1" -O StrictHostKeyChecking=yes \
	    -i 'echo here' >"$T/cpssh.out" 2>&1
}

greetings_are() {
	[ "$(grep -c '^here$' "$T/cpssh.out")" = "$1" ] ||
		explain "$(cat "$T/cpssh.out")"
}

@test "what was launched is trusted as soon as its console is there" {
	fleet_start
	console >console.txt
	ec2_start 'pool 127.0.0.1 127.0.0.2 127.0.0.3' \
	    "set console=$T/console.txt console-lag=1"
	"${launch[@]}" -n 3 --wait --for ssh --port "$PORT" \
	    --address private-ip --known-hosts run.known 2>err | ask_all run.known
	greetings_are 3
	[ "$(stat -c %a run.known)" = 600 ]
	grep -q "^\[127.0.0.1\]:$PORT.* ssh-ed25519 " run.known
	[ "$(calls GetConsoleOutput)" = 6 ]
}

@test "a host with another key than its console's is refused" {
	fleet_start
	ssh-keygen -q -t ed25519 -N '' -f other
	console | sed "/^ssh-ed25519/d; /^ecdsa/d; s|^ssh-rsa.*|$(cat other.pub)|" \
	    >console.txt
	ec2_start 'pool 127.0.0.1' "set console=$T/console.txt"
	run ! pipefail_ask
	greetings_are 0
	grep -q 'HAS CHANGED\|has changed\|not the one' "$T/cpssh.out" ||
		explain "$(cat "$T/cpssh.out")"
}

pipefail_ask() {
	set -o pipefail
	"${launch[@]}" -n 1 --wait --for ssh --port "$PORT" \
	    --address private-ip --known-hosts run.known 2>err | ask_all run.known
}

@test "a reused address belongs to its new owner" {
	console >console.txt
	ec2_start "set console=$T/console.txt" \
	    'add count=1 private_ip=10.1.2.3'
	echo '10.1.2.3,old.example ssh-ed25519 AAAAold' >run.known
	echo '10.9.9.9 ssh-ed25519 AAAAother' >>run.known
	exits 0 "$BUILDDIR/ec2-hosts" --address private-ip \
	    --known-hosts run.known
	out_is 10.1.2.3
	[ "$(grep -c '10\.1\.2\.3' run.known)" = 3 ]
	grep -qx 'old.example ssh-ed25519 AAAAold' run.known
	grep -qx '10.9.9.9 ssh-ed25519 AAAAother' run.known
	run ! grep -q '10\.1\.2\.3.*AAAAold' run.known
}

@test "lines on stdout, and no hosts" {
	console >console.txt
	ec2_start "set console=$T/console.txt" 'add count=2'
	exits 0 "$BUILDDIR/ec2-hosts" --known-hosts -
	out_counts 6 '^ec2-[^ ]*,[^ ]* (ssh|ecdsa)-[^ ]+ [A-Za-z0-9+/=]+$'
	[ "$(wc -l <"$T/out")" = 6 ]
	exits 0 "$BUILDDIR/ec2-hosts" --known-hosts - --wait 2
	[ "$(wc -l <"$T/out")" = 6 ]
}

@test "without keys on its console a host is left out" {
	console >console.txt
	ec2_start 'add count=2'
	fake change "$(fake ids | cut -d' ' -f2)" "console=$T/console.txt"
	exits 1 "$BUILDDIR/ec2-hosts" --known-hosts run.known --timeout 5
	[ "$(wc -l <"$T/out")" = 1 ]
	err_has "^ec2-hosts: $(fake ids | cut -d' ' -f1) is left out: its host keys are not known\$"
	exits 1 "$BUILDDIR/ec2-hosts" --known-hosts run.known --timeout 5 \
	    --wait 2
	[ "$(wc -l <"$T/out")" = 1 ]
	err_has '1 of 2 are ready'
}

@test "a console that cannot be had at any time is had later" {
	console >console.txt
	ec2_start "set console=$T/console.txt" 'add count=1' \
	    'fault error action=GetConsoleOutput code=UnsupportedOperation status=400 times=1'
	exits 0 "$BUILDDIR/ec2-hosts" --known-hosts run.known
	[ "$(wc -l <"$T/out")" = 1 ]
	the_call GetConsoleOutput | grep -qv Latest
}

@test "who may not read consoles is told" {
	ec2_start 'add count=1' 'fault error action=GetConsoleOutput code=UnauthorizedOperation status=403 times=2'
	exits 1 "$BUILDDIR/ec2-hosts" --known-hosts run.known
	err_has 'no console to be had: UnauthorizedOperation'
	exits 3 "$BUILDDIR/ec2-hosts" --known-hosts run.known --wait 1
}

@test "a file that cannot be written costs nothing" {
	ec2_start
	exits 2 "${launch[@]}" -n 1 --wait --known-hosts missing/run.known
	err_has 'cannot write missing/run.known: No such file or directory'
	[ "$(calls RunInstances)" = 0 ]
	exits 2 "${launch[@]}" -n 1 --known-hosts run.known
	exits 2 "${launch[@]}" -n 1 --wait --known-hosts -
}

@test "three hundred hosts, and the file is written a few times" {
	console >console.txt
	ec2_start "set console=$T/console.txt" 'add count=300'
	exits 0 "$BUILDDIR/ec2-hosts" --known-hosts run.known
	[ "$(wc -l <"$T/out")" = 300 ]
	[ "$(wc -l <run.known)" = 900 ]
}
