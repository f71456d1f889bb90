# SPDX-License-Identifier: BSD-2-Clause
# What the scripts leave behind on the machine that they run on: nothing.
# shellcheck disable=SC2016  # for another shell

load lib

setup_file() { :; }
setup() {
	T=$BATS_TEST_TMPDIR
	S=${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts
	P=$T/policy-rc.d
	cd "$T" || return
	exec </dev/null
}

# installing SHELL-TEXT: a script that installs a package, which apt-get does by
# SHELL-TEXT, and whose policy-rc.d is $P.
installing() {
	exits "${expected-0}" bash -euo pipefail -c '. "$1/common.bash"
	policy_file=$2
	as_root() { "$@"; }
	has_package() { '"${has-false}"'; }
	update_apt() { :; }
	apt-get() { :; }
	env() { '"$1"'; }
	trap let_services_start EXIT
	install_packages one' installing "$S" "$P"
}

@test "services are kept down while packages are installed, and no longer" {
	installing "grep -q '^exit 101' '$P' && [ -x '$P' ]"
	[ ! -e "$P" ]
	expected=1 installing false
	[ ! -e "$P" ]
}

@test "what a killed run has left to keep services down goes" {
	expected=137 installing 'kill -KILL $$'
	grep -q '^exit 101' "$P"
	installing "grep -q '^exit 101' '$P'"
	[ ! -e "$P" ]
	expected=137 installing 'kill -KILL $$'
	# though there is nothing to be installed any more
	has=true installing false
	[ ! -e "$P" ]
}

@test "what others keep services down by stays" {
	for text in 'exit 101' "# cpssh, process $$
exit 101"; do
		printf '#!/bin/sh\n%s\n' "$text" >"$P"
		cp "$P" before
		installing :
		has=true installing :
		cmp before "$P"
	done
}

@test "quickstart ends all it has started, though one has ended before" {
	mkdir fleet
	echo secret >fleet/key
	sleep 1000 3>&- &
	sleeper=$!
	remember $sleeper
	echo $sleeper >fleet/node2.pid
	true &
	wait $!
	echo $! >fleet/node1.pid
	: >fleet/node0.pid
	exits 7 bash -euo pipefail -c '. "$1/common.bash"
	eval "$(sed -n "/^clean_up()/,/^}/p" "$1/quickstart")"
	fleet=fleet
	trap clean_up EXIT
	exit 7' quickstart "$S"
	[ ! -e fleet ]
	status=0
	wait $sleeper || status=$?
	[ $status = 143 ]
}
