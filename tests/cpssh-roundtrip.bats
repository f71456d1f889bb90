# SPDX-License-Identifier: BSD-2-Clause
# A long line, 50 ms there and back, is not a narrow one.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "one host's output keeps flowing over 50 ms" {
	local way started

	! sanitized || skip "speed means nothing under a sanitizer"
	mkfifo proxy
	"$TESTBIN/delayproxy" 25 "$PORT" >proxy 3>&- &
	remember $!
	read -r way <proxy
	know_host "$way" >known
	config "UserKnownHostsFile $T/known"
	started=$(date +%s%N)
	exits 0 cpssh -t 0 -o o -H "127.0.0.1:$way" \
	    'head -c 100000000 /dev/zero'
	[ "$(stat -c %s "o/127.0.0.1:$way")" = 100000000 ]
	local ms=$((($(date +%s%N) - started) / 1000000))
	echo "$((100000 / ms)) MB/s"
	# 30 MB/s where nothing else runs; a window of 256 kB would make 5, and
	# take 20 s
	[ $ms -lt 16000 ]
}
