# SPDX-License-Identifier: BSD-2-Clause
# cprsync when something goes wrong, or gets large: it is told, and nothing is
# left running or lying about, here or there.

# shellcheck disable=SC2016,SC2030,SC2031  # for shells there; of one test
# shellcheck disable=SC2046  # one word a process
load lib
load rsync

# cprsync as the user that is logged in, whom modes bind
own_cprsync() {
	sed "s|IdentityFile .*|IdentityFile $SUITE/home/.ssh/id_ed25519|" \
	    "$FLEET/ssh_config" >own_config
	as_login "$CPRSYNC" -F own_config "$@"
}

# The rsyncs, here and there, that have $REMOTE in their arguments, and what
# they have called.
rsyncs() { pgrep -f -- "$REMOTE"; }
no_rsyncs() { ! rsyncs >/dev/null; }

# Some of a file has come to $REMOTE.
begun() { [ -n "$(find "$REMOTE" -name '.*.??????' -size +0c)" ]; }

# Some of it has come here.
has_part() { [ -n "$(find got -name '.big.*' -size +0c)" ]; }

# begin_slowly ARGUMENT...: so that it can be caught at it
begin_slowly() {
	head -c 100M /dev/zero >big
	begin "$CPRSYNC" -F "${CONFIG:-$FLEET/ssh_config}" -x --bwlimit=400 \
	    "$@"
	wait_until 20 begun
}

# None of all this is left, but what was there before.
nothing_left() {
	wait_until 20 no_rsyncs
	! begun || explain "left: $(ls -A "$REMOTE")"
}

# the rsync that we have started
first_child() { cut -d' ' -f1 "/proc/$BEGUN/task/$BEGUN/children"; }

# --- sources and targets ---

@test "a source that may not be read: the rest goes" {
	needs_root 'to be somebody else'
	setup_tree
	chmod 0 tree/one tree/'sub dir'
	exits 4 own_cprsync -a -H web1 tree/ "$REMOTE/t"
	out_has 'error code 23, some of it could not be copied: rsync: .* opendir .*sub dir.* failed: Permission denied'
	[ ! -e "$REMOTE/t/one" ]
	cmp tree/empty "$REMOTE/t/empty"
}

@test "what may not be read there: the rest comes" {
	setup_tree
	cp -r tree "$REMOTE/tree"
	[ "$(id -u)" != 0 ] || chown 0 "$REMOTE/tree/one"
	chmod 0 "$REMOTE/tree/one"
	exits 4 cprsync -d -r -H web1 "$REMOTE/tree/" got
	out_has 'error code 23, .*: rsync: .*one.*Permission denied'
	[ ! -e got/web1/one ]
	cmp tree/empty got/web1/empty
}

@test "a target that may not be written to" {
	echo x >x
	mkdir -m 755 "$REMOTE/d"
	[ "$(id -u)" = 0 ] || chmod 555 "$REMOTE/d"
	exits 4 cprsync -H web1 x "$REMOTE/d/"
	out_has 'error code 23, .*: rsync: .*mkstemp.*Permission denied'
	mkdir -m 555 got
	cp x "$REMOTE/x"
	if [ "$(id -u)" = 0 ]; then
		exits 1 own_cprsync -d -H web1 "$REMOTE/x" got/sub
	else
		exits 4 cprsync -d -H web1 "$REMOTE/x" got
	fi
	says 'Permission denied'
}

@test "a target in the way" {
	setup_tree
	mkdir got
	: >got/web1
	cp tree/one "$REMOTE/x"
	exits 4 cprsync -d -H web1 "$REMOTE/x" got
	out_has 'FAILURE\] web1 .*Not a directory'
	[ ! -s got/web1 ]
	: >"$REMOTE/file"
	exits 4 cprsync -r -H web1 tree one "$REMOTE/file"
	out_has 'FAILURE\] web1 Exited with error code (3|11|23), '
}

