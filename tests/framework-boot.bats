# SPDX-License-Identifier: BSD-2-Clause
# What a worker does when it boots.

load lib
load ec2-lib
load master

setup_file() { :; }
setup() {
	master_setup
	SECRET=5e0c1a7be5e0c1a7be5e0c1a7be5e0c1
	printf '[main]\nvardir = /var/lib/puppet\n\n[agent]\nnoop = false\n' \
	    >"$R/etc/puppet/puppet.conf"
	printf 'host *\nallow ^127\\.0\\.0\\.1$\nport 4949\n' \
	    >"$R/etc/munin/munin-node.conf"
}

# told TEXT: a cloud, and we are an instance of it that was told TEXT.
told() {
	printf %s "$1" >data
	ec2_start "set user-data=$T/data" 'add count=1'
	fake set imds="$(fake ids)"
}

boot() { CPSSH_HOOKS=$FRAMEWORK/userdata.d "$FRAMEWORK/worker-boot" "$@"; }

has_line() {
	grep -qxF -- "$2" "$R/$1" || explain "$(cat "$R/$1")"
}

@test "Puppet and Munin hear of the master, the secret is kept" {
	told "L2ip=127.0.0.9|workersecret=$SECRET"
	exits 0 boot
	has_line etc/puppet/puppet.conf 'server = 127.0.0.9'
	has_line etc/puppet/puppet.conf 'vardir = /var/lib/puppet'
	has_line etc/puppet/puppet.conf 'noop = false'
	has_line etc/munin/munin-node.conf 'allow ^127\.0\.0\.9$'
	has_line etc/munin/munin-node.conf 'allow ^127\.0\.0\.1$'
	[ "$(stat -c %a "$R/var/local/workersecret")" = 600 ]
	[ "$(stat -c %a "$R/etc/puppet/csr_attributes.yaml")" = 600 ]
	absent "$SECRET" "$R/etc"
}

@test "running it twice changes nothing" {
	told "L2ip=127.0.0.9|workersecret=$SECRET|role=lg"
	exits 0 boot
	picture >before
	exits 0 boot
	picture | diff before -
}

@test "Puppet is told which authority is the master's, and what may be waited for" {
	sum=$(printf %064d 7)
	told "L2ip=127.0.0.9|cafingerprint=$sum"
	exits 0 boot
	has_line etc/puppet/puppet.conf "ca_fingerprint = $sum"
	has_line etc/puppet/puppet.conf 'waitforcert = 10'
	echo "cafingerprint=${sum}0" >next
	exits 1 boot --file next
	grep -q 'cafingerprint is no fingerprint' err
	# settings of somebody's own stay
	sed -i 's/^waitforcert.*/waitforcert = 77/' "$R/etc/puppet/puppet.conf"
	echo 'L2ip=127.0.0.10' >next
	exits 0 boot --file next
	has_line etc/puppet/puppet.conf 'waitforcert = 77'
}

@test "another master takes the place of the first" {
	told 'L2ip=127.0.0.9'
	exits 0 boot
	echo 'L2ip=127.0.0.10' >next
	exits 0 boot --file next
	has_line etc/puppet/puppet.conf 'server = 127.0.0.10'
	has_line etc/munin/munin-node.conf 'allow ^127\.0\.0\.10$'
	[ "$(grep -c server "$R/etc/puppet/puppet.conf")" = 1 ]
	[ "$(grep -c '^allow' "$R/etc/munin/munin-node.conf")" = 2 ]
}

@test "a name becomes the addresses that munin-node wants" {
	told 'L2ip=localhost'
	exits 0 boot
	has_line etc/puppet/puppet.conf 'server = localhost'
	grep -qE '^allow \^(127|::1)' "$R/etc/munin/munin-node.conf"
	echo 'L2ip=nowhere.invalid' >next
	exits 1 boot --file next
	grep -q 'no such host' err
}

