# SPDX-License-Identifier: BSD-2-Clause
# Installed somewhere, the family works from there; uninstalled, it is gone.

load lib
load family

# make_there TARGET: in the build directory; what is built there is up to date
make_there() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" \
	    prefix=/usr DESTDIR="$T/a place" "$1" >"$T/make.out" 2>&1 3>&- ||
		explain "$(cat "$T/make.out")"
}

@test "make install, use it, make uninstall" {
	# a space in the path is not rsync's to split at
	make_there install
	bin="$T/a place/usr/bin"
	[ "$(find "$bin" -type f ! -name 'ec2-*' -printf '%f\n' | sort)" = \
	    "$(tr ' ' '\n' <<<"$FAMILY" | sort)" ]
	for name in "$bin"/ec2-*; do	# none with --disable-ec2
		[ -e "$name" ] || continue
		exits 0 "$name" --version
		cmp "$SRCDIR/man/${name##*/}.1" \
		    "$T/a place/usr/share/man/man1/${name##*/}.1"
	done
	for page in {cpssh,cpscp,cpslurp,cprsync,cpnuke}.1 cpssh-tools.7; do
		cmp "$SRCDIR/man/$page" \
		    "$T/a place/usr/share/man/man${page#*.}/$page"
	done
	echo content >file
	# no build directory is needed, nor a PATH that leads there
	cd / || return
	used() {
		exits 0 "$bin/$1" -F "$FLEET/ssh_config" -H web1 "${@:2}"
		cmp "$T/file" "$REMOTE/file"
	}
	used cpscp "$T/file" "$REMOTE/"
	used cpslurp -L "$T/got" "$REMOTE/file" file
	cmp "$T/file" "$T/got/web1/file"
	rm "$REMOTE/file"
	used cprsync "$T/file" "$REMOTE/"
	used cpssh test -s "$REMOTE/file"
	live_long
	used cpnuke --signal 0 --full "$LONG_LIVED"
	make_there uninstall
	[ -z "$(find "$T/a place" ! -type d)" ]
}

@test "by PATH, and by a link of another place" {
	echo content >file
	mkdir bin
	for name in $FAMILY; do
		ln -s "$(realpath "$(dirname "$CPSSH")/$name")" "bin/$name"
	done
	PATH=$T/bin:$PATH exits 0 cprsync -F "$FLEET/ssh_config" -H web1 \
	    file "$REMOTE/"
	cmp file "$REMOTE/file"
	cd bin || return
	exits 0 ./cprsync -F "$FLEET/ssh_config" -H web1 ../file "$REMOTE/two"
	cmp ../file "$REMOTE/two"
}
