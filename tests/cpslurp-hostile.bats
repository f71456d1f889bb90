# SPDX-License-Identifier: BSD-2-Clause
# cpslurp from a host that sends what it likes: nothing gets out of the host's
# own directory, nothing half is left in it, and other hosts do not suffer.

load lib
load fetch

# Whatever is asked for, this host runs $EVIL; web7 is another, and honest.
setup_file() {
	export EVIL=$BATS_FILE_TMPDIR/evil HONEST
	fleet_start
	HONEST=$FLEET/ssh_config
	: >"$EVIL"
	fleet_start "ForceCommand . $EVIL"
	{
		sed -n 's/^Port/Host web7\nHostName 127.0.0.1\nPort/p' \
		    "$HONEST"
		cat "$FLEET/ssh_config"
	} >"$FLEET/both"
	cat "$(dirname "$HONEST")/known_hosts" >>"$FLEET/known_hosts"
	chmod 644 "$FLEET/both"
}

setup_evil() {
	use_config "$FLEET/both"
	mkdir -p around/L
	echo mine >around/victim
	echo mine >victim
	before=$(surroundings)
}

# All that there is but the place for what is copied, and our own notes.
surroundings() {
	find "$T" -path "$T/around/L/*" -prune -o -path "$REMOTE" -prune -o \
	    -path "$T/out" -prune -o -path "$T/err" -prune -o \
	    -path "$T/pids" -prune -o -printf '%p %y %m %s %l\n' |
		LC_ALL=C sort
	cat victim around/victim
}

# host_sends COMMAND...: this is what it does, whatever we want
host_sends() { printf '%s\n' "cat >/dev/null & $*" >"$EVIL"; }

# archive_of COMMAND...: the same after the words that our script has first
archive_of() { host_sends "echo cpssh sends; $*"; }
evil() { archive_of "$TESTBIN/eviltar $*"; }

# fails [OPTION...]: the copy fails, and nothing at all is left
fails() {
	setup_evil
	exits 4 cpslurp -t 60 -L around/L -H web1 "$@" remote local
	fetched_nothing around/L
	unharmed
}

unharmed() {
	[ "$(surroundings)" = "$before" ] ||
		explain "changed: $(diff <(echo "$before") <(surroundings))"
}

@test "a name with .. in it" {
	evil dir ./ file ./../victim evil end
	fails -r
	out_has 'web1 the host sent a name that leads out: ./../victim$'
	evil dir ./ dir ./a file ./a/../../../victim evil end
	fails -r
	evil dir ./ dir ./.. file ./../victim evil end
	fails -r
	evil file ../victim evil end
	fails
	fails -r
}

@test "an absolute name" {
	evil dir ./ file "$T/victim" evil end
	fails -r
	out_has 'web1 the host sent a name that leads out: /'
	evil file "$T/victim" evil end
	fails
}

@test "a symbolic link, and something written through it" {
	setup_evil
	evil dir ./ sym ./out "$T" file ./out/victim evil \
	    sym ./victim "$T/victim" end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	err_has 'web1: not copied: \./out and 1 others'
	[ -z "$(find around/L -type l)" ]
	[ "$(cat around/L/web1/local/out/victim)" = evil ]
	unharmed
}

@test "a symbolic link in place of the file, or of the tree" {
	evil sym ./local "$T/victim" end
	fails
	evil sym ./ "$T" file ./victim evil end
	fails -r
}

@test "a name that stands for something else the second time" {
	evil dir ./ file ./a text file ./a/b text end
	fails -r
	evil dir ./ dir ./a file ./a text end
	fails -r
	evil dir ./ file ./a text file ./a other end
	fails -r
	out_has 'cannot create .*: File exists'
}

@test "hard links that lead out" {
	evil dir ./ hard ./a "$T/victim" file ./a evil end
	fails -r
	evil dir ./ hard ./a ../../../../../victim end
	fails -r
	evil dir ./ hard ./a ./nothing end
	fails -r
	evil dir ./ dir ./sub hard ./a ./sub end
	fails -r
	evil hard ./local ./local end
	fails
}

@test "a hard link to what came before it is taken" {
	setup_evil
	evil dir ./ file ./a text hard ./b ./a end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	[ "$(cat around/L/web1/local/b)" = text ]
	unharmed
}

@test "devices, fifos: told, not made" {
	setup_evil
	evil dir ./ file ./a text char ./null block ./disk fifo ./fifo end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	err_has 'web1: not copied: \./null and 2 others, which are no files$'
	[ "$(listing around/L/web1/local | grep -c .)" = 3 ]
	unharmed
}

@test "a device in place of the file" {
	evil char ./local end
	fails
}

