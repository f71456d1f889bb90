# SPDX-License-Identifier: BSD-2-Clause
# cpslurp: files and trees from hosts, beside what a real scp makes of them.

# shellcheck disable=SC2016,SC2088  # the remote shell expands
load lib
load fetch

setup_file() { fleet_start "Subsystem sftp internal-sftp"; }

real_scp() { scp -q -F "$FLEET/ssh_config" "$@" 2>/dev/null; }

# A tree there with all that a name can be.
make_tree() {
	local d=$REMOTE/tree

	mkdir -p "$d/sub dir/deep" "$d/empty"
	printf 'text\n' >"$d/file"
	: >"$d/zero"
	head -c 300000 /dev/urandom >"$d/sub dir/random"
	echo 1 >"$d/sub dir/deep/it's a \"name\" \\ *?[x] \$(id) \`id\`"
	echo 2 >"$d/-dash"
	echo 3 >"$d/--checkpoint-action=exec=false"
	echo 4 >"$d/two"$'\n'"lines"
	echo 5 >"$d/Übergröße ☃"
	echo 6 >"$d/$(printf 'not\377utf8')"
	echo 7 >"$d/$(printf '%0255d' 0)"
	echo 8 >"$d/.hidden"
	echo 9 >"$d/ leading and trailing "
	chmod 750 "$d/sub dir"
	chmod 600 "$d/zero"
	chmod 755 "$d/file"
	touch -d '2001-02-03 04:05:06' "$d/file" "$d/sub dir/deep" "$d/empty"
	chmod -R go+rX "$d"
	chmod 700 "$d/empty"
	chown -R "$LOGIN" "$d" 2>/dev/null || :
}

@test "a file, under each host's name" {
	echo text >"$REMOTE/file"
	exits 0 cpslurp -L got -H "web1 $LOGIN@web2 web3:$PORT" \
	    "$REMOTE/file" copy
	out_counts 3 SUCCESS
	err_is ''
	for name in web1 "$LOGIN@web2" "web3:$PORT"; do
		[ "$(cat "got/$name/copy")" = text ]
	done
	[ "$(find got -type f | wc -l)" = 3 ]
	leaves_none got
}

@test "without -L it is the current directory; PSSH_LOCALDIR" {
	echo text >"$REMOTE/file"
	exits 0 cpslurp -H web1 "$REMOTE/file" copy
	[ "$(cat web1/copy)" = text ]
	PSSH_LOCALDIR=elsewhere exits 0 cpslurp -H web1 "$REMOTE/file" copy
	[ "$(cat elsewhere/web1/copy)" = text ]
}

@test "a relative name is relative to the login directory" {
	as_login sh -c "echo home >$SUITE/home/at-home"
	[ "$(id -u)" = 0 ] || skip "the login directory is the user's own"
	exits 0 cpslurp -L got -H web1 at-home copy
	exits 0 cpslurp -L got -H web1 '~/at-home' tilde
	[ "$(cat got/web1/copy got/web1/tilde)" = $'home\nhome' ]
	exits 0 cpslurp -L got -H web1 "~$LOGIN/at-*" user
	exits 0 cpslurp -r -L got -H web1 "~$LOGIN" home
	exits 0 cpslurp -r -L got -H web1 . here
	[ "$(cat got/web1/user got/web1/h*e/at-home)" = \
	    $'home\nhome\nhome' ]
}

@test "the same host twice has two directories" {
	echo text >"$REMOTE/file"
	exits 0 cpslurp -L got -H 'web1 web1' "$REMOTE/file" copy
	cmp got/web1/copy got/web1.1/copy
}

@test "a tree is as scp makes it" {
	make_tree
	umask 027
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	err_is ''
	real_scp -r "web1:$REMOTE/tree" scp
	diff <(listing got/web1/copy) <(listing scp)
	diff -r got/web1/copy "$REMOTE/tree"
	leaves_none got
	# as tar, find and scp agree on directories
	diff <(cd got/web1/copy && find . -type d -printf '%p %m\n' | sort) \
	    <(cd scp && find . -type d -printf '%p %m\n' | sort)
}

