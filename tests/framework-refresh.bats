# SPDX-License-Identifier: BSD-2-Clause
# The master looks which workers there are.
# shellcheck disable=SC2016  # for another shell

load lib
load ec2-lib
load master

setup_file() { :; }
setup() {
	master_setup
	stub puppetserver
	ec2_start
	L=$STATE/launched
	M=$R/etc/munin/munin-conf.d/cpssh-workers.conf
}

refresh() { "$FRAMEWORK/workers-refresh" "$@"; }

# launch N: sets IDS
launch() {
	IDS=$("$BUILDDIR/ec2-launch" -n "$1" --ami ami-0123456789abcdef0 \
	    --type t3.micro --run r1)
	"$BUILDDIR/ec2-hosts" --wait "$1" --tag cpssh:run=r1 >/dev/null
}

simple() { echo 'autosign = simple' >"$R/etc/cpssh/master.conf"; }

@test "the workers are known to Puppet and to Munin" {
	simple
	launch 3
	exits 0 refresh
	[ "$(cut -d ' ' -f 1 "$L" | sort)" = "$(sort <<<"$IDS")" ]
	while read -r _ name _; do
		grep -qxF "[workers;$name]" "$M"
		grep -qxF "$name" "$R/etc/puppet/autosign.conf"
	done <"$L"
	[ "$(grep -c address "$M")" = 3 ]
	grep -q '3 workers' err
	# nothing else: not this machine, not what is not of a run
	[ "$(wc -l <"$L")" = 3 ]
}

@test "what has not changed is not written" {
	simple
	launch 2
	exits 0 refresh
	picture >before
	exits 0 refresh
	[ ! -s err ]
	picture | diff before -
}

@test "with the policy there is no list of names to guess from" {
	launch 1
	exits 0 refresh
	[ ! -e "$R/etc/puppet/autosign.conf" ]
}

@test "when the API fails the last good files stay, and it is said" {
	launch 2
	exits 0 refresh
	picture >before
	AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1 \
	    exits 3 refresh
	picture | diff before -
	grep -q 'all stays as it was' err
}

@test "one empty answer is not believed, two are" {
	launch 2
	exits 0 refresh
	cp "$L" before
	# shellcheck disable=SC2086
	"$BUILDDIR/ec2-terminate" --yes $IDS >/dev/null
	exits 0 refresh
	cmp before "$L"
	grep -q 'say so again' err
	exits 0 refresh
	[ ! -s "$L" ]
	absent address "$M"
}

@test "an empty answer between two good ones leaves no trace" {
	launch 2
	exits 0 refresh
	cp "$L" before
	printf '#!/bin/sh\nexit 0\n' >ec2-hosts
	chmod +x ec2-hosts
	cp ec2-hosts "$T/stubs"
	cp -r "$FRAMEWORK" copy
	sed "s|@bindir@|$T/stubs|; s|@pkglibexecdir@|$BUILDDIR|
	    s|@sysconfdir@|/etc|; s|@localstatedir@|/var|" \
	    copy/paths.sh.in >copy/paths.sh
	exits 0 copy/workers-refresh
	cmp before "$L"
	exits 0 refresh
	exits 0 copy/workers-refresh
	cmp before "$L"
}

@test "two at once: one does it, the other one is content or waits" {
	launch 1
	exec 8>>"$STATE/lock"
	flock 8
	exits 0 refresh
	[ ! -e "$L" ]
	begin "$FRAMEWORK/workers-refresh" --wait
	flock -u 8
	ends 0
	[ -s "$L" ]
	for _ in 1 2 3 4; do
		"$FRAMEWORK/workers-refresh" --wait 3>&- &
		pids+=" $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	[ -z "$(find "$STATE" -name 'refresh.*')" ]
}

