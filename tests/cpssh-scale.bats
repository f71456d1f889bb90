# SPDX-License-Identifier: BSD-2-Clause
# Many hosts.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "300 hosts on a real sshd" {
	exits 0 cpssh -p 64 -P --no-headers -H 'web[1-300]' echo '$PSSH_NODENUM'
	[ "$(sort -u out | wc -l)" = 300 ] || explain "lines are missing"
	err_is ''
}

@test "100 at once" {
	begin cpssh -t 0 -p 100 -H 'web[1-100]' \
	    "echo x >>$REMOTE/here; exec sleep 100"
	wait_until 60 all_here
	kill -INT "$BEGUN"
	ends 130
}

all_here() { [ "$(wc -l <"$REMOTE/here")" = 100 ]; }

@test "never more than -p at once" {
	exits 0 cpssh -p 3 -i --no-headers -H 'web[1-12]' \
	    "mkdir $REMOTE/\$PSSH_NODENUM; ls $REMOTE | wc -l; sleep 2
	     rmdir $REMOTE/\$PSSH_NODENUM"
	out_lacks '^([4-9]|1\d)$'
	out_has '^3$'
}