@test "--preserve keeps modes and times, as scp -p" {
	local list='%p %y %m %Ts\n'

	make_tree
	umask 022
	exits 0 cpslurp -r --preserve -L got -H web1 "$REMOTE/tree" copy
	exits 0 cpslurp -r -X -p -L got -H web1 "$REMOTE/tree" other
	real_scp -rp "web1:$REMOTE/tree" scp
	diff <(cd got/web1/copy && find . -printf "$list" | sort) \
	    <(cd scp && find . -printf "$list" | sort)
	diff <(cd got/web1/copy && find . -printf "$list" | sort) \
	    <(cd got/web1/other && find . -printf "$list" | sort)
	exits 0 cpslurp --preserve -L got -H web1 "$REMOTE/tree/file" file
	[ "$(stat -c '%a %Y' got/web1/file)" = '755 981173106' ]
	umask 077
	exits 0 cpslurp -r --preserve -L got -H web1 "$REMOTE/tree" copy
	[ "$(stat -c %a "got/web1/copy/sub dir")" = 755 ]
}

@test "every name can be asked for by itself" {
	local name

	make_tree
	while IFS= read -rd '' name; do
		exits 0 cpslurp -L got -H web1 "$name" copy
		cmp "$name" got/web1/copy
		exits 0 cpslurp -L got -H web1 "$name" own/
		cmp "$name" "got/web1/own/${name##*/}"
	done < <(find "$REMOTE/tree" -type f -print0)
}

@test "login shells that read things differently" {
	needs_root "to change the login shell"
	echo text >"$REMOTE/it's \\\\ !x"
	# those of them that are installed
	for shell in $(command -v bash csh tcsh fish zsh mksh); do
		usermod -s "$shell" "$LOGIN"
		exits 0 cpslurp -L got -H web1 "$REMOTE/it's \\\\ !x" copy
		usermod -s /bin/sh "$LOGIN"
		[ "$(cat got/web1/copy)" = text ]
		rm -r got
	done
}

@test "a host with busybox" {
	local busybox name

	busybox=$(command -v busybox) || skip 'there is no busybox'
	mkdir bin
	for name in $("$busybox" --list); do
		ln -s "$busybox" "bin/$name"
	done
	make_tree
	ln -s file "$REMOTE/tree/to-file"
	(FLEET='' fleet_start "SetEnv PATH=$T/bin"
	exits 0 cpslurp -r --preserve -L got -H web1 "$REMOTE/tree" copy
	diff -r "$REMOTE/tree" got/web1/copy
	diff <(cd "$REMOTE/tree" && find . -type f -printf '%p %m %Ts\n' |
	    sort) <(cd got/web1/copy && find . -type f ! -name to-file \
	    -printf '%p %m %Ts\n' | sort)
	[ -z "$(find got -type l)" ]
	exits 0 cpscp --download -r -H web1 "$REMOTE/tree" \
	    "$REMOTE/tree/file" "$REMOTE/t*e/z*" /proc/version got
	diff -r "$REMOTE/tree" got/web1/tree
	cmp "$REMOTE/tree/file" got/web1/file
	cmp /proc/version got/web1/version
	ln -s nowhere "$REMOTE/tree/dangling"
	ln -s loop "$REMOTE/tree/loop"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	err_has 'web1: tar: \./dangling: No such file'
	chmod 0 "$REMOTE/tree/file"
	exits 5 cpslurp -r -L got -H web1 "$REMOTE/tree" new
	out_has 'web1 Exited .*file.*Permission denied')
	[ ! -e got/web1/new ]
	leaves_none got
}

@test "links: to files followed, others told of" {
	mkdir -p "$REMOTE/tree/dir"
	echo text >"$REMOTE/tree/file"
	ln -s file "$REMOTE/tree/to-file"
	ln "$REMOTE/tree/file" "$REMOTE/tree/hard"
	ln -s dir "$REMOTE/tree/to-dir"
	ln -s . "$REMOTE/tree/circle"
	ln -s nowhere "$REMOTE/tree/to-nothing"
	mkfifo "$REMOTE/tree/fifo"
	ln -s tree "$REMOTE/to-tree"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	real_scp -r "web1:$REMOTE/tree" scp || :
	diff <(listing got/web1/copy) <(listing scp)
	[ -z "$(find got -type l)" ]
	[ "$(stat -c %h got/web1/copy/file)" = 1 ]
	for name in to-dir circle to-nothing fifo; do
		err_has "web1: not copied: \./$name$"
	done
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/to-tree" again
	diff <(listing got/web1/again) <(listing scp)
	exits 0 cpslurp -L got -H web1 "$REMOTE/tree/to-file" file
	[ ! -L got/web1/file ]
	[ "$(cat got/web1/file)" = text ]
}

