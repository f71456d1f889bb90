/* SPDX-License-Identifier: BSD-2-Clause */
/* Between OpenSSL's keys and SSH's. */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "keyring_parse.h"

#define LEAST_RSA_BITS	1024	/* as OpenSSH */
#define MOST_RSA_BITS	16384

static const struct curve {
	const char *ssh;
	const char *openssl;
	size_t	 bytes;		/* of a coordinate */
} curves[] = {
	{ "nistp256", "prime256v1", 32 },
	{ "nistp384", "secp384r1", 48 },
	{ "nistp521", "secp521r1", 66 },
};
#define CURVES (sizeof(curves) / sizeof(curves[0]))

static const struct curve *
find_curve(const char *ssh, const char *openssl)
{
	for (size_t i = 0; i < CURVES; i++) {
		if ((ssh != NULL && strcmp(curves[i].ssh, ssh) == 0) ||
		    (openssl != NULL &&
		    strcmp(curves[i].openssl, openssl) == 0))
			return &curves[i];
	}
	return NULL;
}

EVP_PKEY *
keyring_make_ed25519(struct wire seed)
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed.at,
	    seed.left);
}

/* A key of OpenSSL's TYPE from what was gathered in BUILD. */
static EVP_PKEY *
make_key(const char *type, OSSL_PARAM_BLD *build)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *pkey = NULL;

	if (context == NULL || params == NULL ||
	    EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
		pkey = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(context);
	return pkey;
}

/* A positive mpint, in memory that OpenSSL keeps apart for secrets if it was
 * told to, and wipes. */
static BIGNUM *
to_number(struct wire mpint)
{
	BIGNUM *number;

	if (mpint.left == 0 || mpint.left > MOST_RSA_BITS / 8 + 1 ||
	    (mpint.at[0] & 0x80) != 0)
		return NULL;
	number = BN_secure_new();
	if (number != NULL &&
	    BN_bin2bn(mpint.at, (int)mpint.left, number) == NULL) {
		BN_clear_free(number);
		return NULL;
	}
	return number;
}

EVP_PKEY *
keyring_make_ecdsa(const char *curve_name, struct wire point,
    struct wire secret)
{
	const struct curve *curve = find_curve(curve_name, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *number = to_number(secret);
	EVP_PKEY *pkey = NULL;

	if (curve != NULL && build != NULL && number != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
	    curve->openssl, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
	    point.at, point.left) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY,
	    number) == 1)
		pkey = make_key("EC", build);
	OSSL_PARAM_BLD_free(build);
	BN_clear_free(number);
	return pkey;
}

/* SECRET modulo PRIME - 1. */
static BIGNUM *
reduce(const BIGNUM *secret, const BIGNUM *prime, BN_CTX *context)
{
	BIGNUM *less = BN_secure_new(), *rest = BN_secure_new();
	bool done = less != NULL && rest != NULL &&
	    BN_sub(less, prime, BN_value_one()) == 1;

	if (done) {
		BN_set_flags(less, BN_FLG_CONSTTIME);
		done = BN_mod(rest, secret, less, context) == 1;
	}
	BN_clear_free(less);
	if (!done) {
		BN_clear_free(rest);
		return NULL;
	}
	return rest;
}

EVP_PKEY *
keyring_make_rsa(struct wire n, struct wire e, struct wire d,
    struct wire iqmp, struct wire p, struct wire q)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
		OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	};
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	BIGNUM *numbers[COUNT] = {
		to_number(n), to_number(e), to_number(d), to_number(iqmp),
		to_number(p), to_number(q),
	};
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BN_CTX *context = BN_CTX_secure_new();
	EVP_PKEY *pkey = NULL;
	bool ready = build != NULL && context != NULL;

	if (ready && numbers[2] != NULL && numbers[4] != NULL &&
	    numbers[5] != NULL) {
		/* The file leaves out what can be worked out. */
		numbers[6] = reduce(numbers[2], numbers[4], context);
		numbers[7] = reduce(numbers[2], numbers[5], context);
	}
	for (size_t i = 0; ready && i < COUNT; i++)
		ready = numbers[i] != NULL &&
		    OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]) == 1;
	if (ready)
		pkey = make_key("RSA", build);
	OSSL_PARAM_BLD_free(build);
	BN_CTX_free(context);
	for (size_t i = 0; i < COUNT; i++)
		BN_clear_free(numbers[i]);
	return pkey;
}

/* Append PKEY's number called NAME: as an mpint, or with WIDTH, as that many
 * bytes. */
static bool
add_number(struct buf *out, const EVP_PKEY *pkey, const char *name,
    size_t width)
{
	BIGNUM *number = NULL;
	bool added = false;
	size_t len;

	if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1)
		return false;
	len = (size_t)BN_num_bytes(number);
	if (width > 0) {
		char *at = buf_reserve(out, width);

		added = BN_bn2binpad(number, (unsigned char *)at,
		    (int)width) == (int)width;
		if (added)
			out->len += width;
	} else {
		bool sign = BN_num_bits(number) % 8 == 0;

		wire_add_u32(out, (uint32_t)(len + sign));
		if (sign)
			buf_addc(out, '\0');
		out->len += (size_t)BN_bn2bin(number,
		    (unsigned char *)buf_reserve(out, len));
		added = true;
	}
	BN_free(number);
	return added;
}

static const char *
add_rsa(struct buf *out, const EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);

	if (bits < LEAST_RSA_BITS)
		return "RSA keys of less than 1024 bits are not accepted";
	if (bits > MOST_RSA_BITS)
		return "RSA keys of more than 16384 bits are not accepted";
	wire_add_string(out, "ssh-rsa", strlen("ssh-rsa"));
	if (!add_number(out, pkey, OSSL_PKEY_PARAM_RSA_E, 0) ||
	    !add_number(out, pkey, OSSL_PKEY_PARAM_RSA_N, 0))
		return "broken RSA key";
	return NULL;
}

static const char *
add_ecdsa(struct buf *out, const EVP_PKEY *pkey)
{
	const struct curve *curve;
	char group[64];
	size_t len;

	if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME,
	    group, sizeof(group), &len) != 1)
		return "ECDSA key on a curve without a name";
	curve = find_curve(NULL, group);
	if (curve == NULL)
		return "ECDSA key on a curve that SSH does not know";
	wire_add_u32(out, (uint32_t)(strlen("ecdsa-sha2-") +
	    strlen(curve->ssh)));
	buf_addf(out, "ecdsa-sha2-%s", curve->ssh);
	wire_add_string(out, curve->ssh, strlen(curve->ssh));
	wire_add_u32(out, (uint32_t)(1 + 2 * curve->bytes));
	buf_addc(out, 4);	/* not compressed */
	if (!add_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->bytes) ||
	    !add_number(out, pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->bytes))
		return "broken ECDSA key";
	return NULL;
}

const char *
keyring_public(struct buf *out, const EVP_PKEY *pkey)
{
	unsigned char raw[32];
	size_t len = sizeof(raw);

	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		return add_rsa(out, pkey);
	case EVP_PKEY_EC:
		return add_ecdsa(out, pkey);
	case EVP_PKEY_ED25519:
		if (EVP_PKEY_get_raw_public_key(pkey, raw, &len) != 1)
			return "broken Ed25519 key";
		wire_add_string(out, "ssh-ed25519", strlen("ssh-ed25519"));
		wire_add_string(out, raw, len);
		return NULL;
	default:
		return "not an Ed25519, ECDSA or RSA key";
	}
}