@test "no room there, no room here" {
	needs_root 'a small file system'
	sshd=$(sshd_with_small size=1m) fleet_start
	head -c 3M /dev/urandom >large
	exits 4 cprsync -H web1 large "$T/small/"
	out_has 'error code 11, files cannot be .*: rsync: .*No space left on device'
	exits 0 cpssh -H web1 "[ -z \"\$(ls -A $T/small)\" ]"
	cp large "$REMOTE/"
	exits 4 unshare --mount sh -c 'mount -t tmpfs -o size=1m none small
	    "$@"; s=$?; [ -z "$(find small -type f)" ] || exit 99; exit $s' - \
	    "$CPRSYNC" -F "$FLEET/ssh_config" -d -H 'web1 web2' \
	    "$REMOTE/large" small
	out_counts 2 'error code 11, files cannot be .*: rsync: .*No space left on device'
}

@test "a file that vanishes meanwhile: 24" {
	mkdir t
	head -c 1M /dev/zero >t/a
	echo x >t/z
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=800 -r -H web1 \
	    t/ "$REMOTE"
	wait_until 20 begun
	rm t/z
	ends 4
	out_has 'error code 24, some files vanished meanwhile'
	cmp t/a "$REMOTE/a"
}

@test "a source that becomes shorter, or longer, meanwhile" {
	head -c 1M /dev/urandom >a
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=400 -H web1 a \
	    "$REMOTE"
	wait_until 20 begun
	kill -STOP -- "-$BEGUN" $(rsyncs)
	truncate -s 600000 a
	kill -CONT -- "-$BEGUN" $(rsyncs)
	status=0
	wait "$BEGUN" || status=$?
	# rsync may notice in time and send it again
	case $status in
	0) cmp a "$REMOTE/a" ;;
	4) out_has 'error code 23, .*' ;;
	*) explain "status $status" ;;
	esac
	nothing_left
	rm -f "$REMOTE/a"
	head -c 1M /dev/urandom >a
	cp a before
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=800 -H web1 a \
	    "$REMOTE"
	wait_until 20 begun
	echo more >>a
	ends 0
	cmp -n 1048576 before "$REMOTE/a"
}

# --- the codes ---

@test "rsync's exit codes, each with its words" {
	local code words

	mkdir bin
	cat >bin/rsync <<-'END'
		#!/bin/sh
		[ "$2" = --version ] || [ "$1" = --version ] || exit $CODE
	END
	chmod +x bin/rsync
	while read -r code words; do
		CODE=$code PATH=$T/bin:$PATH exits 4 cprsync -H web1 x y
		out_has "FAILURE\\] web1 Exited with error code $code$words\$"
	done <<-'END'
		1 , a wrong option or argument
		2 , the versions do not go together
		3 , a source or a target cannot be used
		5 , the protocol could not be begun
		10 , an error of the connection
		11 , files cannot be read or written
		12 , an error in the data: does the host have rsync\?
		20 , it was interrupted
		23 , some of it could not be copied
		24 , some files vanished meanwhile
		25 , it was not to delete so many
		30 , nothing came for too long
		77
	END
	CODE=0 PATH=$T/bin:$PATH exits 4 cprsync -H web1 x y
	out_has 'FAILURE\] web1 rsync did not call the host$'
	echo '[ "$1" = --version ] || kill -KILL $$' >>bin/rsync
	sed -i 's/ || exit .*//' bin/rsync
	PATH=$T/bin:$PATH exits 4 cprsync -H web1 x y
	out_has 'FAILURE\] web1 .*rsync'
}

# login_shell SHELL FUNCTION: it, with a server that has that shell
login_shell() {
	local shell

	needs_root "to change the user's login shell"
	shell=$(command -v "$1") || skip "there is no $1"
	usermod -s "$shell" "$LOGIN"
	"$2"
	usermod -s /bin/sh "$LOGIN"
}

without_rsync() {
	echo x >x
	tools "$T/bin" sh sed cat
	fleet_start "SetEnv PATH=$T/bin"
	exits 4 cprsync -i -H web1 x "$REMOTE/"
	out_has 'FAILURE\] web1 Exited with error code .*(does the host have rsync\?|no rsync there \(.*\)): .*([Nn]ot found|nknown command)'
}

