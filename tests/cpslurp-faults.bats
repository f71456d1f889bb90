# SPDX-License-Identifier: BSD-2-Clause
# cpslurp, and cpscp --download, when something goes wrong: it is told, and
# nothing is left behind, neither here nor there.

load lib
load fetch
load copy

setup_file() { fleet_start; }

teardown() {
	leave_memory
	fleet_stop
}

# fleet_halting: a server whose tar sends a part and then waits, and has told
# that it does: `goes_on` lets it.
fleet_halting() {
	mkdir bin
	cat >bin/tar <<-END
		#!/bin/bash
		[ "\$1" != --version ] || exec /bin/tar --version
		set -o pipefail
		/bin/tar "\$@" | {
			head -c 400000
			: >$REMOTE/halted
			: <$REMOTE/go
			cat
		}
	END
	chmod +x bin/tar
	mkfifo "$REMOTE/go"
	chmod 666 "$REMOTE/go"
	FLEET='' fleet_start "SetEnv PATH=$T/bin:$PATH"
	mkdir "$REMOTE/tree"
	head -c 3000000 /dev/zero | tr '\0' x >"$REMOTE/tree/file"
	echo last >"$REMOTE/tree/last"
	# both stand in the archive as they are named here
	printf '%s\n' "$REMOTE/tree" "$REMOTE/tree/file" >names
}

goes_on() { : >"$REMOTE/go"; }

# landed N: some has come from so many hosts
landed() {
	[ "$(find . -path '*/.cpssh-*' -type f -size +0c |
	    sed 's,/\.cpssh-.*,,' | sort -u | tee places | wc -l)" -ge "$1" ]
}

# in_the_middle COMMAND [OPTION...]: of a copy, of which some has come from all
in_the_middle() {
	rm -f "$REMOTE/halted"
	begin "$@"
	case $* in
	*'web1 web2'*) wait_until 20 landed 2 ;;
	*) wait_until 20 landed 1 ;;
	esac
	wait_until 20 test -e "$REMOTE/halted"
}

slurp() { in_the_middle "$CPSLURP" -F "$FLEET/ssh_config" -L got "$@"; }
download() {
	in_the_middle "$CPSCP" -F "$FLEET/ssh_config" --download "$@" got
}

over_there() { [ -z "$(pgrep -f "$T/bin/tar")" ]; }

@test "interrupted in the middle" {
	fleet_halting
	slurp -H web1 "$REMOTE/tree/file" copy
	kill -INT "$BEGUN"
	ends 130
	out_has 'FAILURE\] web1 Interrupted, during copying$'
	[ ! -e got/web1 ]
	slurp -r -H 'web1 web2' "$REMOTE/tree" copy
	kill -INT "$BEGUN"
	ends 130
	out_counts 2 'FAILURE\] web. Interrupted, during copying$'
	fetched_nothing got
	download -r -H web1 "$REMOTE/tree" "$REMOTE/tree/file"
	kill -INT "$BEGUN"
	ends 130
	fetched_nothing got
	wait_until 20 over_there
}

@test "out of time in the middle" {
	fleet_halting
	slurp -t 6 -r -H web1 "$REMOTE/tree" copy
	ends 3
	out_has 'FAILURE\] web1 Timed out, during copying$'
	fetched_nothing got
	download -t 6 -r -H web1 "$REMOTE/tree"
	ends 3
	fetched_nothing got
	wait_until 20 over_there
}

@test "the connection breaks in the middle" {
	fleet_halting
	slurp -r -H web1 "$REMOTE/tree" copy
	break_connections
	ends 4
	out_has 'FAILURE\] web1 connection lost'
	fetched_nothing got
	goes_on
	download -r -H web1 "$REMOTE/tree"
	break_connections
	ends 4
	fetched_nothing got
	goes_on
	wait_until 20 over_there
}

@test "killed in the middle: the place is untouched, and is taken later" {
	fleet_halting
	slurp -r -H web1 "$REMOTE/tree" copy
	kill -KILL "$BEGUN"
	ends 137
	[ ! -e got/web1/copy ]
	goes_on
	wait_until 20 over_there
	rm -rf got/web1/.cpssh-*
	slurp -r -H web1 "$REMOTE/tree" copy
	goes_on
	ends 0
	diff -r "$REMOTE/tree" got/web1/copy
}

@test "a file that becomes shorter while it is read is a failure" {
	fleet_halting
	slurp -r -H web1 "$REMOTE/tree" copy
	truncate -s 1 "$REMOTE/tree/file"
	goes_on
	ends 5
	out_has 'web1 Exited with error code 1, .*file: File shrank by'
	fetched_nothing got
}

@test "one that becomes longer, is replaced, or goes, is told of" {
	local what

	fleet_halting
	cp "$REMOTE/tree/file" was
	for what in 'echo more >>file' 'echo new >new; mv new file' \
	    'rm file'; do
		slurp -r -H web1 "$REMOTE/tree" copy
		(cd "$REMOTE/tree" && eval "$what")
		goes_on
		ends 0
		err_has 'web1: .*tar: \./file: file changed as we read it$'
		cmp was got/web1/copy/file
		rm -r got
		cp was "$REMOTE/tree/file"
	done
}

