/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that lays down what one host sends, in its own directory below
 * plan->localdir: disks block, and libarchive asks for what is next where we
 * have only what came. */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stddef.h>

struct fetch;
struct job;

/* For JOB, which is poked when there is something new, or stopped when what
 * came cannot be laid down.  What is added comes in pieces of PIECE bytes at
 * most.  NULL: there is no thread to be had. */
struct fetch *fetch_begin(struct job *, size_t piece);

/* Must a piece of LEN bytes wait?  Then the job is poked when it need not. */
bool	 fetch_full(struct fetch *, size_t len);
void	 fetch_add(struct fetch *, const char *data, size_t len);

/* All has come, and well: is it in its place?  Else the job is poked again,
 * or stopped. */
bool	 fetch_finish(struct fetch *);

/* Let go of it, at any time.  What is not in its place is removed; the loop
 * goes on until then.  NULL is ignored. */
void	 fetch_drop(struct fetch *);

#endif