@test "settings are made where there were none" {
	rm -r "$R"/etc/{puppet,munin}
	told "L2ip=127.0.0.9|workersecret=$SECRET"
	exits 0 boot
	has_line etc/puppet/puppet.conf '[main]'
	has_line etc/munin/munin-node.conf 'allow ^127\.0\.0\.9$'
	[ "$(stat -c %a "$R/etc/puppet/puppet.conf")" = 644 ]
}

@test "a hostile master's name gets nowhere" {
	# shellcheck disable=SC2016
	for name in '$(touch x)' 'a b' '.*' 'a;reboot' '-x' '10.0.0.1$' 'a/b'; do
		cp -r "$R/etc" before
		printf 'L2ip=%s' "$name" >hostile
		exits 1 boot --file hostile
		diff -r "$R/etc" before
		rm -r before
	done
	[ ! -e x ]
}

@test "what a worker proves is what the master believes" {
	told "workersecret=$SECRET"
	exits 0 boot
	read -r id name < <("$CSR" self)
	has_line etc/puppet/puppet.conf "certname = $name"
	key=$R/var/lib/puppet/ssl/private_keys/$name.pem
	[ "$(stat -c %a "$key")" = 600 ]
	proof=$(sed -n 's/^  1.2.840.113549.1.9.7: "\(.*\)"$/\1/p' \
	    "$R/etc/puppet/csr_attributes.yaml")
	grep -qxF "  pp_instance_id: \"$id\"" \
	    "$R/etc/puppet/csr_attributes.yaml"
	echo "$id $name running" >"$STATE/launched"
	echo "$SECRET" >file
	"$FRAMEWORK/worker-secret" bind file "$id"
	request "$key" "$name" "$id" "$proof" >csr
	exits 0 policy "$name" <csr
	# with its certificate it needs no proof any more
	mkdir -p "$R/var/lib/puppet/ssl/certs"
	: >"$R/var/lib/puppet/ssl/certs/$name.pem"
	rm "$R/etc/puppet/csr_attributes.yaml"
	exits 0 boot
	[ ! -e "$R/etc/puppet/csr_attributes.yaml" ]
}

@test "the secret is in no command line of the hook" {
	told "workersecret=$SECRET"
	sh -x "$FRAMEWORK/userdata.d/workersecret" <<<"$SECRET" 2>trace
	grep -q 'ec2-csr prove' trace
	absent "$SECRET" trace
}

@test "no user-data, or none that is ours, leaves all as it was" {
	cp -r "$R/etc" before
	told '#!/bin/sh'
	exits 1 boot
	diff -r "$R/etc" before
	: >nothing
	exits 0 boot --file nothing
	diff -r "$R/etc" before
}

@test "it can be made to run at each boot, with systemd or without" {
	exits 2 boot --root /nowhere
	exits 0 boot --help
	mkdir installed
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$BUILDDIR" \
	    DESTDIR="$T/installed" prefix=/usr sysconfdir=/etc \
	    install-data-local 3>&-
	share=$T/installed/usr/share/cpssh
	sed "s|^paths_share=.*|paths_share=$share|" \
	    "$T/installed/usr/libexec/cpssh/paths.sh" >paths
	cp paths "$T/installed/usr/libexec/cpssh/paths.sh"
	mkdir -p "$R/lib/systemd/system"
	: >"$R/lib/systemd/system/puppet.service"
	exits 0 "$T/installed/usr/libexec/cpssh/worker-boot" --root "$R" --install
	cmp "$R/etc/systemd/system/cpssh-worker.service" \
	    "$share/systemd/cpssh-worker.service"
	[ -L "$R/etc/systemd/system/multi-user.target.wants/cpssh-worker.service" ]
	# which Debian does not do
	[ -L "$R/etc/systemd/system/multi-user.target.wants/puppet.service" ]
	[ -x "$R/etc/init.d/cpssh-worker" ]
	sh -n "$R/etc/init.d/cpssh-worker"
	picture >before
	exits 0 "$T/installed/usr/libexec/cpssh/worker-boot" --root "$R" --install
	picture | diff before -
}

