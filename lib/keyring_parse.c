/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the formats apart, and what they have in common. */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "certificate.h"
#include "hostkey_blob.h"
#include "keyring.h"
#include "keyring_parse.h"
#include "mem.h"
#include "pubkey.h"

#define OPENSSH_BEGIN	"-----BEGIN OPENSSH PRIVATE KEY-----"

/* OpenSSL asks for a passphrase: note that, and have none. */
static int
note_passphrase(char *room, int size, int writing, void *context)
{
	bool *asked = context;

	(void)room;
	(void)size;
	(void)writing;
	*asked = true;
	return -1;
}

const char *
keyring_parse_pem(struct key *key, const char *text, size_t len)
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	bool asked = false;

	if (bio != NULL)
		key->pkey = PEM_read_bio_PrivateKey(bio, NULL, note_passphrase,
		    &asked);
	BIO_free(bio);
	if (key->pkey != NULL)
		return NULL;
	if (!asked)
		return "not a private key, or a broken one";
	key->state = KEY_LOCKED;
	return KEYRING_LOCKED;
}

const char *
keyring_parse_public(struct key *key, const char *text)
{
	const struct pubkey_type *type;
	const char *end;

	type = pubkey_parse(text, &end, &key->blob, &key->blob_len);
	if (type == NULL)
		return "not a public key, or a broken one";
	end += strspn(end, " \t");
	if (strcspn(end, "\r\n") > 0) {
		free(key->comment);
		key->comment = mem_ndup(end, strcspn(end, "\r\n"));
	}
	key->type = mem_dup(type->name);
	if (type->plain != NULL) {
		key->certificate = mem_zero(sizeof(*key->certificate));
		certificate_read(key->certificate, key->blob, key->blob_len);
	}
	key->state = KEY_MISSING;
	return "only the public half of a key";
}

/* The key can sign, so far: its public half follows from it, and must be what
 * the file says, if it says anything. */
static const char *
check_public(struct key *key)
{
	struct buf public = { 0 };
	const char *problem = keyring_public(&public, key->pkey);

	if (problem == NULL &&
	    hostkey_blob_type(public.data, public.len) == NULL)
		problem = "broken private key";
	if (problem == NULL && key->blob != NULL &&
	    (key->blob_len != public.len ||
	    memcmp(key->blob, public.data, public.len) != 0))
		problem = "its public and private half do not match";
	if (problem == NULL) {
		free(key->blob);
		key->blob_len = public.len;
		key->blob = (unsigned char *)buf_release(&public);
		key->state = KEY_READY;
	}
	buf_free(&public);
	return problem;
}

const char *
keyring_parse(struct key *key, const char *text, size_t len)
{
	const char *problem;

	key->state = KEY_REFUSED;
	if (strncmp(text, OPENSSH_BEGIN, strlen(OPENSSH_BEGIN)) == 0)
		problem = keyring_parse_openssh(key, text);
	else if (strstr(text, "-----BEGIN ") != NULL)
		problem = keyring_parse_pem(key, text, len);
	else
		problem = keyring_parse_public(key, text);
	if (problem == NULL)
		problem = check_public(key);
	if (problem != NULL) {
		EVP_PKEY_free(key->pkey);
		key->pkey = NULL;
	}
	if (key->blob != NULL && key->type == NULL)
		key->type = mem_dup(pubkey_type(key->blob,
		    key->blob_len)->name);
	/* What OpenSSL has to say helps no user, and piles up. */
	ERR_clear_error();
	return problem;
}
