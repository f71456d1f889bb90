/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection to an agent: one request at a time, and its answer. */
#ifndef AGENT_LINK_H
#define AGENT_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "buf.h"
#include "wire.h"

#define AGENT_LONGEST (256 * 1024)	/* bytes in a message, as OpenSSH */

struct agent_link;

/* MESSAGE has come, its length taken off (lent for the call). */
typedef void agent_link_answered(void *context, struct wire message);

/* The connection is of no use any more, WHY says in a few words (lent), and
 * never was if it was not REACHED; the link waits to be closed. */
typedef void agent_link_broken(void *context, bool reached,
	    const char *why);

/* Connect to the socket PATH.  Failure is told by BROKEN; no callback comes
 * before this returns. */
struct agent_link *agent_link_open(uv_loop_t *, const char *path,
	    agent_link_answered *, agent_link_broken *, void *context);

/* Send a copy of the whole MESSAGE.  Only when no answer is due. */
void	 agent_link_send(struct agent_link *, const struct buf *message);

/* No callback comes from here on; the memory goes when libuv is done with
 * it. */
void	 agent_link_close(struct agent_link *);

#endif