clean() { "$FRAMEWORK/worker-clean" "$@"; }

@test "of a worker that has booted an image can be made, as if it never had" {
	told "L2ip=127.0.0.9|workersecret=$SECRET|cafingerprint=$(
	    sha256sum <<<x | cut -d ' ' -f 1)|dbpassword=$SECRET"
	mkdir -p "$R/etc/cpssh/userdata.d"
	cp "$FRAMEWORK"/userdata.d/* "$R/etc/cpssh/userdata.d"
	picture >before
	cat "$R/etc/puppet/puppet.conf" "$R/etc/munin/munin-node.conf" >confs
	exits 0 boot
	# killed at work; and what others have there
	(umask 077 && echo "$SECRET" >"$R/var/local/.ec2-userdata.pin.77")
	mkdir "$R/var/local/others" && echo kept >"$R/var/local/mine"
	# what Puppet, cloud-init and sshd leave
	mkdir -p "$R"/{etc/ssh,home/admin/.ssh,root/.ssh,home/tc/.ssh} \
	    "$R/var/lib/cloud/instances/i-1" "$R/var/lib/puppet/ssl/certs"
	for file in etc/ssh/ssh_host_{rsa,ed25519}_key{,.pub} etc/cpssh-role \
	    {root,home/admin,home/tc}/.ssh/authorized_keys \
	    etc/machine-id var/lib/puppet/ssl/certs/ca.pem; do
		echo "$file" >"$R/$file"
	done
	echo kept >"$R/etc/ssh/sshd_config"
	ln -s instances/i-1 "$R/var/lib/cloud/instance"
	picture >booted
	exits 1 clean
	err_has 'to be removed: /var/local/workersecret$'
	err_has 'to be removed: /var/local/dbpassword$'
	err_has 'to be removed: /var/local/.ec2-userdata.pin.77$'
	err_has '^worker-clean: [0-9]+ things are to go; --yes does it$'
	picture | diff booted -
	exits 0 clean --yes
	err_is ''
	[ "$(cat "$R/etc/ssh/sshd_config")" = kept ]
	[ "$(ls -A "$R/var/local")" = $'mine\nothers' ]
	rm -r "$R"/var/local/{mine,others}
	[ ! -s "$R/etc/machine-id" ] && [ -e "$R/etc/machine-id" ]
	absent "$SECRET" "$R"
	# how long Puppet waits may stay
	cat "$R/etc/puppet/puppet.conf" "$R/etc/munin/munin-node.conf" |
		grep -v '^[a-z]*wait[a-z]* = ' | diff confs -
	picture | cut -d ' ' -f 1 >left
	cut -d ' ' -f 1 before | cat - <(echo etc/machine-id
	    echo etc/ssh/sshd_config) | sort | diff - left
	exits 0 clean
	exits 0 clean --yes
}

@test "a master is not cleaned away" {
	echo 'autosign = policy' >"$R/etc/cpssh/master.conf"
	mkdir -p "$R/var/lib/puppet/ssl/ca"
	exits 1 clean --yes
	err_has 'this is a master'
	[ -d "$R/var/lib/puppet/ssl/ca" ]
	exits 2 clean --now
	exits 0 clean --help
}

@test "the units are as systemd wants them" {
	command -v systemd-analyze >/dev/null || {
		[ -z "${NO_SKIP-}" ] && skip "no systemd-analyze"
		false
	}
	mkdir units
	for file in "$FRAMEWORK"/share/systemd/*; do
		name=${file##*/}
		# what they run is there, here
		sed "s|@pkglibexecdir@|$FRAMEWORK|
			s|/usr/share/munin/munin-update|/bin/true|" "$file" \
		    >"units/${name%.in}"
	done
	systemd-analyze verify --man=no units/* 2>&1 |
	    grep "$T/units\|cpssh-" >said || :
	[ ! -s said ] || explain "$(cat said)"
	grep -q '^Before=puppet.service munin-node.service$' \
	    units/cpssh-worker.service
}
