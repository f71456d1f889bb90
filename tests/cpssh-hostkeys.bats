# SPDX-License-Identifier: BSD-2-Clause
# Host keys are checked, always, by known_hosts.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() {
	fleet_start
	fingerprint() { ssh-keygen -lf "$1" | cut -d' ' -f2; }
	export ED25519 OTHER
	ED25519=$(fingerprint "$KEYS/host_ed25519.pub")
	OTHER=$(fingerprint "$KEYS/host_other.pub")
}

key() { cut -d' ' -f1,2 "$KEYS/host_$1.pub"; }

# knows LINE...: a known_hosts of these lines alone.
knows() {
	printf '%s\n' "$@" >known
	config "UserKnownHostsFile $T/known"
}

@test "an unknown host is refused, strictly or with nobody to ask" {
	: >known
	for word in yes ask; do
		config "UserKnownHostsFile $T/known" \
		    "StrictHostKeyChecking $word"
		exits 4 cpssh -H web1 "echo x >$REMOTE/in"
		says 'host key check|no host key is known'
		[ ! -e "$REMOTE/in" ]
		[ ! -s known ]
	done
}

@test "accept-new: taken once, then known" {
	: >known
	config "UserKnownHostsFile $T/known" \
	    'StrictHostKeyChecking accept-new'
	exits 0 cpssh -H web1 true
	grep -q "^\[127.0.0.1\]:$PORT " known
	[ "$(wc -l <known)" = 1 ]
	exits 0 cpssh -O StrictHostKeyChecking=yes -H web1 true
	[ "$(wc -l <known)" = 1 ]
	ssh -F config -o StrictHostKeyChecking=yes web1 true
}

@test "accept-new: a changed key is refused" {
	knows "[127.0.0.1]:$PORT $(key other)"
	exits 4 cpssh -O StrictHostKeyChecking=accept-new -H web1 true
	[ "$(wc -l <known)" = 1 ]
}

@test "no: taken, and told when it changed" {
	: >known
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking no'
	exits 0 cpssh -H web1 true
	[ "$(wc -l <known)" = 1 ]
	knows "[127.0.0.1]:$PORT $(key other)"
	exits 0 cpssh -O StrictHostKeyChecking=no -H web1 true
	err_has 'changed'
	grep -q "$(key other)" known
}

@test "a changed key is refused with both fingerprints and the place" {
	knows '# a comment' "[127.0.0.1]:$PORT $(key other)"
	exits 4 cpssh -H web1 "echo x >$REMOTE/in"
	says 'changed'
	says "\Q$ED25519\E"
	says "\Q$OTHER\E"
	says "\Q$T/known:2\E"
	[ ! -e "$REMOTE/in" ]
}

@test "a revoked key is refused, whatever else is said of it" {
	knows "[127.0.0.1]:$PORT $(key ed25519)" \
	    "@revoked * $(key ed25519)"
	for word in yes accept-new no; do
		exits 4 cpssh -O StrictHostKeyChecking=$word -H web1 true
		says 'revoked'
	done
	[ "$(wc -l <known)" = 2 ]
}

@test "hashed names, as ssh-keygen -H makes them" {
	knows "[127.0.0.1]:$PORT $(key ed25519)"
	ssh-keygen -q -H -f known
	run ! grep -q 127 known
	exits 0 cpssh -H web1 true
}

@test "a host is known by name and port, or by name for any port" {
	knows "[127.0.0.1]:1 $(key ed25519)"
	exits 4 cpssh -H web1 true
	knows "127.0.0.1 $(key ed25519)"
	exits 0 cpssh -H web1 true
}

@test "wildcards and negation" {
	knows "[127.0.0.*]:$PORT,![127.0.0.2]:$PORT $(key ed25519)"
	exits 0 cpssh -H '127.0.0.1 127.0.0.3' true
	exits 4 cpssh -H 127.0.0.2 true
}

@test "several files, the second one as good" {
	knows "[127.0.0.9]:$PORT $(key ed25519)"
	config "UserKnownHostsFile $T/missing $T/known $FLEET/known_hosts"
	exits 0 cpssh -H web1 true
	config "UserKnownHostsFile $T/known" \
	    "GlobalKnownHostsFile $FLEET/known_hosts"
	exits 0 cpssh -H web1 true
}