@test "hostile names are left out" {
	cp -r "$FRAMEWORK" copy
	sed "s|@bindir@|$T/stubs|; s|@pkglibexecdir@|$BUILDDIR|
	    s|@sysconfdir@|/etc|; s|@localstatedir@|/var|" \
	    copy/paths.sh.in >copy/paths.sh
	simple
	cat >"$T/stubs/ec2-hosts" <<-'EOF'
	#!/bin/sh
	printf 'i-0a\t*\trunning\t10.0.0.1\t\t\n'
	printf 'i-0b\t$(reboot)\trunning\t10.0.0.1\t\t\n'
	printf 'i-0c\t[x;y]\trunning\t10.0.0.1\t\t\n'
	printf 'i-0d\tgood.internal\trunning\t10.0.0.4\t\t;x\n'
	printf '../x\tgood2.internal\trunning\t10.0.0.4\t\t\n'
	printf 'i-0e\t../../etc/passwd\trunning\t10.0.0.4\t\t\n'
	printf 'i-0f\ttwice.internal\trunning\t10.0.0.5\t\t\n'
	printf 'i-10\ttwice.internal\trunning\t10.0.0.6\t\t\n'
	EOF
	chmod +x "$T/stubs/ec2-hosts"
	exits 0 copy/workers-refresh
	grep -q '5 without a usable name' err
	[ "$(grep -v '^#' "$R/etc/puppet/autosign.conf")" = good.internal ]
	[ "$(cut -d ' ' -f 1,2 "$L")" = "i-0d good.internal
i-0f twice.internal
i-10 twice.internal" ]
}

@test "a request that came too early is signed" {
	simple
	launch 2
	exits 0 refresh
	name=$(head -n 1 "$L" | cut -d ' ' -f 2)
	: >"$R/etc/puppet/puppetserver/ca/requests/$name.pem"
	: >"$R/etc/puppet/puppetserver/ca/requests/guessed.internal.pem"
	stub chroot 'shift; exec "$@"'
	exits 0 refresh
	grep -qxF "puppetserver ca sign --certname $name" stubs.log
	absent guessed stubs.log
}

@test "with the policy, only if it proves who it is" {
	launch 2
	exits 0 refresh
	stub chroot 'shift; exec "$@"'
	id=${IDS##*[[:space:]]}
	file=$("$FRAMEWORK/worker-secret" new)
	secret=$(<"$file")
	"$FRAMEWORK/worker-secret" bind "$file" "$id"
	name=$(awk -v id="$id" '$1 == id { print $2 }' "$L")
	other=$(awk -v id="$id" '$1 != id { print $2 }' "$L")
	worker one
	requests=$R/etc/puppet/puppetserver/ca/requests
	request "$T/one.pem" "$name" "$id" \
	    "$(proof "$secret" "$id" "$name" "$T/one.pem")" \
	    >"$requests/$name.pem"
	request "$T/one.pem" "$other" "$id" \
	    "$(proof "$secret" "$id" "$other" "$T/one.pem")" \
	    >"$requests/$other.pem"
	exits 0 refresh
	grep -qxF "puppetserver ca sign --certname $name" stubs.log
	absent "$other" stubs.log
	# what stands in the way of the other's own request is gone
	[ ! -e "$requests/$other.pem" ]
	[ -e "$requests/$name.pem" ]
	grep -q "thrown away: .*$other" err
	# the server was down: it is tried again, with the same key
	: >stubs.log
	stub puppetserver 'echo no server; exit 1'
	exits 1 refresh
	grep -q "$name: not signed: no server" err
	stub puppetserver
	exits 0 refresh
	grep -qxF "puppetserver ca sign --certname $name" stubs.log
	: >stubs.log
	exits 0 refresh --no-sign
	[ ! -s stubs.log ]
}

# impatient: its two minutes are over as soon as Puppet's server hangs.
impatient() {
	local real

	real=$(command -pv timeout)
	stub puppetserver ": >'$T/hung'" 'exec sleep 1000'
	stub timeout "$real \"\$1\" \"\$2\" \"\$3\" \"\$4\" true || exit" \
	    'shift 4' '"$@" &' "until [ -e '$T/hung' ]; do sleep 0.02; done" \
	    'kill -KILL $!; exit 124'
}

@test "Puppet's server that hangs holds nobody up" {
	simple
	launch 2
	exits 0 refresh
	stub chroot 'shift; exec "$@"'
	impatient
	while read -r _ name _; do
		: >"$R/etc/puppet/puppetserver/ca/requests/$name.pem"
	done <"$L"
	exits 1 "$FRAMEWORK/workers-refresh"
	err_has "not signed: no answer from Puppet's server for 2 minutes"
	# nor is it asked for the next one
	[ "$(grep -c '^puppetserver' stubs.log)" = 1 ]
	grep -q '^timeout .* 120 puppetserver ca sign' stubs.log
	: >stubs.log
	mkdir "$R/etc/puppet/puppetserver/ca/signed"
	read -r id _ <"$L"
	exits 1 "$FRAMEWORK/workers-gone" "$id"
	err_has "not cleaned: no answer from Puppet's server"
	grep -q '^timeout .* 120 puppetserver ca clean' stubs.log
}

@test "another one that hangs is not waited for for ever" {
	stub flock 'exit 1'
	exits 1 refresh --wait
	err_has 'another one is at work'
	grep -qE '^flock -w [0-9]+ 9$' stubs.log
	[ ! -e "$L" ]
}

@test "no room for a note of the first empty answer: the rest is done" {
	simple
	launch 1
	exits 0 refresh
	echo gone.internal >>"$STATE/names"
	: >"$R/etc/puppet/puppetserver/ca/requests/gone.internal.pem"
	stub chroot 'shift; exec "$@"'
	# shellcheck disable=SC2086
	"$BUILDDIR/ec2-terminate" --yes $IDS >/dev/null
	ln -s nowhere/empty "$STATE/empty"
	exits 1 refresh --clean
	err_lacks 'say so again'
	grep -qxF 'puppetserver ca clean --certname gone.internal' stubs.log
}

@test "usage" {
	exits 0 refresh --help
	exits 2 refresh --what
	exits 2 refresh --root
	rm -r "$STATE"
	exits 1 refresh
	grep -q 'has newmaster been run' err
}
