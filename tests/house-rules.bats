# SPDX-License-Identifier: BSD-2-Clause
# The house rules: scripts that read the source and complain.

setup() {
	S=${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts
}

@test "files include only from their own floor or below" {
	"$S/check-floors"
}

@test "functions, files and lines are short" {
	"$S/check-length"
}

@test "nothing banned and nothing left for later" {
	"$S/check-banned"
}

@test "files begin as they should and are all in the tarball" {
	"$S/check-start"
}

@test "shellcheck is content" {
	"$S/check-shell"
}

@test "mandoc is content" {
	"$S/check-man"
}
