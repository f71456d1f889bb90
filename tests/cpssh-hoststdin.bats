# SPDX-License-Identifier: BSD-2-Clause
# -h -: the host list is a stream.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "hosts from a pipe" {
	printf 'web1\nweb2\n' | exits 0 cpssh -h - true
	out_counts 2 SUCCESS
}

@test "hosts from a file that is stdin" {
	printf 'web1\nweb2\n' >hosts
	exits 0 cpssh -h - true <hosts
	out_counts 2 SUCCESS
}

@test "hosts from a shell's process substitution" {
	exits 0 cpssh -h <(echo web1) -h <(echo web2) true
	out_counts 2 SUCCESS
}

@test "hosts typed on a terminal, each visited as it is entered" {
	local keys

	mkfifo keys
	INPUT=keys begin "$TESTBIN/ptyrun" \
	    "$CPSSH" -F "$FLEET/ssh_config" -h - true
	exec {keys}>keys
	echo web1 >&"$keys"
	wait_until 20 has_line 'SUCCESS.*web1' out
	printf 'web2\n\004' >&"$keys"
	ends 0
	exec {keys}>&-
	out_has '2 hosts: 2 ok'
}

@test "work starts while the list is still open" {
	local list

	mkfifo list
	INPUT=list begin cpssh -h - true
	exec {list}>list
	echo web1 >&"$list"
	wait_until 20 has_line 'SUCCESS\] web1$' out
	printf 'web' >&"$list"
	echo 2 >&"$list"
	wait_until 20 has_line 'SUCCESS\] web2$' out
	exec {list}>&-
	ends 0
	out_counts 2 SUCCESS
}

@test "the number of hosts is not told while it is unknown" {
	local list

	mkfifo list
	INPUT=list begin cpssh -h - -i --no-headers \
	    'echo "$PSSH_NODENUM ${PSSH_NUMNODES-unset} $PSSH_HOST"'
	exec {list}>list
	echo web1 >&"$list"
	wait_until 20 test -s out
	exec {list}>&-
	ends 0
	out_is '0 unset web1'
}

@test "together with files and -H" {
	echo web2 >file
	echo web1 | exits 0 cpssh -h file -h - -H web3 true
	out_counts 3 SUCCESS
}

@test "a bad line is told with its number" {
	printf 'web1\nweb2 a b\n' | exits 0 cpssh -h - true
	err_has ':2: .*Bad line: "web2 a b"'
	out_counts 1 SUCCESS
}

@test "an empty list is no host" {
	exits 1 cpssh -h - true </dev/null
	exits 0 cpssh --allow-empty -h - true </dev/null
}

@test "remote commands do not eat the list" {
	printf 'web1\nweb2\nweb3\n' | exits 0 cpssh -p 1 -h - cat
	out_counts 3 SUCCESS
}

@test "a list of 5,000 lines" {
	local port

	port=$(refused_port)
	for ((i = 1; i <= 4990; i++)); do
		echo "127.0.0.$((i % 200 + 1)):$port"
		[ $((i % 499)) != 0 ] || echo "web$i"
	done >list
	[ "$(wc -l <list)" = 5000 ]
	exits 4 cpssh -h - -p 100 true < <(cat list)
	out_counts 10 SUCCESS
	out_counts 4990 'FAILURE\] 127\..*[Rr]efused'
	out_has '^\[5000\] '
}

@test "a long list takes neither descriptors nor memory with it" {
	local port list i before after

	! sanitized || skip "memory means nothing under a sanitizer"
	port=$(refused_port)
	mkfifo list
	INPUT=list begin cpssh -h - -p 50 true
	exec {list}>list
	for ((i = 0; i < 1000; i++)); do echo "127.0.0.1:$port"; done >&"$list"
	wait_until 30 has_line '^\[1000\] ' out
	wait_until 60 idle "$BEGUN"	# what was closed is closed
	before=$(held)
	for ((i = 0; i < 9000; i++)); do echo "127.0.0.1:$port"; done >&"$list"
	wait_until 60 has_line '^\[10000\] ' out
	wait_until 60 idle "$BEGUN"
	after=$(held)
	exec {list}>&-
	ends 4
	echo "descriptors and kB: $before, then $after"
	[ "${after% *}" = "${before% *}" ]
	[ "${after#* }" -lt $((${before#* } + 4000)) ]
}

held() {	# descriptors and kB of memory
	echo "$(find "/proc/$BEGUN/fd" -type l | wc -l)" \
	    "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' \
	    "/proc/$BEGUN/status")"
}
