# SPDX-License-Identifier: BSD-2-Clause
# cprsync: the real rsync at both ends, through our own sessions.

# shellcheck disable=SC2016,SC2030,SC2031  # for shells there; of one test
load lib
load rsync

@test "a tree goes to every host" {
	setup_tree
	exits 0 cprsync -a -H 'web1' tree "$REMOTE/"
	diff -r tree "$REMOTE/tree"
	[ "$(stat -c %Y "$REMOTE/tree/empty")" = "$(stat -c %Y tree/empty)" ]
	out_has 'SUCCESS\] web1$'
}

@test "many hosts at once" {
	setup_tree
	# not to one place, which they would fight for
	exits 0 cprsync -d -a -H 'web[1-8]' "$T/tree/" got
	out_counts 8 SUCCESS
	for name in web{1..8}; do
		diff -r tree "got/$name"
	done
}

@test "one login a host, and that is ours" {
	setup_tree
	log_from_here
	exits 0 cprsync -p 1 -a -H 'web1 web2' tree/ "$REMOTE/all"
	log_counts 2 'Accepted publickey'
}

@test "again: nothing is left to do" {
	setup_tree
	exits 0 cprsync -a -H web1 tree/ "$REMOTE/t"
	exits 0 cprsync -a -i -x --stats -H web1 tree/ "$REMOTE/t"
	out_has 'Number of regular files transferred: 0'
}

@test "-d: each host's files come into its own directory" {
	setup_tree
	cp -r tree "$REMOTE/tree"
	exits 0 cprsync -d -a -H 'web1 web2' "$REMOTE/tree/" got
	diff -r tree got/web1
	diff -r tree got/web2
	# again, where pssh's crashes
	exits 0 cprsync -d -a -H 'web1 web2' "$REMOTE/tree/" got
	diff -r tree got/web2
}

@test "-d: the same host twice does not meet itself" {
	setup_tree
	cp -r tree "$REMOTE/tree"
	exits 0 cprsync -d -a -H 'web1 web1' "$REMOTE/tree/" got
	diff -r tree got/web1
	diff -r tree got/web1.1
}

@test "a source that is missing: rsync's words and code" {
	exits 4 cprsync -i -H web1 nothere "$REMOTE/"
	out_has 'FAILURE\] web1 Exited with error code 23, some of it could not be copied: rsync: .*nothere" failed: No such file'
	out_has 'nothere.*No such file'
}

@test "a place that cannot be written" {
	setup_tree
	exits 4 cprsync -a -H web1 tree /proc/nothing/
	out_has 'FAILURE\] web1 Exited with error code'
}

@test "the host has no rsync" {
	setup_tree
	exits 4 cprsync -a -x '--rsync-path=/nowhere/rsync' -H web1 tree \
	    "$REMOTE/"
	out_has 'FAILURE\] web1 .*no rsync there.*: .*/nowhere/rsync.* not found'
}

@test "no rsync here: nobody logs in" {
	setup_tree
	mkdir bin
	PATH=$T/bin exits 1 "$CPRSYNC" -F "$FLEET/ssh_config" -a -H web1 tree \
	    "$REMOTE/"
	out_is ''
	err_is 'cprsync: rsync cannot be run here: No such file or directory (is it installed?)'
}

@test "-v and -i show what rsync says" {
	setup_tree
	exits 0 cprsync -v -i -a -H web1 tree "$REMOTE/"
	out_has 'sub dir/deep/data'
	out_has 'sent [0-9,]+ bytes'
}

@test "-r -z and its own options" {
	setup_tree
	mkdir "$REMOTE/t"
	chmod 777 "$REMOTE/t"
	: >"$REMOTE/t/extra"
	exits 0 cprsync -r -z -x '--delete --links' -H web1 tree/ "$REMOTE/t"
	diff -r tree "$REMOTE/t"
}

@test "-S is for ssh, -x is not" {
	setup_tree
	exits 0 cprsync -a -S '-o ServerAliveInterval=5' -H web1 tree "$REMOTE/"
	exits 2 cprsync -a -S '--delete' -H web1 tree "$REMOTE/"
}

