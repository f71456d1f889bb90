# SPDX-License-Identifier: BSD-2-Clause
# What it says of itself.

# shellcheck disable=SC2016  # the remote shell expands
load lib
setup_file() { :; }

@test "-h is for hosts, not for help" {
	exits 1 "$CPSSH" -h "$T/none" true
	err_has 'Could not open hosts file: .*No such file or directory'
}

@test "--version prints the bare version" {
	exits 0 "$CPSSH" --version
	out_has '^\d+\.\d+(\.\d+)?$'
	[ "$(wc -l <out)" = 1 ] || explain "not one line"
	err_is ''
}

@test "says so when stdout is full" {
	status=0
	"$CPSSH" --version >/dev/full 2>err || status=$?
	[ "$status" = 1 ] || explain "status is not 1"
	err_has 'stdout|No space left'
}
