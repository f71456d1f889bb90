# SPDX-License-Identifier: BSD-2-Clause
# cpscp when something goes wrong: it is told, and nothing is left behind.

load lib
load copy

setup_file() { fleet_start; }

# What is sent takes long enough to be caught at it, and no room here.
large() { truncate -s "${2:-4G}" "$1"; }

# begun [DIR]: some of the copy has come
begun() { [ -n "$(find "${1:-$REMOTE}" -path '*/.cpscp*' -size +0c -type f)" ]; }

cleared() { [ -z "$(find "${1:-$REMOTE}" -name '.cpscp*')" ]; }

begin_copy() {
	begin "$CPSCP" -F "$FLEET/ssh_config" "$@"
	wait_until 20 begun
}

@test "the connection breaks in the middle" {
	large l
	begin_copy -H web1 l "$REMOTE/l"
	break_connections
	ends 4
	out_has 'FAILURE\] web1 connection lost'
	wait_until 20 cleared
	[ ! -e "$REMOTE/l" ]
}

@test "the connection breaks in the middle of a tree" {
	mkdir t
	echo a >t/a
	large t/l
	as_login mkdir -p "$REMOTE/d/t"
	begin_copy -r -H web1 t "$REMOTE/d"
	break_connections
	ends 4
	wait_until 20 cleared
	[ "$(find "$REMOTE" | wc -l)" = 3 ]
}

@test "we are killed" {
	large l
	begin_copy -H web1 l "$REMOTE/l"
	kill -KILL "$BEGUN"
	ends 137
	wait_until 20 cleared
	[ ! -e "$REMOTE/l" ]
}

@test "interrupted" {
	mkdir t
	large t/l
	large l
	begin_copy -r -H web1 t l "$REMOTE"
	kill -INT "$BEGUN"
	ends 130
	out_has 'FAILURE\] web1 Interrupted, during the copy$'
	leaves_nothing
	[ -z "$(ls "$REMOTE")" ]
}

@test "out of time" {
	large l
	exits 3 cpscp -t 6 -H web1 l "$REMOTE/l"
	out_has 'FAILURE\] web1 Timed out, during the copy$'
	leaves_nothing
	[ ! -e "$REMOTE/l" ]
}

@test "no room there" {
	needs_root 'a small file system for the server'
	sshd=$(sshd_with_small size=1m) fleet_start
	mkdir t
	head -c 3M /dev/urandom >t/large
	echo x >t/x
	exits 4 cpscp -H web1 t/large "$T/small"
	out_has 'small/large: No space left on device$'
	exits 4 cpscp -r -H web1 t "$T/small"
	out_has 'large: .*No space left on device$'
	exits 4 cpscp -r -H web1 t t/x "$T/small"
	out_has 'No space left on device$'
	exits 0 cpssh -H web1 "[ -z \"\$(ls -A $T/small)\" ]"
	exits 0 cpscp -H web1 t/x "$T/small"
	exits 0 cpssh -H web1 "[ \"\$(ls -A $T/small)\" = x ]"
}

# Both a mount point and a link to another file system.
@test "what is merged may be on several file systems" {
	local i

	needs_root 'a small file system for the server'
	sshd=$(sshd_with_small) fleet_start
	as_login mkdir -p "$REMOTE/t/sub"
	mkdir -p t/link/d t/sub
	exits 0 cpssh -H web1 "mkdir $T/small/sub $T/small/d; cd $REMOTE/t &&
	    ln -s $T/small link && echo old >$T/small/x && echo old >$T/small/g &&
	    chmod 600 $T/small/g && ln -s $T/small/g f"
	for i in t t/link t/link/d t/sub; do
		echo "$i" >"$i/x"
		echo "$i" >"$i/f"
	done
	exits 0 cpscp -r -H web1 t "$REMOTE"
	exits 0 cpssh -P --no-headers -H web1 "cd $REMOTE/t; cat x f sub/? \
	    link/? link/d/?; stat -Lc %a f; [ -L link ] && [ -L f ] &&
	    ls -A . link"
	sed 's/^[^ ]*: //' out | diff - <(cat <<-END
		t
		t
		t/sub
		t/sub
		t/link
		t
		t/link
		t/link/d
		t/link/d
		600
		.:
		f
		link
		sub
		x

		link:
		d
		f
		g
		sub
		x
	END
	)
}

@test "a directory that cannot be written to" {
	echo x >x
	mkdir -p "$REMOTE/d/e" t/e
	chmod 755 "$REMOTE/d" "$REMOTE/d/e"
	echo x >t/e/x
	[ "$(id -u)" = 0 ] || chmod 555 "$REMOTE/d" "$REMOTE/d/e"
	exits 4 cpscp -H web1 x "$REMOTE/d"
	out_has 'cannot write to .*/d/: Permission denied$'
	exits 4 cpscp -H web1 x "$REMOTE/d/x"
	exits 4 cpscp -r -H web1 t "$REMOTE/d/t"
	mv t d
	exits 4 cpscp -r -H web1 d "$REMOTE"
	out_has 'cannot write to .*/d/: Permission denied$'
	[ -z "$(find "$REMOTE" -type f)" ]
}

@test "only files are replaced by files" {
	echo x >x
	exits 4 cpscp -H web1 x /dev/null
	out_has '/dev/null: not a file$'
	mkfifo "$REMOTE/x"
	exits 4 cpscp -H web1 x "$REMOTE"
	out_has 'x: not a file$'
	[ -p "$REMOTE/x" ]
}

@test "what cannot be merged is found before anything is moved" {
	mkdir -p t/a t/z
	echo x >t/a/x
	echo x >t/z/x
	as_login mkdir -p "$REMOTE/t/a" "$REMOTE/t/z/x"
	exits 4 cpscp -r -H web1 t "$REMOTE"
	out_has 't/z/x: is a directory$'
	[ -z "$(find "$REMOTE" -type f)" ]
	leaves_nothing
}

@test "a command that is forced on us copies nothing" {
	fleet_start "ForceCommand echo hello; cat >/dev/null"
	echo x >x
	exits 4 cpscp -H web1 x "$REMOTE"
	out_has 'FAILURE\] web1 the host ran something else'
	fleet_start "ForceCommand cat"
	exits 4 cpscp -H web1 x "$REMOTE"
	out_has 'FAILURE\] web1 the host ran something else'
	fleet_start "ForceCommand internal-sftp"
	exits 4 cpscp -H web1 x "$REMOTE"
}

@test "a host that fails does not stop the others" {
	echo x >x
	exits 4 cpscp -H "web1 127.0.0.1:$(refused_port) web2" x "$REMOTE"
	out_counts 2 SUCCESS
	cmp x "$REMOTE/x"
}

@test "twenty hosts at once, and little memory for it" {
	local i

	mkdir t
	truncate -s 64M t/large
	head -c 200k /dev/urandom >t/x
	begin "$CPSCP" -F "$FLEET/ssh_config" -r -H 'web[1-20]' t "$REMOTE"
	wait_until 20 begun
	i=$(peak_memory "$BEGUN")
	sanitized || [ "$i" -lt 60000 ] || explain "$i kB"
	ends 0
	out_counts 20 SUCCESS
	diff -r t "$REMOTE/t"
	leaves_nothing
}

@test "stderr goes where it is wanted" {
	echo x >x
	exits 4 cpscp -i -e errors -H web1 x /dev/null
	out_has '^Stderr: /dev/null: not a file$'
	is errors/web1 '/dev/null: not a file' errors
}

# A reader meets the old file or the new one.
@test "no reader ever sees half a file" { never_half; }
