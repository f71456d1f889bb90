/* SPDX-License-Identifier: BSD-2-Clause */
/* What a certificate says of itself (PROTOCOL.certkeys in OpenSSH's source).
 * Only hosts judge certificates: here they are read to tell which key they are
 * for, and why a host may have refused one. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct certificate {
	unsigned char *plain;	/* the blob of the key that it certifies */
	size_t	 plain_len;
	bool	 user;		/* for users, not for hosts */
	char	*id;		/* what its maker calls it */
	char	**principals;	/* whom it lets in; none: anybody */
	uint64_t after, before;	/* seconds since 1970; before that moment */
	char	*addresses;	/* whence: address patterns, or NULL */
};

/* Read a certificate of any type that pubkey.h knows.  False if it is none or
 * a broken one; it is cleared the same way. */
bool	 certificate_read(struct certificate *, const void *blob, size_t len);
void	 certificate_clear(struct certificate *);

/* Why a host is likely to refuse USER with it at the time NOW, in words that
 * follow its name ("expired 2026-01-31 12:00"), the caller's to free; NULL if
 * nothing that it says tells. */
char	*certificate_doubt(const struct certificate *, const char *user,
	    time_t now);

#endif
