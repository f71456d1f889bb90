# SPDX-License-Identifier: BSD-2-Clause
# cpslurp and cpscp --download by SFTP: accounts that have nothing else, and
# servers that are not to be trusted.

# shellcheck disable=SC2016,SC2088  # nothing is to be expanded here
# shellcheck disable=SC2153  # lib.bash sets them

load lib
load fetch

CPSCP=$(dirname "$CPSLURP")/cpscp

setup_file() {
	fleet_start "Subsystem sftp internal-sftp" "ForceCommand internal-sftp"
}

teardown() {
	fleet_stop
	[ -z "${JAIL-}" ] || rm -rf "$JAIL"
}

by_sftp() { err_has "^cpslurp: web1: copying by SFTP"; }
with_shell() { fleet_start "Subsystem sftp internal-sftp"; }

# evil MODE: hosts whose SFTP server is tests/evilsftp
evil() {
	fleet_stop
	fleet_start "Subsystem sftp $TESTBIN/evilsftp $1"
}

# refuses STATUS REGEX [PATH]: nothing is copied from it, and that is why
refuses() {
	exits "$1" cpslurp -X -s -r -L got -H web1 "${3-thing}" copy
	out_has "FAILURE\\] web1 $2"
	fetched_nothing got
}

# A tree there with all that a name can be.
make_tree() {
	local d=$REMOTE/tree

	mkdir -p "$d/sub dir/deep" "$d/empty"
	printf 'text\n' >"$d/file"
	: >"$d/zero"
	head -c 300000 /dev/urandom >"$d/sub dir/random"
	head -c 65536 /dev/urandom >"$d/sub dir/small"
	head -c 65537 /dev/urandom >"$d/sub dir/large"
	echo 1 >"$d/sub dir/deep/it's a \"name\" \\ *?[x] \$(id) \`id\`"
	echo 2 >"$d/-dash"
	echo 4 >"$d/two"$'\n'"lines"
	echo 5 >"$d/Übergröße ☃"
	echo 6 >"$d/$(printf 'not\377utf8')"
	echo 7 >"$d/$(printf '%0255d' 0)"
	echo 8 >"$d/.hidden"
	echo 9 >"$d/ leading and trailing "
	chmod 750 "$d/sub dir"
	chmod 600 "$d/zero"
	touch -d '2001-02-03 04:05:06' "$d/file" "$d/sub dir/deep" "$d/empty"
	chmod -R go+rX "$d"
	chmod 700 "$d/empty"
	chown -R "$LOGIN" "$d" 2>/dev/null || :
}

# same REMOTE LOCAL [OPTION...]: SFTP and a shell give the same
same() {
	local remote=$1 local=$2 shell=0 sftp=0

	shift 2
	rm -rf shell sftp
	cpslurp "$@" -L shell -H web1 "$remote" "$local" >shell.out 2>shell.err ||
		shell=$?
	cpslurp "$@" -X -s -v -L sftp -H web1 "$remote" "$local" >sftp.out \
	    2>sftp.err || sftp=$?
	grep -q 'copying by SFTP$' sftp.err
	[ $shell = $sftp ] ||
		explain "$remote: $shell by a shell, $sftp by SFTP: $(<sftp.out)"
	[ ! -e shell/web1 ] && [ ! -e sftp/web1 ] ||
		diff <(listing shell/web1) <(listing sftp/web1) ||
		explain "$remote: not the same"
	leaves_none sftp
}

# --- which way is taken ---

@test "ForceCommand internal-sftp" {
	make_tree
	exits 0 cpslurp -v -L got -H web1 "$REMOTE/tree/file" copy
	[ "$(<got/web1/copy)" = text ]
	by_sftp
	err_has 'no shell runs a command: This service allows sftp conn'
	exits 0 cpslurp -r -L got -H "web1 web2" "$REMOTE/tree" tree
	diff -r got/web1/tree "$REMOTE/tree"
	diff -r got/web2/tree "$REMOTE/tree"
	leaves_none got
}

@test "cpscp --download" {
	make_tree
	exits 0 "$CPSCP" -F "$FLEET/ssh_config" -r --download -H web1 \
	    "$REMOTE/tree" "$REMOTE/tree/file" "$REMOTE/tree/s*/r*" got
	diff -r got/web1/tree "$REMOTE/tree"
	cmp got/web1/file "$REMOTE/tree/file"
	cmp got/web1/random "$REMOTE/tree/sub dir/random"
	leaves_none got
}

@test "a shell is preferred, and which way it was is told with -v" {
	make_tree
	with_shell
	exits 0 cpslurp -v -r -L got -H web1 "$REMOTE/tree" copy
	err_has '^cpslurp: web1: copying by a shell and tar$'
	err_lacks SFTP
	exits 0 cpslurp -v -r -X -s -L got -H web1 "$REMOTE/tree" copy
	err_has '^cpslurp: web1: copying by SFTP$'
	err_lacks shell
}