@test "the kernel's files, which have no size, or another" {
	local wrong=/sys/kernel/fscaps	# as large as a page, it says

	[ -e "$wrong" ] || wrong=/proc/version	# a container without /sys
	mkdir tmp
	chmod 1777 tmp
	(FLEET='' fleet_start "SetEnv TMPDIR=$T/tmp"
	exits 0 cpslurp -L got -H web1 /proc/version copy
	cmp /proc/version got/web1/copy
	exits 0 cpslurp -L got -H web1 "$wrong" copy
	cmp "$wrong" got/web1/copy
	ln -s "$wrong" "$REMOTE/link"
	echo text >"$REMOTE/text"
	: >"$REMOTE/empty"
	exits 0 cpscp --download -H web1 "$REMOTE/*" "/proc/ver*n" got
	cmp /proc/version got/web1/version
	cmp "$wrong" got/web1/link
	[ "$(cat got/web1/text)" = text ]
	[ ! -s got/web1/empty ]
	exits 5 cpslurp -r -L got -H web1 /proc/self/net copy
	out_has '/proc/self/net: a tree of files without sizes$')
	[ -z "$(ls -A tmp)" ] || explain "left: $(ls -A tmp)"
}

@test "a directory without -r is refused" {
	mkdir "$REMOTE/dir"
	exits 5 cpslurp -L got -H web1 "$REMOTE/dir" copy
	out_has 'web1 Exited with error code 1, .*/dir is a directory \(-r'
	fetched_nothing got
}

@test "what is not there, may not be read, or is no file" {
	echo text >"$REMOTE/secret"
	chmod 000 "$REMOTE/secret"
	mkfifo "$REMOTE/fifo"
	ln -s nowhere "$REMOTE/dangling"
	mkdir -p "$REMOTE/tree/sub"
	echo text >"$REMOTE/tree/file"
	echo text >"$REMOTE/tree/sub/file"
	for name in nothing dangling; do
		exits 5 cpslurp -L got -H web1 "$REMOTE/$name" copy
		out_has "web1 Exited .*$name.*No such file or directory"
	done
	exits 5 cpslurp -L got -H web1 "$REMOTE/fifo" copy
	out_has 'fifo: not a regular file$'
	needs_root "for files that the user may not read"
	exits 5 cpslurp -L got -H web1 "$REMOTE/secret" copy
	out_has 'secret: Permission denied$'
	# all of a tree or nothing
	chmod 000 "$REMOTE/tree/file"
	exits 5 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	out_has 'web1 Exited .*tree|\./file.*Permission denied$'
	chmod 644 "$REMOTE/tree/file"
	chmod 000 "$REMOTE/tree/sub"
	exits 5 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	out_has 'web1 Exited .*sub.*Permission denied$'
	fetched_nothing got
}

