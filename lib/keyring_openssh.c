/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH's own format of private keys, "openssh-key-v1": PROTOCOL.key in its
 * source. */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hostkey_blob.h"
#include "keyring.h"
#include "keyring_parse.h"
#include "mem.h"
#include "pubkey.h"

#define BEGIN	"-----BEGIN OPENSSH PRIVATE KEY-----"
#define END	"-----END OPENSSH PRIVATE KEY-----"
#define MAGIC	"openssh-key-v1"	/* with its NUL */

static const char broken[] = "broken private key";

/* What stands between the BEGIN and the END line, decoded; the caller wipes
 * and frees it. */
static unsigned char *
take_armor_off(const char *text, size_t *len)
{
	const char *end = strstr(text, END);
	unsigned char *bytes;
	size_t kept = 0;
	char *base64;

	text += strlen(BEGIN);
	if (end == NULL || end < text)
		return NULL;
	base64 = mem_zero((size_t)(end - text) + 1);
	for (; text < end; text++) {
		if (strchr(" \t\r\n", *text) == NULL)
			base64[kept++] = *text;
	}
	bytes = hostkey_blob_decode(base64, kept, len);
	mem_wipe(base64, kept);
	return bytes;
}

/* Why no key of the type named TYPE can be used. */
static const char *
refuse_type(const struct wire *type)
{
	char *name = mem_ndup((const char *)type->at, type->left);
	const char *problem = "key of an unknown type";

	if (strstr(name, "-cert-v") != NULL)
		problem = "certificates are not supported as private keys";
	else if (strncmp(name, "sk-", 3) == 0)
		problem = "broken FIDO key";
	else if (strcmp(name, "ssh-dss") == 0)
		problem = "DSA keys are not supported";
	free(name);
	return problem;
}

static EVP_PKEY *
take_ed25519(struct wire *from)
{
	struct wire public, secret;

	if (!wire_string(from, &public) || !wire_string(from, &secret) ||
	    public.left != 32 || secret.left != 64)
		return NULL;
	secret.left = 32;	/* the seed; the public half follows it */
	return keyring_make_ed25519(secret);
}

static EVP_PKEY *
take_ecdsa(struct wire *from, const char *curve)
{
	struct wire name, point, secret;

	if (!wire_string(from, &name) || !wire_is(&name, curve) ||
	    !wire_string(from, &point) || !wire_string(from, &secret))
		return NULL;
	return keyring_make_ecdsa(curve, point, secret);
}

static EVP_PKEY *
take_rsa(struct wire *from)
{
	struct wire n, e, d, iqmp, p, q;

	if (!wire_string(from, &n) || !wire_string(from, &e) ||
	    !wire_string(from, &d) || !wire_string(from, &iqmp) ||
	    !wire_string(from, &p) || !wire_string(from, &q))
		return NULL;
	return keyring_make_rsa(n, e, d, iqmp, p, q);
}

/* The secret part, not encrypted: two equal numbers, the key, its comment,
 * and padding that counts from 1. */
static const char *
parse_secret(struct key *key, struct wire from)
{
	const struct hostkey_type *type;
	struct wire name, comment;
	uint32_t check[2];
	uint8_t pad;

	if (!wire_u32(&from, &check[0]) || !wire_u32(&from, &check[1]) ||
	    check[0] != check[1] || !wire_string(&from, &name))
		return broken;
	type = hostkey_blob_type_named((const char *)name.at, name.left);
	if (type == NULL || strcmp(type->label, "DSA") == 0)
		return refuse_type(&name);
	if (type->curve != NULL)
		key->pkey = take_ecdsa(&from, type->curve);
	else if (strcmp(type->label, "RSA") == 0)
		key->pkey = take_rsa(&from);
	else
		key->pkey = take_ed25519(&from);
	if (key->pkey == NULL || !wire_string(&from, &comment))
		return broken;
	for (unsigned i = 1; wire_byte(&from, &pad); i++) {
		if (pad != (i & 0xff))
			return broken;
	}
	free(key->comment);
	key->comment = mem_ndup((const char *)comment.at, comment.left);
	return NULL;
}

static const char *
parse_container(struct key *key, struct wire from)
{
	struct wire cipher, kdf, kdf_options, public, secret;
	const struct pubkey_type *type;
	uint32_t count;

	if (from.left < sizeof(MAGIC) ||
	    memcmp(from.at, MAGIC, sizeof(MAGIC)) != 0)
		return broken;
	wire_skip(&from, sizeof(MAGIC));
	if (!wire_string(&from, &cipher) || !wire_string(&from, &kdf) ||
	    !wire_string(&from, &kdf_options) || !wire_u32(&from, &count) ||
	    count != 1 || !wire_string(&from, &public) ||
	    !wire_string(&from, &secret))
		return broken;
	type = pubkey_whole(public.at, public.left);
	if (type == NULL || type->plain != NULL) {
		struct wire name;

		return wire_string(&public, &name) ? refuse_type(&name) :
		    broken;
	}
	key->blob = (unsigned char *)mem_ndup((const char *)public.at,
	    public.left);
	key->blob_len = public.left;
	if (type->hardware) {
		/* The rest says which token to ask, and how: agents know. */
		key->hardware = true;
		key->state = KEY_LOCKED;
		return "FIDO key, which only an agent can use: ssh-add it";
	}
	if (!wire_is(&cipher, "none") || !wire_is(&kdf, "none")) {
		key->state = KEY_LOCKED;
		return KEYRING_LOCKED;
	}
	return parse_secret(key, secret);
}

const char *
keyring_parse_openssh(struct key *key, const char *text)
{
	struct wire from = { 0 };
	unsigned char *bytes = take_armor_off(text, &from.left);
	size_t len = from.left;
	const char *problem;

	if (bytes == NULL)
		return broken;
	from.at = bytes;
	problem = parse_container(key, from);
	mem_wipe(bytes, len);
	return problem;
}
