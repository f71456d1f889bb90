# SPDX-License-Identifier: BSD-2-Clause
# Looking names up holds nobody up.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "a name that nobody has" {
	exits 4 cpssh -H 'no-such-host.invalid web1' true
	out_has 'FAILURE\] no-such-host.invalid .*(find|address|name|known)'
	out_has 'SUCCESS\] web1$'
}

@test "a local name is found" {
	edit_config 's/^Host \*/Host localhost/'
	printf 'Host *\nHostKeyAlias [127.0.0.1]:%s\n' "$PORT" >>config
	exits 0 cpssh -O AddressFamily=inet -H localhost true
}

# with_mute_dns COMMAND...: where every lookup waits for an answer.
with_mute_dns() {
	local address=127.$((RANDOM % 200 + 50)).$((RANDOM % 256)).53

	"$TESTBIN/badsshd" -k "$KEYS/host_ed25519" -n "$address" \
	    2>dns.log >dns 3>&- &
	remember $!
	# its stdout is closed once it is ready
	wait_until 60 ready_or_failed "$!" "$address"
	[ ! -s dns.log ] || {
		cat dns.log >&2
		return 1
	}
	printf 'nameserver %s\noptions timeout:30 attempts:1\n' "$address" \
	    >resolv.conf
	unshare -m sh -c \
	    'mount --bind resolv.conf /etc/resolv.conf && exec "$@"' - "$@"
}

ready_or_failed() {
	gone "$1" || ss -lun | grep -qF "$2:53 "
}

@test "twenty names that hang do not hold up others" {
	needs_root "for a name server on port 53"
	exits 4 with_mute_dns "$CPSSH" -F "$FLEET/ssh_config" \
	    --connect-timeout 12 -H 'hang[1-20].example.com web[1-20]' true
	out_counts 20 SUCCESS
	[ "$(head -n 20 out | grep -c SUCCESS)" = 20 ] ||
		explain "names came first"
	out_counts 20 'FAILURE\] hang\d+.example.com .*[Tt]imed out'
}

@test "names that hang are not waited for at the end" {
	needs_root "for a name server on port 53"
	SECONDS=0
	exits 3 with_mute_dns "$CPSSH" -F "$FLEET/ssh_config" -t 2 \
	    -H 'hang[1-8].example.com' true
	[ $SECONDS -lt 20 ] || explain "$SECONDS seconds"
}
