# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the framework's programs have in common.  Read by `. common.sh` after
# here= was set to the directory that they stand in.
# shellcheck disable=SC2034,SC2154  # what is set here is used there

# Where things are: as installed, or in a source tree and its build directory.
if [ -r "$here/paths.sh" ]; then
	# shellcheck source=/dev/null
	. "$here/paths.sh"
else
	paths_bin=${BUILDDIR:-$here/../..}
	paths_libexec=$here
	paths_tools=${BUILDDIR:-$here/../..}
	paths_share=$here/share
	paths_sysconf=/etc
	paths_state=/var/lib
fi

# Below it is all that is read and written: --root, or CPSSH_ROOT.
root=${CPSSH_ROOT-}

# set_root DIR
set_root()
{
	[ -d "$1" ] || fail 2 "--root $1: no such directory"
	root=$(CDPATH='' cd -- "$1" && pwd) || exit 2
	[ "$root" != / ] || root=
	export CPSSH_ROOT="$root"
	place_all
}

place_all()
{
	etc=$root$paths_sysconf/cpssh
	state=$root$paths_state/cpssh
	puppet_conf=$root/etc/puppet/puppet.conf
	master_conf=$etc/master.conf
}
place_all

progname=${0##*/}

# say TEXT...: one line, whatever is in it.
say()
{
	printf '%s: %s\n' "$progname" "$*" | tr -d '\000-\010\013-\037\177' >&2
}

# fail STATUS TEXT...
fail()
{
	fail_status=$1
	shift
	say "$*"
	exit "$fail_status"
}

# in_root COMMAND...: what acts on a whole system does so on that of --root.
in_root()
{
	if [ -n "$root" ]; then
		chroot "$root" "$@"
	else
		"$@"
	fi
}

# setting KEY DEFAULT: of master.conf, which is read and never run.
setting()
{
	setting_value=
	[ ! -r "$master_conf" ] || setting_value=$(sed -n \
	    "s/^[[:blank:]]*$1[[:blank:]]*=[[:blank:]]*//p" "$master_conf" |
	    tail -n 1)
	printf '%s\n' "${setting_value:-$2}"
}

# replace FILE [MODE]: the standard input becomes its contents, wholly or not
# at all, unless that is what it has already.  Sets changed if it was not (so not
# at the end of a pipe).  A file that was there keeps its owner and mode.
replace()
{
	replace_new=$(mktemp "${1%/*}/.${1##*/}.XXXXXX") || return 1
	if ! cat >"$replace_new"; then
		rm -f "$replace_new"
		return 1
	fi
	if [ -e "$1" ] && cmp -s "$1" "$replace_new"; then
		rm -f "$replace_new"
		return 0
	fi
	{
		if [ -e "$1" ]; then
			chmod --reference="$1" "$replace_new" &&
				chown --reference="$1" "$replace_new"
		else
			chmod "${2:-0644}" "$replace_new"
		fi &&
			sync "$replace_new" && mv -f "$replace_new" "$1"
	} || {
		rm -f "$replace_new"
		return 1
	}
	changed=yes
}

# ini_get FILE SECTION KEY
ini_get()
{
	[ -r "$1" ] || return 0
	awk -v section="$2" -v key="$3" '
	/^[ \t]*\[/ {
		here = $0
		gsub(/^[ \t]*\[|\].*$/, "", here)
		next
	}
	here == section {
		at = index($0, "=")
		name = substr($0, 1, at - 1)
		gsub(/[ \t]/, "", name)
		if (at && name == key) {
			value = substr($0, at + 1)
			gsub(/^[ \t]+|[ \t]+$/, "", value)
		}
	}
	END { print value }' "$1"
}

# ini_set FILE SECTION KEY VALUE: there once, with all else left as it is.
ini_set()
{
	[ "$(ini_get "$1" "$2" "$3")" != "$4" ] || return 0
	mkdir -p "${1%/*}" || return 1
	[ -e "$1" ] || true >"$1" || return 1
	ini_new=$(INI_VALUE=$4 awk -v section="$2" -v key="$3" '
	function put() {
		if (!done)
			print key " = " ENVIRON["INI_VALUE"]
		done = 1
	}
	/^[ \t]*\[/ {
		here = $0
		gsub(/^[ \t]*\[|\].*$/, "", here)
		print
		if (here == section)
			put()
		next
	}
	here == section {
		at = index($0, "=")
		name = substr($0, 1, at - 1)
		gsub(/[ \t]/, "", name)
		if (at && name == key)
			next
	}
	{ print }
	END {
		if (!done) {
			print "[" section "]"
			put()
		}
	}' "$1") || return 1
	replace "$1" <<EOF
$ini_new
EOF
}

# is_host TEXT: a name or an address, and nothing else.
is_host()
{
	case $1 in
	'' | [!A-Za-z0-9]* | *[!A-Za-z0-9.:-]*) return 1 ;;
	esac
	[ ${#1} -le 253 ]
}

# restart SERVICE...: those that run, where something runs services.
restart()
{
	[ -z "$root" ] || return 0
	for restart_name; do
		if [ -d /run/systemd/system ]; then
			# waiting could be for ever: at boot they wait for us
			systemctl --no-block try-restart "$restart_name" || :
		elif [ -x "/etc/init.d/$restart_name" ] &&
		    "/etc/init.d/$restart_name" status >/dev/null 2>&1; then
			"/etc/init.d/$restart_name" restart >/dev/null || :
		fi
	done
}
