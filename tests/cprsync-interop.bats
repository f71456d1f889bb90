# SPDX-License-Identifier: BSD-2-Clause
# cprsync between an old rsync and a new one, whichever is where:
# scripts/get-rsync gets both.

# shellcheck disable=SC1003,SC2016,SC2030,SC2031  # for shells there; one test
load lib
load rsync

setup_file() {
	local name

	fleet_start
	for name in bookworm sid; do
		if [ ! -x "$RSYNCS/$name/bin/rsync" ]; then
			echo "no rsync in $RSYNCS/$name: run scripts/get-rsync"
			return 1
		fi >&2
		# where the user that is logged in may come
		cp -r "$RSYNCS/$name" "$BATS_FILE_TMPDIR/$name"
	done
}

# between HERE THERE ARGUMENT...: cprsync with these two
between() {
	local bin=$BATS_FILE_TMPDIR/$1/bin there=$BATS_FILE_TMPDIR/$2/bin

	shift 2
	PATH=$bin:$PATH cprsync -X "--rsync-path=$there/rsync" "$@"
}

pairs='bookworm,sid sid,bookworm bookworm,bookworm sid,sid'

# each_pair FUNCTION: with both names, and clean directories
each_pair() {
	local pair

	for pair in $pairs; do
		rm -rf got "${REMOTE:?}"/*
		"$1" "${pair%,*}" "${pair#*,}" || explain "$pair" || return
	done
}

version_of() {
	"$BATS_FILE_TMPDIR/$1/bin/rsync" --version |
		sed -n 's/^rsync  *version \([0-9]*\.[0-9]*\).*/\1/p'
}

@test "one is 3.2, the other 3.5 or newer" {
	[ "$(version_of bookworm)" = 3.2 ]
	printf '%s\n' 3.5 "$(version_of sid)" | sort -CV
}

# names_in DIRECTORY: what is hard on shells, rsync and terminals; 255 bytes
names_in() {
	local name

	mkdir -p "$1"
	for name in 'a space' "a 'quote'" 'a "double" one' $'new\nline' \
	    $'tab\there' '-n' '--delete' '*' 'a?b' '[abc]' '$HOME' '`id`' \
	    '$(id)' 'back\slash' 'trailing\' '!history' 'semi;colon' \
	    'col:on' '~' '#hash' 'a&b|c<d>e' '{x,y}' $'\xff\xfe' "''" \
	    "$(printf '%0255d' 7)"; do
		echo "this is $name" >"$1/$name"
	done
	mkdir "$1/dir * with ? all"
	echo deep >"$1/dir * with ? all/-x 'y'"
}

goes_and_comes() {
	exits 0 between "$1" "$2" -a -H web1 names/ "$REMOTE/there" || return
	diff -r names "$REMOTE/there" || return
	exits 0 between "$1" "$2" -d -a -H web1 "$REMOTE/there/" got || return
	diff -r names got/web1
}

@test "a tree goes and comes, whatever its names" {
	names_in names
	each_pair goes_and_comes
}

# nothing is left to do the second time; a change is found, and it alone goes
twice() {
	exits 0 between "$1" "$2" -a -z -H web1 tree/ "$REMOTE/t" || return
	echo changed >>tree/one
	exits 0 between "$1" "$2" -a -z -i -x '--stats --delete' -H web1 \
	    tree/ "$REMOTE/t" || return
	out_has 'Number of regular files transferred: 1' || return
	diff -r tree "$REMOTE/t"
}

@test "again with -z and --delete: only what has changed goes" {
	setup_tree
	each_pair twice
}

# as_places HERE THERE: each name as a place there, both ways; with $guard
as_places() {
	local path name there

	for path in names/*; do
		name=${path#names/}
		there=$(literally "$name")
		rm -rf got "${REMOTE:?}"/*
		exits 0 between "$1" "$2" "${guard[@]}" -r -H web1 -- \
		    "$path" "$REMOTE/$name" || return
		[ ! -f "$path" ] || cmp "$path" "$REMOTE/$name" || return
		# which must not come along
		echo no >"$REMOTE/other"
		exits 0 between "$1" "$2" "${guard[@]}" -d -r -H web1 -- \
		    "$REMOTE/$there" got || return
		[ "$(ls got/web1)" = "$name" ] ||
			explain "came as: $(ls -b got/web1)" || return
		[ ! -f "$path" ] || cmp "$path" "got/web1/$name" || return
	done
}

# A place to read from may be a pattern, whoever expands it.
literally() { printf '%s\n' "$1" | sed 's/[][*?]/\\&/g'; }

@test "places there, as rsync quotes them" {
	names_in names
	guard=()
	each_pair as_places
}

@test "places there, past the shell: -s" {
	names_in names
	guard=(-x -s)
	each_pair as_places
}

# one file of three, by its name
wild() {
	cp -r names/. "$REMOTE"
	exits 0 between "$1" "$2" "${guard[@]}" -d -H web1 \
	    "$REMOTE/$pattern" got || return
	[ "$(ls got/web1)" = "$(printf '%s\n' "${expected[@]}")" ] ||
		explain "came: $(ls got/web1)"
}

@test "wildcards of places there" {
	mkdir names
	touch names/{a1,a2,b1,'a*'}
	guard=() pattern='a[12]' expected=(a1 a2)
	each_pair wild
	guard=(-x -s)
	each_pair wild
	guard=() pattern='a\*' expected=('a*')
	each_pair wild
}

# As rsync had it of old: what is written is the shell's there.
@test "--old-args" {
	mkdir names
	touch names/{a1,a2,b1}
	guard=(-x --old-args) expected=(a1 b1)
	pattern='{a,b}1 $(touch ran)'
	pattern='a1 $(echo '$REMOTE/b1')'
	each_pair wild
}

@test "a relative place that begins with a dash" {
	local home=$SUITE/home

	[ "$(id -u)" = 0 ] || home=$HOME
	echo hi >file
	dashes() {
		rm -f -- "$home/-x.$$"
		exits 0 between "$1" "$2" -H web1 file "-x.$$" || return
		cmp file "$home/-x.$$"
	}
	[ "$(id -u)" != 0 ] || each_pair dashes
	rm -f -- "$home/-x.$$"
}

@test "the host says what it lacks, old or new" {
	echo hi >file
	lacks() {
		exits 4 between "$1" "$2" -H web1 file "$REMOTE/no/such/" ||
			return
		out_has 'code (3|11|23), .*: rsync: .* No such file or dir' ||
			return
		exits 4 between "$1" "$2" -d -H web1 "$REMOTE/none" got ||
			return
		out_has 'code 23, some of it .*: rsync: .*none.* No such file'
	}
	each_pair lacks
}
