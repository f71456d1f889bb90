# SPDX-License-Identifier: BSD-2-Clause
# What it says of itself.

# shellcheck disable=SC2016  # the remote shell expands
load lib
setup_file() { :; }

@test "--help goes to stdout and fits a screen" {
	exits 0 "$CPSSH" --help
	err_is ''
	out_has '^Usage: cpssh '
	[ "$(wc -l <out)" -le 60 ] || explain "longer than a screen"
	[ "$(wc -L <out)" -le 80 ] || explain "wider than a screen"
}

@test "--help names every option" {
	local option

	exits 0 "$CPSSH" --help
	for option in hosts host user par outdir errdir fileappend timeout \
	    option verbose askpass extra-args extra-arg host-glob version \
	    help inline inline-stdout send-input print no-headers \
	    allow-empty connect-timeout no-progress max-output input; do
		out_has "--$option\b"
	done
}

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
