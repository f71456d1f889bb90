# SPDX-License-Identifier: BSD-2-Clause
# Workers that come and go, and the master in step with them.
# shellcheck disable=SC2016  # for another shell

load lib
load ec2-lib
load master

setup_file() { :; }
setup() {
	master_setup
	stub puppetserver
	stub chroot 'shift; exec "$@"'
	CA=$R/etc/puppet/puppetserver/ca
	mkdir "$CA/signed" run
	SAME=(--ami ami-0123456789abcdef0 --type t3.micro --run r1)
	HOOK=$FRAMEWORK/master-hook
}

each() { "$FRAMEWORK/launch-each" "$@"; }

@test "each worker has a secret of its own, bound to its id" {
	ec2_start
	exits 0 each -n 3 "${SAME[@]}" --data L2ip=10.0.0.1
	[ "$(wc -l <out)" = 3 ]
	[ "$(calls RunInstances)" = 3 ]
	while read -r id; do
		[ "$(stat -c %a "$STATE/secrets/$id")" = 600 ]
		cat "$STATE/secrets/$id" >>all
	done <out
	[ "$(sort -u all | wc -l)" = 3 ]
	[ -z "$(ls "$STATE/new")" ]
	"$BUILDDIR/ec2-hosts" --tag cpssh:run=r1 --state pending,running \
	    >hosts
	[ "$(wc -l <hosts)" = 3 ]
}

@test "fewer than asked for are told, and enough is enough" {
	ec2_start 'set capacity=2'
	AWS_MAX_ATTEMPTS=1 exits 1 each -n 3 "${SAME[@]}"
	[ "$(wc -l <out)" = 2 ]
	grep -q 'launched 2 of 3 as run r1' err
	[ -z "$(ls "$STATE/new")" ]
	exits 2 each -n 0
	exits 2 each -n 2 --wait
	exits 2 each -n 2 --min 3
	exits 2 each
	exits 0 each --help
}

@test "eight are asked for at once, and as often as need be" {
	ec2_start
	fake fault hold action=RunInstances times=8
	mkdir tmp
	begin env TMPDIR="$T/tmp" "$FRAMEWORK/launch-each" -n 10 "${SAME[@]}" --notes notes \
	    --client-token t1
	wait_until 30 held 8
	[ "$(wc -l <out)" = 0 ]
	kill -TERM "$BEGUN"	# what was asked for is waited for
	wait_until 20 stopping
	fake release
	ends 143
	[ "$(sort out)" = "$(fake ids | tr ' ' '\n' | sort)" ]
	[ "$(wc -l <out)" = 8 ]
	exits 0 each -n 10 "${SAME[@]}" --notes notes --client-token t1
	[ "$(sort -u out | wc -l)" = 10 ]
	[ "$(fake ids | wc -w)" = 10 ]
	[ "$(find "$STATE/secrets" -type f | wc -l)" = 10 ]
	[ -z "$(ls "$STATE/new")" ]
	# killed before it was noted that a secret was bound
	rm notes/4.bound
	exits 0 each -n 10 "${SAME[@]}" --notes notes --client-token t1
	[ "$(fake ids | wc -w)" = 10 ]
}

stopping() { [ -n "$(find tmp -name stop)" ]; }
held() { [ "$(grep -c '"fault": "hold"' "$EC2_LOG")" = "$1" ]; }