@test "HostKeyAlias is the name to know" {
	knows "gateway $(key ed25519)"
	exits 0 cpssh -O HostKeyAlias=gateway -H web1 true
}

@test "only a certificate authority is known: refused, and why is told" {
	knows "@cert-authority * $(cut -d' ' -f1,2 "$KEYS/ca.pub")"
	exits 4 cpssh -H web1 true
	says 'authority'
}

@test "the key types that are known decide what the server shows" {
	for type in rsa ecdsa ed25519; do
		know_host "$PORT" $type >known
		config "UserKnownHostsFile $T/known"
		exits 0 cpssh -H web1 true
	done
}

# web1 to web30 have keys of their own to learn.
each_a_host_of_its_own() {
	local i lines=()

	for ((i = 1; i <= 30; i++)); do
		lines+=("Host web$i" "HostKeyAlias web$i")
	done
	config "${lines[@]}" 'Host *' "UserKnownHostsFile $T/known" \
	    'StrictHostKeyChecking accept-new'
}

@test "twenty new hosts at once: whole lines, each once" {
	: >known
	each_a_host_of_its_own
	exits 0 cpssh -p 20 -H 'web[1-20]' true
	[ "$(wc -l <known)" = 20 ]
	[ "$(cut -d' ' -f1 known | sort -u | wc -l)" = 20 ]
	[ "$(grep -cE '^\S+ (ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$' known)" = 20 ]
}

@test "two runs that learn at once lose nothing" {
	: >known
	each_a_host_of_its_own
	begin cpssh -H 'web[1-15]' true
	cpssh -H 'web[16-30]' true >others 2>&1
	ends 0
	[ "$(wc -l <known)" = 30 ]
	[ "$(grep -cE '^\S+ (ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$' known)" = 30 ]
}

@test "a file without a newline at its end is not spoilt" {
	printf '%s' "[127.0.0.9]:1 $(key ed25519)" >known
	config "UserKnownHostsFile $T/known" \
	    'StrictHostKeyChecking accept-new'
	exits 0 cpssh -H web1 true
	[ "$(grep -cE '^\S+ (ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$' known)" = 2 ]
}

@test "HashKnownHosts hides the names it adds" {
	: >known
	config "UserKnownHostsFile $T/known" HashKnownHosts\ yes \
	    'StrictHostKeyChecking accept-new'
	exits 0 cpssh -H web1 true
	grep -q '^|1|' known
	ssh -F config -o StrictHostKeyChecking=yes web1 true
}

@test "a known_hosts that cannot be written to is told, not fatal" {
	config "UserKnownHostsFile $T/none/such/known" \
	    'StrictHostKeyChecking accept-new'
	exits 0 cpssh -H web1 true
}

@test "BatchMode: a terminal is not asked" {
	: >known
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking ask' \
	    'BatchMode yes'
	echo yes | exits_on_tty 4 cpssh -H web1 true
	[ ! -s known ]
}

@test "ask: a terminal is asked, and its answer counts" {
	: >known
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking ask'
	echo no | exits_on_tty 4 cpssh -H web1 true
	grep -qF "$(ssh-keygen -lf "$KEYS/host_ed25519.pub" |
		cut -d' ' -f2)" out || explain "no fingerprint"
	[ ! -s known ]
	echo yes | exits_on_tty 0 cpssh -H web1 true
	[ "$(wc -l <known)" = 1 ]
}

@test "ask: also while stdin is the list of hosts, and no clock runs" {
	local typing

	: >known
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking ask' \
	    'ConnectTimeout 5'
	mkfifo typed
	INPUT=typed begin "$TESTBIN/ptyrun" sh -c 'echo web1 | "$@"' - \
	    "$CPSSH" -F "$T/config" -t 6 -h - true
	exec {typing}>typed
	wait_until 20 has_line 'trust it\?' out
	sleep 7	# somebody who thinks, not synchronisation
	echo yes >&"$typing"
	ends 0
	exec {typing}>&-
	[ "$(wc -l <known)" = 1 ]
}

@test "ask: one host under several names is asked about once" {
	: >known
	config "UserKnownHostsFile $T/known" 'StrictHostKeyChecking ask'
	echo yes | exits_on_tty 0 cpssh -t 20 -H 'web1 web2 web3' true
	[ "$(wc -l <known)" = 1 ]
	out_counts 1 'trust it'
}
