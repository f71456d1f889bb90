/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is a private key file; or, with a NUL in front, what stands in
 * one of OpenSSH's between BEGIN and END, which saves the fuzzer from learning
 * base64.  A key that is taken must be able to say what it is. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "certificate.h"
#include "fuzz.h"
#include "hostkey_blob.h"
#include "keyring.h"
#include "keyring_parse.h"
#include "mem.h"
#include "pubkey.h"

#define LARGE_BLOB 600	/* of an RSA key whose signatures take their time */

static void
check(const struct key *key)
{
	const struct pubkey_type *type;
	unsigned char *signature;
	size_t len;

	require((key->blob != NULL) == (key->type != NULL));
	if (key->blob != NULL) {
		type = pubkey_type(key->blob, key->blob_len);
		require(type != NULL && strcmp(type->name, key->type) == 0);
	}
	require((key->pkey != NULL) == (key->state == KEY_READY));
	if (key->state != KEY_READY || key->blob_len > LARGE_BLOB)
		return;
	require(key->blob != NULL);
	keyring_sign(key, strcmp(key->type, "ssh-rsa") == 0 ? "rsa-sha2-512" :
	    key->type, "data", 4, &signature, &len);
	free(signature);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct key key = { .state = KEY_REFUSED };
	struct buf text = { 0 };
	const char *problem;

	if (size > 0 && data[0] == '\0') {
		buf_adds(&text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
		hostkey_blob_encode(&text, data + 1, size - 1);
		buf_adds(&text, "\n-----END OPENSSH PRIVATE KEY-----\n");
	} else {
		buf_add(&text, data, size);
	}
	problem = keyring_parse(&key, buf_text(&text), text.len);
	require((problem == NULL) == (key.state == KEY_READY));
	check(&key);
	EVP_PKEY_free(key.pkey);
	free(key.blob);
	free(key.type);
	free(key.comment);
	if (key.certificate != NULL)
		certificate_clear(key.certificate);
	free(key.certificate);
	buf_free(&text);
	return 0;
}
