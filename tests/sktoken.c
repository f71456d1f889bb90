/* SPDX-License-Identifier: BSD-2-Clause */
/* A FIDO token in software, behind the interface that OpenSSH has for such
 * (sk-api.h in its source), for `ssh-keygen -w` and ssh-agent.
 *
 * A key's handle is its private half.  $SKTOKEN_TOUCH, if set, is a file: a
 * signature waits until it is there, as a token waits for a finger, and the
 * file $SKTOKEN_TOUCH.wanted says that it waits. */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define API_VERSION 0x000a0000
#define FAILED	(-1)

enum { ECDSA, ED25519 };
enum { PRESENT = 1 };

struct enrolled {
	uint8_t	 flags;
	uint8_t	*public_key;
	size_t	 public_key_len;
	uint8_t	*handle;
	size_t	 handle_len;
	uint8_t	*signature;
	size_t	 signature_len;
	uint8_t	*certificate;
	size_t	 certificate_len;
	uint8_t	*data;
	size_t	 data_len;
};

struct signature {
	uint8_t	 flags;
	uint32_t counter;
	uint8_t	*r;
	size_t	 r_len;
	uint8_t	*s;
	size_t	 s_len;
};

struct option;

uint32_t sk_api_version(void);
int	 sk_enroll(uint32_t, const uint8_t *, size_t, const char *, uint8_t,
	    const char *, struct option **, struct enrolled **);
int	 sk_sign(uint32_t, const uint8_t *, size_t, const char *,
	    const uint8_t *, size_t, uint8_t, const char *, struct option **,
	    struct signature **);
int	 sk_load_resident_keys(const char *, struct option **, void ***,
	    size_t *);

uint32_t
sk_api_version(void)
{
	return API_VERSION;
}

/* The private half as a handle, and the public one as the protocol has it. */
static int
export_key(EVP_PKEY *key, uint32_t algorithm, struct enrolled *enrolled)
{
	uint8_t room[256], *der = NULL;
	size_t len = sizeof(room);
	int der_len;

	if (algorithm == ED25519) {
		enrolled->public_key = calloc(1, 32);
		enrolled->public_key_len = 32;
		enrolled->handle = calloc(1, 32);
		enrolled->handle_len = 32;
		return EVP_PKEY_get_raw_public_key(key, enrolled->public_key,
		    &enrolled->public_key_len) == 1 &&
		    EVP_PKEY_get_raw_private_key(key, enrolled->handle,
		    &enrolled->handle_len) == 1 ? 0 : FAILED;
	}
	if (EVP_PKEY_get_octet_string_param(key,
	    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, room, sizeof(room), &len) != 1)
		return FAILED;
	enrolled->public_key = calloc(1, len);
	enrolled->public_key_len = len;
	memcpy(enrolled->public_key, room, len);
	der_len = i2d_PrivateKey(key, &der);
	if (der_len <= 0)
		return FAILED;
	enrolled->handle = der;
	enrolled->handle_len = (size_t)der_len;
	return 0;
}

int
sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_len,
    const char *application, uint8_t flags, const char *pin,
    struct option **options, struct enrolled **answer)
{
	EVP_PKEY *key = algorithm == ED25519 ?
	    EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") :
	    EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	struct enrolled *enrolled = calloc(1, sizeof(*enrolled));

	(void)challenge;
	(void)challenge_len;
	(void)application;
	(void)pin;
	(void)options;
	if (key == NULL || enrolled == NULL)
		return FAILED;
	enrolled->flags = flags;
	/* Nobody looks at these, but they must be there. */
	enrolled->signature = calloc(1, 1);
	enrolled->certificate = calloc(1, 1);
	enrolled->data = calloc(1, 1);
	enrolled->signature_len = enrolled->certificate_len = 1;
	enrolled->data_len = 1;
	*answer = enrolled;
	return export_key(key, algorithm, enrolled);
}

static void
wait_for_touch(void)
{
	const char *touch = getenv("SKTOKEN_TOUCH");
	char wanted[4096];
	int fd;

	if (touch == NULL)
		return;
	snprintf(wanted, sizeof(wanted), "%s.wanted", touch);
	fd = open(wanted, O_WRONLY | O_CREAT, 0600);
	if (fd >= 0)
		close(fd);
	while (access(touch, F_OK) != 0)
		usleep(10000);
}

static EVP_PKEY *
import_key(uint32_t algorithm, const uint8_t *handle, size_t len)
{
	if (algorithm == ED25519)
		return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
		    handle, len);
	return d2i_AutoPrivateKey(NULL, &handle, (long)len);
}

static void
take_number(const BIGNUM *number, uint8_t **bytes, size_t *len)
{
	*len = (size_t)BN_num_bytes(number);
	*bytes = calloc(1, *len);
	BN_bn2bin(number, *bytes);
}

/* Two numbers of ECDSA, one string of Ed25519. */
static int
take_signature(uint32_t algorithm, uint8_t *bytes, size_t len,
    struct signature *signature)
{
	const uint8_t *at = bytes;
	ECDSA_SIG *pair;

	if (algorithm == ED25519) {
		signature->r = bytes;
		signature->r_len = len;
		return 0;
	}
	pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
	if (pair == NULL)
		return FAILED;
	take_number(ECDSA_SIG_get0_r(pair), &signature->r, &signature->r_len);
	take_number(ECDSA_SIG_get0_s(pair), &signature->s, &signature->s_len);
	ECDSA_SIG_free(pair);
	free(bytes);
	return 0;
}

int
sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_len,
    const char *application, const uint8_t *handle, size_t handle_len,
    uint8_t flags, const char *pin, struct option **options,
    struct signature **answer)
{
	EVP_PKEY *key = import_key(algorithm, handle, handle_len);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct signature *signature = calloc(1, sizeof(*signature));
	uint8_t message[32 + 1 + 4 + 32], *bytes = calloc(1, 256);
	size_t len = 256;

	(void)pin;
	(void)options;
	if (key == NULL || signature == NULL || bytes == NULL)
		return FAILED;
	wait_for_touch();
	signature->flags = flags | PRESENT;
	signature->counter = 7;
	if (EVP_Digest(application, strlen(application), message, NULL,
	    EVP_sha256(), NULL) != 1 || EVP_Digest(data, data_len,
	    message + 37, NULL, EVP_sha256(), NULL) != 1)
		return FAILED;
	message[32] = signature->flags;
	memcpy(message + 33, "\0\0\0\7", 4);
	if (EVP_DigestSignInit(context, NULL, algorithm == ED25519 ? NULL :
	    EVP_sha256(), NULL, key) != 1 || EVP_DigestSign(context, bytes,
	    &len, message, sizeof(message)) != 1)
		return FAILED;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	*answer = signature;
	return take_signature(algorithm, bytes, len, signature);
}

int
sk_load_resident_keys(const char *pin, struct option **options, void ***keys,
    size_t *count)
{
	(void)pin;
	(void)options;
	(void)keys;
	*count = 0;
	return FAILED;
}
