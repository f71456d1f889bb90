# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Packages and sources of Debian 13, from the mirror that this machine's apt
# uses, verified by apt with the archive's keys; nothing of the system is
# touched, root is not needed.  For scripts that have common.bash, with its
# $log, and that set these two:

work=	# a directory of our own
mirror=	# use this one instead

readonly release=trixie
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
