# SPDX-License-Identifier: BSD-2-Clause
# A server for every way to misbehave: each is told apart by the step it failed
# in and by what went wrong there, and none takes more than its time.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() {
	fleet_start
	export ALL="silent banner bannerclose garbage hugebanner full old
		kexclose kexhang authhang denied loginclose loginhang noexec
		reset endless signal nostatus noclose"
	local mode hosts=

	# shellcheck disable=SC2086  # one word a mode
	bad_start $ALL cutoff
	for mode in $ALL; do
		hosts+=" $(bad "$mode")"
	done
	# one run shows them all; the tests look at its report
	SECONDS=0
	"$CPSSH" -F "$FLEET/ssh_config" -o "$FLEET/o" -t 12 \
	    --connect-timeout 8 -H "$hosts web1" 'echo hi' \
	    >"$FLEET/report" 2>"$FLEET/messages" </dev/null 3>&- ||
		echo $? >"$FLEET/status"
	echo $SECONDS >"$FLEET/seconds"
}

setup() {
	T=$BATS_TEST_TMPDIR
	cp "$FLEET/report" "$T/out"
	cp "$FLEET/messages" "$T/err"
}

# many NUMBER MODE: that host so many times.
many() {
	local i

	for ((i = 0; i < $1; i++)); do
		bad "$2"
	done
}

# fails MODE REGEX: the message of that host.
fails() {
	out_has "\[FAILURE\] $(bad "$1")\b.*$2"
}

@test "the good host is not disturbed" {
	out_has 'SUCCESS\] web1$'
	[ "$(cat "$FLEET/o/web1")" = hi ]
}

@test "every host is reported once, the worst decides the status" {
	[ "$(wc -l <"$T/out")" = 20 ] || explain "not 20 lines"
	if patched; then
		out_counts 1 SUCCESS
	else
		out_counts 2 SUCCESS
	fi
	[ "$(cat "$FLEET/status")" = 3 ]
}

@test "the whole run takes no longer than its limit and a little" {
	[ "$(cat "$FLEET/seconds")" -le 30 ] ||
		explain "$(cat "$FLEET/seconds") seconds"
}

@test "nothing is ever said: connect timeout, key exchange" {
	fails silent '[Tt]imed out.*key exchange'
	fails banner '[Tt]imed out.*key exchange'
	fails kexhang '[Tt]imed out.*key exchange'
}

@test "closed during the key exchange" {
	fails bannerclose '(closed|reset).*key exchange'
	fails kexclose '(closed|reset).*key exchange'
}

@test "no SSH server, or one too old" {
	fails garbage 'key exchange'
	fails old 'key exchange'
	fails hugebanner 'key exchange'
}

@test "what a busy server says before it closes is handed on" {
	fails full 'key exchange'
}

@test "no answer to the login" {
	fails authhang '[Tt]imed out.*login'
}

@test "no login: tried and offered methods" {
	fails denied 'publickey'
	fails denied 'hostbased'
}

@test "closed once logged in" {
	fails loginclose '(closed|reset|lost)'
}

@test "silent once logged in: -t" {
	fails loginhang 'Timed out.*opening a channel'
}

@test "the command is refused" {
	fails noexec 'refused'
}

@test "reset in the middle of output: what came is kept" {
	fails reset '(closed|reset|lost)'
	[ "$(head -n 1 "$FLEET/o/$(bad reset)")" = 'first line' ]
}

@test "the same when it is sending that learns of the reset" {
	# much is sent to many, so to some when the reset is there already
	for i in 1 2 3; do
		exits 4 cpssh -I -o "$T/$i" -H "$(many 32 reset)" 'echo hi' \
		    < <(yes)
		[ "$(grep -lx 'first line' "$T/$i"/* | wc -l)" = 32 ] ||
			explain "lost: $(grep -Lx 'first line' "$T/$i"/*)"
	done
}

@test "closed after much output: all of it is kept" {
	exits 4 cpssh -o "$T/o" -H "$(many 16 cutoff)" 'echo hi'
	out_counts 16 'connection lost: connection closed by the host'
	[ "$(find "$T/o" -type f -size 1048576c | wc -l)" = 16 ] ||
		explain "$(find "$T/o" -type f -printf '%s ')"
}

@test "output for ever, and deaf: -t" {
	fails endless 'Timed out'
}

@test "a signal with an ugly name" {
	fails signal 'Killed by signal'
	out_lacks '\e'
}

@test "no exit status is no success, where the library can tell" {
	if patched; then
		fails nostatus 'did not say how the command ended'
	else
		out_has "\[SUCCESS\] $(bad nostatus)\$"
	fi
}

@test "a channel that never closes is not waited for beyond -t" {
	fails noclose '.'
	[ "$(cat "$FLEET/o/$(bad noclose)")" = hi ]
}