@test "one that changes or goes before its turn" {
	fleet_halting
	slurp -r -H web1 "$REMOTE/tree" copy
	echo longer than before >"$REMOTE/tree/last"
	goes_on
	ends 0
	diff -r "$REMOTE/tree" got/web1/copy
	download -r -H web1 "$REMOTE/tree"
	rm "$REMOTE/tree/last"
	goes_on
	ends 0
	err_has 'web1: .*tar: .*/last: .*No such file or directory$'
	[ "$(ls got/web1/tree)" = file ]
}

@test "a full disk, of blocks or of entries" {
	local ns=(unshare -m) size what

	[ "$(id -u)" = 0 ] || ns=(unshare -rm)
	mkdir -p "$REMOTE/tree" got/web2
	head -c 3000000 /dev/urandom >"$REMOTE/file"
	touch "$REMOTE/tree/"{1..50}
	for size in 'size=1m file' 'nr_inodes=20 tree'; do
		what=${size#* }
		size=${size% *}
		for command in "$CPSLURP -F $FLEET/ssh_config -r -L got
		    -H web2 -H web1 $REMOTE/$what copy" \
		    "$CPSCP -F $FLEET/ssh_config -r --download
		    -H web2 -H web1 $REMOTE/$what got"; do
			# shellcheck disable=SC2016,SC2086  # many words
			exits 4 "${ns[@]}" sh -c '
				mount -t tmpfs -o $1 none got/web2 && shift
				"$@"
				status=$?
				find got/web2 -mindepth 1 >left
				exit $status' - $size $command
			out_has 'FAILURE\] web2 .*No space left on device$'
			out_has 'SUCCESS\] web1$'
			[ ! -s left ] || explain "left: $(cat left)"
			rm -r got/web1
		done
	done
}

@test "a directory here that may not be written to" {
	echo text >"$REMOTE/file"
	needs_root "to be somebody whom modes bind"
	sed "s|IdentityFile .*|IdentityFile $SUITE/home/.ssh/id_ed25519|" \
	    "$FLEET/ssh_config" >config
	mkdir -p got/web1/sub got/web2/sub
	chmod 777 got got/web2
	chmod 755 got/web1 got/web2/sub
	exits 4 as_login "$CPSLURP" -F config -L got -H 'web1 web3' \
	    "$REMOTE/file" copy
	out_has 'FAILURE\] web1 .*Permission denied$'
	out_has 'SUCCESS\] web3$'
	exits 4 as_login "$CPSLURP" -F config -L got -H web2 "$REMOTE/file" \
	    sub/
	out_has 'FAILURE\] web2 .*Permission denied$'
	exits 4 as_login "$CPSCP" -F config --download -H web1 \
	    "$REMOTE/file" got
	out_has 'FAILURE\] web1 .*Permission denied$'
	[ "$(find got -type f)" = got/web3/copy ]
	leaves_none got
	chmod 755 got
	exits 1 as_login "$CPSLURP" -F config -L got -H web1 "$REMOTE/file" x
	err_is 'cpslurp: cannot write to directory got: Permission denied'
}

@test "cpscp --download: what is not there, may not be read, needs -r" {
	mkdir "$REMOTE/dir"
	echo text >"$REMOTE/secret"
	exits 4 cpscp --download -H web1 "$REMOTE/nothing" got
	out_has 'FAILURE\] web1 .*nothing.*No such file or directory$'
	exits 4 cpscp --download -H web1 "$REMOTE/dir" got
	out_has 'FAILURE\] web1 .*dir is a directory \(-r copies trees\)$'
	needs_root "for files that the user may not read"
	chmod 000 "$REMOTE/secret"
	exits 4 cpscp --download -H web1 "$REMOTE/secret" got
	out_has 'FAILURE\] web1 .*secret: Permission denied$'
	fetched_nothing got
}

# A reader meets the old one or the new one.
@test "no reader ever sees half a file, or half a tree" {
	local i reader

	for i in one other; do
		mkdir "$REMOTE/$i"
		head -c 2000000 /dev/urandom >"$REMOTE/$i/a"
		cp "$REMOTE/$i/a" "$REMOTE/$i/b"
	done
	exits 0 cpslurp -L got -r -H web1 "$REMOTE/one" tree
	exits 0 cpslurp -L got -H web1 "$REMOTE/one/a" file
	(cd got/web1 && while [ ! -e "$T/stop" ]; do
		cksum <file
		cksum <tree/a
		cksum <tree/b
	done) >seen 2>&1 3>&- &
	reader=$!
	remember $reader
	for i in other one other one other; do
		exits 0 cpslurp -L got -r -H web1 "$REMOTE/$i" tree
		exits 0 cpslurp -L got -H web1 "$REMOTE/$i/a" file
	done
	touch stop
	wait $reader
	[ "$(wc -l <seen)" -gt 20 ]
	[ "$(sort -u seen)" = "$(for i in one other; do
		cksum <"$REMOTE/$i/a"
	done | sort)" ] || explain "seen: $(sort seen | uniq -c)"
}

@test "ten thousand entries in one directory" {
	in_memory
	mkdir "$IN_MEMORY/tree"
	(cd "$IN_MEMORY/tree" && seq 10000 | split -l 1 -a 5 -d - f)
	for _ in 1 2; do
		exits 0 cpslurp -L "$IN_MEMORY/got" -r -H web1 \
		    "$IN_MEMORY/tree" copy
		err_is ''
		diff -r "$IN_MEMORY/tree" "$IN_MEMORY/got/web1/copy"
		leaves_none "$IN_MEMORY"
	done
}
