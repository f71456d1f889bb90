# SPDX-License-Identifier: BSD-2-Clause
# Defaults from the environment: CPSSH_*, and pssh's own PSSH_*.

# shellcheck disable=SC2016  # the remote shell expands
load lib

@test "PSSH_USER and CPSSH_USER are -l" {
	edit_config '/^User /d'
	PSSH_USER=$LOGIN exits 0 cpssh -H web1 -i --no-headers id -un
	out_is "$LOGIN"
	CPSSH_USER=$LOGIN PSSH_USER=nobody exits 0 \
	    cpssh -H web1 -i --no-headers id -un
	out_is "$LOGIN"
	CPSSH_USER=nobody exits 0 cpssh -l "$LOGIN" -H web1 true
}

@test "PSSH_PAR is -p, and must be a number" {
	for name in PSSH_PAR CPSSH_PAR; do
		export $name=1
		exits 0 cpssh -H 'web1 web2' -i --no-headers \
		    "mkdir $REMOTE/alone && rmdir $REMOTE/alone"
		export $name=many
		status=0
		cpssh -H web1 true >out 2>err || status=$?
		[ "$status" = 1 ] || [ "$status" = 2 ] || explain "status"
		err_has "$name.*many"
		unset $name
	done
}

@test "PSSH_TIMEOUT is -t" {
	PSSH_TIMEOUT=1 exits 3 cpssh -H web1 sleep 60
	out_has 'FAILURE\] web1 Timed out'
	CPSSH_TIMEOUT=1 exits 3 cpssh -H web1 sleep 60
	out_has 'FAILURE\] web1 Timed out'
}

@test "PSSH_OUTDIR and PSSH_ERRDIR are -o and -e" {
	PSSH_OUTDIR=o PSSH_ERRDIR=e exits 0 cpssh -H web1 'echo a; echo b >&2'
	[ "$(cat o/web1 e/web1)" = $'a\nb' ]
	CPSSH_OUTDIR=co CPSSH_ERRDIR=ce \
	    exits 0 cpssh -H web1 'echo a; echo b >&2'
	[ "$(cat co/web1 ce/web1)" = $'a\nb' ]
}

@test "PSSH_INLINE, PSSH_PRINT and PSSH_VERBOSE are true if not 0 or empty" {
	PSSH_INLINE=1 exits 0 cpssh -H web1 echo hi
	out_has '^hi$'
	CPSSH_INLINE=yes exits 0 cpssh -H web1 echo hi
	out_has '^hi$'
	PSSH_INLINE=0 exits 0 cpssh -H web1 echo hi
	out_lacks '^hi$'
	CPSSH_INLINE='' exits 0 cpssh -H web1 echo hi
	out_lacks '^hi$'
	PSSH_PRINT=1 exits 0 cpssh -H web1 echo hi
	out_has '^web1: hi$'
	CPSSH_PRINT=1 exits 0 cpssh -H web1 echo hi
	out_has '^web1: hi$'
	PSSH_VERBOSE=1 exits 0 cpssh -H web1 true
	err_has 'key exchange'
	CPSSH_VERBOSE=1 exits 0 cpssh -H web1 true
	err_has 'key exchange'
}

@test "PSSH_OPTIONS is one -O, kept beside others" {
	PSSH_OPTIONS='Port=1234' exits 0 cpssh -G -H web1
	out_has '^port 1234$'
	CPSSH_OPTIONS='Port 1234' exits 0 cpssh -G -O Compression=yes -H web1
	out_has '^port 1234$'
	out_has '^compression yes$'
}

@test "PSSH_HOSTS and CPSSH_HOSTS add a host file" {
	echo web1 >one
	echo web2 >two
	PSSH_HOSTS=one exits 0 cpssh -h two true
	out_counts 2 SUCCESS
	err_is ''
	CPSSH_HOSTS=one exits 0 cpssh true
	out_counts 1 SUCCESS
}

@test "of two names for one thing ours wins" {
	CPSSH_TIMEOUT=1 PSSH_TIMEOUT=100 exits 3 cpssh -H web1 sleep 60
}
