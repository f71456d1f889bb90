# SPDX-License-Identifier: BSD-2-Clause
# cpscp by SFTP: accounts that have nothing else, and what holds there.

# shellcheck disable=SC2088  # the host expands, or nothing does

load lib
load copy

setup_file() {
	fleet_start "Subsystem sftp internal-sftp" "ForceCommand internal-sftp"
}

teardown() {
	fleet_stop
	[ -z "${JAIL-}" ] || rm -rf "$JAIL"
}

by_sftp() { err_has "^cpscp: web1: copying by SFTP"; }

# As a user of the shell, for what is there.
with_shell() { fleet_start "Subsystem sftp internal-sftp"; }
sftp_only() { fleet_start "Subsystem sftp internal-sftp${1:+ $1}" \
    "ForceCommand internal-sftp${1:+ $1}"; }

# --- which way is taken ---

@test "ForceCommand internal-sftp" {
	sources
	exits 0 cpscp -v -H web1 one "$REMOTE/new"
	cmp one "$REMOTE/new"
	by_sftp
	err_has 'no shell runs a command: This service allows sftp conn'
	exits 0 cpscp -r -H web1 tree "$REMOTE"
	diff -r tree "$REMOTE/tree"
	exits 0 cpscp -r -H 'web1 web2' one tree two "$REMOTE/tree"
	diff -r tree "$REMOTE/tree/tree"
	leaves_nothing
}

@test "an SFTP server that is forced on us as a program" {
	local server=/usr/lib/openssh/sftp-server

	[ -x $server ] || server=/usr/libexec/openssh/sftp-server
	fleet_start "Subsystem sftp $server" "ForceCommand $server"
	echo x >x
	exits 0 cpscp -v -H web1 x "$REMOTE"
	cmp x "$REMOTE/x"
	by_sftp
}

@test "a shell is preferred, and which way it was is told with -v" {
	with_shell
	sources
	exits 0 cpscp -v -H web1 one "$REMOTE/new"
	err_has '^cpscp: web1: copying by a shell$'
	exits 0 cpscp -v -r -H web1 tree "$REMOTE"
	err_has '^cpscp: web1: copying by a shell and tar$'
	err_lacks SFTP
}

@test "scp's -s chooses SFTP" {
	with_shell
	sources
	exits 0 cpscp -v -H web1 -X -s one "$REMOTE/new"
	cmp one "$REMOTE/new"
	err_has '^cpscp: web1: copying by SFTP$'
	err_lacks shell
	fleet_start
	exits 4 cpscp -H web1 -X -s one "$REMOTE/other"
	out_has 'FAILURE\] web1 SFTP: there is no SFTP server for us$'
}

@test "a login shell that runs nothing" {
	needs_root "to change the user's login shell"
	sources
	usermod -s /usr/sbin/nologin "$LOGIN"
	with_shell
	exits 0 cpscp -v -r -H web1 tree "$REMOTE"
	diff -r tree "$REMOTE/tree"
	err_has 'no shell runs a command: This account is currently not avail'
	fleet_start
	exits 4 cpscp -H web1 one "$REMOTE"
	out_has 'web1 Exited with error code 1, This account .* nor is there SFTP$'
	usermod -s /bin/false "$LOGIN"
	with_shell
	exits 0 cpscp -H web1 one "$REMOTE"
	cmp one "$REMOTE/one"
	usermod -s /bin/sh "$LOGIN"
	leaves_nothing
}

# One account in a directory where there is no shell.
@test "ChrootDirectory" {
	needs_root 'a directory that only root may write to'
	sources
	JAIL=$(mktemp -d /run/cpscp-test.XXXXXX)
	chmod 755 "$JAIL"
	mkdir "$JAIL/in"
	chown "$LOGIN" "$JAIL/in"
	fleet_start "Subsystem sftp internal-sftp" "ChrootDirectory $JAIL"
	exits 0 cpscp -v -H web1 one /in/new
	cmp one "$JAIL/in/new"
	by_sftp
	exits 0 cpscp -r -H web1 tree in
	diff -r tree "$JAIL/in/tree"
	exits 0 cpscp -r -H web1 tree one '~/in/'
	exits 4 cpscp -H web1 one /
	out_has 'FAILURE\] web1 .*cannot write to /: Permission denied$'
	exits 4 cpscp -H web1 one /one
	exits 4 cpscp -H web1 one /no/such
	out_has 'error code 1, /no/: no such directory$'
	leaves_nothing "$JAIL"
}