@test "no set-user-ID bits, whatever the mode" {
	local option

	setup_evil
	evil mode 0007777 dir ./ file ./a text end
	for option in -r --preserve; do
		exits 0 cpslurp -r $option -L around/L -H web1 remote local
		[ -z "$(find around/L -perm /7000)" ]
	done
	unharmed
}

@test "directories that nobody may enter, and things in them" {
	setup_evil
	evil mode 0000000 dir ./ dir ./a file ./a/b text dir ./c \
	    file ./a/d text end
	exits 0 cpslurp --preserve -r -L around/L -H web1 remote local
	exits 0 cpslurp --preserve -r -L around/L -H web1 remote local
	[ "$(stat -c %a around/L/web1/local)" = 0 ]
	unharmed
	chmod -R u+rwx around/L
	[ "$(find around/L -name b)" = around/L/web1/local/a/b ]
}

@test "the same for a user whom modes bind" {
	needs_root "to be somebody else"
	evil mode 0000000 dir ./ dir ./a file ./a/b text dir ./c \
	    file ./a/d text end
	mkdir -m 777 mine
	sed "s|IdentityFile .*|IdentityFile $SUITE/home/.ssh/id_ed25519|" \
	    "$FLEET/both" >config
	for _ in 1 2; do
		exits 0 as_login "$CPSLURP" -F config --preserve -r \
		    -L mine -H web1 remote local
	done
	[ "$(stat -c %a mine/web1/local)" = 0 ]
	evil mode 0000000 dir ./ dir ./a file ./a/b text file ./../c text end
	exits 4 as_login "$CPSLURP" -F config --preserve -r \
	    -L mine -H web1 remote local
	leaves_none mine
}

@test "more than was asked for" {
	evil dir ./ end
	fails
	out_has 'a directory where a file was asked for'
	evil file ./a text file ./b text end
	fails
	out_has 'what nobody asked for: \./b'
	evil file ./a/b text end
	fails -r
	evil file ./a text dir ./ file ./b text end
	fails -r
}

@test "names that were not asked for, with names of their own" {
	setup_evil
	for name in .bashrc other sub/remote .remote; do
		evil file "./$name" text end
		exits 4 cpslurp -r -L around/L -H web1 remote local/
		out_has "what nobody asked for: \./$name"
		evil file "./$name" text end
		exits 4 cpslurp -r -L around/L -H web1 'r*t' local/
	done
	[ -z "$(ls -A around/L)" ]
	unharmed
}

@test "nothing, garbage, a greeting" {
	host_sends true
	fails
	out_has 'web1 the host sent nothing$'
	host_sends 'head -c 100000 /dev/urandom'
	fails
	out_has 'web1 what the host sent is no archive, it begins: '
	host_sends 'printf "\033[2JWelcome to this host\n"'
	fails -r
	out_has 'it begins: \\x1b\[2JWelcome to this host'
	host_sends 'head -c 20000 /dev/zero'
	fails
}

@test "an archive that stops in the middle" {
	local size

	evil dir ./ file ./a text file ./b text
	fails -r
	out_has 'web1 the archive that the host sent is cut short$'
	for size in 100 512 600 1024 1100 1536 1700; do
		archive_of "$TESTBIN/eviltar dir ./ file ./a text \
		    file ./b text end | head -c $size"
		fails -r
	done
	evil file ./a text
	fails
}

@test "sizes that lie" {
	evil lie ./a 1000000 text end
	fails
	out_has 'damaged: Truncated'
	evil lie ./a 8589934591 text end
	fails
	evil dir ./ lie ./a 512 "$(printf '%01000d' 0)" file ./b text end
	fails -r
}

@test "sizes that no disk has" {
	evil dir ./ huge ./a end
	fails -r
	out_has 'damaged: Tar entry size overflow'
	for size in -1 99999999 9223372036854775807 99999999999999999999; do
		evil dir ./ pair size $size file ./a text end
		fails -r
		out_has 'web1 the archive that the host sent is damaged: '
	done
	# a file that is one hole
	evil dir ./ pax "'22 GNU.sparse.major=0
22 GNU.sparse.minor=1
39 GNU.sparse.size=9223372036854775807
40 GNU.sparse.map=9223372036854775806,1
'" file ./a t end
	fails -r
	out_has 'web1 cannot write: File too large$'
}

