/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "hostkey_blob.h"
#include "mem.h"
#include "pubkey.h"
#include "wire.h"

#define BLANKS " \t"
#define AT	"@openssh.com"
#define CERT	"-cert-v01@openssh.com"

#define PLAIN(name, fields) { name, NULL, fields, false, name }
#define CERTIFIED(name, fields) \
	{ name CERT, name, fields, false, name CERT }
#define SK(name, fields) \
	{ name AT, NULL, fields, true, name AT }, \
	{ name CERT, name AT, fields, true, name CERT }

static const struct pubkey_type types[] = {
	PLAIN("ssh-ed25519", 1),
	PLAIN("ecdsa-sha2-nistp256", 2),
	PLAIN("ecdsa-sha2-nistp384", 2),
	PLAIN("ecdsa-sha2-nistp521", 2),
	{ "ssh-rsa", NULL, 2, false, "rsa-sha2-512,rsa-sha2-256,ssh-rsa" },
	CERTIFIED("ssh-ed25519", 1),
	CERTIFIED("ecdsa-sha2-nistp256", 2),
	CERTIFIED("ecdsa-sha2-nistp384", 2),
	CERTIFIED("ecdsa-sha2-nistp521", 2),
	{ "ssh-rsa" CERT, "ssh-rsa", 2, false, "rsa-sha2-512" CERT
	    ",rsa-sha2-256" CERT ",ssh-rsa" CERT },
	SK("sk-ssh-ed25519", 2),
	SK("sk-ecdsa-sha2-nistp256", 3),
};
#define TYPES (sizeof(types) / sizeof(types[0]))

const struct pubkey_type *
pubkey_type(const void *blob, size_t len)
{
	struct wire wire = { blob, len }, name;

	if (!wire_string(&wire, &name))
		return NULL;
	for (size_t i = 0; i < TYPES; i++) {
		if (wire_is(&name, types[i].name))
			return &types[i];
	}
	return NULL;
}

char *
pubkey_signature(const char *algorithm)
{
	const char *cert = strstr(algorithm, CERT);

	if (cert == NULL)
		return mem_dup(algorithm);
	return mem_print("%.*s%s", (int)(cert - algorithm), algorithm,
	    strncmp(algorithm, "sk-", 3) == 0 ? AT : "");
}

static bool
is_certificate(const void *blob, size_t len)
{
	struct certificate certificate;
	bool is = certificate_read(&certificate, blob, len);

	certificate_clear(&certificate);
	return is;
}

const struct pubkey_type *
pubkey_whole(const void *blob, size_t len)
{
	const struct pubkey_type *type = pubkey_type(blob, len);
	struct wire wire = { blob, len }, string;

	if (type == NULL)
		return NULL;
	if (type->plain != NULL)
		return is_certificate(blob, len) ? type : NULL;
	if (!type->hardware)
		return hostkey_blob_type(blob, len) != NULL ? type : NULL;
	for (unsigned i = 0; i <= type->fields; i++) {
		if (!wire_string(&wire, &string))
			return NULL;
	}
	return wire.left == 0 ? type : NULL;
}

const struct pubkey_type *
pubkey_parse(const char *text, const char **end, unsigned char **blob,
    size_t *len)
{
	const char *name = text + strspn(text, BLANKS);
	size_t name_len = strcspn(name, BLANKS);
	const char *base64 = name + name_len + strspn(name + name_len, BLANKS);
	size_t base64_len = strcspn(base64, BLANKS "\r\n");
	const struct pubkey_type *type;

	*blob = hostkey_blob_decode(base64, base64_len, len);
	if (*blob == NULL)
		return NULL;
	type = pubkey_whole(*blob, *len);
	if (type == NULL || strlen(type->name) != name_len ||
	    memcmp(type->name, name, name_len) != 0) {
		free(*blob);
		*blob = NULL;
		return NULL;
	}
	*end = base64 + base64_len;
	return type;
}
