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
 * frees it. */
char	*outdir_name(struct outdir *, const char *label);

void	 outdir_free(struct outdir *);

#endif
