# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# What our scripts have in common: how they speak, how they run noisy
# commands, and how they get what is not installed.

log=/dev/null	# where quietly writes to: for the script to set
policy=
policy_file=/usr/sbin/policy-rc.d

# say TEXT...: a line on stderr, with the name of the script.
say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# quietly COMMAND...: its output goes to the file $log, the end of which is
# shown if it fails.
quietly()
{
	printf '\n$ %s\n' "$*" >>"$log"
	"$@" >>"$log" 2>&1 && return
	tail -n 60 "$log" >&2
	die "this failed: $*"
}

# as_root COMMAND...
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

has_package()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
	    installed ]
}

# update_apt: once a run, and only if something is to be installed.
update_apt()
{
	[ -z "${apt_is_fresh-}" ] || return 0
	quietly as_root apt-get -q update
	apt_is_fresh=yes
}

# install_packages PACKAGE...: those that are missing, with apt-get, as root
# or by sudo.  Elsewhere the commands that configure and make look for tell
# what is missing, in their own words.
install_packages()
{
	local package missing=()

	command -v apt-get >/dev/null || return 0
	for package; do
		has_package "$package" || missing+=("$package")
	done
	# it goes when this run ends
	! policy_is_left || policy=$policy_file
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
		die "packages are missing, and this is not root: ${missing[*]}"
	say "installing ${missing[*]}"
	update_apt
	keep_services_down
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    --no-install-recommends install "${missing[@]}"
	let_services_start
}

# Installing a server starts it, which nobody asked for: we use them as programs.
# This is how Debian's packages ask whether they may.
keep_services_down()
{
	[ ! -e "$policy_file" ] || policy_is_left || return 0
	policy=$policy_file
	printf '#!/bin/sh\n# cpssh, process %s\nexit 101\n' $$ |
		as_root tee "$policy" >/dev/null
	as_root chmod +x "$policy"
}

# policy_is_left: it is ours, of a run that was killed.  Left there it would keep
# all services down, for ever.
policy_is_left()
{
	local process

	process=$(sed -n 's/^# cpssh, process //p' "$policy_file" 2>/dev/null) ||
		return 1
	[ -n "$process" ] && [ ! -d "/proc/$process" ]
}

# Traps call it: it does not fail.
let_services_start()
{
	[ -z "$policy" ] || as_root rm -f "$policy" ||
		say "remove $policy: it keeps services from being started"
	policy=
}

# missing_for_build: what the build needs and does not find, one a line.
missing_for_build()
{
	local tool module

	for tool in autoconf automake cc make pkg-config; do
		command -v $tool || echo "$tool"
	done | grep -v / || :
	for module in expat inih jansson libarchive libcrypto libcurl libuv; do
		pkg-config --exists $module 2>/dev/null || echo $module
	done
}

has_libssh2()
{
	pkg-config --atleast-version=1.11.0 libssh2 2>/dev/null
}

# install_for_build: a compiler, the libraries, and libssh2 >= 1.11 from the
# system or built by build-libssh2.
install_for_build()
{
	local missing

	[ -z "$(missing_for_build)" ] ||
		install_packages autoconf automake gcc libarchive-dev libc6-dev \
		    libcurl4-openssl-dev libexpat1-dev libinih-dev \
		    libjansson-dev libssl-dev libuv1-dev make pkg-config
	missing=$(missing_for_build)
	# shellcheck disable=SC2086	# in one line
	[ -z "$missing" ] || die "not found:" $missing \
	    "(README.md has the names of packages)"
	if ! has_libssh2 && has_candidate libssh2-1-dev 1.11.0; then
		install_packages libssh2-1-dev
	fi
	if [ -e build-deps/libssh2 ] || ! has_libssh2; then
		install_packages ca-certificates debian-archive-keyring patch \
		    xz-utils zlib1g-dev
		scripts/build-libssh2
	fi
}

# has_candidate PACKAGE VERSION: apt could install it, that new at least.
has_candidate()
{
	local candidate

	command -v apt-cache >/dev/null || return 1
	candidate=$(apt-cache policy "$1" | sed -n 's/^ *Candidate: //p')
	[ -n "$candidate" ] && [ "$candidate" != '(none)' ] &&
		dpkg --compare-versions "$candidate" ge "$2"
}

# build_in DIRECTORY [CONFIGURE-ARGUMENT...]: bootstrap, configure and make.
build_in()
{
	local dir=$1 libssh2=build-deps/libssh2 arg ours theirs=

	shift
	for arg; do
		[[ $arg != --with-libssh2=* ]] || libssh2=${arg#*=}
	done
	[ ! -e config.status ] ||
		die "the source tree is configured itself: make distclean first"
	[ -e configure ] || quietly ./autogen.sh
	# Make does not watch libraries.
	ours=$(cat "$libssh2/fingerprint" 2>/dev/null || :)
	[ ! -e "$dir/libssh2" ] || theirs=$(<"$dir/libssh2")
	[ "$ours" = "$theirs" ] || rm -rf "$dir"
	mkdir -p "$dir"
	echo "$ours" >"$dir/libssh2"
	if [ ! -e "$dir/config.status" ]; then
		(cd "$dir" && quietly ../configure "$@")
	fi
	quietly make -C "$dir" -j"$(jobs_at_once)"
}

jobs_at_once()
{
	nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2
}
