# SPDX-License-Identifier: BSD-2-Clause
# Two clocks: one to be let in, one for the whole visit.

# shellcheck disable=SC2016  # the remote shell expands
load lib

setup_file() {
	fleet_start
	bad_start silent loginhang authhang
}

@test "not let in in time is not reached (4)" {
	exits 4 cpssh --connect-timeout 1 -H "$(bad silent)" true
	out_has '[Tt]imed out during key exchange'
	exits 4 cpssh -O ConnectTimeout=4 -H "$(bad authhang)" true
	out_has '[Tt]imed out during login'
}

@test "the option wins over the configuration" {
	config 'ConnectTimeout 100'
	exits 4 cpssh --connect-timeout 1 -H "$(bad silent)" true
}

@test "the connect timeout is 10 s when nobody says" {
	SECONDS=0
	exits 4 cpssh -H "$(bad silent)" true
	[ $SECONDS -ge 9 ]
	[ $SECONDS -le 30 ]
}

@test "-t is for the whole visit, whatever it is at (3)" {
	exits 3 cpssh -t 1 -H "web1 $(bad silent) $(bad loginhang)" sleep 60
	out_counts 3 'FAILURE\] .* Timed out'
	out_has "$(bad silent) Timed out.*key exchange"
}

@test "-t 0 is no limit" {
	exits 0 cpssh -t 0 -H web1 sleep 1
}

@test "the connect timeout says nothing of a command's time" {
	exits 0 cpssh --connect-timeout 4 -H web1 sleep 6
}

@test "a dead host among a hundred holds nobody up" {
	exits 4 cpssh --connect-timeout 40 -p 20 \
	    -H "web[1-50] $(bad silent) web[51-99]" true
	out_counts 99 SUCCESS
	out_has "^\[100\] .*FAILURE\] $(bad silent)"
}

@test "only so many hosts at once are on their way in" {
	SECONDS=0
	exits 4 cpssh --max-handshakes 1 --connect-timeout 1 \
	    -H "$(bad silent) $(bad silent) $(bad silent)" true
	[ $SECONDS -ge 3 ]
}

@test "a host that died is noticed by ServerAlive, before its limit" {
	exits 4 cpssh -t 20 -O ServerAliveInterval=1 \
	    -O ServerAliveCountMax=2 -H "$(bad loginhang)" true
	out_has 'FAILURE.*(alive|answer|lost|respond)'
}

@test "a port where nobody listens is told at once" {
	SECONDS=0
	exits 4 cpssh -H "127.0.0.1:$(refused_port)" true
	out_has 'Connection refused'
	[ $SECONDS -lt 9 ]
}
