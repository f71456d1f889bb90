# SPDX-License-Identifier: BSD-2-Clause
# README's one command: Puppet, Munin, Tomcats, the load and what it measured.

load lib

setup_file() {
	export LOCALCLOUD_NAME=demo$$ BATS_TEST_TIMEOUT=1200
	export CLOUD=/run/cpssh-localcloud/$LOCALCLOUD_NAME
	traces >"$BATS_FILE_TMPDIR/before"
}
teardown_file() { cloud_down; }
setup() { cloud_setup; }

@test "the demo ends with a table and a picture, and leaves nothing else" {
	exits 0 localcloud demo --build "$BUILDDIR" --to "$BATS_FILE_TMPDIR/to"
	cd "$BATS_FILE_TMPDIR"
	traces >after
	diff before after
	out_has '^\[[0-9:]+\] root@master:~# .*/newmaster$'
	out_has '^\[[0-9:]+\] root@master:~# .*/runtest --sweep 1,2,3$'
	[ "$(grep -cE '^ +[1-3] +[2-4] +[0-9]+\.[0-9] +[0-9.]+$' \
	    to/sweep.txt)" = 3 ]
	grep -qF "$(head -n 1 to/sweep.txt)" "$T/out"
	[ ! -s to/left ]
}

@test "its table and its picture show what the runs have measured" {
	cd "$BATS_FILE_TMPDIR/to"
	[ "$(cut -f1,2 sweep.tsv)" = \
	    $'tomcat\tworkers\n1\t2\n2\t3\n3\t4' ]
	cut -d' ' -f2 results/value results.3/value results.4/value \
	    >"$T/values"
	[ "$(tail -n +2 sweep.tsv | cut -f3)" = "$(cat "$T/values")" ]
	file sweep.png | grep -q 'PNG image data, 1000 x 640'
	[ "$(wc -c <sweep.png)" -gt 8000 ]
	grep -q 'in proportion to 1' sweep.svg
	while read -r value; do
		grep -q "$(printf %.0f "$value")" sweep.svg
	done <"$T/values"
	[ "$(find results results.3 results.4 -name catalina.out | wc -l)" = 6 ]
}
