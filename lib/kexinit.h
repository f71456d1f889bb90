/* SPDX-License-Identifier: BSD-2-Clause */
/* What each side offers for the key exchange, read off the connection.
 *
 * Two sides without a common algorithm part, and libssh2 does not tell what
 * the host would have had.  This listens to the bytes of one side from the
 * first on, up to its SSH_MSG_KEXINIT (RFC 4253, sections 4.2, 6 and 7.1),
 * whatever they are and however they come in pieces. */
#ifndef KEXINIT_H
#define KEXINIT_H

#include <stddef.h>

struct kexinit;

/* One side, that has said nothing yet; NULL is one that never says anything,
 * to all of these. */
struct kexinit *kexinit_new(void);
void	 kexinit_free(struct kexinit *);

/* The side said these bytes, after those before.  What comes after the
 * algorithms, or cannot lead to any, is ignored; a packet is kept at most. */
void	 kexinit_add(struct kexinit *, const void *data, size_t len);

/* In fresh memory, what the two have no common algorithm for and what each
 * has; NULL if they agree or have not said what they offer.  It is text from
 * outside, of a few kilobytes at most. */
char	*kexinit_mismatch(const struct kexinit *ours,
	    const struct kexinit *theirs);

#endif
