# SPDX-License-Identifier: BSD-2-Clause
# -h FILE, -H WORDS, -g GLOB: the forms of a host list.

# shellcheck disable=SC2016  # the remote shell expands
load lib

# The hosts of the report, sorted, on one line.
reported() {
	sed 's/.*\] //' "$T/out" | sort | tr '\n' ' '
}
lists() {	# EXPECTED ARGUMENT...
	local expected=$1

	shift
	exits 0 cpssh "$@" true
	expected=$(tr ' ' '\n' <<<"$expected" | sort | tr '\n' ' ')
	[ "$(reported)" = "$expected" ] || explain "hosts: $(reported)"
}

@test "comments, blank lines and blanks around are no hosts" {
	printf '# all\n\n  web1\t # first\nweb2#second\n   \n' >hosts
	lists 'web1 web2' -h hosts
}

@test "CRLF, and a last line without an end" {
	printf 'web1\r\n\r\nweb2' >hosts
	lists 'web1 web2' -h hosts
}

@test "user@host:port, and the old form with the user behind" {
	printf '%s@web1:%s\nweb2 %s\n' "$LOGIN" "$PORT" "$LOGIN" >hosts
	lists "$LOGIN@web1:$PORT $LOGIN@web2" -h hosts
	lists "web1:$PORT web2" -l "$LOGIN" -h hosts
}

@test "key=value fields are variables of the host, not users" {
	echo "web1 rack=7 role=db" >hosts
	echo "web2 $LOGIN rack=8" >>hosts
	lists "$LOGIN@web2 web1" -h hosts
	err_is ''
}

@test "several files in order, then all -H" {
	echo web2 >a
	echo web1 >b
	exits 0 cpssh -p 1 -H web4 -h a -h b -H 'web5 web3' -i --no-headers \
	    'echo $PSSH_HOST'
	out_is $'web2\nweb1\nweb4\nweb5\nweb3'
}

@test "duplicates are kept" {
	lists 'web1 web1 web2' -H 'web1 web2 web1'
}

@test "a bad line is told with file and number, and skipped" {
	printf 'web1\nweb2 me you\nme@web3 you\nweb4\n' >hosts
	lists 'web1 web4' -h hosts
	err_has 'hosts:2: .*Bad line: "web2 me you"'
	err_has 'hosts:3: .*User specified twice in line: "me@web3 you"'
}

@test "a glob selects among the hosts of files, not of -H" {
	printf 'web1\ndb1\n%s@db2:%s\n' "$LOGIN" "$PORT" >hosts
	lists "$LOGIN@db2:$PORT db1 web9" -g 'db*' -h hosts -H web9
	lists 'db1' -g 'db[13]' -h hosts
}

@test "names keep their case" {
	config 'Host MyServer' 'HostName 127.0.0.1'
	lists 'MyServer' -H MyServer
}

@test "no host at all: one line and 1, or 0 when that was expected" {
	: >hosts
	exits 1 cpssh -h hosts true
	out_is ''
	[ "$(wc -l <err)" = 1 ] || explain "not one line"
	exits 1 cpssh -H '' true
	exits 1 cpssh -h hosts -g 'x*' true
	exits 0 cpssh --allow-empty -h hosts true
	err_is ''
	out_is ''
}

@test "a file that cannot be read ends the run with 1" {
	exits 1 cpssh -h missing -H web1 true
	err_has 'Could not open hosts file: .*No such file or directory'
	out_is ''
	mkdir directory
	exits 1 cpssh -h directory true
	err_has 'Could not open hosts file: .*Is a directory'
}

@test "a bad port, a comma and an empty name are told, nothing else is lost" {
	printf 'web1\nweb2:99999\n@\nweb3\n' >hosts
	status=0
	cpssh -h hosts true >out 2>err || status=$?
	out_has 'SUCCESS\] web1$'
	out_has 'SUCCESS\] web3$'
	err_has 'hosts:2: '
	err_has 'hosts:3: '
}
