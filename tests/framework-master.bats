# SPDX-License-Identifier: BSD-2-Clause
# newmaster turns a machine, here an image, into the master.

load lib
load ec2-lib
load master

setup_file() { :; }
setup() {
	master_setup
	I=$T/inst
	rm -r "$R"
	mkdir -p "$R/etc" "$R/home" "$I/libexec"
	ln -s "$CSR" "$I/libexec/ec2-csr"
	bindir=$BUILDDIR pkglibexecdir=$I/libexec pkgdatadir=$I/share \
	    sysconfdir=$I/etc localstatedir=/var DESTDIR='' \
	    "$FRAMEWORK/install-master" install
	printf 'root:x:0:0::/root:/bin/sh\npuppet:x:64000:64001::/:/bin/sh\n' \
	    >"$R/etc/passwd"
	: >"$R/etc/group"
	# what would act on the image notes what it would do
	stub chroot 'shift; exec "$@"'
	stub dpkg-query "cat '$T/installed' 2>/dev/null || echo unknown"
	stub apt-get "case \$* in *install*) printf installed >'$T/installed' ;; esac"
	stub groupadd "echo 'tc:x:481:' >>'$R/etc/group'"
	stub useradd "echo 'tc:x:481:481::/home/tc:/bin/bash' >>'$R/etc/passwd'"
	CREDS=$R$I/etc/cpssh/creds.cfg
	CODE=$R/etc/puppet/code/environments/production
}

newmaster() { "$I/libexec/newmaster.sh" "$@"; }

@test "--check tells all that is missing and changes nothing" {
	picture >before
	exits 1 newmaster --check
	[ "$(grep -c '^newmaster: missing: ' err)" -ge 11 ] || explain "$(cat err)"
	picture | diff before -
	absent apt-get stubs.log
}

@test "a master is made, and nothing is left but the credentials" {
	exits 4 newmaster
	grep -q "NOW EDIT $CREDS" err
	[ "$(stat -c %a "$CREDS")" = 600 ]
	grep -q 'apt-get .*install puppetserver puppet-agent munin' stubs.log
	[ "$(grep -c ^useradd stubs.log)" = 1 ]
	grep -qxF "autosign = $I/libexec/autosign-policy" "$R/etc/puppet/puppet.conf"
	[ "$(stat -c %a:%u:%g "$STATE/secrets")" = 700:64000:64001 ] ||
		[ "$(id -u)" != 0 ]
	[ -s "$CODE/modules/cpssh/manifests/init.pp" ]
	grep -q "$(cut -d ' ' -f 2 "$R/home/tc/.ssh/id_ed25519.pub")" \
	    "$CODE/data/common.yaml"
	[ "$(stat -c %a "$R/home/tc/.ssh")" = 700 ]
	[ -s "$R/etc/systemd/system/cpssh-workers.timer" ]
	[ -L "$R/etc/systemd/system/timers.target.wants/cpssh-workers.timer" ]
	[ -s "$R/etc/nginx/conf.d/cpssh-munin.conf" ]
	exits 4 newmaster --check
	sed -i '/EDIT THIS FILE/d' "$CREDS"
	exits 0 newmaster --check
	[ ! -s err ]
}

@test "making it again changes nothing" {
	exits 4 newmaster
	sed -i '/EDIT THIS FILE/d; s/^region=.*/region=eu-central-1/' "$CREDS"
	picture >before
	exits 0 newmaster
	[ ! -s err ]
	picture | diff before -
}

@test "what is broken later is found and mended" {
	exits 4 newmaster
	chmod 644 "$CREDS"
	echo '# x' >>"$CODE/modules/cpssh/manifests/init.pp"
	chmod 755 "$STATE/secrets"
	exits 1 newmaster --check
	[ "$(grep -c missing err)" = 3 ] || explain "$(cat err)"
	exits 4 newmaster
	exits 4 newmaster --check
}

@test "the simple mode, and back" {
	exits 4 newmaster --simple
	grep -qxF 'autosign = /etc/puppet/autosign.conf' "$R/etc/puppet/puppet.conf"
	: >"$R/etc/puppet/autosign.conf"
	# without an option it stays as it is
	exits 4 newmaster --check
	exits 4 newmaster --policy
	grep -qxF "autosign = $I/libexec/autosign-policy" "$R/etc/puppet/puppet.conf"
	[ ! -e "$R/etc/puppet/autosign.conf" ]
}

