# SPDX-License-Identifier: BSD-2-Clause
# What the tests of copying from hosts have in common.
# shellcheck shell=bash disable=SC2154  # lib.bash sets them

CPSLURP=${CPSLURP:-$(dirname "$CPSSH")/cpslurp}

cpslurp() { "$CPSLURP" -F "${CONFIG:-$FLEET/ssh_config}" "$@"; }

# fetched_nothing DIRECTORY: neither a temporary name nor anything else
fetched_nothing() {
	local left

	left=$(find "$1" -mindepth 1)
	[ -z "$left" ] || explain "left behind: $left"
}

# No temporary name is left there.
leaves_none() {
	local left

	left=$(find "$1" -name '.cpssh-*')
	[ -z "$left" ] || explain "left behind: $left"
}
