# SPDX-License-Identifier: BSD-2-Clause
# The framework as it is installed: its programs as a user types them, and the
# examples of its manual pages.
# shellcheck disable=SC2030,SC2031	# each test has its own

load lib
load ec2-lib
load runtest

setup_file() {
	P=$BATS_FILE_TMPDIR/usr
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" \
	    prefix="$P" install >"$BATS_FILE_TMPDIR/out" 2>&1 3>&- ||
		cat "$BATS_FILE_TMPDIR/out"
}
setup() {
	P=$BATS_FILE_TMPDIR/usr
	LIBEXEC=$P/libexec/cpssh
}

# programs: those that have a page, or a line in cpssh-framework(7).
programs() {
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh PLANS/s/^\.It \(Nm\|Xr\) \([^ ]*\).*/\2/p' \
	    "$SRCDIR/man/cpssh-framework.7"
	echo newmaster.sh partworkers.sh runTC.sh | tr ' ' '\n'
}

# commands PAGE: its examples, each on a line of its own.
commands() {
	sed -n -e '/^\.Bd -literal/,/^\.Ed/{ /^\./!p }' -e 's/^\.Dl //p' \
	    "$SRCDIR/man/$1" |
		sed -e ':more' -e '/|$/{ N; s/\n */ /; b more' -e '}' \
		    -e '/\\e$/{ N; s/\\e\n */ /; b more' -e '}'
}

@test "what is in libexec is told in the manual, and the other way round" {
	ec2_setup
	programs | sort >told
	find "$LIBEXEC" -type f -perm -1 -printf '%f\n' |
		grep -vxE 'cpssh-stage|ec2-csr' | sort |
		diff - told
}

@test "--help fits a screen, and what is wrong is told with status 2" {
	ec2_setup
	for name in $(programs); do
		exits 0 "$LIBEXEC/$name" --help
		[ ! -s err ] || explain "$name"
		finds '^Usage: ' out || explain "$name"
		[ "$(wc -l <out)" -le 30 ] || explain "$name is long"
		! grep -q '.\{81\}' out || explain "$name is wide"
		case $name in
		autosign-policy) continue ;;	# a name is not an option
		esac
		exits 2 "$LIBEXEC/$name" --no-such-thing x y
		[ "$(wc -l <err)" = 1 ] || explain "$name"
	done
}

@test "they work by links of other places" {
	ec2_setup
	mkdir bin
	for name in $(programs); do
		ln -s "$LIBEXEC/$name" "bin/$name"
		exits 0 "bin/$name" --help
	done
	printf 'a\nb\n' >list
	exits 0 bin/partworkers.sh -h list
	out_is $'lg: a\ntomcat: b'
}

@test "paths that are written into files are those of the installation" {
	ec2_setup
	! grep -rn '@[a-z]*@' "$P" --include='*' -I | grep -v man/ ||
		explain 'not filled in'
	grep -q "^ExecStart=$LIBEXEC/worker-boot" \
	    "$P/share/cpssh/systemd/cpssh-worker.service"
	grep -q "exec $LIBEXEC/worker-boot" "$P/share/cpssh/init.d/cpssh-worker"
	for file in "$P"/share/cpssh/systemd/* "$P"/share/cpssh/cron.d/*; do
		grep -o "$LIBEXEC/[a-z-]*" "$file" >names || continue
		while read -r name; do
			[ -x "$name" ] || explain "$file: $name"
		done <names
	done
}

@test "the init script has what LSB wants to know of it" {
	ec2_setup
	script=$P/share/cpssh/init.d/cpssh-worker
	sed -n '/^### BEGIN INIT INFO$/,/^### END INIT INFO$/p' "$script" >lsb
	for key in Provides Required-Start Required-Stop Default-Start \
	    Default-Stop Short-Description; do
		[ "$(grep -c "^# $key:" lsb)" = 1 ] || explain "$key"
	done
	grep -q '^# Required-Start: .*[$]network' lsb
	grep -qE '^# X-Start-Before: .*puppet.*munin-node' lsb
	! grep -vqE '^(### (BEGIN|END) INIT INFO|# [A-Z][A-Za-z-]*:.*)$' lsb ||
		explain "$(cat lsb)"
	sh -n "$script"
	exits 2 sh "$script" dance
	err_has 'start\|stop\|restart\|force-reload\|status'
	exits 0 sh "$script" stop
}

# What a page names and a test has not: other machines, other names.
here_instead() {
	sed -e "s|plan-[0-9T]*-4e7a1c|$1|g" -e 's/--min 20 --keep 40/--min 2 --keep 4/' \
	    -e 's/--shrink 10/--shrink 2/' -e "s|/usr/local/|$P/|" \
	    -e "s| libexec/cpssh| $LIBEXEC|g"
}

@test "the examples of runtest(1) work as they stand there" {
	run_setup
	PATH=$P/bin:$LIBEXEC:$PATH
	export CPSSH_RUNTEST_CONF=$T/site.conf
	mkdir plans
	cp -R plan plans/tomcat
	export CPSSH_PLANS=$T/plans
	printf '%s\n' "accesskey=$EC2_KEY" "secretkey=$EC2_SECRET" \
	    region=us-east-1 >creds.cfg
	chmod 600 creds.cfg
	commands runtest.1 >examples
	[ "$(wc -l <examples)" -ge 5 ]
	run=
	while read -r line; do
		line=$(here_instead "$run" <<<"$line")
		exits 0 bash -euc "$line" </dev/null
		# time goes by when somebody looks: addresses get free
		ec2-hosts --state any >seen
		ec2-hosts --state any >seen
		[ -z "$(echo runs/plan-*)" ] || run=$(basename runs/plan-*)
	done <<<"$(sed -n 1,3p examples)"
	workers_are 2
	line=$(sed -n 4p examples | here_instead "$run")
	exits 0 bash -euc "$line"
	line=$(sed -n 5p examples | here_instead "$run")
	[[ $line == "ec2-terminate --run $run" ]]
	all_ended
}

@test "the examples of partition(1) work as they stand there" {
	run_setup 'add count=1 private_ip=127.0.0.2 tag:cpssh:run=lg1 tag:role=db' \
	    'add count=1 private_ip=127.0.0.3 tag:cpssh:run=lg1' \
	    'add count=1 private_ip=127.0.0.4 tag:cpssh:run=lg1'
	printf '#!/bin/sh\nexec %s --address private-ip "$@"\n' \
	    "$P/bin/ec2-hosts" >ec2-hosts
	printf '#!/bin/sh\nexec %s -F %s/ssh_config "$@"\n' \
	    "$P/bin/cpssh" "$FLEET" >cpssh
	chmod +x ec2-hosts cpssh
	PATH=$T:$LIBEXEC:$PATH
	commands partition.1 >examples
	[ "$(wc -l <examples)" = 3 ]
	while read -r line; do
		exits 0 bash -o pipefail -euc "$line" </dev/null
	done <examples
	out_has '^db: 127\.0\.0\.2 role=db$'
	[ "$(cat roles/lg)" = 127.0.0.2 ]
}

@test "the plan of cpssh-framework(7) is one" {
	run_setup
	commands cpssh-framework.7 | sed -n '/^roles/,/^stage table/p' \
	    >plan/plan.conf
	[ "$(wc -l <plan/plan.conf)" -ge 7 ]
	stage tcgo true
	stage tomcatgo true
	exits 0 runtest 2 plan/
	the_run
	[ -d "$RUN/results" ]
	all_ended
}