@test "the secret of a launch is in no command line" {
	ec2_start
	sh -x "$FRAMEWORK/launch-each" -n 1 "${SAME[@]}" >out 2>trace
	secret=$(<"$STATE/secrets/$(<out)")
	[ ${#secret} = 64 ]
	absent "$secret" trace
}

@test "the hook: user-data before, secrets bound and signed after" {
	ec2_start 'add count=1'
	fake set imds="$(fake ids)"
	exits 0 "$HOOK" before-launch "$T/run"
	grep -qx 'L2ip=ip-.*' run/launch-data
	grep -q '^workersecret=@/' run/launch-data
	mapfile -t data < <(sed 's/^/--data=/' run/launch-data)
	"$BUILDDIR/ec2-launch" -n 2 "${SAME[@]}" "${data[@]}" >run/ids
	mkdir run/roles
	"$BUILDDIR/ec2-hosts" --wait 2 --tag cpssh:run=r1 \
	    --address private-dns >run/roles/lg
	exits 0 "$HOOK" after-launch "$T/run"
	[ "$(find "$STATE/secrets" -type f | wc -l)" = 2 ]
	[ -z "$(ls -A "$STATE/new")" ]
	[ ! -L run/secret ]
	exits 0 "$HOOK" after-partition "$T/run"
	[ "$(wc -l <"$STATE/launched")" = 2 ]
	grep -q '"lg"' \
	    "$R/etc/puppet/code/environments/production/data/roles.yaml"
}

@test "the hook: user-data is whole or is not there" {
	ec2_start 'add count=1'
	fake set imds="$(fake ids)"
	echo certificate >"$CA/ca_crt.pem"
	exits 0 "$HOOK" before-launch "$T/run"
	[ "$(wc -l <run/launch-data)" = 3 ]
	grep -qx 'cafingerprint=[0-9a-f]\{64\}' run/launch-data
	for stub in 'sha256sum exit 1' 'od exit 1'; do
		# shellcheck disable=SC2086	# words
		stub ${stub%% *} "${stub#* }"
		exits 1 "$HOOK" before-launch "$T/run"
		[ -z "$(find run -name 'launch-data*')" ]
		rm "stubs/${stub%% *}"
	done
	# a master has an authority
	echo autosign = policy >"$R/etc/cpssh/master.conf"
	rm "$CA/ca_crt.pem"
	exits 1 "$HOOK" before-launch "$T/run"
	err_has 'no workers without the fingerprint'
	[ ! -e run/launch-data ]
}

@test "the hook gives no secret where each worker has its own" {
	ec2_start 'add count=1'
	fake set imds="$(fake ids)"
	CPSSH_SECRET=x exits 0 "$HOOK" before-launch "$T/run"
	[ "$(wc -l <run/launch-data)" = 1 ]
	grep -qx 'L2ip=ip-.*' run/launch-data
	[ -z "$(ls -A "$STATE/new")" ]
}

@test "ec2-terminate has Puppet and Munin forget what is gone, nothing else" {
	ec2_start
	"$BUILDDIR/ec2-launch" -n 2 "${SAME[@]}" >run/ids
	"$BUILDDIR/ec2-hosts" --wait 2 --tag cpssh:run=r1 >/dev/null
	"$FRAMEWORK/workers-refresh"
	read -r gone stays < <(cut -d ' ' -f 2 "$STATE/launched" | xargs)
	: >"$CA/signed/$gone.pem"
	: >"$CA/signed/$stays.pem"
	: >"$CA/signed/master.internal.pem"
	export CPSSH_TERMINATE_HOOK=$FRAMEWORK/workers-gone
	exits 0 "$BUILDDIR/ec2-terminate" --yes \
	    "$(awk -v n="$gone" '$2 == n { print $1 }' "$STATE/launched")"
	grep -q 'cleaning the certificates' err
	[ "$(grep '^puppetserver' stubs.log)" = \
	    "puppetserver ca clean --certname $gone" ]
	grep -qF "$stays" "$R/etc/munin/munin-conf.d/cpssh-workers.conf"
	absent "$gone" "$R/etc/munin/munin-conf.d/cpssh-workers.conf"
	# the last one goes too
	rm "$CA/signed/$gone.pem"
	exits 0 "$BUILDDIR/ec2-terminate" --yes --run r1
	grep -qx "puppetserver ca clean --certname $stays" stubs.log
	[ ! -s "$STATE/launched" ]
}

@test "what ends by itself is cleaned before the next launch" {
	ec2_start 'add count=1'
	fake set imds="$(fake ids)"
	id=$("$BUILDDIR/ec2-launch" -n 1 "${SAME[@]}")
	"$BUILDDIR/ec2-hosts" --wait 1 --tag cpssh:run=r1 >/dev/null
	"$FRAMEWORK/workers-refresh"
	name=$(cut -d ' ' -f 2 "$STATE/launched")
	: >"$CA/signed/$name.pem"
	fake state "$id" terminated
	exits 0 "$FRAMEWORK/workers-refresh"	# one empty answer
	exits 0 "$HOOK" before-launch "$T/run"
	grep -qx "puppetserver ca clean --certname $name" stubs.log
}

@test "ended, and the master cannot be told: that is said, the rest is done" {
	ec2_start
	"$BUILDDIR/ec2-launch" -n 2 "${SAME[@]}" >ids
	"$BUILDDIR/ec2-hosts" --wait 2 --tag cpssh:run=r1 >/dev/null
	"$FRAMEWORK/workers-refresh"
	while read -r id name _; do
		: >"$CA/signed/$name.pem"
		echo hush >"$STATE/secrets/$id"
	done <"$STATE/launched"
	stub puppetserver 'echo no server; exit 1'
	id=$(head -n 1 ids)
	exits 1 "$BUILDDIR/ec2-terminate" --hook "$FRAMEWORK/workers-gone" \
	    --yes "$id"
	out_is "$id"
	err_has 'not cleaned: no server'
	err_has 'workers-gone ended with status 1'
	[ "$(wc -l <"$STATE/launched")" = 1 ]
	[ "$(ls "$STATE/secrets")" = "$(tail -n 1 ids)" ]
	[ "$(grep -c address "$R/etc/munin/munin-conf.d/cpssh-workers.conf")" = 1 ]
	# the next one does what was left
	stub puppetserver
	exits 0 "$BUILDDIR/ec2-terminate" --hook "$FRAMEWORK/workers-gone" \
	    --yes "$(tail -n 1 ids)"
	[ "$(grep -o 'ip-[^,]*' stubs.log | sort -u | wc -l)" = 2 ]
	exits 1 "$BUILDDIR/ec2-terminate" --hook "$T/nosuch" --yes \
	    "$(fake add)"
	err_has 'nosuch: No such file'
	exits 0 "$FRAMEWORK/workers-gone" --help
	exits 2 "$FRAMEWORK/workers-refresh" --gone
	exits 2 "$FRAMEWORK/workers-refresh" --gone ../x
}

@test "one that was never signed is cleaned, though nothing can be revoked" {
	ec2_start
	id=$("$BUILDDIR/ec2-launch" -n 1 "${SAME[@]}")
	"$BUILDDIR/ec2-hosts" --wait 1 --tag cpssh:run=r1 >/dev/null
	"$FRAMEWORK/workers-refresh"
	name=$(cut -d ' ' -f 2 "$STATE/launched")
	mkdir -p "$CA/requests"
	: >"$CA/requests/$name.pem"
	stub puppetserver "rm '$CA/requests/$name.pem'; exit 1"
	exits 0 "$BUILDDIR/ec2-terminate" --hook "$FRAMEWORK/workers-gone" \
	    --yes "$id"
	err_lacks 'not cleaned'
}

@test "a refused one is not forgotten, and a dry run forgets none" {
	ec2_start
	"$BUILDDIR/ec2-launch" -n 2 "${SAME[@]}" >ids
	"$BUILDDIR/ec2-hosts" --wait 2 --tag cpssh:run=r1 >/dev/null
	fake change "$(head -n 1 ids)" protected=yes
	printf '#!/bin/sh\necho "$@" >>%s/heard\n' "$T" >hear
	chmod +x hear
	exits 0 "$BUILDDIR/ec2-terminate" --hook ./hear --dry-run "$(tail -n 1 ids)"
	[ ! -e heard ]
	fake change "$(tail -n 1 ids)" zone=us-east-1b
	exits 3 "$BUILDDIR/ec2-terminate" --hook ./hear --yes --run r1
	is heard "$(tail -n 1 ids)" heard
	exits 3 "$BUILDDIR/ec2-terminate" --hook ./hear --yes --run r1
	[ "$(wc -l <heard)" = 1 ]
}

@test "a disk that is full leaves what the master knows" {
	needs_root 'a small disk'
	ec2_start
	"$BUILDDIR/ec2-launch" -n 2 "${SAME[@]}" >ids
	"$BUILDDIR/ec2-hosts" --wait 2 --tag cpssh:run=r1 >/dev/null
	exits 1 unshare --mount sh -c '
		cp -R "$1" kept
		mount -t tmpfs -o size=32k none "$1"
		cp -R kept/. "$1"
		"$2/workers-refresh" || exit 9
		head -c 100000 /dev/zero >"$1/fill" 2>/dev/null
		for way in "" "--gone $(head -n 1 ids)"; do
			status=0
			"$2/workers-refresh" $way || status=$?
			cp "$1/launched" "after$way"
			[ $status = 1 ] || [ $status = 3 ] || exit 9
			[ -z "$(find "$1" -name "*.??????")" ] || exit 9
		done
		exit $status' sh "$STATE" "$FRAMEWORK"
	[ "$(wc -l <after)" = 2 ]
	cmp after "after--gone $(head -n 1 ids)"
}

@test "the hook's usage" {
	exits 0 "$HOOK" --help
	exits 2 "$HOOK" before-launch
	exits 2 "$HOOK" what "$T/run"
}
