# SPDX-License-Identifier: BSD-2-Clause
# The clocks that are a minute long, all at once: this takes 70 s.

load lib

# libssh2 by itself gives up any reply after 60 s: -t 0 must mean what it says.
@test "a server that takes 70 s is waited for, with -t 0 and only then" {
	bad_start slowexec=70
	SECONDS=0
	begin cpssh -t 0 -i --no-headers -H "$(bad slowexec=70)" echo hi
	"$CPSSH" -F "$FLEET/ssh_config" -H "web1 $(bad slowexec=70)" \
	    sleep 100 >limited || status=$?
	[ "$status" = 3 ]
	[ $SECONDS -ge 59 ]
	[ $SECONDS -lt 90 ]
	[ "$(grep -c 'Timed out' limited)" = 2 ]
	ends 0
	out_is hi
}
