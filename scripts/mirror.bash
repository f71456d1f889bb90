# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Packages and sources of Debian, from the mirror that this machine's apt
# uses, verified by apt with the archive's keys; nothing of the system is
# touched, root is not needed.  For scripts that have common.bash, with its
# $log, and that set these:

work=	# a directory of our own
mirror=	# use this one instead
release=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# absent_tools TOOL...: those that are not there.
absent_tools()
{
	local tool absent=

	for tool in apt-get "$@"; do
		command -v "$tool" >/dev/null || absent+=" $tool"
	done
	[ -z "$absent" ] || die "not found:$absent"
	[ -e "$keyring" ] || die "not found: $keyring (debian-archive-keyring)"
}

# The mirrors that apt uses for Debian itself, likeliest first.
mirrors()
{
	local codename

	# shellcheck disable=SC2016	# apt expands it
	apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' \
	    'Component: main' 2>/dev/null | grep -v -e '-security/*$' || :
	# Before the first apt-get update there are no targets yet.
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && printf %s "${VERSION_CODENAME-}")
	apt-get update --print-uris 2>/dev/null |
	    sed -n "s,^'\(.*/\)dists/$codename/InRelease' .*,\1,p"
}

# apt ARGUMENT...: of an apt that knows of nothing installed.
apt()
{
	apt-get -q \
	    -o Dir::Etc::sourcelist="$work/sources.list" \
	    -o Dir::Etc::sourceparts=- \
	    -o Dir::State::lists="$work/lists" \
	    -o Dir::State::status="$work/status" \
	    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
	    -o Acquire::Languages=none -o Acquire::Retries=3 \
	    -o APT::Sandbox::User="$(id -un)" \
	    -o APT::Get::List-Cleanup=false \
	    "$@"
}

# fetch_from deb|deb-src MIRROR COMMAND...: the list of what there is, then
# the command, in $work.
fetch_from()
{
	local kind=$1 url=$2

	shift 2
	cd "$work" || return
	echo "$kind [signed-by=$keyring] $url $release main" >sources.list
	rm -rf lists
	mkdir -p lists/partial
	: >status
	apt -o APT::Update::Error-Mode=any update && "$@"
}

# fetch deb|deb-src COMMAND...: with the first mirror that will do.
fetch()
{
	local kind=$1 url log=$log

	shift
	for url in ${mirror:-$(mirrors | awk '!seen[$0]++')}; do
		if (fetch_from "$kind" "$url" "$@") >>"$log" 2>&1; then
			return
		fi
	done
	tail -n 30 "$log" >&2
	die "this failed with every mirror that apt uses: $*"
}

# lay_out DIRECTORY PROGRAM...: what the packages in $work hold is put in
# DIRECTORY/root, their licences in DIRECTORY/licences, and a script that
# starts each program in DIRECTORY/bin, by the loader of its own libc: it may
# be run and moved like any program.
lay_out()
{
	local dir=$1 package program loader libraries

	shift
	rm -rf "$dir"
	mkdir -p "$dir/root" "$dir/bin" "$dir/licences"
	for package in "$work"/*.deb; do
		quietly dpkg-deb --extract "$package" "$dir/root"
	done
	loader=$(loader_of "$dir/root")
	loader=${loader#"$dir/root/"}
	libraries=$(cd "$dir/root" && libraries_of usr/lib/*/libcrypto.so.3)
	for program; do
		run_by "$program" "$loader" "$libraries" \
		    >"$dir/bin/${program##*/}"
	done
	chmod +x "$dir/bin"/*
	(cd "$dir/root/usr/share/doc" && cp --parents ./*/copyright \
	    "$dir/licences")
	rm -rf "$dir/root/usr/share" "$dir/root/etc" "$dir/root/var"
}

# The loader is where the architecture wants it, the libraries in one folder;
# those of libc are elsewhere before Debian 13.
loader_of()
{
	find "$1" -name 'ld-linux*.so.*' -o -name 'ld64.so.*' | head -n 1
}

libraries_of()
{
	local dir=${1%/*}

	[ ! -e "${dir#usr/}/libc.so.6" ] || dir+=":\$root/${dir#usr/}"
	echo "$dir"
}

# run_by PROGRAM LOADER LIBRARIES: the script that starts it; all of them
# relative to the folder.  $first_PROGRAM are its first arguments, if it has
# any.
run_by()
{
	local first=first_${1##*/}

	first=${first//-/_}
	cat <<-END
	#!/bin/sh
	root=\${0%/*}/../root
	exec "\$root/$2" --library-path "\$root/$3" \\
	    --argv0 "\$0" "\$root/$1" ${!first-}"\$@"
	END
}
