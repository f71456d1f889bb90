# SPDX-License-Identifier: BSD-2-Clause
# No host takes the others' time, and none takes ours while it waits.

load lib

@test "a server that floods us holds up neither the clocks nor the others" {
	bad_start kexflood
	SECONDS=0
	exits 4 cpssh --connect-timeout 8 -i -H "$(bad kexflood) web1" echo hi
	[ $SECONDS -le 20 ] || explain "$SECONDS seconds"
	out_has 'FAILURE.* during key exchange'
	out_has "SUCCESS\] web1\$"
}

@test "who waits for a place among the key exchanges uses no processor" {
	local TIMEFORMAT='%U %S' used

	bad_start banner
	used=$( { time exits 4 cpssh --max-handshakes 1 --connect-timeout 2 \
	    -H "$(bad banner) $(bad banner) $(bad banner)" true; } 2>&1)
	# shellcheck disable=SC2086  # two numbers
	[ "$(printf '%.0f' "$(sum $used)")" -le 1 ] || explain "$used s"
	out_counts 3 '[Tt]imed out during key exchange'
}

sum() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }
