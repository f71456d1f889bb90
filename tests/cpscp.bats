# SPDX-License-Identifier: BSD-2-Clause
# cpscp: scp's rules for names, beside a real scp that does the same; what the
# files are named and what is in them; usage.

# shellcheck disable=SC2016,SC2088  # the remote shell expands, or nothing does

load lib
load copy

setup_file() { fleet_start "Subsystem sftp internal-sftp"; }

@test "one file: a new name, an old one, into a directory" {
	sources
	both one new
	both one file
	both zero file
	both one dir
	both one dir/
	both one dir/one
	both "$PWD/one" dir
	both ./tree/../one dir/new
}

@test "one file: where it cannot go" {
	sources
	both one new/
	both one no/such
	both one file/new
	mkdir x && echo x >x/same
	both x/same dir
	says 'same: is a directory$'
}

@test "several files need a directory" {
	sources
	both one two zero dir
	# here scp gives the name to one after the other
	exits 4 cpscp -H web1 one two "$REMOTE/ours/new"
	says 'new: no such directory$'
	exits 4 cpscp -H web1 one two "$REMOTE/ours/file"
	says 'file: not a directory$'
	both -r one tree dir
	both -r tree one tree/sub dir
}

@test "a tree: a new name, into a directory, over another" {
	sources
	both -r tree new
	both -r tree new/
	both -r tree/ new
	both -r tree dir
	both -r tree/sub dir
	both -r tree/. dir/tree
	cd tree
	both -r . dir
	both -r . new
	both -r .// dir/tree
}

@test "dots at the end of where it goes" {
	sources
	both one dir/.
	both one dir/..
	both one dir/tree/../same/.
	both -r tree dir/.
	both -r tree dir/../
	both -r tree/ dir/tree/..
	both -r tree/. dir/.
	both -r tree no/..
	both one no/.
}

@test "a tree: where it cannot go" {
	sources
	both -r tree file
	says 'file: not a directory$'
	both -r tree no/such
	echo x >same
	both same dir
	mkdir -p x/tree
	mkdir x/tree/old
	both -r x/tree dir
	says 'tree/old: not a directory$'
}

@test "symbolic links are followed" {
	sources
	ln -s ../one tree/link
	ln -s tree treelink
	ln -s one onelink
	both onelink new
	both onelink dir
	both -r tree new
	both -r treelink dir
	both -r treelink/sub dir
	# here some versions of scp fail, and do not know what ".." is
	ln -s sub tree/dirlink
	exits 0 cpscp -r -H web1 tree "$REMOTE/t"
	diff -r tree "$REMOTE/t"
	exits 0 cpscp -r -H web1 tree/sub/.. "$REMOTE/u"
	diff -r tree "$REMOTE/u"
	exits 0 cpscp -r -H web1 tree/sub/.. "$REMOTE/u"
	diff -r tree "$REMOTE/u"
}

@test "links there: a file is written to where they lead" {
	sources
	as_login mkdir "$REMOTE/d" "$REMOTE/e"
	as_login sh -c "cd $REMOTE && echo old >e/real && ln -s ../e/real d/one &&
	    ln -s ../e/new d/two && ln -s e dirlink"
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
	leaves_nothing
}

@test "relative names begin where the user logs in" {
	local home

	sources
	home=$(getent passwd "$LOGIN" | cut -d: -f6)
	rel=cpscp.$$
	exits 0 cpscp -H web1 one "$rel"
	cmp one "$home/$rel"
	exits 0 cpscp -H web1 two "~/$rel"
	cmp two "$home/$rel"
	exits 0 cpscp -H web1 zero "~$LOGIN/$rel"
	cmp zero "$home/$rel"
	rm -f "$home/$rel"
	exits 4 cpscp -H web1 one '~nosuchuser/x'
	says 'no such user'
	for rel in . '' ./ '~' '~/' '~/.' "~$LOGIN" "~$LOGIN/"; do
		exits 0 cpscp -H web1 one "$rel"
		cmp one "$home/one"
		rm -f "$home/one"
	done
	exits 0 scp -q -F "$FLEET/ssh_config" one web1:
	cmp one "$home/one"
	rm -f "$home/one"
}

@test "names may be anything" {
	local names name

	names=(' ' 'a b' "it's" '"q"' '$HOME' '`id`' '*' '!x' '-r' '--' '#'
	    $'new\nline' $'tab\t' $'\\\\n' 'ä€𝄞' $'\x80\xff\x88\x81' '~' '~x'
	    'a;b' '&' '%s' "$(printf '%0255d' 0)" '{a,b}' 'end' '0')
	mkdir -p all src
	for name in "${names[@]}"; do
		echo "$name" >"src/$name"
		mkdir "all/$name"
		echo "$name" >"all/$name/$name"
		exits 0 cpscp -H web1 "src/$name" "$REMOTE/$name"
		cmp "src/$name" "$REMOTE/$name"
	done
	exits 0 cpscp -H web1 src/* "$REMOTE"
	exits 0 cpscp -r -H web1 all "$REMOTE/all1"
	diff -r all "$REMOTE/all1"
	as_login mkdir "$REMOTE/many"
	(
		cd all
		exits 0 cpscp -r -H web1 -- * "$REMOTE/many"
		exits 0 cpscp -r -H web1 -- * "$REMOTE/many"
	)
	diff -r all "$REMOTE/many"
	leaves_nothing
}

@test "a target that is a newline, or ends in one" {
	echo x >x
	as_login mkdir "$REMOTE/"$'d\n'
	exits 0 cpscp -H web1 x "$REMOTE/"$'d\n'
	cmp x "$REMOTE/"$'d\n/x'
	exits 0 cpscp -H web1 x "$REMOTE/"$'f\n'
	cmp x "$REMOTE/"$'f\n'
}

@test "many small files, twice" {
	local i

	mkdir -p t/{a,b,c}/d
	for i in $(seq 700); do
		echo "$i" >"t/a/d/$i"
		echo "$i" >"t/b/$i"
	done
	exits 0 cpscp -r -H web1 t "$REMOTE"
	diff -r t "$REMOTE/t"
	echo changed >t/b/7
	exits 0 cpscp -r -H web1 t "$REMOTE"
	diff -r t "$REMOTE/t"
	leaves_nothing
}

@test "a large file" { copies_large; }

@test "on a terminal the progress of all is seen, elsewhere it is not" {
	truncate -s 400M large
	: >zero
	as_login mkdir "$REMOTE/d"
	exits_on_tty 4 "$CPSCP" -F "$FLEET/ssh_config" \
	    -H "web1 web2 127.0.0.1:$(refused_port)" large "$REMOTE/d"
	out_has ' of 3 done: .*, [0-9.]+ .?B of 839 MB, [0-9.]+ .B/s, .* left'
	exits 0 cpscp -H web1 large zero "$REMOTE/d"
	err_is ''
	out_lacks 'B/s'
	rm "$REMOTE/d/large"
}

@test "usage" {
	exits 2 cpscp -H web1
	err_is 'cpscp: error: Paths not specified.'
	exits 2 cpscp -H web1 x
	err_is 'cpscp: error: Remote path not specified.'
	exits 2 cpscp -H web1 nosuch x
	err_is 'cpscp: error: nosuch: No such file or directory'
	mkdir d
	exits 2 cpscp -H web1 d x
	err_is 'cpscp: error: d: is a directory (-r copies those)'
	mkfifo d/f
	exits 2 cpscp -r -H web1 d x
	err_is 'cpscp: error: d/f: neither a file nor a directory'
	rm d/f
	ln -s nowhere d/l
	exits 2 cpscp -r -H web1 d x
	err_is 'cpscp: error: d/l: a symbolic link that leads nowhere'
	rm d/l
	ln -s .. d/up
	exits 2 cpscp -r -H web1 d x
	err_has 'd/up/d: leads back to a directory that it is in$'
	rm d/up
	ln -s /proc/version d/x
	exits 2 cpscp -r -H web1 d x
	err_is 'cpscp: error: d/x: holds more than its size says'
	rm d/x
	echo x >d/x
	exits 2 cpscp -r d x
	err_is 'cpscp: error: Hosts not specified.'
	exits 0 cpscp --help
	[ "$(wc -l <"$T/out")" -le 24 ]
	[ "$(grep -cE '.{81}' "$T/out")" = 0 ]
}

@test "what cannot be read is told before any host is asked" {
	mkdir d
	echo x >d/x
	chmod 0 d/x
	chmod 755 "$T"
	exits 2 as_login "$CPSCP" -F "$FLEET/ssh_config" -r -H web1 d x
	err_is 'cpscp: error: d/x: Permission denied'
	exits 2 as_login "$CPSCP" -F "$FLEET/ssh_config" -H web1 d/x x
	err_is 'cpscp: error: d/x: Permission denied'
	chmod 755 d/x
	chmod 711 d
	needs_root 'a directory of somebody else'
	exits 2 as_login "$CPSCP" -F "$FLEET/ssh_config" -r -H web1 d x
	err_is 'cpscp: error: d: Permission denied'
	chmod 700 d
	exits 2 as_login "$CPSCP" -F "$FLEET/ssh_config" -H web1 d/x x
	err_is 'cpscp: error: d/x: Permission denied'
	out_is ''
}

@test "-x and -X speak scp's language" {
	sources
	exits 0 cpscp -H 127.0.0.1 -X -P -X "$PORT" -x "-q -C -B -o User=$LOGIN" \
	    one "$REMOTE/x1"
	touch -d '2001-02-03 04:05:06' one
	exits 0 cpscp -H web1 -X -p one "$REMOTE/x2"
	[ "$(stat -c %Y "$REMOTE/x2")" = "$(stat -c %Y one)" ]
	exits 0 cpscp -H web1 -x '-rp -O -T -s -3 -R -4 -X nrequests=4' \
	    tree "$REMOTE/x3"
	diff -r tree "$REMOTE/x3"
	exits 2 cpscp -H web1 -x '-l 100' one x
	err_has "scp's -l: the bandwidth is not limited"
	exits 2 cpscp -H web1 -x '-S ssh' one x
	exits 2 cpscp -H web1 -x '-t' one x
	err_has 'scp has no flag -t'
}

@test "PSSH_RECURSIVE" {
	sources
	PSSH_RECURSIVE=1 exits 0 cpscp -H web1 tree "$REMOTE/t"
	diff -r tree "$REMOTE/t"
}