@test "no SFTP either" {
	fleet_start "ForceCommand internal-sftp"
	exits 5 cpslurp -L got -H web1 file copy
	out_has 'web1 Exited with error code 1, This service allows sftp .*; nor is there SFTP$'
	fleet_start
	exits 4 cpslurp -X -s -L got -H web1 file copy
	out_has 'web1 SFTP: there is no SFTP server for us$'
	fetched_nothing got
}

@test "a login shell that runs nothing" {
	needs_root "to change the user's login shell"
	make_tree
	with_shell
	for shell in /usr/sbin/nologin /bin/false; do
		usermod -s $shell "$LOGIN"
		exits 0 cpslurp -v -r -L got -H web1 "$REMOTE/tree" copy ||
			break
		by_sftp
		diff -r got/web1/copy "$REMOTE/tree"
	done
	usermod -s /bin/sh "$LOGIN"
	[ "$shell" = /bin/false ] && by_sftp
}

@test "ChrootDirectory" {
	needs_root 'a directory that only root may write to'
	make_tree
	JAIL=$(mktemp -d /run/cpslurp-test.XXXXXX)
	chmod 755 "$JAIL"
	cp -Rp "$REMOTE/tree" "$JAIL/tree"
	fleet_start "Subsystem sftp internal-sftp" "ChrootDirectory $JAIL"
	exits 0 cpslurp -v -r -L got -H web1 /tree copy
	diff -r got/web1/copy "$REMOTE/tree"
	by_sftp
	exits 0 cpslurp -r -L got -H web1 / all
	diff -r got/web1/all "$JAIL"
	exits 5 cpslurp -r -L got -H web1 /etc/passwd passwd
	out_has 'error code 1, /etc/passwd: No such file or directory$'
}

@test "a host without tar" {
	mkdir bin
	for name in sh ls; do
		ln -s "$(command -v $name)" bin
	done
	echo text >"$REMOTE/file"
	fleet_start "Subsystem sftp internal-sftp" "SetEnv PATH=$T/bin"
	exits 0 cpslurp -v -L got -H web1 "$REMOTE/file" copy
	by_sftp
	[ "$(<got/web1/copy)" = text ]
}

@test "where our script has begun, there is no other way" {
	with_shell
	exits 5 cpslurp -v -L got -H web1 "$REMOTE/none" copy
	err_lacks SFTP
	fetched_nothing got
}

@test "one session at a time is enough" {
	fleet_start "Subsystem sftp internal-sftp" \
	    "ForceCommand internal-sftp" "MaxSessions 1"
	mkdir "$REMOTE/t"
	for i in $(seq 100); do echo "$i" >"$REMOTE/t/$i"; done
	exits 0 cpslurp -v -r -L got -H web1 "$REMOTE/t" t
	diff -r got/web1/t "$REMOTE/t"
	err_lacks 'SFTP sessions'
}

# --- the same as by a shell ---

@test "files, trees, patterns, and what cannot be: as by a shell" {
	make_tree
	as_login sh -c "cd $REMOTE/tree && ln -s file link && ln -s empty dirlink &&
	    ln -s nowhere dangling && ln -s loop loop && mkfifo fifo &&
	    mkdir a1 a2 && echo 1 >a1/x && echo 2 >a2/x && echo 3 >a2/y"
	with_shell
	umask 027
	same "$REMOTE/tree/file" copy
	same "$REMOTE/tree/file" dir/
	same "$REMOTE/tree/link" copy
	same "$REMOTE/tree/zero" copy
	same "$REMOTE/tree" copy
	same "$REMOTE/tree" copy -r
	same "$REMOTE/tree/" copy -r
	same "$REMOTE/tree/." copy -r
	same "$REMOTE/tree/dirlink" copy -r
	same "$REMOTE/tree" dir/ -r
	same "$REMOTE/tree" copy -r --preserve
	same "$REMOTE/tree/a?/x" dir/
	same "$REMOTE/tree/a[13]/x" dir/
	same "$REMOTE/tree/a[!1]/*" dir/
	same "$REMOTE/*/s*/deep" copy -r
	same "$REMOTE/tree/*" dir/ -r
	same "$REMOTE/tree/.h*" dir/
	same "$REMOTE/tree/no*ne" copy
	same "$REMOTE/tree/a?" copy -r
	same "$REMOTE/tree/none" copy
	same "$REMOTE/tree/dangling" copy
	same "$REMOTE/tree/loop" copy
	same "$REMOTE/tree/file/none" copy
	same "$REMOTE/tree/fifo" copy
	same "$REMOTE/tree/sub dir/deep/it's a \"name\" \\ *?[x] \$(id) \`id\`" copy
	same "$REMOTE/tree/two"$'\n'"lines" copy
	cpslurp -X -s -L got -H web1 /proc/version copy
	cmp /proc/version got/web1/copy
	same /dev/null copy
}

