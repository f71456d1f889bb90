# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2034,SC2154
# A scratch root in which the framework's programs find and write everything,
# and a cloud.  `load lib` and `load ec2-lib` come first.

master_setup() {
	ec2_setup
	FRAMEWORK=$SRCDIR/scripts/framework
	R=$T/root
	mkdir -p "$R"/etc/{puppet,munin,cpssh} \
	    "$R"/var/{local,lib/puppet/ssl} \
	    "$R"/etc/puppet/puppetserver/ca/requests \
	    "$R"/var/lib/cpssh/{new,secrets,burnt} stubs
	export CPSSH_ROOT=$R CPSSH_LIBEXEC=$FRAMEWORK PATH=$T/stubs:$PATH
	CSR=$BUILDDIR/ec2-csr
	STATE=$R/var/lib/cpssh
}

# stub NAME TEXT...: a program of that name for the root, that notes how it was
# called in $T/stubs.log.
stub() {
	{
		echo '#!/bin/sh'
		echo "echo \"\${0##*/} \$*\" >>'$T/stubs.log'"
		printf '%s\n' "${@:2}"
	} >"$T/stubs/$1"
	chmod +x "$T/stubs/$1"
}

# worker ID NAME: on the machine ID a key, $T/ID.pem, is made.
worker() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	    -out "$T/$1.pem" 2>/dev/null
}

# request KEYFILE NAME ID PROOF [EXTENSION-LINE...]: such a request.
request() {
	local key=$1

	{
		printf '%s\n' '[req]' 'prompt = no' 'distinguished_name = dn' \
		    'attributes = at' 'req_extensions = ex' '[dn]' "CN = $2" \
		    '[at]' "challengePassword = $4" '[ex]' \
		    "1.3.6.1.4.1.34380.1.1.2 = ASN1:UTF8String:$3"
		shift 4
		printf '%s\n' "$@"
	} >"$T/req.conf.$BASHPID"
	openssl req -new -key "$key" -config "$T/req.conf.$BASHPID" -batch
}

# proof SECRET ID NAME KEYFILE
proof() {
	"$CSR" prove "$2" "$3" "$("$CSR" key "$4")" <<<"$1"
}

# policy NAME: as Puppet's server asks it.
policy() { "$FRAMEWORK/autosign-policy" "$1"; }

# absent TEXT FILE: it stands nowhere in there.
absent() {
	! grep -rqF -- "$1" "$2" || explain "$2 has $1"
}

# picture: what is in the root, with all that a change would change.
picture() {
	find "$R" -type f ! -name lock -printf '%P %i %T@ %m\n' | sort
}
