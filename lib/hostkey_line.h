/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of a known_hosts file: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
#ifndef HOSTKEY_LINE_H
#define HOSTKEY_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

#define HOSTKEY_SHA1 20		/* bytes in a salt and in a hashed name */

struct hostkey_type;
struct hostkey_hasher;		/* computes hashed names */

enum hostkey_marker {
	MARKER_NONE, MARKER_CA, MARKER_REVOKED
};

struct hostkey_line {
	enum hostkey_marker marker;
	char	*names;		/* the list, in lower case; NULL if hashed */
	unsigned char salt[HOSTKEY_SHA1], hash[HOSTKEY_SHA1];
	const struct hostkey_type *type;
	unsigned char *blob;
	size_t	 blob_len;
	const char *file;	/* where it stands; file is not owned */
	unsigned number;
};

/* Read one line, with or without its newline.  False if it says nothing:
 * empty, a comment, broken, or a key that no plain host key can be. */
bool	 hostkey_line_parse(struct hostkey_line *, const char *text);
void	 hostkey_line_clear(struct hostkey_line *);

/* Do its names have wildcards or negations? */
bool	 hostkey_line_is_pattern(const struct hostkey_line *);

struct hostkey_hasher *hostkey_hasher_new(void);
void	 hostkey_hasher_free(struct hostkey_hasher *);

/* Is the line for the host NAME, which is in lower case? */
bool	 hostkey_line_matches(const struct hostkey_line *, const char *name,
	    struct hostkey_hasher *);

/* Append NAME as HashKnownHosts writes it, with a fresh salt.  False, with
 * nothing appended, if there is no randomness. */
bool	 hostkey_line_hash(struct buf *, const char *name,
	    struct hostkey_hasher *);

#endif
