/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching files and trees from the host, and if it runs no commands, by
 * SFTP (collect.h).
 *
 * A script there, read from its standard input by sh, so that no login shell
 * reads anything into it, sends them as a tar stream.  A thread here reads it
 * with libarchive and lays it down in a temporary directory; what is complete
 * is moved into its place in the host's own directory below plan->localdir. */
#ifndef OP_GET_H
#define OP_GET_H

#include <stddef.h>

#include "step.h"

struct buf;
struct job;
struct plan;

extern const struct op op_get;

/* Take over LEN bytes of what is to be said of what was not copied, into TOLD
 * and the job's output; say it, when all else has gone well. */
char	*op_get_note(struct job *, struct buf *told, const char *data,
	    size_t len);
void	 op_get_tell(struct job *, struct buf *told);

/* Have PLAN fetch plan->remotes, as plan->recursive and plan->preserve say.
 * LOCAL is where to, relative to the host's directory: the name that the one
 * thing gets, or, ending in a slash, the directory where things keep their own
 * names; NULL for that of the host itself.  Returns NULL or, in fresh memory,
 * what is wrong with the names. */
char	*op_get_prepare(struct plan *, const char *local);

#endif