@test "a host without tar, a tree" {
	local name

	mkdir bin
	for name in sh dd mkdir rm mv cat chmod find; do
		ln -s "$(command -v $name)" "bin/$name"
	done
	fleet_start "Subsystem sftp internal-sftp" "SetEnv PATH=$T/bin"
	sources
	exits 0 cpscp -v -r -H web1 tree "$REMOTE"
	diff -r tree "$REMOTE/tree"
	err_has 'SFTP.*: tar: not found$'
	exits 0 cpscp -v -H web1 one "$REMOTE"
	err_lacks SFTP
}

@test "a server that refuses to run a command" {
	bad_start noexec
	echo x >x
	exits 4 cpscp -v -H "$(bad noexec)" x y
	err_has ': opening SFTP$'
	out_has ' the server refused to run the command; nor is there SFTP$'
}

@test "one session at a time is enough" {
	local i

	fleet_start "Subsystem sftp internal-sftp" \
	    "ForceCommand internal-sftp" "MaxSessions 1"
	mkdir t
	for i in $(seq 100); do echo "$i" >"t/$i"; done
	exits 0 cpscp -r -H web1 t "$REMOTE"
	diff -r t "$REMOTE/t"
}

@test "where our script has begun, there is no other way" {
	with_shell
	echo x >x
	mkdir "$REMOTE/d"
	exits 4 cpscp -v -H web1 x /dev/null
	err_lacks SFTP
	exits 4 cpscp -v -H web1 x "$REMOTE/no/such"
	err_lacks SFTP
}

# Another request would be another run of it.
@test "what a key has forced on us runs once" {
	mkdir "$REMOTE/d"
	chmod 777 "$REMOTE/d"
	sed "s|^|command=\"mktemp $REMOTE/d/XXXXXX; exit 3\" |" \
	    "$KEYS/authorized_keys" >keys
	fleet_start "Subsystem sftp internal-sftp" "AuthorizedKeysFile $T/keys"
	chmod 755 "$T"
	echo x >x
	exits 4 cpscp -H web1 x "$REMOTE"
	out_has 'FAILURE\] web1 Exited with error code 3'
	[ "$(find "$REMOTE/d" -type f | wc -l)" = 1 ]
	sed "s|^|command=\"internal-sftp\" |" "$KEYS/authorized_keys" >keys
	exits 0 cpscp -v -H web1 x "$REMOTE"
	cmp x "$REMOTE/x"
	by_sftp
}

# --- what is copied, and where to ---

@test "scp's rules" {
	sources
	both one new
	both one file
	both zero file
	both one dir
	both one dir/
	both one dir/one
	both one new/
	both one no/such
	both one file/new
	both one two zero dir
	both -r one tree dir
	both -r tree new
	both -r tree/ new
	both -r tree dir
	both -r tree/. dir/tree
	both -r tree file
	says 'file: not a directory$'
	both -r tree no/such
	echo x >same
	both same dir
	says 'same: is a directory$'
	mkdir -p x/tree
	echo x >x/tree/old
	both -r x/tree dir
	exits 4 cpscp -H web1 one two "$REMOTE/ours/new"
	says 'new: no such directory$'
	exits 4 cpscp -H web1 one two "$REMOTE/ours/file"
	says 'file: not a directory$'
	cd tree
	both -r . dir
	both -r . new
}

@test "links there: a file is written to where they lead" {
	sources
	as_login mkdir "$REMOTE/d" "$REMOTE/e"
	as_login sh -c "cd $REMOTE && echo old >e/real && ln -s ../e/real d/one &&
	    ln -s ../e/new d/two && ln -s e dirlink && ln -s loop loop"
	exits 0 cpscp -H web1 one two "$REMOTE/d"
	[ -L "$REMOTE/d/one" ] && [ -L "$REMOTE/d/two" ]
	cmp one "$REMOTE/e/real"
	cmp two "$REMOTE/e/new"
	exits 0 cpscp -H web1 zero "$REMOTE/d/one"
	cmp zero "$REMOTE/e/real"
	exits 0 cpscp -H web1 zero "$REMOTE/dirlink"
	cmp zero "$REMOTE/e/zero"
	mkdir -p d && cp one two d/
	exits 0 cpscp -r -H web1 d "$REMOTE"
	cmp one "$REMOTE/e/real"
	exits 4 cpscp -H web1 one "$REMOTE/loop"
	leaves_nothing
}