with_names() {
	local name

	mkdir names
	for name in 'a space' "a 'quote'" 'a "double" one' '-n' '*' '[abc]' \
	    '$HOME' '$(id)' 'semi;colon' '~' '#hash' 'a&b|c<d>e' '{x,y}' \
	    '`id`' $'new\nline' '!1'; do
		echo "this is $name" >"names/$name"
	done
	fleet_start
	exits 0 cprsync -a -H web1 names/ "$REMOTE/d i r"
	diff -r names "$REMOTE/d i r"
	exits 0 cprsync -d -a -H web1 "$REMOTE/d i r/" got
	diff -r names got/web1
	for name in names/*; do
		exits 0 cprsync -X -s -H web1 "$name" "$REMOTE/${name#*/}-"
		cmp "$name" "$REMOTE/${name#*/}-"
		# or the next one might be a pattern of it
		rm "$REMOTE/${name#*/}-"
	done
}

@test "a host without rsync: bash" { login_shell bash without_rsync; }
@test "a host without rsync: zsh" { login_shell zsh without_rsync; }
@test "a host without rsync: csh" { login_shell csh without_rsync; }
@test "a host without rsync: tcsh" { login_shell tcsh without_rsync; }
@test "a host without rsync: fish" { login_shell fish without_rsync; }
@test "names, where the login shell is bash" { login_shell bash with_names; }
@test "names, where the login shell is zsh" { login_shell zsh with_names; }
@test "names, where the login shell is csh" { login_shell csh with_names; }
@test "names, where the login shell is tcsh" { login_shell tcsh with_names; }
@test "names, where the login shell is fish" { login_shell fish with_names; }

# --- ends that come early ---

@test "the connection breaks in the middle" {
	begin_slowly -H web1 big "$REMOTE/"
	break_connections
	ends 4
	out_has 'FAILURE\] web1 connection lost'
	nothing_left
	[ ! -e "$REMOTE/big" ]
}

@test "the connection breaks in the middle, of what comes" {
	head -c 100M /dev/zero >"$REMOTE/big"
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=400 -d \
	    -H 'web1 web2' "$REMOTE/big" got
	has_both() { [ "$(find got -name '.big.*' -size +0c | wc -l)" = 2 ]; }
	wait_until 20 has_both
	break_connections
	ends 4
	out_counts 2 'FAILURE\] web[12] connection lost'
	wait_until 20 no_rsyncs
	[ -z "$(find got -type f)" ] || explain "left: $(find got)"
}

@test "interrupted: nothing runs any more, nothing lies about" {
	begin_slowly -H 'web1 web2' -p 1 big "$REMOTE/"
	[ "$(rsyncs | wc -l)" -ge 4 ]
	kill -INT "$BEGUN"
	ends 130
	out_has 'FAILURE\] web1 Interrupted, during rsync$'
	out_has 'FAILURE\] web2 Cancelled$'
	nothing_left
	[ -z "$(ls -A "$REMOTE")" ]
}

@test "interrupted, of what comes" {
	head -c 100M /dev/zero >"$REMOTE/big"
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=400 -d -H web1 \
	    "$REMOTE/big" got
	wait_until 20 has_part
	kill -INT "$BEGUN"
	ends 130
	wait_until 20 no_rsyncs
	[ -z "$(find got -type f)" ] || explain "left: $(find got)"
}

@test "out of time: the same" {
	begin_slowly -t 6 -H web1 big "$REMOTE/"
	ends 3
	out_has 'FAILURE\] web1 Timed out, during rsync$'
	nothing_left
	[ -z "$(ls -A "$REMOTE")" ]
}

@test "we are killed: the same" {
	begin_slowly -H web1 big "$REMOTE/"
	kill -KILL "$BEGUN"
	ends 137
	nothing_left
	[ -z "$(ls -A "$REMOTE")" ]
}

@test "rsync is killed here" {
	begin_slowly -i -H web1 big "$REMOTE/"
	kill -KILL "$(first_child)"
	ends 4
	out_has 'FAILURE\] web1 (the rsync here was killed|Exited with)'
	nothing_left
}

