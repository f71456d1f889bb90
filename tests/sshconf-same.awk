# SPDX-License-Identifier: BSD-2-Clause
# Make what `ssh -G` and what our code prints comparable.  These, and only
# these, are the differences that we mean to have:
#
# - Of the four lists for the connection we print what we would offer, so the
#   names that libssh2 does not have, the weak ones that ssh still offers by
#   default, and certificates are left out; the order of what nobody ordered
#   is ours.
# - Debian's ssh has defaults and keywords of its own: IPQoS,
#   ForwardX11Trusted, GSSAPI..., and a ServerAliveInterval in BatchMode.
# - ssh takes a LocalForward of one socket to another for a DynamicForward.

BEGIN {
	n = split("aes128-ctr aes192-ctr aes256-ctr aes128-gcm@openssh.com " \
	    "aes256-gcm@openssh.com aes128-cbc aes192-cbc aes256-cbc " \
	    "3des-cbc hmac-sha2-256 hmac-sha2-512 " \
	    "hmac-sha2-256-etm@openssh.com hmac-sha2-512-etm@openssh.com " \
	    "hmac-md5 curve25519-sha256 curve25519-sha256@libssh.org " \
	    "ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521 " \
	    "diffie-hellman-group-exchange-sha256 " \
	    "diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 " \
	    "diffie-hellman-group14-sha256 diffie-hellman-group1-sha1 " \
	    "ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 " \
	    "ecdsa-sha2-nistp521 rsa-sha2-512 rsa-sha2-256 ssh-rsa",
	    names, " ")
}

/^(forwardx11trusted|gssapikeyexchange|gssapitrustdns) / ||
/^(gssapirenewalforcesrekey|gssapikexalgorithms) / ||
/^dynamicforward \// {
	next
}

/^ipqos lowdelay throughput$/ {
	$0 = "ipqos af21 cs1"
}

/^serveraliveinterval 300$/ {
	$0 = "serveraliveinterval 0"
}

/^(ciphers|macs|kexalgorithms|hostkeyalgorithms) / {
	line = $1
	for (i = 1; i <= n; i++)
		if (index("," $2 ",", "," names[i] ","))
			line = line " " names[i]
	$0 = line
}

{
	print
}
