/* SPDX-License-Identifier: BSD-2-Clause */
/* The run's host list from wherever the command line says: files are read
 * at once, stdin and other streams as they come, then the words of -H. */
#ifndef HOSTLIST_H
#define HOSTLIST_H

#include <stdbool.h>

#include <uv.h>

#include "hosts.h"

struct hostlist;
struct plan;

/* Open all files of PLAN; RECEIVE gets the targets, ENDED is called after the
 * last one; neither before hostlist_start().  On failure NULL, and *WHY says
 * so in fresh memory. */
struct hostlist *hostlist_open(uv_loop_t *, const struct plan *,
	    hosts_receiver *receive, void (*ended)(void *context),
	    void *context, char **why);

/* Read what can be read without waiting, and go on with the rest from the
 * loop.  RECEIVE and ENDED may be called before this returns. */
void	 hostlist_start(struct hostlist *);

/* Hold streams back for a while: enough hosts are waiting. */
void	 hostlist_hold(struct hostlist *, bool hold);

/* No more of it is wanted: neither callback comes any more. */
void	 hostlist_stop(struct hostlist *);

/* Is there a stream that has not ended, so that nobody knows the total? */
bool	 hostlist_is_open(const struct hostlist *);

/* A list that was read turned out to be unreadable; told already. */
bool	 hostlist_failed(const struct hostlist *);

void	 hostlist_free(struct hostlist *);

#endif
