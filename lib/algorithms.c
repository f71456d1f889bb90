/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "algorithms.h"
#include "buf.h"
#include "mem.h"
#include "pattern.h"

/* Without the mark, libssh2 encrypts 16 bytes a call, which makes AES-GCM the
 * slowest cipher, and a short packet under chacha20 can crash it. */
#ifdef HAVE_PATCHED_LIBSSH2
#define CHACHA20 ",chacha20-poly1305@openssh.com"
#define BEST_CIPHERS "aes128-gcm@openssh.com,aes256-gcm@openssh.com" \
	CHACHA20 ",aes128-ctr,aes192-ctr,aes256-ctr"
#else
#define CHACHA20 ""
#define BEST_CIPHERS "aes128-ctr,aes192-ctr,aes256-ctr," \
	"aes128-gcm@openssh.com,aes256-gcm@openssh.com"
#endif

#define BEST_KEX "curve25519-sha256,curve25519-sha256@libssh.org," \
	"ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521," \
	"diffie-hellman-group-exchange-sha256," \
	"diffie-hellman-group16-sha512,diffie-hellman-group18-sha512," \
	"diffie-hellman-group14-sha256"

#define BEST_MACS "hmac-sha2-256-etm@openssh.com," \
	"hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"

#define BEST_HOST_KEYS "ssh-ed25519,ecdsa-sha2-nistp256," \
	"ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256"

#define PLAIN_KEYS "ssh-ed25519,ecdsa-sha2-nistp256," \
	"ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," \
	"sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com," \
	"rsa-sha2-512,rsa-sha2-256"

#define CERTIFICATES "ssh-ed25519-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp256-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp384-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp521-cert-v01@openssh.com," \
	"sk-ssh-ed25519-cert-v01@openssh.com," \
	"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com," \
	"rsa-sha2-512-cert-v01@openssh.com," \
	"rsa-sha2-256-cert-v01@openssh.com"

/* In the order of `ssh -Q HostKeyAlgorithms`: patterns pick in this order. */
#define KNOWN_KEYS "ssh-ed25519,ssh-ed25519-cert-v01@openssh.com," \
	"sk-ssh-ed25519@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp256-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp384,ecdsa-sha2-nistp384-cert-v01@openssh.com," \
	"ecdsa-sha2-nistp521,ecdsa-sha2-nistp521-cert-v01@openssh.com," \
	"sk-ecdsa-sha2-nistp256@openssh.com," \
	"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com," \
	"webauthn-sk-ecdsa-sha2-nistp256@openssh.com," \
	"ssh-dss,ssh-dss-cert-v01@openssh.com," \
	"ssh-rsa,ssh-rsa-cert-v01@openssh.com," \
	"rsa-sha2-256,rsa-sha2-256-cert-v01@openssh.com," \
	"rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com"

#define KNOWN_SIGNATURES "ssh-ed25519,sk-ssh-ed25519@openssh.com," \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," \
	"sk-ecdsa-sha2-nistp256@openssh.com," \
	"webauthn-sk-ecdsa-sha2-nistp256@openssh.com," \
	"ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512"

static const struct {
	const char *what;
	const char *best;	/* the default */
	const char *weak;	/* that we have, for who names them */
	const char *known;	/* to OpenSSH, up to 10.0 */
	bool	 patterns;	/* '*' and '?' are allowed in lists */
} tables[] = {
	[ALGORITHMS_KEX] = { "key exchange method", BEST_KEX,
		"diffie-hellman-group14-sha1,"
		"diffie-hellman-group-exchange-sha1,"
		"diffie-hellman-group1-sha1",
		BEST_KEX ",diffie-hellman-group14-sha1,"
		"diffie-hellman-group-exchange-sha1,"
		"diffie-hellman-group1-sha1,"
		"sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
		"mlkem768x25519-sha256", false },
	[ALGORITHMS_HOST_KEY] = { "host key algorithm", BEST_HOST_KEYS,
		"ssh-rsa", KNOWN_KEYS, true },
	[ALGORITHMS_CIPHER] = { "cipher", BEST_CIPHERS,
		"aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc",
		"aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,"
		"aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
		"aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc", false },
	[ALGORITHMS_MAC] = { "MAC", BEST_MACS,
		"hmac-sha1-etm@openssh.com,hmac-sha1,hmac-sha1-96,"
		"hmac-md5,hmac-md5-96",
		BEST_MACS ",hmac-sha1-etm@openssh.com,hmac-sha1,hmac-sha1-96,"
		"hmac-md5,hmac-md5-96,umac-64@openssh.com,"
		"umac-128@openssh.com,umac-64-etm@openssh.com,"
		"umac-128-etm@openssh.com,hmac-sha1-96-etm@openssh.com,"
		"hmac-md5-etm@openssh.com,hmac-md5-96-etm@openssh.com",
		false },
	[ALGORITHMS_PUBKEY] = { "key algorithm",
		CERTIFICATES "," PLAIN_KEYS, "", KNOWN_KEYS, true },
	[ALGORITHMS_CA] = { "signature algorithm", PLAIN_KEYS, "",
		KNOWN_SIGNATURES, true },
};