@test "rsync is killed there" {
	begin_slowly -X '--rsync-path=exec rsync' -H web1 big "$REMOTE/"
	strike $(pgrep -u "$LOGIN" -x rsync)
	# a user's own rsyncs here are its, too
	if [ "$(id -u)" = 0 ]; then
		ends 3
		out_has 'FAILURE\] web1 Killed by signal 9'
	else
		wait "$BEGUN" || :
	fi
	wait_until 20 no_rsyncs
}

@test "a host key that has changed: no rsync is started" {
	echo x >x
	echo "[127.0.0.1]:$PORT $(cut -d' ' -f1,2 "$KEYS/host_other.pub")" >known
	config "UserKnownHostsFile $T/known"
	exits 4 cprsync -v -H web1 x "$REMOTE/"
	says 'HAS CHANGED|has changed'
	err_lacks 'start of rsync'
	[ ! -e "$REMOTE/x" ]
}

# --- many ---

@test "through a bastion: one login for all" {
	log_from_here
	echo x >x
	config 'Host bastion' 'HostName 127.0.0.2' 'Host web*' \
	    'ProxyJump bastion'
	exits 0 cprsync -H 'web[1-4]' x "$REMOTE/"
	out_counts 4 SUCCESS
	log_counts 5 'Accepted publickey'
}

@test "-p: so many at a time, and no more" {
	echo x >x
	cat >there <<-END
		#!/bin/sh
		echo 1 >>$REMOTE/log
		rsync "\$@"
		status=\$?
		sleep 0.5
		echo -1 >>$REMOTE/log
		exit \$status
	END
	chmod 755 there
	exits 0 cprsync -p 3 -X "--rsync-path=$T/there" -H 'web[1-9]' x \
	    "$REMOTE/"
	awk '{ n += $1; if (n > most) most = n }
	    END { exit !(NR == 18 && n == 0 && most <= 3 && most >= 2) }' \
	    "$REMOTE/log"
}

# sockets_of PID: inodes of the sockets and pipes that it holds
sockets_of() {
	find "/proc/$1/fd" -lname '*:\[*' -printf '%l\n' 2>/dev/null
}

