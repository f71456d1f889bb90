# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# What the stages of this plan have in common: who is in the cluster, and what a
# worker must have.

fail() {
	echo "$CPSSH_STAGE: $*" >&2
	exit 1
}

# need COMMAND PACKAGE
need() {
	command -v "$1" >/dev/null ||
		fail "no $1 on this worker: its image needs the package $2" \
		    "(apt-get install --no-install-recommends $2)"
}

# bare HOST: without user and port.
bare() {
	bare=${1#*@}
	case $bare in
	\[*) bare=${bare#\[} bare=${bare%%\]*} ;;
	*:*:*) ;;
	*) bare=${bare%%:*} ;;
	esac
	printf '%s\n' "$bare"
}

# address HOST: the one that all others know it by.  Many machines have their
# own name on a loopback address; that is of no use to the others.
address() {
	address=$(getent ahosts "$1" | awk 'NR == 1 { print $1 }')
	[ -n "$address" ] || fail "$1 has no address"
	case $address in
	"$1") ;;
	127.* | ::1)
		address=$(hostname -I)
		address=${address%% *}
		;;
	esac
	printf '%s\n' "$address"
}

# nodes: name and address of each Tomcat.
nodes() {
	while read -r host _; do
		host=$(bare "$host")
		address=$(address "$host") || exit 1
		printf '%s %s\n' "$host" "$address"
	done <roles/tomcat
}

# url ADDRESS PAGE
url() {
	case $1 in
	*:*) printf 'http://[%s]:%s/%s\n' "$1" "$TOMCAT_PORT" "$2" ;;
	*) printf 'http://%s:%s/%s\n' "$1" "$TOMCAT_PORT" "$2" ;;
	esac
}

# get ADDRESS PAGE [OPTION...]: nobody's proxy is asked.
get() {
	page=$(url "$1" "$2")
	shift 2
	curl -q --silent --show-error --fail --noproxy '*' --max-time 30 \
	    "$@" "$page"
}

# tell_machine: what this worker runs on, so that it can be told whether the
# workers have something in common.
tell_machine() {
	{
		printf 'kernel %s\n' "$(cat /proc/sys/kernel/random/boot_id)"
		printf 'processors %s\n' "$(nproc)"
	} >"$CPSSH_RESULTS/machine"
}
