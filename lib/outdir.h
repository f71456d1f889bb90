/* SPDX-License-Identifier: BSD-2-Clause */
/* The directories of -o and -e: one file a host, named as pssh names it. */
#ifndef OUTDIR_H
#define OUTDIR_H

#include <stdbool.h>

struct outdir;

/* Make PATH and its parents where missing and open it.  NULL after a message
 * if it cannot be had or written to.  APPEND: files grow instead of starting
 * anew. */
struct outdir *outdir_open(const char *path, bool append);

/* The file for the host LABEL, created or truncated now; the second visit of
 * the same LABEL in a run gets "LABEL.1", and so on, in the order of
 * outdir_name() calls.  A name is refused that would leave the directory or
 * hide in it ('/', a leading '.', control bytes); symbolic links are not
 * followed.  The descriptor is close-on-exec, the caller closes it.  -1: errno
 * says why (EINVAL: the name). */
int	 outdir_create(struct outdir *, const char *name);

/* The file name of the next visit of LABEL: call it once a visit, in the order
 * of the host list, so that numbers do not depend on who is faster.  The caller
 * frees it; NULL where the outdir is NULL. */
char	*outdir_name(struct outdir *, const char *label);

/* Open the directory NAME, a host's own, or the one that BELOW, a path without
 * "..", leads to from there; "" is that itself.  What is missing is made: MADE
 * levels.  NAME is as outdir_create() has it, links are not followed.  It
 * changes nothing in memory, so a thread may call it.  -1: errno says why. */
int	 outdir_enter(const struct outdir *, const char *name,
	    const char *below, unsigned *made);

/* Remove the last MADE levels of it again, unless there is something there. */
void	 outdir_retreat(const struct outdir *, const char *name,
	    const char *below, unsigned made);

void	 outdir_free(struct outdir *);

#endif