@test "names by other ways: pax records, GNU's long names" {
	for name in ../../victim "$T/victim"; do
		for way in "pair path" "pair GNU.sparse.name" "kind L long"; do
			evil dir ./ "$way" "$name" file ./a evil end
			fails -r
			out_has 'web1 the host sent a name that leads out: '
			evil "$way" "$name" file ./a evil end
			fails
		done
		for way in "pair linkpath" "kind K long"; do
			evil dir ./ file ./b text "$way" "$name" hard ./a ./b end
			fails -r
			out_has 'web1 the host sent a name that leads out: '
		done
	done
	evil dir ./ file ./a text kind L long "''" file ./a evil end
	fails -r
	# what is for all that follows is not for names
	setup_evil
	evil dir ./ kind g all "'18 path=../victim
'" file ./a text end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	[ "$(cat around/L/web1/local/a)" = text ]
	unharmed
}

@test "kinds that nobody knows" {
	local kind

	for kind in 1 5; do
		evil dir ./ kind $kind ./a text file ./b text end
		fails -r
	done
	setup_evil
	for kind in 7 D N Z; do
		evil dir ./ kind $kind ./a text file ./b text end
		exits 0 cpslurp -r -L around/L -H web1 remote local
		[ "$(cat around/L/web1/local/b)" = text ]
		[ -z "$(find around/L -type l -o -perm /7000)" ]
		rm -r around/L/web1
	done
	unharmed
}

@test "special headers one after the other" {
	local kind

	for kind in g L; do
		evil dir ./ loop kind $kind ./a "'12 comment=x
'" again
		fails -r
	done
}

@test "a map of holes without end" {
	evil dir ./ holes ./a 10000 end
	fails -r
	out_has 'web1 .* damaged: a header without an end$'
}

@test "times that no clock has" {
	local time

	setup_evil
	for time in 99999999999999999999 -99999999999999999999 -1.5 1.9999999999 \
	    x; do
		evil dir ./ pair mtime $time file ./a text end
		exits 0 cpslurp -r --preserve -L around/L -H web1 remote local
		[ "$(cat around/L/web1/local/a)" = text ]
	done
	unharmed
}

@test "names that a terminal would obey" {
	evil dir ./ pair path $'"./a\n\e[2J/../b"' file ./a evil end
	fails -r
	out_has 'leads out: \./a\\n\\x1b\[2J/\.\./b$'
	setup_evil
	evil dir ./ fifo $'"./a\e[2J"' end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	err_has 'not copied: \./a\\x1b\[2J, which is no file$'
	unharmed
}

@test "names without end" {
	evil dir ./ long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 10000 end
	fails -r
	out_has 'the host sent a name of 310001 bytes$'
	evil dir ./ long "$(printf '%0300d' 0)" 2 end
	fails -r
	out_has 'File name too long'
}

@test "deeper than anybody needs" {
	setup_evil
	evil dir ./ long a 400 end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	evil dir ./ long a 400 file ./../a end
	exits 4 cpslurp -r -L around/L -H web1 remote local
	leaves_none around
	evil dir ./ file ./a text end
	exits 0 cpslurp -r -L around/L -H web1 remote local
	[ "$(find around/L -type f)" = around/L/web1/local/a ]
	unharmed
}

@test "a header without end" {
	evil dir ./ loop pax "'30 path=x'" again
	fails -r
	evil dir ./ loop pax "'30 path=x
'" again
	fails -r
}

@test "archives without end are ended by -t, and memory is bounded" {
	local what peak=0 now

	setup_evil
	for what in "fifo ./f" "dir ./a" "sym ./a /" \
	    "lie ./a 8589934591 $(printf '%0500d' 0)"; do
		evil dir ./ loop "$what" again
		begin "$CPSLURP" -F "$CONFIG" -r -t 3 -L around/L -H web1 \
		    remote local
		while ! has_line web1 "$T/out"; do
			now=$(peak_memory "$BEGUN" 2>/dev/null) || break
			peak=$now
			sleep 0.1
		done
		sanitized || [ "$peak" -lt 30000 ] || explain "$peak kB"
		ends 3
		fetched_nothing around/L
	done
	unharmed
}

@test "an endless host does not keep the others" {
	setup_evil
	echo text >"$REMOTE/file"
	evil dir ./ loop fifo ./f again
	exits 3 cpslurp -r -t 12 -L around/L -H 'web1 web7' "$REMOTE" local
	out_has 'SUCCESS\] web7$'
	out_has 'FAILURE\] web1 Timed out'
	[ "$(ls around/L)" = web7 ]
	[ "$(cat around/L/web7/local/file)" = text ]
	unharmed
}

@test "what the host says is escaped, one line of it, and bounded" {
	setup_evil
	host_sends 'printf "one\n\033[31mtwo %05000d\n" 0 >&2; exit 3'
	exits 5 cpslurp -L around/L -H web1 remote local
	out_has 'web1 Exited with error code 3, \\x1b\[31mtwo 0'
	[ "$(wc -c <"$T/out")" -lt 600 ]
	unharmed
}
