/* SPDX-License-Identifier: BSD-2-Clause */
/* The formats of private key files.  Nothing here touches a file, so that
 * hostile ones can be tried on it. */
#ifndef KEYRING_PARSE_H
#define KEYRING_PARSE_H

#include <stddef.h>

#include <openssl/evp.h>

#include "buf.h"
#include "wire.h"

struct key;

#define KEYRING_LOCKED \
	"needs a passphrase"

/* Fill in KEY, but for its path and why, from the contents of its file, LEN
 * bytes with a NUL behind them.  Returns NULL if it can sign, else what is in
 * the way (a literal). */
const char *keyring_parse(struct key *, const char *text, size_t len);

/* The same for one format: OpenSSH's, and what OpenSSL reads as PEM. */
const char *keyring_parse_openssh(struct key *, const char *text);
const char *keyring_parse_pem(struct key *, const char *text, size_t len);

/* A public key file, one line of "TYPE BASE64 COMMENT". */
const char *keyring_parse_public(struct key *, const char *text);

/* Keys from their numbers; NULL if they do not make one. */
EVP_PKEY *keyring_make_ed25519(struct wire seed);
EVP_PKEY *keyring_make_ecdsa(const char *curve, struct wire point,
    struct wire secret);
EVP_PKEY *keyring_make_rsa(struct wire n, struct wire e, struct wire d,
    struct wire iqmp, struct wire p, struct wire q);

/* Append PKEY's public half as SSH writes it; returns NULL, or why it is none
 * that SSH, or we, can use (a literal). */
const char *keyring_public(struct buf *, const EVP_PKEY *pkey);

#endif
