/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes of a document on their way to the parser, without elements that nobody
 * wants. */
#ifndef XML_SIEVE_H
#define XML_SIEVE_H

#include <stddef.h>

#include "buf.h"

struct xml_sieve;

/* NAMES of such elements, of two letters or more; sorted, NULL-ended, stays.
 * Those that have attributes are read. */
struct xml_sieve *xml_sieve_new(const char *const *names);

/* The next LEN bytes: append what is left of them to OUT, maybe later.  It does
 * not matter in which pieces they come. */
void	 xml_sieve_feed(struct xml_sieve *, const char *data, size_t len,
	    struct buf *out);

/* There are no more. */
void	 xml_sieve_end(struct xml_sieve *, struct buf *out);

/* NULL is ignored. */
void	 xml_sieve_free(struct xml_sieve *);

#endif
