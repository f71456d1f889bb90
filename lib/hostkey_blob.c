/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "hostkey_blob.h"
#include "mem.h"
#include "pattern.h"
#include "wire.h"

#define BLANKS " \t"

static const struct hostkey_type types[] = {
	{ "ssh-ed25519", "ED25519", NULL, "ssh-ed25519" },
	{ "ecdsa-sha2-nistp256", "ECDSA", "nistp256", "ecdsa-sha2-nistp256" },
	{ "ecdsa-sha2-nistp384", "ECDSA", "nistp384", "ecdsa-sha2-nistp384" },
	{ "ecdsa-sha2-nistp521", "ECDSA", "nistp521", "ecdsa-sha2-nistp521" },
	{ "ssh-rsa", "RSA", NULL, "rsa-sha2-512,rsa-sha2-256,ssh-rsa" },
	{ "ssh-dss", "DSA", NULL, "ssh-dss" },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

const struct hostkey_type *
hostkey_blob_type_named(const char *name, size_t len)
{
	struct wire wanted = { (const unsigned char *)name, len };

	for (size_t i = 0; i < TYPES; i++) {
		if (wire_is(&wanted, types[i].name))
			return &types[i];
	}
	return NULL;
}

/* The rest of a blob has COUNT strings, none empty, and nothing else. */
static bool
strings_only(struct wire wire, unsigned count)
{
	struct wire string;

	while (count-- > 0) {
		if (!wire_string(&wire, &string) || string.left == 0)
			return false;
	}
	return wire.left == 0;
}

/* A point that is not compressed, on a curve of that many bits. */
static bool
point_fits(const struct wire *point, const char *curve)
{
	size_t bits = strtoul(curve + strlen("nistp"), NULL, 10);

	return point->left == 1 + 2 * ((bits + 7) / 8) && point->at[0] == 4;
}

const struct hostkey_type *
hostkey_blob_type(const void *blob, size_t len)
{
	struct wire wire = { blob, len }, string;
	const struct hostkey_type *type;
	bool well_formed;

	if (!wire_string(&wire, &string))
		return NULL;
	type = hostkey_blob_type_named((const char *)string.at, string.left);
	if (type == NULL)
		return NULL;
	if (type->curve != NULL)
		well_formed = wire_string(&wire, &string) &&
		    wire_is(&string, type->curve) &&
		    wire_string(&wire, &string) && wire.left == 0 &&
		    point_fits(&string, type->curve);
	else if (strcmp(type->label, "ED25519") == 0)
		well_formed = wire_string(&wire, &string) &&
		    string.left == 32 && wire.left == 0;
	else
		well_formed = strings_only(wire,
		    strcmp(type->label, "RSA") == 0 ? 2 : 4);
	return well_formed ? type : NULL;
}

bool
hostkey_blob_signs(const struct hostkey_type *type, const char *algorithm,
    size_t len)
{
	return pattern_named(type->algorithms, algorithm, len);
}

void
hostkey_blob_encode(struct buf *buf, const void *bytes, size_t len)
{
	char *at = buf_reserve(buf, (len + 2) / 3 * 4 + 1);
	int written = EVP_EncodeBlock((unsigned char *)at, bytes, (int)len);

	buf->len += (size_t)written;
}

unsigned char *
hostkey_blob_decode(const char *text, size_t len, size_t *decoded)
{
	unsigned char *bytes;
	size_t padding = 0;

	while (padding < 2 && padding < len && text[len - 1 - padding] == '=')
		padding++;
	/* OpenSSL would skip blanks around the text and count them as data. */
	if (len == 0 || len > INT_MAX / 2 || len % 4 != 0 ||
	    strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+/") < len - padding)
		return NULL;
	bytes = mem_zero(len / 4 * 3);
	if (EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len) < 0) {
		free(bytes);
		return NULL;
	}
	*decoded = len / 4 * 3 - padding;
	return bytes;
}

char *
hostkey_blob_fingerprint(const void *blob, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	struct buf text = { 0 };

	buf_adds(&text, "SHA256:");
	if (EVP_Digest(blob, len, digest, &digest_len, EVP_sha256(), NULL) == 1)
		hostkey_blob_encode(&text, digest, digest_len);
	while (text.len > 0 && text.data[text.len - 1] == '=')
		text.len--;
	return buf_release(&text);
}

bool
hostkey_blob_parse(const char *text, const char **end,
    const struct hostkey_type **type, unsigned char **blob, size_t *len)
{
	const struct hostkey_type *named;
	const char *name = text + strspn(text, BLANKS);
	size_t name_len = strcspn(name, BLANKS);
	const char *base64 = name + name_len + strspn(name + name_len, BLANKS);
	size_t base64_len = strcspn(base64, BLANKS "\r\n");

	named = hostkey_blob_type_named(name, name_len);
	if (named == NULL)
		return false;
	*blob = hostkey_blob_decode(base64, base64_len, len);
	if (*blob == NULL)
		return false;
	*type = hostkey_blob_type(*blob, *len);
	if (*type != named) {
		free(*blob);
		*blob = NULL;
		return false;
	}
	*end = base64 + base64_len;
	return true;
}
