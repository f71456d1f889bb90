/* SPDX-License-Identifier: BSD-2-Clause */
/* A tar stream that nobody is to be trusted with, laid down. */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>
#include <sys/types.h>

struct landing;

struct unpack {
	/* The next bytes, lent until the next call: their number, 0 at the
	 * end, -1 if there will be none. */
	ssize_t		(*take)(void *context, const void **data);
	void		*context;
	struct landing	*landing;

	/* What may come.  AS: one thing, by that name, whatever it is called
	 * there: a file, or (".") a tree.  NULL: whatever has one of these
	 * NAMES, patterns of fnmatch(3), by its own; several archives, one
	 * after the other, are taken then. */
	const char	*as;
	char *const	*names;
	bool		 trees;		/* also directories */

	/* How many were not laid down, being neither files nor directories,
	 * and the first one's name, for the caller to free, or NULL. */
	unsigned	 skipped;
	char		*first_skipped;
};

/* Returns NULL, or in fresh memory what is wrong: then what was laid down is
 * worth nothing. */
char	*unpack(struct unpack *);

#endif