@test "patterns are expanded there" {
	mkdir "$REMOTE/logs" "$REMOTE/logs/d.log"
	for name in a.log b.log 'c d.log' 'x[1].log' other; do
		echo "$name" >"$REMOTE/logs/$name"
	done
	exits 0 cpslurp -L got -H web1 "$REMOTE/lo*/[ab].log" own/
	[ "$(ls got/web1/own)" = $'a.log\nb.log' ]
	exits 0 cpslurp -L got -H web1 "$REMOTE/logs/oth*" one
	[ "$(cat got/web1/one)" = other ]
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/logs/*.log" all/
	[ "$(ls got/web1/all)" = $'a.log\nb.log\nc d.log\nd.log\nx[1].log' ]
	# what has just that name is meant, however it looks
	exits 0 cpslurp -L got -H web1 "$REMOTE/logs/x[1].log" x/
	[ "$(cat "got/web1/x/x[1].log")" = 'x[1].log' ]
	exits 0 cpslurp -L got -H web1 "$REMOTE/logs/c\\ ?.log" c
	[ "$(cat got/web1/c)" = 'c d.log' ]
	exits 5 cpslurp -L got -H web1 "$REMOTE/logs/[ab].log" one
	out_has '2 names match'
	exits 5 cpslurp -L got -H web1 "$REMOTE/logs/nothing*" one
	out_has 'nothing\*.*No such file'
	exits 5 cpslurp -L got -H web1 "$REMOTE/logs/*.log" own/
	out_has 'd.log is a directory \(-r'
	# no shell reads anything into it
	exits 5 cpslurp -L got -H web1 '*$(touch '"$REMOTE"'/made);*`id`' one
	[ ! -e "$REMOTE/made" ]
}

@test "local names with directories in them" {
	echo text >"$REMOTE/file"
	exits 0 cpslurp -L got -H web1 "$REMOTE/file" a/b/c
	exits 0 cpslurp -L got -H web1 "$REMOTE/file" ./d//e/
	exits 0 cpslurp -L got -H web1 "$REMOTE/file" .
	[ "$(cat got/web1/a/b/c got/web1/d/e/file got/web1/file)" = \
	    $'text\ntext\ntext' ]
	for bad in /abs ../up a/../../up a/..; do
		exits 2 cpslurp -L got -H web1 "$REMOTE/file" "$bad"
		err_has 'cpslurp: error: .*host.s directory'
	done
	# directories made for nothing are taken away
	exits 5 cpslurp -L got -H web2 "$REMOTE/nothing" a/b/c
	[ ! -e got/web2 ]
}

@test "another time it replaces, and does not nest" {
	mkdir "$REMOTE/tree"
	echo old >"$REMOTE/tree/old"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	rm "$REMOTE/tree/old"
	echo new >"$REMOTE/tree/new"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	[ "$(cd got && find . -type f)" = ./web1/copy/new ]
	echo text >got/web1/file
	ln got/web1/file link
	exits 0 cpslurp -L got -H web1 "$REMOTE/tree/new" file
	[ "$(cat got/web1/file link)" = $'new\ntext' ]
	leaves_none got
}

@test "a file does not replace a directory, nor the other way round" {
	mkdir "$REMOTE/tree"
	echo text >"$REMOTE/tree/file"
	mkdir -p got/web1/copy
	echo mine >got/web1/copy/mine
	exits 4 cpslurp -L got -H web1 "$REMOTE/tree/file" copy
	out_has 'web1 copy is a directory here'
	[ "$(cat got/web1/copy/mine)" = mine ]
	echo mine >got/web1/file
	exits 4 cpslurp -r -L got -H web1 "$REMOTE/tree" file
	out_has 'web1 file is no directory here'
	[ "$(cat got/web1/file)" = mine ]
	leaves_none got
}

@test "no link of ours is followed out of the host's directory" {
	echo text >"$REMOTE/file"
	mkdir -p got elsewhere got/web2
	ln -s ../elsewhere got/web1
	ln -s ../../elsewhere got/web2/sub
	echo mine >elsewhere/copy
	ln -s ../../elsewhere/copy got/web2/copy
	exits 4 cpslurp -L got -H web1 "$REMOTE/file" copy
	exits 4 cpslurp -L got -H web2 "$REMOTE/file" sub/copy
	exits 0 cpslurp -L got -H web2 "$REMOTE/file" copy
	[ "$(cat elsewhere/copy)" = mine ]
	[ "$(ls elsewhere)" = copy ]
	exits 4 cpslurp -L got -H '../evil' "$REMOTE/file" copy
	[ ! -e evil ]
}

@test "holes stay holes" {
	truncate -s 9G "$REMOTE/file"
	echo end >>"$REMOTE/file"
	exits 0 cpslurp -L got -H web1 "$REMOTE/file" copy
	[ "$(stat -c %s got/web1/copy)" = 9663676420 ]
	[ "$(tail -c 4 got/web1/copy)" = end ]
	[ "$(stat -c %b got/web1/copy)" -lt 1000 ]
}

@test "a slow disk holds the host back, and memory is bounded" {
	sanitized && skip "bounds on memory say nothing under a sanitizer"
	local peak=0 now

	head -c 100000000 /dev/urandom >"$REMOTE/file"
	begin "$CPSLURP" -F "$FLEET/ssh_config" -L got \
	    -H 'web1 web2 web3 web4' "$REMOTE/file" copy
	while ! has_line '^\[4' "$T/out"; do
		now=$(peak_memory "$BEGUN" 2>/dev/null) || break
		peak=$now
		sleep 0.05
	done
	ends 0
	[ "$peak" -lt 28000 ] || explain "$peak kB"
	cmp "$REMOTE/file" got/web4/copy
	rm -r got "$REMOTE/file"
}

@test "twenty hosts at once, and a tree of many files" {
	mkdir -p "$REMOTE/tree"/{1..20}
	for i in {1..20}; do
		touch "$REMOTE/tree/$i"/{1..50}
	done
	exits 0 cpslurp -r -L got -H 'web[1-20]' "$REMOTE/tree" copy
	out_counts 20 SUCCESS
	for i in {1..20}; do
		diff <(listing "got/web$i/copy") <(listing "$REMOTE/tree")
	done
}

@test "a host without tar" {
	mkdir bin
	for name in sh ls; do
		ln -s "$(command -v $name)" bin
	done
	echo text >"$REMOTE/file"
	(FLEET='' fleet_start "SetEnv PATH=$T/bin" &&
		exits 5 cpslurp -L got -H web1 "$REMOTE/file" copy &&
		out_has 'web1 Exited with error code 127, no tar there')
	fetched_nothing got
}

@test "progress counts bytes on a terminal" {
	head -c 40000000 /dev/zero >"$REMOTE/file"
	exits 0 "$TESTBIN/ptyrun" "$CPSLURP" -F "$FLEET/ssh_config" -L got \
	    -H 'web[1-6]' "$REMOTE/file" copy
	out_has '[0-6] of 6 done: [0-6] ok, 0 failed, 0:0\d, [0-9.]+ [kM]?B'
}

@test "usage" {
	exits 2 cpslurp -H web1
	err_is 'cpslurp: error: Paths not specified.'
	exits 2 cpslurp -H web1 one
	err_is 'cpslurp: error: Local path not specified.'
	exits 2 cpslurp -H web1 one two three
	err_is 'cpslurp: error: Extra arguments given after the local path.'
	exits 2 cpslurp one two
	err_is 'cpslurp: error: Hosts not specified.'
	exits 2 cpslurp -H web1 one ''
	exits 2 cpslurp -H web1 '' two
	for name in / . .. a/. '~' '~/' '~root//'; do
		exits 2 cpslurp -H web1 "$name" two/
		err_has 'no name in it to keep'
	done
	exits 2 cpslurp -H web1 -X -Z one two
	exits 0 cpslurp --help
	[ "$(wc -l <"$T/out")" -le 24 ]
	[ "$(grep -cE '.{81}' "$T/out")" = 0 ]
}

# --- cpscp --download --------------------------------------------------------

cpscp() { "$(dirname "$CPSLURP")/cpscp" -F "$FLEET/ssh_config" "$@"; }

@test "cpscp --download: several things, by their own names" {
	make_tree
	echo one >"$REMOTE/one"
	echo two >"$REMOTE/two"
	mkdir -p got/web1
	echo mine >got/web1/mine
	for _ in 1 2; do
		exits 0 cpscp --download -r -H "web1 web2 web1" \
		    "$REMOTE/one" "$REMOTE/tr*" "$REMOTE/tw[o]" got
	done
	for name in web1 web1.1 web2; do
		diff -r "got/$name/tree" "$REMOTE/tree"
		cmp "got/$name/one" "$REMOTE/one"
		cmp "got/$name/two" "$REMOTE/two"
	done
	[ "$(ls got/web2)" = $'one\ntree\ntwo' ]
	[ "$(cat got/web1/mine)" = mine ]
	leaves_none got
}

@test "cpscp --download: two things of one name" {
	mkdir "$REMOTE/a" "$REMOTE/b"
	echo a >"$REMOTE/a/file"
	echo b >"$REMOTE/b/file"
	exits 4 cpscp --download -H web1 "$REMOTE/a/file" "$REMOTE/b/file" got
	out_has 'web1 cannot create file: File exists$'
	fetched_nothing got
}

@test "cpscp --download: one is missing, none is copied, status 4" {
	echo one >"$REMOTE/one"
	exits 4 cpscp --download -H web1 "$REMOTE/one" "$REMOTE/no" got
	out_has 'web1 Exited .*No such file or directory'
	fetched_nothing got
	exits 2 cpscp --download -H web1 "$REMOTE/one"
	err_is 'cpscp: error: Local path not specified.'
	exits 2 cpscp --download -H web1 / got
}