@test "a site.pp and data of somebody else's are left alone" {
	mkdir -p "$CODE"/{manifests,data}
	echo 'node default { }' >"$CODE/manifests/site.pp"
	echo 'other: data' >"$CODE/data/common.yaml"
	printf '[main]\n# mine\nx = 1\n[server]\nautosign = true\ny = 2\n' \
	    >"$R/etc/puppet/puppet.conf"
	exits 4 newmaster
	[ "$(cat "$CODE/manifests/site.pp")" = 'node default { }' ]
	grep -qxF 'other: data' "$CODE/data/common.yaml"
	[ "$(grep -c autosign "$R/etc/puppet/puppet.conf")" = 1 ]
	grep -qx '# mine' "$R/etc/puppet/puppet.conf"
	grep -qx 'y = 2' "$R/etc/puppet/puppet.conf"
}

@test "Munin in short runs" {
	exits 4 newmaster --short-runs
	grep -qx 'update_rate 10' \
	    "$R/etc/munin/munin-conf.d/cpssh-short-runs.conf"
	[ -L "$R/etc/systemd/system/timers.target.wants/cpssh-munin.timer" ]
}

@test "what cannot be made is told" {
	stub apt-get 'echo no network >&2; exit 100'
	exits 1 newmaster
	grep -q 'not made: the packages' err
	exits 1 newmaster --no-install --root "$T/inst" --check
	stub useradd 'exit 1'
	exits 1 newmaster --no-install
	grep -q 'not made: the user tc' err
	echo 'tc:x:1000:1000::/home/tc:/bin/sh' >>"$R/etc/passwd"
	exits 1 newmaster --no-install
	grep -q 'another number' err
	exits 2 newmaster --what
	exits 2 newmaster --root /nowhere
	exits 0 newmaster --help
}

@test "the roles of a run become Puppet's data" {
	exits 4 newmaster
	printf '%s\n' \
	    'i-0a ip-10-0-0-1.ec2.internal running 10.0.0.1 ec2-1.example.com 192.0.2.1' \
	    'i-0b ip-10-0-0-2.ec2.internal running 10.0.0.2 - -' \
	    'i-0c ip-10-0-0-3.ec2.internal running 10.0.0.3 - -' >"$STATE/launched"
	mkdir -p run/roles
	printf '192.0.2.1 id=i-0a\n' >run/roles/lg
	printf 'admin@ip-10-0-0-2.ec2.internal id=i-0b\n10.0.0.3:22\nother\n' \
	    >run/roles/tomcat
	exits 0 "$I/libexec/workers-roles" run
	diff - "$CODE/data/roles.yaml" <<-'EOF'
	# Written by workers-roles: changes here are lost.
	cpssh::roles:
	  "ip-10-0-0-1.ec2.internal": "lg"
	  "ip-10-0-0-2.ec2.internal": "tomcat"
	  "ip-10-0-0-3.ec2.internal": "tomcat"
	EOF
	grep -q 'other: no known worker' err
	picture >before
	exits 0 "$I/libexec/workers-roles" run
	picture | diff before -
	: >'run/roles/a b'
	exits 1 "$I/libexec/workers-roles" run
	rm -r run/roles/*
	exits 0 "$I/libexec/workers-roles" run
	grep -qx 'cpssh::roles: {}' "$CODE/data/roles.yaml"
	exits 1 "$I/libexec/workers-roles" nowhere
	exits 2 "$I/libexec/workers-roles"
}

@test "installed and uninstalled, nothing is left" {
	rm "$I/libexec/ec2-csr"
	bindir=$BUILDDIR pkglibexecdir=$I/libexec pkgdatadir=$I/share \
	    sysconfdir=$I/etc localstatedir=/var DESTDIR='' \
	    "$FRAMEWORK/install-master" uninstall
	[ -z "$(find "$I" ! -type d)" ]
	exits 2 "$FRAMEWORK/install-master"
}