@test "what is left out is told" {
	make_tree
	as_login sh -c "cd $REMOTE/tree && ln -s empty dirlink &&
	    ln -s nowhere dangling && mkfifo fifo"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	for name in dirlink dangling fifo; do
		err_has "^cpslurp: web1: not copied: .*/tree/$name\$"
		[ ! -e got/web1/copy/$name ]
	done
}

@test "modes and times" {
	make_tree
	chmod 4755 "$REMOTE/tree/file"
	exits 0 cpslurp -r --preserve -L got -H web1 "$REMOTE/tree" copy
	for name in '' 'sub dir' empty 'sub dir/deep' zero; do
		[ "$(stat -c '%a %Y' "got/web1/copy/$name")" = \
		    "$(stat -c '%a %Y' "$REMOTE/tree/$name")" ]
	done
	[ "$(stat -c '%a %Y' got/web1/copy/file)" = "755 $(date +%s \
	    -d '2001-02-03 04:05:06')" ]
}

@test "homes" {
	needs_root "the login directory is the user's own"
	as_login sh -c "echo home >$SUITE/home/at-home"
	exits 0 cpslurp -L got -H web1 at-home one
	exits 0 cpslurp -L got -H web1 '~/at-home' two
	exits 0 cpslurp -L got -H web1 'at-h*' three
	[ "$(cat got/web1/*)" = $'home\nhome\nhome' ]
	exits 5 cpslurp -L got -H web1 "~$LOGIN/at-home" four
	out_has "error code 1, ~$LOGIN/at-home: by SFTP nobody else's home is"
}

@test "what may not be read fails" {
	make_tree
	as_login sh -c "cd $REMOTE/tree && mkdir shut && chmod 0 shut zero"
	[ "$(id -u)" = 0 ] || [ "$LOGIN" != root ]
	exits 5 cpslurp -L got -H web1 "$REMOTE/tree/zero" copy
	out_has 'error code 1, .*/tree/zero: Permission denied$'
	exits 5 cpslurp -r -L got -H web1 "$REMOTE/tree/shut" copy
	out_has 'error code 1, .*/tree/shut: Permission denied$'
	exits 5 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	fetched_nothing got
}

@test "a second time replaces" {
	make_tree
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	rm "$REMOTE/tree/file"
	exits 0 cpslurp -r -L got -H web1 "$REMOTE/tree" copy
	diff -r got/web1/copy "$REMOTE/tree"
	leaves_none got
}

# --- much ---

@test "many files, in more than one session" {
	mkdir -p "$REMOTE"/t/{a,b}/d
	for i in $(seq 300); do
		echo "$i" >"$REMOTE/t/a/d/$i"
		echo "$i" >"$REMOTE/t/b/$i"
	done
	exits 0 cpslurp -v -r -L got -H web1 "$REMOTE/t" t
	err_has '^cpslurp: web1: 8 SFTP sessions$'
	diff -r got/web1/t "$REMOTE/t"
}

@test "a large file, and little memory for it" {
	head -c 100M /dev/zero | openssl enc -aes-128-ctr -pass pass:x \
	    -pbkdf2 >"$REMOTE/large" 2>/dev/null
	begin "$CPSLURP" -F "$FLEET/ssh_config" -L got -H 'web[1-4]' \
	    "$REMOTE/large" large
	wait_until 60 grown 50000000
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 28000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	ends 0
	for host in web1 web2 web3 web4; do
		cmp "$REMOTE/large" got/$host/large
		rm got/$host/large
	done
}

# Some copy has come so far.
grown() { [ -n "$(find got -type f -size "+${1}c" 2>/dev/null)" ]; }

@test "an interrupted copy leaves nothing" {
	truncate -s 20G "$REMOTE/holes"
	begin "$CPSLURP" -F "$FLEET/ssh_config" -L got -H web1 "$REMOTE/holes" \
	    holes
	wait_until 20 grown 1000000
	kill -INT "$BEGUN"
	ends 130
	fetched_nothing got
}

@test "no room here" {
	needs_root "to mount a small file system"
	head -c 3M /dev/urandom >"$REMOTE/file"
	mkdir got
	mount -t tmpfs -o size=1m none got
	exits 4 cpslurp -L got -H web1 "$REMOTE/file" copy || {
		umount got
		return 1
	}
	fetched_nothing got
	umount got
	out_has 'web1 cannot write: No space left on device$'
}

