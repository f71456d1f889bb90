# SPDX-License-Identifier: BSD-2-Clause
# Hosts that let us in and then send what nobody asked for.

load lib
load copy

floods=$(echo flood={3,5,21,31,40,51,53,82,91,192})
chacha=$(echo chacha={0,1,2,3,4,5,6,7,9,15,17,34999,40001,4294967295})

setup_file() {
	local mode rest

	fleet_start
	mkfifo "$FLEET/raw.fifo"
	# shellcheck disable=SC2086  # one word a mode
	"$TESTBIN/rawsshd" ok version={1,2,3,4} unknown empty rekeyflood asks extended opens \
	    strangers windows nopacket signals farewell finished brimful gone halfway unready flood=99 $floods $chacha \
	    >"$FLEET/raw.fifo" 2>"$FLEET/raw.log" </dev/null 3>&- &
	remember $!
	while read -r mode rest; do
		case $mode in
		ssh-*) echo "* $mode $rest" >"$FLEET/known_hosts" ;;
		*) echo "$mode $rest" >>"$FLEET/raw" ;;
		esac
	done <"$FLEET/raw.fifo"
	rm "$FLEET/raw.fifo"
}

raw() { echo "127.0.0.1:$(sed -n "s/^$1 //p" "$FLEET/raw")"; }

does_well() {
	exits 0 cpssh -t 20 -H "$(raw "$1")" -i true
	out_has '^here$'
	out_lacks wrong
}

# MODE is done with sending 30 MB, and we have not grown by it.
bears() {
	local before

	before=$(grep -c flooded "$FLEET/raw.log") || :
	begin cpssh -t 0 -H "$(raw "$1")" true
	wait_until 60 more_floods "$before" ||
		explain "$1: $(cat "$T/out")" || return
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 25000 ] ||
		explain "$1: $(peak_memory "$BEGUN") kB" || return
	kill -KILL "$BEGUN"
	ends 137
}

more_floods() { [ "$(grep -c flooded "$FLEET/raw.log")" -gt "$1" ]; }

@test "the server of these tests is not wrong by itself" {
	does_well ok
}

@test "versions that are odd, but right" {
	local number

	for number in 1 2 3 4; do
		does_well "version=$number"
	done
}

@test "types that do not exist are answered, each by its number" {
	patched || skip "this libssh2 does not have our patches"
	does_well unknown
}

@test "packets that nobody waits for are not kept" {
	local mode

	patched || skip "this libssh2 does not have our patches"
	for mode in $floods; do
		bears "$mode"
	done
}

@test "answers to what we did ask are not kept without end" {
	patched || skip "this libssh2 does not have our patches"
	exits 4 cpssh -t 60 -H "$(raw flood=99)" true
	says 'connection lost'
}

@test "nor is data without a byte in it, nor names of signals" {
	patched || skip "this libssh2 does not have our patches"
	bears empty
	bears signals
}

@test "new keys are not waited for with room for everything" {
	patched || skip "this libssh2 does not have our patches"
	exits 4 cpssh -t 60 -H "$(raw rekeyflood)" true
	says 'connection lost'
}

@test "extended data of an unknown kind" {
	patched || skip "this libssh2 does not have our patches"
	does_well extended
}

@test "channels that nobody asked for" { does_well opens; }
@test "channels that do not exist" { does_well strangers; }

@test "windows beyond all bounds" {
	head -c 300000 /dev/zero >data
	exits 0 cpssh -t 20 -H "$(raw windows)" -i --input data true
	out_has '^300000 bytes$'
	out_has '^here$'
}

@test "a window for packets of no bytes is waited at, not turned round" {
	local before

	head -c 300000 /dev/zero >data
	begin cpssh -t 0 -H "$(raw nopacket)" -i --input data true
	wait_until 20 idle "$BEGUN"
	kill -KILL "$BEGUN"
	ends 137
}

@test "questions without end, whose answers are never read" {
	exits 4 cpssh -t 90 -H "$(raw asks)" true
	says 'the host asks much and reads no answer'
}

@test "packets too short and too long under chacha20-poly1305" {
	local mode

	patched || skip "this libssh2 does not have our patches"
	for mode in $chacha; do
		exits 4 cpssh -t 20 -H "$(raw "$mode")" true
		says "FAILURE\] .*(libssh2 error|longer than)"
	done
}

@test "what came before the host ended the connection is kept" {
	patched || skip "this libssh2 does not have our patches"
	exits 4 cpssh -t 20 -o o -e e -H "$(raw farewell)" true
	says 'disconnected by the host: going away'
	[ "$(cat o/*),$(cat e/*)" = here,there ] ||
		explain "kept: $(cat o/*),$(cat e/*)"
	does_well finished
	exits 4 cpssh -t 20 -o o -H "$(raw brimful)" true
	says 'connection lost'
	[ "$(wc -c <"o/$(raw brimful)")" = 34878 ] || explain "$(wc -c o/*)"
}

@test "also while it waits for a slow reader, and input goes out" {
	patched || skip "this libssh2 does not have our patches"
	local input output

	mkfifo input output
	INPUT=input begin sh -c 'exec "$@" >output' - "$CPSSH" \
	    -F "$FLEET/ssh_config" -t 60 -P -I -H "$(raw gone)" true
	exec {input}>input {output}<output
	read -r -u "$output"
	wait_until 30 idle "$BEGUN"
	head -c 900000 /dev/zero >&"$input"
	exec {input}>&-
	wait_until 30 idle "$BEGUN"
	kill -USR1 "$(sed -n 's/^gone //p' "$FLEET/raw.log")"
	wait_until 30 idle "$BEGUN"
	cat <&"$output" >lines
	ends 4
	[ "$(grep -c 'a line' lines)" = 8999 ] ||
		explain "$(grep -c 'a line' lines) lines"
}

@test "the connection ends in the middle of the key exchange" {
	exits 4 cpssh -t 20 -H "$(raw unready)" true
	says 'FAILURE\] .*key exchange'
}

@test "a farewell in the middle of what an SFTP server says" {
	echo x >x
	exits 4 cpscp -v -t 20 -H "$(raw halfway)" x /tmp
	says 'disconnected by the host: going away'
}

@test "what is read with the last of the other stream" {
	patched || skip "this libssh2 has no chacha20-poly1305"
	fleet_start 'LogLevel DEBUG2'
	begin cpssh -t 20 -O Ciphers=chacha20-poly1305@openssh.com -H web1 \
	    -o o -e e "echo >$REMOTE/on; until [ -e $REMOTE/go ]; do
		sleep 0.02; done; head -c 200000 /dev/zero >&2; echo here"
	remote_says on
	kill -STOP "$BEGUN"
	touch "$REMOTE/go"
	wait_until 20 has_line 'channel 0: send close' "$FLEET/log"
	kill -CONT "$BEGUN"
	ends 0
	[ "$(cat o/web1),$(wc -c <e/web1)" = here,200000 ]
}
