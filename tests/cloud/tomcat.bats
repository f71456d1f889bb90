# SPDX-License-Identifier: BSD-2-Clause
# The plan tomcat in the local cloud: real Tomcats that share their sessions,
# real load, and a sweep over their number.
# shellcheck disable=SC2016,SC2154	# machines expand it; lib.bash sets T

load lib

setup_file() {
	cloud_up
	run sh -c 'mkdir -p /usr/local/etc/cpssh &&
	    cat >/usr/local/etc/cpssh/runtest.conf' <<-END
		launch --ami=ami-12345678
		launch --type=t3.micro
		launch --key-pair=localcloud
	END
}

teardown_file() { cloud_down; }
setup() { cloud_setup; }

# runtest ARGUMENT...: as somebody on the master would type it, with short load
# and small Tomcats.
runtest() {
	run env LOAD_SECONDS=2 LOAD_WARMUP=1 LOAD_CONNECTIONS=4 \
	    TOMCAT_OPTIONS='-Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1' \
	    /usr/local/libexec/cpssh/runtest "$@"
}

# of RUN FILE: its contents
of() { run sh -c "cat runs/$1"; }

# visit HOST [SESSION]: one page, as "COUNT SESSION HOST"
visit() {
	run curl -sf --max-time 20 ${2:+--cookie "JSESSIONID=$2"} \
	    "http://$1:8080/count.jsp" |
	    awk 'NF { printf "%s%s", sep, $2; sep = " " }'
}

@test "four workers: one makes load on three Tomcats, all have the sessions" {
	exits 0 runtest --keep 4
	of '*/results/*/session' >session
	of '*/roles/tomcat' | cut -d' ' -f1 >tomcats
	[ "$(cut -d' ' -f2 session)" = $'1\n2\n3\n4\n5\n6' ]
	[ "$(cut -d' ' -f1 session | sort | uniq -c | awk '{ print $1, $2 }')" = \
	    "$(sed 's/^/2 /' tomcats | sort)" ]
	of '*/results/value' >value
	grep -qE '^throughput [1-9][0-9]*\.[0-9] requests/s$' value
	of '*/results/table' >table
	[ "$(grep -cE '^ip-.*:8080 +[1-9][0-9]* +[0-9.]+ +0$' table)" = 3 ]
	of '*/output/tcgo/ip-*' | grep -q 'skipped: TC_HOME is not set'
	[ "$(machine_count)" = 5 ]
}

@test "a session survives the kill -9 of the Tomcat that it began at" {
	of '*/roles/tomcat' | cut -d' ' -f1 >tomcats
	{ read -r a && read -r b && read -r c; } <tomcats
	read -r count session host <<<"$(visit "$a")"
	[ "$count $host" = "1 $a" ]
	[ "$(visit "$b" "$session")" = "2 $session $b" ]
	localcloud shell "$a" sh -c 'kill -KILL $(cat cpssh-run.*/tomcat.pid)'
	[ "$(visit "$c" "$session")" = "3 $session $c" ]
	[ "$(visit "$b" "$session")" = "4 $session $b" ]
	[ -z "$(visit "$a" "$session")" ]
}

@test "with fewer workers the plan begins again, and Tomcat with it" {
	RUN=$(run sh -c 'echo runs/*')
	exits 0 runtest --shrink 3 "$RUN"
	exits 0 runtest --resume "$RUN"
	[ "$(of '*/results/*/session' | wc -l)" = 4 ]
	of '*/output/tomcatgo/*' >said
	[ "$(grep -c 'knows 1 others$' said)" = 2 ]
	run test -s "$RUN/results.4/value"
	[ "$(machine_count)" = 1 ]
	run rm -rf runs
}