@test "homes" {
	local home rel=cpscp.$$

	sources
	home=$(getent passwd "$LOGIN" | cut -d: -f6)
	exits 0 cpscp -H web1 one "$rel"
	cmp one "$home/$rel"
	exits 0 cpscp -H web1 two "~/$rel"
	cmp two "$home/$rel"
	rm -f "$home/$rel"
	exits 0 cpscp -H web1 one '~'
	cmp one "$home/one"
	rm -f "$home/one"
	exits 4 cpscp -H web1 one "~$LOGIN/$rel"
	says "error code 1, ~$LOGIN/.*: SFTP knows of no home"
}

@test "names may be anything" {
	local names name

	# shellcheck disable=SC2016  # nothing is to be expanded
	names=(' ' 'a b' "it's" '"q"' '$HOME' '`id`' '*' '!x' '-r' '--' '#'
	    $'new\nline' $'tab\t' $'\\\\n' 'ä€𝄞' $'\x80\xff\x88\x81' '~' '~x'
	    'a;b' '%s' "$(printf '%0255d' 0)" '{a,b}' 'end' '0')
	mkdir -p all src
	for name in "${names[@]}"; do
		echo "$name" >"src/$name"
		mkdir "all/$name"
		echo "$name" >"all/$name/$name"
	done
	exits 0 cpscp -H web1 src/* "$REMOTE"
	diff -r src "$REMOTE"
	exits 0 cpscp -r -H web1 all "$REMOTE/all"
	exits 0 cpscp -r -H web1 all "$REMOTE"
	diff -r all "$REMOTE/all"
	leaves_nothing
}

@test "modes: the source's less the umask, and those that are there stay" {
	local mask user

	mkdir -p t/shut t/open
	echo x >t/plain
	echo x >t/run
	echo x >t/secret
	echo x >t/shut/x
	chmod 664 t/plain
	chmod 775 t/run t/open
	chmod 600 t/secret
	chmod 444 t/shut/x
	chmod 555 t/shut
	touch -d '2001-02-03 04:05:06' t/*/* t/* t
	for mask in 022 077; do
		umask $mask
		sftp_only
		umask 022
		exits 0 cpscp -H web1 -r t "$REMOTE/t$mask"
		diff <(modes "$REMOTE/t$mask") <(masked_modes t $mask)
		exits 0 cpscp -H web1 --preserve -r t "$REMOTE/p$mask"
		diff <(times "$REMOTE/p$mask") <(times t)
		exits 0 cpscp -H web1 -X -p t/run "$REMOTE/r$mask"
		[ "$(stat -c '%a %Y' "$REMOTE/r$mask")" = \
		    "$(stat -c '%a %Y' t/run)" ]
		exits 0 cpscp -H web1 t/run "$REMOTE/s$mask"
		[ "$(stat -c %a "$REMOTE/s$mask")" = \
		    "$(printf %o $((0775 & ~mask)))" ]
	done
	for user in "$LOGIN" $([ "$(id -u)" != 0 ] || echo root); do
		as_login sh -c "cd $REMOTE && rm -rf one && echo old >one &&
		    chmod 604 one"
		exits 0 cpscp -l "$user" -H web1 t/run "$REMOTE/one"
		[ "$(stat -c '%U %a' "$REMOTE/one")" = "$LOGIN 604" ]
		exits 0 cpscp -l "$user" -H web1 --preserve t/run "$REMOTE/one"
		[ "$(stat -c '%U %a' "$REMOTE/one")" = "$LOGIN 775" ]
	done
	leaves_nothing
}

@test "many files, new and over those that are there" {
	local i

	mkdir -p t/{a,b}/d
	for i in $(seq 300); do
		echo "$i" >"t/a/d/$i"
		echo "$i" >"t/b/$i"
	done
	exits 0 cpscp -v -r -H web1 t "$REMOTE"
	err_has '^cpscp: web1: 8 SFTP sessions$'
	diff -r t "$REMOTE/t"
	echo changed >t/b/7
	exits 0 cpscp -r -H web1 t "$REMOTE"
	diff -r t "$REMOTE/t"
	leaves_nothing
}

@test "a large file, and little memory for it" {
	copies_large
	truncate -s 2G holes
	begin "$CPSCP" -F "$FLEET/ssh_config" -H 'web[1-4]' holes "$REMOTE"
	wait_until 20 grown 50000000
	sanitized || [ "$(peak_memory "$BEGUN")" -lt 28000 ] ||
		explain "$(peak_memory "$BEGUN") kB"
	kill -INT "$BEGUN"
	ends 130
	leaves_nothing
}

# A request at a time would take 50 s for the one and 22 s for the others.
@test "over a long line much is on its way at once" {
	local way started i ms

	! sanitized || skip "speed means nothing under a sanitizer"
	mkfifo proxy
	"$TESTBIN/delayproxy" 25 "$PORT" >proxy 3>&- &
	remember $!
	read -r way <proxy
	know_host "$way" >known
	config "UserKnownHostsFile $T/known"
	mkdir t
	head -c 30M /dev/urandom >large
	for i in $(seq 150); do echo "$i" >"t/$i"; done
	started=$(date +%s%N)
	exits 0 cpscp -H "127.0.0.1:$way" large "$REMOTE/large"
	exits 0 cpscp -r -H "127.0.0.1:$way" t "$REMOTE/t"
	cmp large "$REMOTE/large"
	diff -r t "$REMOTE/t"
	ms=$((($(date +%s%N) - started) / 1000000))
	[ $ms -lt 16000 ] || explain "$ms ms"
}

# Some copy has come so far.
grown() { [ -n "$(find "$REMOTE" -path '*/.cpscp*' -size "+${1}c")" ]; }

@test "no reader ever sees half a file" { never_half; }

@test "nobody else looks at what has not yet its name" {
	local stage

	truncate -s 2G holes
	begin "$CPSCP" -F "$FLEET/ssh_config" -H web1 holes "$REMOTE"
	wait_until 20 grown 0
	stage=$(find "$REMOTE" -maxdepth 1 -name '.cpscp*')
	[ "$(stat -c '%a %U' "$stage")" = "700 $LOGIN" ]
	kill -INT "$BEGUN"
	ends 130
	leaves_nothing
}

# --- other servers ---

@test "a server that cannot replace files" {
	sftp_only "-P posix-rename"
	sources
	exits 0 cpscp -H web1 one "$REMOTE/x"
	exits 0 cpscp -H web1 two "$REMOTE/x"
	cmp two "$REMOTE/x"
	exits 0 cpscp -r -H web1 tree "$REMOTE"
	echo new >tree/a
	exits 0 cpscp -r -H web1 tree "$REMOTE"
	diff -r tree "$REMOTE/tree"
	leaves_nothing
}

@test "a server that only reads" {
	sftp_only -R
	echo x >x
	exits 4 cpscp -H web1 x "$REMOTE"
	out_has 'web1 .*cannot write to .*/remote/: Permission denied$'
}

# --- what goes wrong ---

@test "no room there" {
	needs_root 'a small file system for the server'
	mkdir t
	sshd=$(sshd_with_small size=1m) with_shell
	head -c 3M /dev/urandom >t/large
	echo x >t/x
	exits 4 cpscp -X -s -H web1 t/large "$T/small"
	out_has 'small/large: No space left on device$'
	exits 4 cpscp -X -s -r -H web1 t "$T/small"
	out_has 'large: No space left on device$'
	exits 4 cpscp -X -s -r -H web1 t t/x "$T/small"
	exits 0 cpssh -H web1 "[ -z \"\$(ls -A $T/small)\" ]"
	exits 0 cpscp -X -s -H web1 t/x "$T/small"
	exits 0 cpssh -H web1 "[ \"\$(ls -A $T/small)\" = x ]"
	# no other way would do better
	exits 4 cpscp -v -H web1 t/large "$T/small"
	err_lacks SFTP
}

@test "a file system that a rename does not reach" {
	needs_root 'a small file system for the server'
	sshd=$(sshd_with_small) with_shell
	as_login mkdir -p "$REMOTE/t/sub"
	as_login ln -s "$T/small" "$REMOTE/t/link"
	mkdir -p t/link
	echo x >t/link/x
	exits 4 cpscp -X -s -r -H web1 t "$REMOTE"
	out_has 't/link/x: .*another file system'
	exits 0 cpscp -X -s -r -H web1 t/link "$REMOTE/t"
	leaves_nothing
}

@test "the connection breaks in the middle" {
	local left

	truncate -s 4G l
	begin "$CPSCP" -F "$FLEET/ssh_config" -H web1 l "$REMOTE/l"
	wait_until 20 grown 0
	break_connections
	ends 4
	# which of its processes dies first is not told
	out_has "FAILURE\] web1 (connection lost: |.*SFTP server has ended)"
	[ ! -e "$REMOTE/l" ]
	left=$(find "$REMOTE" -name '.cpscp*')
	err_has "^cpscp: web1: $left is left there$"
	[ "$(stat -c %a "$left")" = 700 ]
}

@test "interrupted, and out of time" {
	mkdir -p t/sub
	truncate -s 4G t/sub/l
	echo x >t/x
	as_login mkdir "$REMOTE/t"
	begin "$CPSCP" -F "$FLEET/ssh_config" -r -H web1 t "$REMOTE"
	wait_until 20 grown 0
	kill -INT "$BEGUN"
	ends 130
	out_has 'FAILURE\] web1 Interrupted, during the copy$'
	err_lacks 'left there'
	exits 3 cpscp -t 6 -r -H web1 t "$REMOTE"
	out_has 'FAILURE\] web1 Timed out, during the copy$'
	[ -z "$(ls -A "$REMOTE/t")" ]
	leaves_nothing
}

@test "a source that changes, or goes" {
	truncate -s 4G l
	begin "$CPSCP" -F "$FLEET/ssh_config" -H web1 l "$REMOTE/l"
	wait_until 20 grown 0
	truncate -s 1 l
	ends 4
	out_has 'l: has become shorter while it was being read$'
	[ -z "$(ls -A "$REMOTE")" ]
}

@test "what cannot be merged is found before anything is sent" {
	mkdir -p t/a t/z
	echo x >t/a/x
	echo x >t/z/x
	as_login mkdir -p "$REMOTE/t/a" "$REMOTE/t/z/x"
	exits 4 cpscp -r -H web1 t "$REMOTE"
	out_has 't/z/x: is a directory$'
	[ -z "$(find "$REMOTE" -type f)" ]
	mkfifo "$REMOTE/t/f"
	echo x >t/f
	rm -r t/z
	exits 4 cpscp -r -H web1 t "$REMOTE"
	out_has 't/f: not a file$'
	exits 4 cpscp -H web1 t/f /dev/null
	out_has '/dev/null: not a file$'
	leaves_nothing
}

@test "two things of one name" {
	mkdir -p a b
	echo a >a/x
	echo b >b/x
	exits 4 cpscp -H web1 a/x b/x "$REMOTE"
	out_has 'two sources are called x'
	[ -z "$(ls -A "$REMOTE")" ]
}

# --- servers that nobody should have: tests/evilsftp ---

# To them f is a file, d a directory, and f* not there.
refused() {	# MODE STATUS REGEX
	fleet_stop
	fleet_start "Subsystem sftp $TESTBIN/evilsftp $1"
	exits "$2" cpscp -t 6 -X -s -H web1 "${4-one}" 'f*'
	out_has "FAILURE\\] web1 $3"
}

@test "servers that do not take what they are sent" {
	head -c 5M /dev/zero >one
	fleet_start "Subsystem sftp $TESTBIN/evilsftp take"
	exits 0 cpscp -X -s -H web1 one 'f*'
	exits 0 cpscp -X -s -H web1 one 'f'
	refused take-write 4 'Exited with error code 1, f\*: Failure'
	refused take-close 4 'Exited with error code 1, f\*: Failure'
	refused take-rename 4 'Exited with error code 1, f\*: it cannot be renamed'
	refused take-keep 4 'Exited with error code 1, f\*: Failure'
	refused take-dead 4 ".*the host's SFTP server has ended"
	err_has 'cpscp: web1: .cpscp.[0-9]* is left there'
	refused take-nothing 3 'Timed out, during the copy'
}

@test "servers that make no sense" {
	echo x >one
	refused '' 4 '.*cannot write to the home directory: the server cannot do'
	refused silent 3 'Timed out'
	refused other 4 "f\*: the host's SFTP server answers what makes no sense"
	refused babble 4 'SFTP: there is no SFTP server for us$'
	refused early 4 'SFTP: there is no SFTP server for us$'
	refused echo 4 ''
}
