# SPDX-License-Identifier: BSD-2-Clause
# -t 0 means what it says, also to libssh2, which by itself gives up any reply
# after 60 s.  This takes 70 s.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "a server that takes 70 s to start a command is waited for" {
	bad_start slowexec=70
	exits 0 cpssh -t 0 -i --no-headers -H "$(bad slowexec=70)" echo hi
	out_is hi
}
