/* SPDX-License-Identifier: BSD-2-Clause */
/* The run's private key files.  Each is read and parsed once, when the first
 * host asks for it, and signs for all of them.  Formats: OpenSSH's own
 * (PROTOCOL.key) and PEM; Ed25519, ECDSA on the NIST curves, and RSA. */
#ifndef KEYRING_H
#define KEYRING_H

#include <stdbool.h>
#include <stddef.h>

struct certificate;
struct keyring;

enum key_state {
	KEY_READY,	/* can sign */
	KEY_MISSING,	/* no such file: not worth telling */
	KEY_LOCKED,	/* needs a passphrase, or a FIDO token: unlock.h */
	KEY_REFUSED,	/* unreadable, broken, open to others, unsupported */
};

struct key {
	enum key_state state;
	char	*path;
	char	*why;		/* unless READY: "FILE: what", for a message */

	/* The public half (RFC 4253, section 6.6, or pubkey.h): always there
	 * if READY, and otherwise if the file or the .pub file beside it tells
	 * it, so that an agent can be asked for it.  NULL and 0 if unknown. */
	unsigned char *blob;
	size_t	 blob_len;
	char	*type;		/* "ssh-ed25519", or NULL */
	char	*comment;	/* never NULL */
	bool	 hardware;	/* LOCKED, but maybe without a passphrase */
	struct certificate *certificate;	/* what it says, if it is one */

	struct evp_pkey_st *pkey;	/* if READY */
};

struct keyring *keyring_new(void);

/* Wipe and free all keys. */
void	 keyring_free(struct keyring *);

/* The key in the file PATH, in whatever state; lent, until keyring_free(). */
const struct key *keyring_file(struct keyring *, const char *path);

/* The certificate in the file PATH, or in PATH.pub if there is none; lent as
 * well.  Never READY, and without certificate if it is none: then `why` says
 * more. */
const struct key *keyring_certificate(struct keyring *, const char *path);

/* Sign the LEN bytes at DATA with a READY key, by the signature ALGORITHM
 * ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "ssh-rsa" ...).
 * *SIGNATURE is the inner blob, without the algorithm's name, as libssh2's
 * sign callback returns it; the caller frees it.  False if ALGORITHM is not
 * one for this key or signing failed. */
bool	 keyring_sign(const struct key *, const char *algorithm,
	    const void *data, size_t len, unsigned char **signature,
	    size_t *signature_len);

#endif