@test "twenty at once: no child has what is another's, or ours" {
	local child i

	head -c 50M /dev/zero >"$REMOTE/big"
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -d -x --bwlimit=20 \
	    -H 'web[1-20]' "$REMOTE/big" got
	all_here() { [ "$(find got -name '.big.*' | wc -l)" = 20 ]; }
	wait_until 60 all_here
	read -ra children <"/proc/$BEGUN/task/$BEGUN/children" || :
	[ ${#children[@]} = 20 ]
	for child in "${children[@]}"; do
		for i in $(descendants "$child"); do
			sockets_of "$i"
		done | sort -u >"of.$child"
		# streams to its helper, the socket to us, its two outputs
		[ "$(wc -l <"of.$child")" -ge 4 ]
		[ "$(wc -l <"of.$child")" -le 10 ]
	done
	[ -z "$(sort of.* | uniq -d)" ] || explain "shared: $(sort of.* | uniq -d)"
	# ours to the hosts are in nobody's hands
	grep -hE ":$(printf %04X "$PORT") 01 " "/proc/$BEGUN/net/tcp" |
		awk '{ print "socket:[" $10 "]" }' | sort >tcp
	[ "$(sockets_of "$BEGUN" | sort | comm -12 - tcp | wc -l)" -ge 20 ]
	[ -z "$(sort of.* | comm -12 - tcp)" ]
	kill -INT "$BEGUN"
	ends 130
	out_counts 20 Interrupted
	wait_until 20 no_rsyncs
}

zombies() { pgrep -c -r Z -P "$1"; }

@test "children are reaped as they end" {
	local seen=0

	echo x >x
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -p 2 -H 'web[1-40]' x "$REMOTE/"
	while ! gone "$BEGUN"; do
		[ "$(zombies "$BEGUN")" -le 2 ] || seen=$((seen + 1))
		[ "$(ps -o pid= --ppid "$BEGUN" | wc -l)" -le 4 ]
		sleep 0.02
	done
	ends 0
	out_counts 40 SUCCESS
	[ $seen = 0 ]
}

@test "what rsync says of one host is below its line, whole" {
	local i

	mkdir t
	for i in {1..300}; do echo "$i" >"t/file$i"; done
	exits 0 cprsync -v -i -r -x -n -H 'web[1-8]' t/ "$REMOTE/"
	out_counts 8 SUCCESS
	# between two status lines there is all of it, once
	awk '/SUCCESS/ { if (NR > 1 && n != 300) exit 1; n = 0; hosts++ }
	    /^file[0-9]+$/ { n++; seen[$0]++ }
	    END { for (f in seen) if (seen[f] != 8) exit 1
		exit !(n == 300 && hosts == 8) }' "$T/out"
	out_counts 8 '^sent [0-9,]+ bytes  received [0-9,]+ bytes'
}

@test "in a pipe there are status lines alone, on a terminal is progress" {
	head -c 3M /dev/urandom >big
	exits 0 cprsync -H web1 big "$REMOTE/"
	[ "$(wc -l <"$T/out")" = 1 ]
	err_is ''
	rm -f "$REMOTE/big"
	exits_on_tty 0 "$CPRSYNC" -F "$FLEET/ssh_config" -x --bwlimit=2000 \
	    -H web1 big "$REMOTE/"
	out_has '0 of 1 done: .*, [0-9.]+ .?B, [0-9.]+ .B/s'
}

@test "10,000 files, zero bytes each" {
	mkdir t
	(cd t && seq -f 'file %.0f' 10000 | xargs -d '\n' touch)
	exits 0 cprsync -a -H web1 t "$REMOTE/"
	[ "$(find "$REMOTE/t" | wc -l)" = 10001 ]
	exits 0 cprsync -d -a -H web1 "$REMOTE/t" got
	diff <(ls t) <(ls got/web1/t)
}

@test "more than 4 GB, and sparse" {
	truncate -s 4500M sparse
	echo end >>sparse
	exits 0 cprsync -z -x --sparse -H web1 sparse "$REMOTE/"
	[ "$(stat -c %s "$REMOTE/sparse")" = "$(stat -c %s sparse)" ]
	[ "$(du -k "$REMOTE/sparse" | cut -f1)" -lt 1000 ]
	[ "$(tail -c 4 "$REMOTE/sparse")" = end ]
}

# stalled: the program that is begun waits, and has come to rest
stalled() { idle "$BEGUN" && idle "$BEGUN"; }

@test "a host that stops reading: we hold no more than a window" {
	truncate -s 2G big
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -H web1 big "$REMOTE/"
	wait_until 20 begun
	kill -STOP $(pgrep -u "$LOGIN" -f "rsync.*$REMOTE")
	wait_until 20 stalled
	[ ! -e "$REMOTE/big" ]
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 24000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	kill -CONT $(pgrep -u "$LOGIN" -f "rsync.*$REMOTE")
	ends 0
	cmp big "$REMOTE/big"
}

@test "an rsync here that stops reading: the host has to wait" {
	truncate -s 2G "$REMOTE/big"
	begin "$CPRSYNC" -F "$FLEET/ssh_config" -d -H web1 "$REMOTE/big" got
	wait_until 20 has_part
	client=$(first_child)
	kill -STOP $(descendants "$client")
	wait_until 20 stalled
	[ "$(find got -type f -name big | wc -l)" = 0 ]
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 24000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	kill -CONT $(descendants "$client")
	ends 0
	cmp "$REMOTE/big" got/web1/big
}

@test "few descriptors: fewer hosts at a time" {
	mkdir t
	echo x >t/x
	for limit in 100 150; do
		exits 0 sh -c 'ulimit -n '$limit'; "$@"' - "$CPRSYNC" -i \
		    -F "$FLEET/ssh_config" -p 40 -H 'web[1-40]' t/x "$REMOTE/"
		err_has 'lowered to'
		out_counts 40 SUCCESS
	done
}
