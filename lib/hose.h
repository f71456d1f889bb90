/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes on their way from the loop to a thread, no more than fit: the loop
 * never waits, the thread does. */
#ifndef HOSE_H
#define HOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct hose;

/* For SIZE bytes, at least twice what is ever given at a time.  ROOMY is
 * called, in the thread, when hose_full() said true and does not any more. */
struct hose *hose_new(size_t size, void (*roomy)(void *context),
	    void *context);

/* When neither side uses it any more.  NULL is ignored. */
void	 hose_free(struct hose *);

/* The loop's side: is there no room for LEN bytes?  A hose that is cut has
 * room for anything. */
bool	 hose_full(struct hose *, size_t len);

/* Give it LEN bytes, for which there is room. */
void	 hose_add(struct hose *, const char *data, size_t len);

/* No more will come, and what came is GOOD, or worth nothing; that may still
 * be said of what was good at first. */
void	 hose_end(struct hose *, bool good);

/* The thread's side: the next bytes, which are lent until the next call, not
 * before there are some or the last.  0 at their good end, -1 if they are worth
 * nothing. */
ssize_t	 hose_take(struct hose *, const void **data);

/* Take nothing more: the loop need not wait any more.  Was there an end, and
 * is it good still? */
bool	 hose_cut(struct hose *);

#endif
