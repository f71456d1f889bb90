/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys as bytes (RFC 4253, section 6.6) and as text. */
#ifndef HOSTKEY_BLOB_H
#define HOSTKEY_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct hostkey_type {
	const char *name;	/* in the blob: "ssh-rsa" */
	const char *label;	/* as ssh prints it: "RSA" */
	const char *curve;	/* ECDSA: its name in the blob, else NULL */
	const char *algorithms;	/* signatures it makes, best first, commas */
};

/* The type of a well-formed plain key (no certificate, no security key), or
 * NULL for anything else. */
const struct hostkey_type *hostkey_blob_type(const void *blob, size_t len);

/* The plain type called NAME, or NULL. */
const struct hostkey_type *hostkey_blob_type_named(const char *name,
    size_t len);

/* Can a key of this type make signatures by the ALGORITHM of LEN characters? */
bool	 hostkey_blob_signs(const struct hostkey_type *,
	    const char *algorithm, size_t len);

/* "SHA256:..." as ssh prints it, the caller's to free. */
char	*hostkey_blob_fingerprint(const void *blob, size_t len);

/* Read "TYPE BASE64" at TEXT, blanks before and between; *END is where it
 * stops.  False if it is not a well-formed plain key; else *BLOB is the
 * caller's to free. */
bool	 hostkey_blob_parse(const char *text, const char **end,
	    const struct hostkey_type **type, unsigned char **blob,
	    size_t *len);

/* LEN characters of strict base64 as bytes, the caller's to free; NULL if
 * they are none. */
unsigned char *hostkey_blob_decode(const char *text, size_t len,
    size_t *decoded);

/* Append the bytes as base64. */
void	 hostkey_blob_encode(struct buf *, const void *bytes, size_t len);

#endif