@test "-x is for rsync, and what it does not know is refused at once" {
	exits 2 cprsync -x '-a --no-such-flag' -H web1 x "$REMOTE/"
	err_has '^rsync: --no-such-flag: unknown option'
	err_has '^cprsync: error: -x: the rsync here does not take these flags'
	out_is ''
	exits 2 cprsync -X --exclude -H web1 x "$REMOTE/"
	err_has 'the rsync here does not take'
	exits 2 cprsync -x '-ave "ssh -p 22"' -H web1 x "$REMOTE/"
	err_has '^cprsync: error: -x: -ave: rsync goes through our own sessions'
	exits 2 cprsync -X --daemon -H web1 x "$REMOTE/"
	exits 2 cprsync -X --files-from=- -H web1 x "$REMOTE/"
	err_has 'name a file'
}

@test "our own program is called by whatever name it has" {
	setup_tree
	mkdir 'a "dir" with $(touch ran)'
	cp "$CPRSYNC" 'a "dir" with $(touch ran)/r s'
	CPRSYNC="$T/a \"dir\" with \$(touch ran)/r s"
	exits 0 cprsync -a -H web1 tree "$REMOTE/"
	diff -r tree "$REMOTE/tree"
	[ ! -e ran ]
}

@test "names that look like options, daemons or hosts" {
	echo hi >-n
	exits 0 cprsync -H web1 -- -n "$REMOTE/"
	[ "$(cat "$REMOTE/-n")" = hi ]
	echo hi >web9:file
	exits 0 cprsync -H web1 web9:file "$REMOTE/"
	[ "$(cat "$REMOTE/web9:file")" = hi ]
	mkdir rsync:
	echo hi >rsync:/x
	exits 0 cprsync -H web1 rsync://x "$REMOTE/"
	[ "$(cat "$REMOTE/x")" = hi ]
}

@test "a directory that is left out is told of" {
	setup_tree
	exits 0 cprsync -H web1 tree tree/one "$REMOTE/"
	err_is 'cprsync: web1: skipping directory tree'
	[ ! -e "$REMOTE/tree" ]
	[ -e "$REMOTE/one" ]
}

@test "rsync's progress: its last state is shown" {
	head -c 3000000 /dev/urandom >big
	exits 0 cprsync -i -X --progress -x --bwlimit=2000 -H web1 big "$REMOTE/"
	out_has '^ +3,000,000 100%'
	out_counts 1 %
	out_lacks '\r'
}

@test "the interrupted run leaves no process" {
	setup_tree
	head -c 200000000 /dev/zero >big
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -i \
	    -x --bwlimit=100 -H 'web1 web2' big "$REMOTE/"
	has_part() { ls "$REMOTE"/.big.*; }
	wait_until 20 has_part
	kill -INT "$BEGUN"
	ends 130
	out_counts 2 Interrupted
	none() { ! pgrep -f "bwlimit=100.*$REMOTE"; }
	wait_until 60 none
	[ ! -e "$REMOTE/big" ]
}

@test "-t ends a transfer that takes too long" {
	setup_tree
	head -c 200000000 /dev/zero >big
	exits 3 cprsync -t 4 -x --bwlimit=100 -H 'web1' big "$REMOTE/"
	out_has 'FAILURE\] web1 Timed out'
	[ ! -e "$REMOTE/big" ]
}

@test "through a bastion, by the same rules" {
	setup_tree
	config 'Host bastion' 'HostName 127.0.0.2' 'Host web*' \
	    'ProxyJump bastion'
	exits 0 cprsync -p 1 -a -H 'web1 web2' tree "$REMOTE/"
	diff -r tree "$REMOTE/tree"
}

@test "usage" {
	exits 2 cprsync -H web1
	err_is 'cprsync: error: Paths not specified.'
	exits 2 cprsync -H web1 x
	err_is 'cprsync: error: Remote path not specified.'
	exits 2 cprsync -d -H web1 x y z
	err_is 'cprsync: error: Extra arguments given after the local path.'
	exits 0 cprsync --help
	[ "$(wc -l <"$T/out")" -le 24 ]
	[ "$(grep -cE '.{81}' "$T/out")" = 0 ]
}
