# SPDX-License-Identifier: BSD-2-Clause
# What pssh's HOWTO, its --help, its manual pages and its own tests show, with
# a "c" in front.  The lines stand here as they stand there; irb2 is the user
# of these tests, and /tmp and /home/irb2 are one of their directories.

# shellcheck disable=SC2016  # pssh's lines are expanded by howto()
load lib
load family

setup_file() {
	# what is nuked is in a pid namespace
	sshd=$(sshd_with_own_pids) fleet_start
}

# howto STATUS LINE: the line, as a shell takes it, ends so.
howto() {
	local line=$2

	line=$(sed -E "s/^(ssh|scp|slurp|rsync|nuke)\>/member cp\1/
	    s,/tmp/|/home/irb2/,<REMOTE>/,g; s,<REMOTE>,$REMOTE,g
	    s/irb2/$LOGIN/g" <<<"${line#p}")
	exits "$1" eval "$line"
}

hosts_txt() {
	printf '127.0.0.1\n127.0.0.2\n127.0.0.3\n' >"${1:-hosts.txt}"
}

# On three hosts there is what was said.
succeeds() {
	local address

	for address in 127.0.0.{1..3}; do
		out_has "SUCCESS\\] $address\$"
	done
	out_counts 3 SUCCESS
}

# pssh's example has three hosts; to us they are one.
one_at_a_time() { export PSSH_PAR=1; }

# What is called java, and again as soon as it is killed: to us it is one host.
java_runs() {
	cp /bin/sleep "$REMOTE/java"
	exits 0 member cpssh -H 127.0.0.1 "cd $REMOTE
	    (while :; do ./java 1000; done) >/dev/null 2>&1 </dev/null & :"
	java_is_there
}

java_is_there() {
	wait_until 20 member cpssh -H 127.0.0.1 'pgrep -x java' >/dev/null
}

java_ends() {
	member cpssh -H 127.0.0.1 \
	    "pkill -f 'while :; do ./[j]ava'; pkill -x java" >/dev/null || :
}

# --- the HOWTO ---

@test "HOWTO: pssh -h ips.txt -l irb2 -o /tmp/foo hostname" {
	hosts_txt ips.txt
	howto 0 'pssh -h ips.txt -l irb2 -o /tmp/foo hostname'
	succeeds
	howto 0 'ls /tmp/foo'
	out_is $'127.0.0.1\n127.0.0.2\n127.0.0.3'
	howto 0 'cat /tmp/foo/*'
	out_counts 3 "^$(hostname)\$"
}

@test "HOWTO: a minute for pssh, no limit for pscp" {
	# what takes longer than this is in cpssh-timeout.bats
	hosts_txt ips.txt
	howto 3 'pssh -h ips.txt -l irb2 -t 1 sleep 61'
	out_counts 3 'Timed out'
	grep -q '\.timeout = 60,' "$SRCDIR/cmd/cpssh.c" "$SRCDIR/cmd/cpnuke.c"
	run ! grep '\.timeout' "$SRCDIR"/cmd/cp{scp,slurp,rsync}.c
}

@test "HOWTO: pscp -h ips.txt -l irb2 /etc/hosts /tmp/hosts" {
	hosts_txt ips.txt
	howto 0 'pscp -h ips.txt -l irb2 /etc/hosts /tmp/hosts'
	succeeds
	cmp /etc/hosts "$REMOTE/hosts"
	mkdir -p entire/dir
	echo x >entire/dir/x
	howto 0 'pscp -r -h ips.txt -l irb2 entire /tmp/'
	succeeds
	diff -r entire "$REMOTE/entire"
}

@test "HOWTO: pnuke -h ips.txt -l irb2 java" {
	hosts_txt ips.txt
	java_runs
	one_at_a_time
	howto 0 'pnuke -h ips.txt -l irb2 java'
	succeeds
	java_ends
}

@test "HOWTO: all of it by environment variables" {
	hosts_txt ips.txt
	cp "$FLEET/known_hosts" "$REMOTE/known_hosts"
	edit_config '/^UserKnownHostsFile/d'
	export PSSH_HOSTS=$T/ips.txt PSSH_USER=$LOGIN PSSH_PAR=32
	export PSSH_OUTDIR=$T/bar PSSH_VERBOSE=0
	export PSSH_OPTIONS="UserKnownHostsFile $REMOTE/known_hosts"
	howto 0 'pssh hostname'
	succeeds
	err_is ''
	[ "$(cat bar/127.0.0.2)" = "$(hostname)" ]
	howto 0 'pscp /etc/hosts /tmp/hosts'
	succeeds
	cmp /etc/hosts "$REMOTE/hosts"
	java_runs
	one_at_a_time
	howto 0 'pnuke java'
	succeeds
	java_ends
}

# --- the last line of each --help ---

@test "--help: uptime" {
	hosts_txt
	howto 0 'pssh -h hosts.txt -l irb2 -o /tmp/foo uptime'
	succeeds
	grep -q 'load average' "$REMOTE/foo/127.0.0.3"
}

@test "--help: pscp foo.txt" {
	hosts_txt
	echo foo >foo.txt
	howto 0 'pscp -h hosts.txt -l irb2 foo.txt /home/irb2/foo.txt'
	succeeds
	cmp foo.txt "$REMOTE/foo.txt"
}

@test "--help: pslurp foo.txt" {
	hosts_txt
	echo foo >"$REMOTE/foo.txt"
	howto 0 'pslurp -h hosts.txt -L /tmp/outdir -l irb2          /home/irb2/foo.txt foo.txt'
	succeeds
	for address in 127.0.0.{1..3}; do
		cmp "$REMOTE/foo.txt" "$REMOTE/outdir/$address/foo.txt"
	done
}

@test "--help: prsync foo" {
	hosts_txt
	mkdir foo
	echo bar >foo/bar
	one_at_a_time
	howto 0 'prsync -r -h hosts.txt -l irb2 foo /home/irb2/foo'
	succeeds
	diff -r foo "$REMOTE/foo/foo"
}

@test "--help: pnuke java" {
	hosts_txt
	java_runs
	one_at_a_time
	howto 0 'pnuke -h hosts.txt -l irb2 java'
	succeeds
	java_ends
}

# --- the manual pages ---

@test "man: hello, world" {
	howto 0 'pssh -i -H "web1 web2" echo "hello, world"'
	out_counts 2 '^hello, world$'
	hosts_txt
	howto 0 'pssh -i -h hosts.txt echo "hello, world"'
	succeeds
	out_counts 3 '^hello, world$'
}

@test "man: with a prompt for the password" {
	hosts_txt
	echo secret >answer
	howto 0 'pssh -i -h hosts.txt -A -l irb2 echo hi <answer'
	succeeds
	out_counts 3 '^hi$'
}

@test "man: without timing out, and a hundred at once" {
	hosts_txt
	howto 0 'pssh -i -h hosts.txt -t 0 sleep 1'
	succeeds
	howto 0 'pssh -i -h hosts.txt -p 100 -t 0 sleep 1'
	succeeds
}

@test "man: without checking or saving host keys" {
	# -O in the page is what ssh refuses: it means -o
	howto 2 'pssh -i -H web1 -H web2 -x "-O StrictHostKeyChecking=no" echo hi'
	err_has "ssh's -O"
	: >"$FLEET/none"
	howto 0 'pssh -i -H web1 -H web2 -x "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null" echo hi'
	out_counts 2 '^hi$'
}

@test "man: the node number of each connection" {
	howto 0 "pssh -p 1 -i -H web1 -H web1 -H web2 'echo \$PSSH_NODENUM'"
	[ "$(grep -xE '[0-9]' out | tr -d '\n')" = 012 ]
}

@test "man: -x -tt, and what is running ends with it" {
	needs_root "an sshd of a user's own has no terminals"
	hosts_txt
	howto 3 'pssh -i -x "-tt" -h hosts.txt -t 2 sleep 1234'
	out_counts 3 'Timed out'
	out_lacks 'still'
	wait_until 60 exits 5 member cpssh -H web1 'pgrep -fx "sleep 1234"'
}

# --- pssh's own tests ---

@test "test.py: short options, and long ones" {
	hosts_txt
	howto 0 'pssh -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 -v -P -i uptime < /dev/null'
	succeeds
	grep -q 'load average' "$REMOTE/o/127.0.0.1"
	howto 0 'pssh --hosts=hosts.txt --user=irb2 --par=64 --outdir=/tmp/o2 --errdir=/tmp/e2 --timeout=60 --verbose --print --inline uptime < /dev/null'
	succeeds
	grep -q 'load average' "$REMOTE/o2/127.0.0.1"
	howto 5 'pssh -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 -v -P -i ls /doesnotexist < /dev/null'
	[ ! -s "$REMOTE/o/127.0.0.1" ]
	grep -q 'No such file or directory' "$REMOTE/e/127.0.0.1"
}

@test "test.py: pscp" {
	hosts_txt
	howto 0 'pscp -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 /etc/hosts /tmp/pssh.test < /dev/null'
	cmp /etc/hosts "$REMOTE/pssh.test"
	howto 0 'pscp --hosts=hosts.txt --user=irb2 --par=64 --outdir=/tmp/o --errdir=/tmp/e --timeout=60 /etc/hosts /tmp/pssh.test < /dev/null'
	succeeds
	rm "$REMOTE/pssh.test"
	# a second one would find the directory, and copy into it
	echo 127.0.0.1 >hosts.txt
	howto 0 'pscp -r -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 /etc/init.d /tmp/pssh.test < /dev/null'
	diff -r /etc/init.d "$REMOTE/pssh.test"
}

@test "test.py: pslurp" {
	hosts_txt
	howto 0 'pslurp -L /tmp/pssh.test -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 /etc/hosts hosts < /dev/null'
	cmp /etc/hosts "$REMOTE/pssh.test/127.0.0.3/hosts"
	howto 0 'pslurp --localdir=/tmp/pssh.test --hosts=hosts.txt --user=irb2 --par=64 --outdir=/tmp/o --errdir=/tmp/e --timeout=60 /etc/hosts hosts < /dev/null'
	succeeds
	howto 0 'pslurp -r -L /tmp/pssh.test -h hosts.txt -l irb2 -p 64 -o /tmp/o -e /tmp/e -t 60 /etc/init.d init.d < /dev/null'
	diff -r /etc/init.d "$REMOTE/pssh.test/127.0.0.2/init.d"
}

@test "test.py: prsync" {
	hosts_txt
	one_at_a_time
	howto 0 'prsync -h hosts.txt -l irb2 -o /tmp/o -e /tmp/e -t 60 -a -z /etc/hosts /tmp/pssh.test < /dev/null'
	cmp /etc/hosts "$REMOTE/pssh.test"
	howto 0 'prsync --hosts=hosts.txt --user=irb2 --outdir=/tmp/o --errdir=/tmp/e --timeout=60 --archive --compress /etc/hosts /tmp/pssh.test < /dev/null'
	succeeds
	howto 0 'prsync -r -h hosts.txt -l irb2 -o /tmp/o -e /tmp/e -t 60 -a -z /etc/init.d/ /tmp/pssh.test.d < /dev/null'
	diff -r /etc/init.d "$REMOTE/pssh.test.d"
}

@test "test.py: pnuke" {
	hosts_txt
	begin sh -c 'exec "$@" >long 2>&1' - "$CPSSH" \
	    -F "$FLEET/ssh_config" -h hosts.txt -l "$LOGIN" -p 64 \
	    -o o -e e -t 60 -v sleep 60
	wait_until 20 member cpssh -H web1 '[ $(pgrep -cx sleep) = 3 ]'
	# the first one finds them all
	one_at_a_time
	howto 5 'pnuke -h hosts.txt -l irb2 -o /tmp/o -e /tmp/e -t 60 -v sleep < /dev/null'
	out_counts 1 SUCCESS
	# a shell that waits for it says 137
	wait "$BEGUN" || status=$?
	[[ $status = [35] ]]
	[ "$(grep -cE 'by signal 9|code 137' long)" = 3 ] ||
		explain "$(cat long)"
}

@test "test.sh: what fails there fails here" {
	hosts_txt ips.txt
	mkdir "$REMOTE/pssh.test.data"
	cp /etc/hosts "$REMOTE/pssh.test.data/1.txt"
	howto 5 'pssh -h ips.txt -l irb2 -p 64 -o /tmp/foo1.bad -e /tmp/bar1.bad -t 60 ls /xyz'
	howto 4 'pscp -r -h ips.txt -l irb2 -p 64 -o /tmp/foo2.bad -e /tmp/bar2.bad -t 120 /tmp/pssh.test.data /proc'
	howto 4 'prsync -r -h ips.txt -l irb2 -p 64 -o /tmp/foo3.bad -e /tmp/bar3.bad -t 120 /tmp/pssh.test.data/ /proc/'
	howto 5 'pslurp -r -L /tmp/baz4.bad -h ips.txt -l irb2 -p 64 -o /tmp/foo4.bad -e /tmp/bar4.bad -t 120 /xyz data'
	for name in bar1 bar2 bar3 bar4; do
		[ -s "$REMOTE/$name.bad/127.0.0.1" ]
	done
}
