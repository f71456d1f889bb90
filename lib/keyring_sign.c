/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures: RFC 4253, section 6.6 (RSA), RFC 8332 (with SHA-2), RFC 5656
 * (ECDSA) and RFC 8709 (Ed25519). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "buf.h"
#include "keyring.h"
#include "mem.h"
#include "wire.h"

/* The digest that goes with ALGORITHM; Ed25519 has its own inside. */
static const struct digest {
	const char *algorithm;
	const char *key;	/* the type of key that it is for */
	const EVP_MD *(*digest)(void);
} digests[] = {
	{ "ssh-ed25519", "ssh-ed25519", NULL },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", EVP_sha256 },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", EVP_sha384 },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", EVP_sha512 },
	{ "rsa-sha2-512", "ssh-rsa", EVP_sha512 },
	{ "rsa-sha2-256", "ssh-rsa", EVP_sha256 },
	{ "ssh-rsa", "ssh-rsa", EVP_sha1 },
};
#define DIGESTS (sizeof(digests) / sizeof(digests[0]))

static const struct digest *
find_digest(const struct key *key, const char *algorithm)
{
	for (size_t i = 0; i < DIGESTS; i++) {
		if (strcmp(digests[i].algorithm, algorithm) == 0)
			return strcmp(digests[i].key, key->type) == 0 ?
			    &digests[i] : NULL;
	}
	return NULL;
}

static void
add_mpint(struct buf *out, const BIGNUM *number)
{
	size_t len = (size_t)BN_num_bytes(number);
	bool sign = len > 0 && BN_num_bits(number) % 8 == 0;

	wire_add_u32(out, (uint32_t)(len + sign));
	if (sign)
		buf_addc(out, '\0');
	out->len += (size_t)BN_bn2bin(number,
	    (unsigned char *)buf_reserve(out, len));
}

/* OpenSSL's ECDSA signatures are DER, SSH's are two mpints. */
static bool
undress_ecdsa(unsigned char **signature, size_t *len)
{
	const unsigned char *at = *signature;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)*len);
	struct buf out = { 0 };

	if (pair == NULL)
		return false;
	add_mpint(&out, ECDSA_SIG_get0_r(pair));
	add_mpint(&out, ECDSA_SIG_get0_s(pair));
	ECDSA_SIG_free(pair);
	free(*signature);
	*len = out.len;
	*signature = (unsigned char *)buf_release(&out);
	return true;
}

bool
keyring_sign(const struct key *key, const char *algorithm, const void *data,
    size_t len, unsigned char **signature, size_t *signature_len)
{
	const struct digest *digest;
	EVP_MD_CTX *context;
	bool done;

	*signature = NULL;
	*signature_len = 0;
	if (key->state != KEY_READY)
		return false;
	digest = find_digest(key, algorithm);
	if (digest == NULL)
		return false;
	context = EVP_MD_CTX_new();
	done = context != NULL && EVP_DigestSignInit(context, NULL,
	    digest->digest != NULL ? digest->digest() : NULL, NULL,
	    key->pkey) == 1 &&
	    EVP_DigestSign(context, NULL, signature_len, data, len) == 1;
	if (done) {
		*signature = mem_zero(*signature_len);
		done = EVP_DigestSign(context, *signature, signature_len,
		    data, len) == 1;
	}
	EVP_MD_CTX_free(context);
	if (done && strncmp(key->type, "ecdsa-", 6) == 0)
		done = undress_ecdsa(signature, signature_len);
	if (!done) {
		free(*signature);
		*signature = NULL;
		ERR_clear_error();
	}
	return done;
}
