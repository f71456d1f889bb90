# SPDX-License-Identifier: BSD-2-Clause
# cpscp: sources that change while they are read, and what is large, many,
# or watched.

load lib
load copy

setup_file() { fleet_start; }

teardown() {
	leave_memory
	fleet_stop
}

# fleet_halting: a server on which what takes our files waits when some has
# come, and tells so; goes_on lets it.
fleet_halting() {
	local name

	mkdir bin
	for name in cat tar; do
		cat >bin/$name <<-END
			#!/bin/bash
			set -o pipefail
			{
				head -c 60000
				: >$REMOTE/../halt/ed
				: <$REMOTE/../halt/go
				/bin/cat
			} | /bin/$name "\$@"
		END
	done
	chmod +x bin/*
	mkdir -m 1777 halt
	mkfifo halt/go
	chmod 666 halt/go
	FLEET='' fleet_start "SetEnv PATH=$T/bin:$PATH"
	mkdir t
	head -c 8000000 /dev/urandom >t/a
	echo b >t/b
	echo c >t/c
}

goes_on() { : >halt/go; }

# in_the_middle OPTION...: of a copy, whose first file is not yet read to its
# end: no window is as large
in_the_middle() {
	rm -f halt/ed
	begin "$CPSCP" -F "$FLEET/ssh_config" -H web1 "$@"
	wait_until 20 test -e halt/ed
}

fails_to_read() {	# WORDS
	goes_on
	ends 4
	out_has "FAILURE\] web1 $1\$"
	[ -z "$(ls -A "$REMOTE")" ] || explain "left: $(ls -A "$REMOTE")"
}

@test "a file that changes while it is read is not copied" {
	local source

	fleet_halting
	cp t/a was
	for source in t t/a; do
		in_the_middle -r $source "$REMOTE/x"
		echo more >>t/a
		fails_to_read 't/a: has changed while it was being read'
		in_the_middle -r $source "$REMOTE/x"
		truncate -s 7000000 t/a
		fails_to_read 't/a: has become shorter while it was being read'
		cp was t/a
		in_the_middle -r $source "$REMOTE/x"
		# as long as before, elsewhere than we are
		printf x | dd of=t/a conv=notrunc status=none
		fails_to_read 't/a: has changed while it was being read'
		cp was t/a
	done
}

@test "a file that loses its name while it is read is copied as it was" {
	fleet_halting
	cp t/a was
	in_the_middle t/a "$REMOTE/x"
	rm t/a
	goes_on
	ends 0
	cmp was "$REMOTE/x"
	cp was t/a
	in_the_middle -r t "$REMOTE/t"
	echo other >new
	mv new t/a
	goes_on
	ends 0
	cmp was "$REMOTE/t/a"
	leaves_nothing
}

@test "a file that becomes another before its turn is not copied" {
	fleet_halting
	in_the_middle -r t "$REMOTE/t"
	echo y >t/b
	fails_to_read 't/b: has changed since it was listed'
	in_the_middle -r t "$REMOTE/t"
	cp -p t/b new
	mv new t/b
	fails_to_read 't/b: has changed since it was listed'
	in_the_middle -r t "$REMOTE/t"
	rm t/b
	mkfifo t/b
	fails_to_read 't/b: has changed since it was listed'
	rm t/b
	ln -s a t/b
	in_the_middle -r t "$REMOTE/t"
	ln -sf c t/b
	fails_to_read 't/b: has changed since it was listed'
	rm t/b
	in_the_middle -r t "$REMOTE/t"
	mv t elsewhere
	fails_to_read 't/c: No such file or directory'
}

# It does not notice by itself that nothing more will come.
@test "what runs on the host ends with an interrupt" {
	fleet_halting
	in_the_middle -r t "$REMOTE/t"
	kill -INT "$BEGUN"
	ends 130
	[ -z "$(ls -A "$REMOTE")" ]
	wait_until 20 nobody_there
}

nobody_there() { [ -z "$(pgrep -f "$T/bin/")" ]; }

@test "a file of more than 4 GB" {
	in_memory
	mkdir bin
	# what is zeros takes no room there
	cat >bin/cat <<-'END'
		#!/bin/sh
		exec dd bs=1M iflag=fullblock conv=sparse status=none
	END
	chmod +x bin/cat
	FLEET='' fleet_start "SetEnv PATH=$T/bin:$PATH"
	echo begin >"$IN_MEMORY/l"
	truncate -s 4G "$IN_MEMORY/l"
	echo end >>"$IN_MEMORY/l"
	exits 0 cpscp -H web1 "$IN_MEMORY/l" "$REMOTE/l"
	[ "$(stat -c %s "$REMOTE/l")" = 4294967300 ]
	[ "$(head -c 5 "$REMOTE/l"; tail -c 4 "$REMOTE/l")" = beginend ]
}

@test "ten thousand entries in one directory" {
	in_memory
	mkdir "$IN_MEMORY/t"
	(cd "$IN_MEMORY/t" && seq 10000 | split -l 1 -a 5 -d - f)
	install -d -m 777 "$IN_MEMORY/there"
	exits 0 cpscp -r -H web1 "$IN_MEMORY/t" "$IN_MEMORY/there"
	diff -r "$IN_MEMORY/t" "$IN_MEMORY/there/t"
	echo changed >"$IN_MEMORY/t/f09999"
	exits 0 cpscp -r -H web1 "$IN_MEMORY/t" "$IN_MEMORY/there"
	diff -r "$IN_MEMORY/t" "$IN_MEMORY/there/t"
	leaves_nothing "$IN_MEMORY"
}

@test "a new tree is not there, or is complete" {
	local i reader

	mkdir t
	for i in 1 2 3; do
		head -c 8000000 /dev/zero | tr '\0' $i >t/$i
	done
	chmod 777 "$T"
	as_login sh -c "cd $REMOTE; while [ ! -e $T/stop ]; do
	    [ ! -e t ] || { cat t/1 t/2 t/3 | cksum; mv t gone; rm -r gone; }
	done" >"$T/seen" 2>&1 3>&- &
	reader=$!
	remember $reader
	for i in 1 2 3 4 5; do
		exits 0 cpscp -r -H web1 t "$REMOTE/t"
		wait_until 20 test ! -e "$REMOTE/t"
	done
	touch stop
	wait $reader
	[ "$(wc -l <seen)" = 5 ]
	[ "$(sort -u seen)" = "$(cat t/1 t/2 t/3 | cksum)" ] ||
		explain "seen: $(cat seen)"
}

@test "no room on one of several file systems that are merged" {
	needs_root 'a small file system for the server'
	sshd=$(sshd_with_small size=1m) fleet_start
	as_login mkdir "$REMOTE/t"
	ln -s "$T/small" "$REMOTE/t/link"
	mkdir -p t/link
	head -c 3M /dev/urandom >t/link/large
	echo x >t/x
	exits 4 cpscp -r -H web1 t "$REMOTE"
	out_has 't/link: .*No space left on device$'
	exits 0 cpssh -H web1 "[ -z \"\$(ls -A $T/small)\" ]"
	leaves_nothing
	[ "$(find "$REMOTE" -type f)" = '' ]
}