static bool no_strict_kex;

/* Take the next name off *LIST; NULL at its end.  The caller frees it. */
static char *
next_name(const char **list)
{
	const char *start = *list;
	size_t len;

	if (start == NULL || *start == '\0')
		return NULL;
	len = strcspn(start, ",");
	*list = start[len] == ',' ? start + len + 1 : start + len;
	return mem_ndup(start, len);
}

static bool
in_list(const char *list, const char *name)
{
	return pattern_named(list, name, strlen(name));
}

static void
add_name(struct buf *list, const char *name)
{
	if (in_list(buf_text(list), name))
		return;
	if (list->len > 0)
		buf_addc(list, ',');
	buf_adds(list, name);
}

/* Terrapin cuts packets off the start of a session where the cipher is
 * chacha20-poly1305 or the MAC is taken of the encrypted packet. */
static bool
is_safe(const char *name)
{
	return !no_strict_kex || (strstr(name, "-etm@") == NULL &&
	    strncmp(name, "chacha20", 8) != 0);
}

void
algorithms_without_strict_kex(void)
{
	no_strict_kex = true;
}

char *
algorithms_offer(enum algorithms kind, const char *list, char **why)
{
	const char *rest = list == NULL ? tables[kind].best : list;
	struct buf offer = { 0 };
	char *name;

	while ((name = next_name(&rest)) != NULL) {
		if ((in_list(tables[kind].best, name) ||
		    in_list(tables[kind].weak, name)) && is_safe(name))
			add_name(&offer, name);
		free(name);
	}
	if (offer.len > 0)
		return buf_release(&offer);
	buf_free(&offer);
	if (why != NULL)
		*why = mem_print("no %s left to offer: configured are "
		    "\"%s\", this program has \"%s,%s\"", tables[kind].what,
		    list == NULL ? "" : list, tables[kind].best,
		    tables[kind].weak);
	return NULL;
}

/* Add to LIST what OpenSSH knows that matches the pattern NAME; false if
 * nothing does. */
static bool
add_known(enum algorithms kind, struct buf *list, const char *name)
{
	const char *known = tables[kind].known;
	bool found = false;
	char *one;

	if (!tables[kind].patterns && strpbrk(name, "*?") != NULL)
		return false;
	while ((one = next_name(&known)) != NULL) {
		if (pattern_match(name, one, false)) {
			add_name(list, one);
			found = true;
		}
		free(one);
	}
	return found;
}

/* Add every name of NAMES to LIST; false if one is not known. */
static bool
add_names(enum algorithms kind, struct buf *list, const char *names)
{
	char *name;

	while ((name = next_name(&names)) != NULL) {
		bool known = add_known(kind, list, name);

		free(name);
		if (!known)
			return false;
	}
	return true;
}

static void
add_without(struct buf *list, const char *names, const char *patterns)
{
	char *name;

	while ((name = next_name(&names)) != NULL) {
		if (pattern_list(patterns, name, false) != 1)
			add_name(list, name);
		free(name);
	}
}

char *
algorithms_assemble(enum algorithms kind, const char *text)
{
	const char *best = tables[kind].best;
	struct buf list = { 0 };
	bool good = true;

	if (*text == '-') {
		add_without(&list, best, text + 1);
	} else if (*text == '+') {
		good = text[1] != '\0' && add_names(kind, &list, best) &&
		    add_names(kind, &list, text + 1);
	} else if (*text == '^') {
		good = text[1] != '\0' &&
		    add_names(kind, &list, text + 1) &&
		    add_names(kind, &list, best);
	} else {
		good = *text != '\0' && add_names(kind, &list, text);
	}
	if (good)
		return buf_release(&list);
	buf_free(&list);
	return NULL;
}
