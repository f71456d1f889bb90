/* SPDX-License-Identifier: BSD-2-Clause */
/* The public keys that users log in with: plain ones (hostkey_blob.h), those
 * that a FIDO token holds (PROTOCOL.u2f in OpenSSH's source), and certificates
 * of either (PROTOCOL.certkeys there). */
#ifndef PUBKEY_H
#define PUBKEY_H

#include <stdbool.h>
#include <stddef.h>

struct pubkey_type {
	const char *name;	/* in the blob */
	const char *plain;	/* certificate: the name of the key inside, else
				 * NULL */
	unsigned fields;	/* strings that make the key, behind the name
				 * and a certificate's nonce */
	bool	 hardware;	/* held by a FIDO token */
	const char *algorithms;	/* names by which it may log in, best first,
				 * commas between */
};

/* What kind of key the blob begins like, or NULL for one that we, or OpenSSH,
 * do not log in with. */
const struct pubkey_type *pubkey_type(const void *blob, size_t len);

/* The same for the whole of a well-formed one. */
const struct pubkey_type *pubkey_whole(const void *blob, size_t len);

/* The signature's own name for the ALGORITHM of a login: without what makes it
 * a certificate's.  The caller's to free. */
char	*pubkey_signature(const char *algorithm);

/* Read "TYPE BASE64" at TEXT, blanks before and between; *END is where it
 * stops.  NULL if it is not the public half of a key that we know, or is a
 * broken one; else *BLOB is the caller's to free. */
const struct pubkey_type *pubkey_parse(const char *text, const char **end,
    unsigned char **blob, size_t *len);

#endif