# --- servers that are not to be trusted ---

@test "kinds of things, and names that mean something here" {
	evil kinds
	exits 0 cpslurp -X -s -r --preserve -L got -H web1 thing copy
	for name in f link $'f two\nlines' $'f\e[31m'; do
		[ "$(stat -c '%F %a' "got/web1/copy/$name")" = \
		    'regular file 755' ]
		[ "$(<"got/web1/copy/$name")" = 0123456789 ]
	done
	[ "$(find got/web1/copy -mindepth 1 -type d)" = got/web1/copy/-rf ]
	[ "$(find got/web1/copy -printf x)" = xxxxxx ]
	[ "$(stat -c %Y got/web1/copy/f)" = 1000000000 ]
	for name in char pipe klink; do
		err_has "not copied: thing/$name\$"
	done
	exits 0 cpslurp -X -s -L got -H web1 'thing/lin*' link
	[ "$(<got/web1/link)" = 0123456789 ]
	exits 5 cpslurp -X -s -L got -H web1 'thing/f*' copy
	out_has 'names match: several need a directory'
}

@test "names that lead out" {
	evil up
	refuses 4 'the host lists a name with a slash in it: \.\./f in thing$'
	refuses 5 'Exited with error code 1, thing/\*: No such file' 'thing/*'
	evil root
	refuses 4 'the host lists a name with a slash in it: /f in thing$'
	evil sub
	refuses 4 'the host lists a name with a slash in it: sub/f in thing$'
	evil nul
	refuses 4 'the host lists a name with a NUL in it: f in thing$'
	evil same
	refuses 4 'cannot create copy/f: File exists$'
}

@test "directories without an end" {
	evil self
	refuses 4 'the host lists a directory as being in itself: \. in thing$'
	evil deep
	refuses 4 "the host's directories are far too deep or too many\$"
	evil directories
	begin "$CPSLURP" -F "$FLEET/ssh_config" -X -s -r -L got -H web1 \
	    thing copy
	ends 4
	evil files
	begin "$CPSLURP" -F "$FLEET/ssh_config" -X -s -r -L got -H web1 \
	    thing copy
	wait_until 30 many_came 2000
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 28000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	kill -INT "$BEGUN"
	ends 130
	fetched_nothing got
}

many_came() { [ "$(find got -type f 2>/dev/null | wc -l)" -gt "$1" ]; }

@test "sizes that lie" {
	evil more
	exits 0 cpslurp -X -s -L got -H web1 f copy
	[ "$(<got/web1/copy)" = 01234 ]
	rm -r got
	evil less
	refuses 5 '.*thing/f.*: has become shorter while it was being read$'
	evil size
	refuses 5 '.*thing/f.*: has become shorter while it was being read$'
	evil minus
	refuses 4 'thing/f.*: no file has 184467440[0-9]* bytes$'
}

@test "a server that gives little at a time, or tells nothing in lists" {
	evil pieces
	exits 0 cpslurp -X -s -L got -H web1 f copy
	[ "$(cksum <got/web1/copy)" = \
	    "$(yes 0123456789 | tr -d '\n' | head -c 300000 | cksum)" ]
	rm -r got
	evil untold
	exits 0 cpslurp -X -s -r -L got -H web1 thing copy
	[ "$(cat got/web1/copy/f)" = 0123456789 ]
}

@test "answers that make no sense" {
	for mode in count echo huge other; do
		evil $mode
		refuses 4 "(thing[^ ]*|SFTP): the host's SFTP server answers what makes no sense"
	done
	for mode in long empty; do
		evil $mode
		refuses 4 "(thing[^ ]*|SFTP): the host's SFTP server answers what makes"
	done
}

@test "servers that end" {
	evil cut
	refuses 4 "(thing[^ ]*|SFTP): the host's SFTP server has ended\$"
	for mode in babble early; do
		evil $mode
		refuses 4 'SFTP: there is no SFTP server for us$'
	done
	evil denied
	refuses 5 'Exited with error code 1, thing: Permission denied$'
}

@test "a server that says nothing has -t" {
	evil silent
	exits 3 cpslurp -t 1 -X -s -L got -H web1 thing copy
	out_has 'FAILURE\] web1 .*[Tt]imed out'
	fetched_nothing got
}

@test "hosts that are evil do not hold up the others" {
	make_tree
	evil huge
	local port=$PORT

	know_host "$port" >known
	with_shell
	cat known >>"$FLEET/known_hosts"
	exits 4 cpslurp -X -s -r -L got -H "web1:$port web2:$port web3" \
	    "$REMOTE/tree" copy
	out_counts 2 FAILURE
	diff -r got/web3/copy "$REMOTE/tree"
	[ "$(ls got)" = web3 ]
}
