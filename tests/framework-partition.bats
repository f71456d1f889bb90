# SPDX-License-Identifier: BSD-2-Clause
# partition: who plays which role.
# shellcheck disable=SC2016  # nothing expands there

bats_require_minimum_version 1.5.0
load lib

setup_file() { :; }
setup() {
	T=$BATS_TEST_TMPDIR
	cd "$T" || return
	printf 'web%d role=%s\n' 1 lg 2 tomcat 3 tomcat 10 tomcat >hosts
}

partition() {
	"${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework/partition" "$@"
}

@test "a number, and the rest" {
	exits 0 partition -h hosts lg=1 tomcat=rest
	out_is $'lg: web1 role=lg\ntomcat: web2 role=tomcat\ntomcat: web3 role=tomcat\ntomcat: web10 role=tomcat'
	err_is ''
}

@test "one file a role" {
	exits 0 partition -h hosts -d roles tomcat=rest lg=1
	[ "$(echo roles/*)" = 'roles/lg roles/tomcat' ]
	is roles/lg 'web1 role=lg' lg
	[ "$(wc -l <roles/tomcat)" = 3 ]
	exits 0 partition -h hosts -d roles all=4
	[ "$(echo roles*/*)" = roles/all ]
}

@test "the same whatever the order of the list, unless it counts" {
	sort -r hosts >reversed
	exits 0 partition -h hosts a=2 b=rest
	cp out one
	exits 0 partition -h reversed a=2 b=rest
	cmp out one
	exits 0 partition --keep-order -h reversed a=1
	out_is 'a: web3 role=tomcat'
	err_is 'partition: 3 without a role'
}

@test "stdin, comments, blanks, and no newline at its end" {
	printf '\n# no host\n  b \r\nroot@a:22' | partition a=1 b=rest >got
	is got $'a: b\nb: root@a:22' got
}

@test "parts of all" {
	seq -f h%.0f 10 >ten
	exits 0 partition -h ten a=25% b=1/5 c=rest
	out_counts 3 '^a: '
	out_counts 2 '^b: '
	out_counts 5 '^c: '
	exits 0 partition -h ten a=1% b=rest
	out_counts 1 '^a: '
}

@test "by tag, before numbers" {
	exits 0 partition -h hosts x=1 lg=tag:role=lg y=rest
	out_counts 1 '^lg: web1 '
	out_counts 1 '^x: web2 '
	out_counts 2 '^y: '
	exits 0 partition -h hosts all=tag:role
	out_counts 4 '^all: '
}

@test "what cannot be is refused with a status of its own" {
	refused() {
		exits 3 partition -h hosts -d roles "${@:2}"
		err_has "^partition: impossible: $1"
		[ ! -e roles ]
	}
	refused 'role lg wants 5 hosts, 4 of 4 are left' lg=5
	refused 'role b wants 1 host, 0 of 4 are left' a=4 b=1
	refused 'of 4 hosts none is left for role b' b=rest a=4
	refused 'role b wants 3 hosts, 1 of 4 is left' a=75% b=3/4
	refused 'role a: no host has role=db' a=tag:role=db
	refused 'web1 is a and b' a=tag:role=lg b=tag:role
	: >hosts
	refused 'hosts has no hosts' a=rest
}

@test "a failed one leaves the roles that there are" {
	exits 0 partition -h hosts -d roles a=rest
	exits 3 partition -h hosts -d roles b=9
	is "$(echo roles/*)" "$(cat hosts)" roles
	mkdir other other/below
	exits 1 partition -h hosts -d other a=rest
	err_has 'more in it than roles'
	exits 1 partition -h missing a=rest
	err_has 'cannot read missing'
	exits 1 partition -h hosts -d no/such/place a=rest
	err_has 'cannot make no/such/place'
	[ "$(ls)" = $'err\nhosts\nother\nout\nroles' ]
}

@test "nobody plays twice, and a range is no host" {
	echo web1 >>hosts
	exits 1 partition -h hosts a=1
	err_is 'partition: web1 is in the list twice'
	echo 'web[1-3]' >hosts
	exits 1 partition -h hosts a=1
	err_has 'one host a line'
	echo '[::1]:22' >hosts
	exits 0 partition -h hosts a=1
	out_is 'a: [::1]:22'
}

@test "names that would be no file names, and other nonsense" {
	while read -r why arguments; do
		# shellcheck disable=SC2086  # words
		exits 2 partition -h hosts -d roles $arguments
		err_has "^partition: error: .*$why.*--help"
		[ ! -e roles ]
	done <<-'END'
		letters ../a=1
		letters .a=1
		letters =1
		letters a/b=rest
		wanted a
		neither a=0
		neither a=-1
		neither a=1/0
		neither a=x
		neither a=tag:
		twice a=1 a=rest
		only a=rest b=rest
		option --more a=1
		no.roles
	END
	exits 2 partition --dir
	exits 0 partition --help
	out_has '^Usage: partition'
}

@test "hostile names stay names" {
	printf '%s\n' 'a;touch${IFS}gotcha role=$(touch gotcha)' '-rf' \
	    "%s%n\\n b='" >hosts
	exits 0 partition -h hosts -d roles a=1 b=rest
	[ ! -e gotcha ]
	[ "$(cat roles/* | sort)" = "$(sort hosts)" ]
	exits 0 partition -h hosts a=rest
	out_counts 3 '^a: '
}

@test "runs as partworkers.sh" {
	exits 0 "${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework/partworkers.sh" \
	    -h hosts -d roles
	[ "$(wc -l <roles/lg)$(wc -l <roles/tomcat)" = 13 ]
	exits 3 "${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework/partworkers.sh" \
	    -h <(echo web1)
}

@test "a disk that is full leaves the roles that there were" {
	needs_root 'a small disk'
	exits 1 unshare --mount sh -c '
		mkdir small && mount -t tmpfs -o size=16k none small
		mkdir small/roles && echo old >small/roles/a
		head -c 30000 /dev/zero >small/fill 2>/dev/null
		"$@"; status=$?
		cat small/roles/a
		exit $status' sh \
	    "${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework/partition" \
	    -h hosts -d small/roles a=rest
	out_is old
	err_has 'cannot (make|write)'
}
