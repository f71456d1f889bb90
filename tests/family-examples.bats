# SPDX-License-Identifier: BSD-2-Clause
# The pipelines of cpssh-tools(7) are run as they stand there, one after the
# other; what they leave behind is looked at.

load lib
load family

HOSTS='web1 web2 db1'

# Each host is an sshd of its own, in a pid namespace, with a directory to
# which everything goes: what three do at the same time is in nobody's way.
setup_file() {
	local host server

	server=$(sshd_with_own_pids)
	mkdir "$BATS_FILE_TMPDIR/there"
	for host in $HOSTS; do
		there=$BATS_FILE_TMPDIR/there/$host
		mkdir -m 1777 "$there"
		sshd=$server fleet_start \
		    "ForceCommand cd $there; eval \"\$SSH_ORIGINAL_COMMAND\""
		printf '%s\n' "Host $host" "Port $PORT" \
		    "UserKnownHostsFile $FLEET/known_hosts" \
		    >>"$BATS_FILE_TMPDIR/config"
	done
	cat "$FLEET/ssh_config" >>"$BATS_FILE_TMPDIR/config"
}

# Each command of the page on a line of its own.
examples() {
	sed -n '/^\.Bd -literal/,/^\.Ed/{ /^\./!p }' \
	    "$SRCDIR/man/cpssh-tools.7" |
		sed -e ':more' -e '/|$/{ N; s/\n */ /; b more' -e '}'
}

# What they begin with.
workplace() {
	local name

	use_config "$BATS_FILE_TMPDIR/config"
	printf 'web1 role=web\nweb2 role=web\ndb1 role=db\n' >hosts
	mkdir -p site/doc/guide home/.ssh bin
	echo page >site/index.html
	echo guide >site/doc/guide/one
	echo 'test -e new/site' >check.sh
	printf 'Host web1\nHost *.example web?\n' >home/.ssh/config
	for name in $FAMILY; do
		printf '#!/bin/sh\nexec "%s" -F "%s" "$@"\n' \
		    "$(dirname "$CPSSH")/$name" "$CONFIG" >"bin/$name"
		chmod +x "bin/$name"
	done
	PATH=$T/bin:$PATH
}

# What is begun in the background is not there at once, nor gone at once.
all_sleep() { exits 0 cpssh -h hosts 'pgrep -f "^sleep 7777$"'; }
none_sleeps() { exits 0 cpssh -h hosts '! pgrep -f "^sleep 7777$"'; }

@test "every pipeline of cpssh-tools(7) works" {
	workplace
	examples >commands
	[ "$(grep -c '^\$ ' commands)" = "$(wc -l <commands)" ]
	[ "$(wc -l <commands)" -ge 20 ]
	for name in $FAMILY; do
		grep -q "\<$name\>" commands
	done
	while read -r line; do
		line=${line#??}
		echo "--- $line" >>log
		[[ $line != cpnuke* ]] || wait_until 60 all_sleep
		exits 0 bash -o pipefail -c "$line" </dev/null
		cat out err >>log
		err_is ''
	done <commands
	there=$BATS_FILE_TMPDIR/there
	diff -r site "$there"/*/site	# one of them, whichever it was
	for name in $HOSTS; do
		diff -r site "$there/$name/new/site"
		diff -r site "$there/$name/next"
		diff -r site "copies/$name"
		diff -r site "back/$name/next"
		cmp "all/$name/os" /etc/os-release
	done
	[ ! -s failed ]
	wait_until 60 none_sleeps
}

# The first of a pipeline tells of a host as soon as that is done.
@test "a pipeline goes on while other hosts are still at work" {
	workplace
	mkfifo -m 666 "$REMOTE/gate"
	begin bash -c "cpssh -h hosts \\
	    '[ \$PSSH_HOST != db1 ] || read x <$REMOTE/gate' |
	    sed -un 's/.*SUCCESS. //p' |
	    cpssh -p 1 -h - 'echo >>$REMOTE/second'"
	two_are_done() { [ "$(wc -l <"$REMOTE/second")" = 2 ]; }
	wait_until 20 two_are_done
	echo >"$REMOTE/gate"
	ends 0
	[ "$(wc -l <"$REMOTE/second")" = 3 ]
}
