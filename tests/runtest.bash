# SPDX-License-Identifier: BSD-2-Clause
# Runs of plans: the cloud of ec2-lib, whose instances are the suite's sshd's.
# `load lib` and `load ec2-lib` come first.
# shellcheck shell=bash disable=SC2016,SC2154  # stages expand; lib.bash sets

FRAMEWORK=${SRCDIR:-$BATS_TEST_DIRNAME/..}/scripts/framework

# run_setup [COMMAND...]: a fleet, its consoles, and a cloud of six addresses.
run_setup() {
	ec2_setup
	PATH=$BUILDDIR:$PATH
	REMOTE=$T/remote
	mkdir -m 1777 "$REMOTE"
	fleet_start
	printf -- '-----BEGIN SSH HOST KEY KEYS-----\r\n' >console.txt
	cat "$KEYS"/host_{ed25519,ecdsa,rsa}.pub >>console.txt
	printf -- '-----END SSH HOST KEY KEYS-----\r\n' >>console.txt
	ec2_start 'pool 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6' \
	    "set console=$T/console.txt" "$@"
	# we are an instance as well, and no worker
	MASTER=$(fake add private_ip=10.0.0.1)
	fake set imds="$MASTER"
	export AWS_MAX_ATTEMPTS=2
	cat >site.conf <<-END
		address private-ip
		port $PORT
		ssh-config $FLEET/ssh_config
		launch --ami=ami-12345678
		launch --type=t3.micro
	END
	plan_make
}

# plan_make [LINE...]: plan.conf with these lines, and stages of all kinds.
plan_make() {
	mkdir -p plan
	if [ $# = 0 ]; then
		set -- 'roles lg=1 tomcat=rest' 'stage tcgo tomcat' \
		    'stage lggo lg' 'collect' 'stage table here'
	fi
	printf '%s\n' '# a plan' "$@" >plan/plan.conf
	stage tcgo 'echo "$CPSSH_ROLE $CPSSH_HOST" >"$CPSSH_RESULTS/tc.$CPSSH_HOST"'
	stage lggo 'cat roles/tomcat >"$CPSSH_RESULTS/lg.$CPSSH_HOST"'
	stage table 'ls "$CPSSH_RESULTS" >"$CPSSH_RUNDIR/table"'
}

# stage NAME COMMAND
stage() {
	printf '#!/bin/sh\nset -eu\n%s\n' "$2" >"plan/$1"
	chmod 755 "plan/$1"
}

# runtest ARGUMENT...: its only run is RUN.
runtest() { CPSSH_RUNTEST_CONF=/dev/null "$FRAMEWORK/runtest" --config site.conf "$@"; }

# begin_run ARGUMENT...: the same, in the background
begin_run() {
	begin env CPSSH_RUNTEST_CONF=/dev/null "$FRAMEWORK/runtest" \
	    --config site.conf "$@"
}

# press ANSWER [SIGNAL]: Ctrl-C until runtest says ANSWER.  Its shell hears of a
# signal that came just before it began to read when it has read, or by the next.
press() {
	kill "-${2-INT}" -- "-$BEGUN"
	(wait_until 10 has_line "$1" "$T/err" 2>/dev/null) ||
		kill "-${2-INT}" -- "-$BEGUN"
	wait_until 20 has_line "$1" "$T/err"
}

the_run() {
	RUN=$(echo runs/*)
	[ -d "$RUN" ] || explain "not one run: $RUN"
}

# Nobody is at work on it.
unlocked() { flock -n "$RUN/lock" true; }

# Those that are neither the master nor ended.
workers() {
	echo "$(fake ids running) $(fake ids pending)" | tr ' ' '\n' |
	    grep -v "$MASTER" | grep . || :
}

all_ended() { [ -z "$(workers)" ] || explain "still there: $(workers)"; }
workers_are() {
	[ "$(workers | wc -l)" = "$1" ] || explain "not $1: $(workers)"
}

# secret_program [BIND]: secrets.sh gives secrets, and notes what it hears; or
# BIND is what it does when it hears whose one is.
secret_program() {
	cat >secrets.sh <<-END
		#!/bin/sh
		cd "\${0%/*}" || exit
		case \$1 in
		new)
			file=\$(mktemp "\$PWD/secret.XXXXXX")
			echo "hush \${file##*.}" >"\$file"
			echo "\$file"
			;;
		bind) ${1-echo \"\$3 \$(cat \"\$2\")\" >>bound} ;;
		forget) shift; printf '%s\\n' "\$@" >>forgotten ;;
		esac
	END
	chmod +x secrets.sh
}
