# SPDX-License-Identifier: BSD-2-Clause
# 500 hosts behind one bastion: how few logins, how little CPU, and how little
# the hosts that do not answer cost the others.

# shellcheck disable=SC2317,SC2329  # the helpers call ours and theirs
load lib
load speed

setup_file() {
	local fleet port

	fleet_start
	bad_start ok
	fleet=$FLEET port=$PORT
	fleet_start 'LogLevel VERBOSE'
	export BASTION=$FLEET BASTION_PORT=$PORT NODE_PORT
	FLEET=$fleet PORT=$port NODE_PORT=$(bad_port ok)
	cat "$BASTION/known_hosts" >>"$FLEET/known_hosts"
}

# nodes BASTION-PORT LINE...
nodes() {
	config 'Host bastion' "Port $1" 'HostName 127.0.0.1' \
	    'Host node*' "Port $NODE_PORT" 'HostName 127.0.0.1' "${@:2}"
}

logins() { FLEET=$BASTION logged | grep -c 'Accepted publickey'; }

@test "500 hosts behind a bastion cost two logins there at most" {
	nodes "$BASTION_PORT" 'ProxyJump bastion'
	FLEET=$BASTION log_from_here
	exits 0 cpssh -p 128 -H 'node[1-500]' true
	out_counts 500 SUCCESS
	[ "$(logins)" -le 2 ]
}

@test "going through a bastion costs little CPU" {
	! sanitized || skip "speed means nothing under a sanitizer"
	theirs() {
		nodes "$BASTION_PORT"
		cpssh -H 'node[1-500]' true
	}
	ours() {
		nodes "$BASTION_PORT" 'ProxyJump bastion'
		cpssh -H 'node[1-500]' true
	}
	needs_at_most 160 CPU
	out_counts 500 SUCCESS
}

@test "hosts that do not answer hold up nobody" {
	local way hole alone with

	! sanitized || skip "speed means nothing under a sanitizer"
	mkfifo ways
	"$TESTBIN/delayproxy" 10 "$BASTION_PORT" >ways 3>&- &
	remember $!
	read -r way <ways
	"$TESTBIN/blackhole" >ways 3>&- &
	remember $!
	read -r hole <ways
	know_host "$way" >>"$FLEET/known_hosts"
	nodes "$way" 'ProxyJump bastion' 'Host hole*' 'HostName 127.0.0.1' \
	    "Port $hole" 'ProxyJump bastion'
	for i in {1..20}; do
		echo "hole$i"
		echo "node[$((i * 24 - 23))-$((i * 24))]"
	done >hosts
	grep node hosts >good
	last_success() {
		local begin

		begin=$(date +%s%N)
		"$CPSSH" -F "$CONFIG" -p 128 --connect-timeout 10 \
		    -h "$1" true 3>&- | while read -r line; do
			case $line in
			*SUCCESS*) date +%s%N ;;
			esac
		done >"$T/times"
		[ "$(wc -l <"$T/times")" = 480 ] || explain "not 480: $(wc -l <"$T/times")"
		echo $((($(tail -n 1 "$T/times") - begin) / 1000000))
	}
	# three times, for what else the machine does
	for i in 1 2 3; do
		alone=$(last_success good)
		with=$(last_success hosts)
		echo "alone $alone ms, with 20 that do not answer $with ms"
		[ $((with * 10)) -gt $((alone * 15)) ] || return 0
	done
	return 1
}
