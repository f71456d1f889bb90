/* SPDX-License-Identifier: BSD-2-Clause */
/* An ssh-agent for us alone. */
#ifndef UNLOCK_AGENT_H
#define UNLOCK_AGENT_H

#include <uv.h>

struct unlock_agent;

/* Start one.  READY is called once, never before this returns: with NULL when
 * it takes connections, or with what went wrong (lent for the call). */
struct unlock_agent *unlock_agent_start(uv_loop_t *,
	    void (*ready)(void *context, const char *error), void *context);

/* Where it listens, once it is ready. */
const char *unlock_agent_socket(const struct unlock_agent *);

/* End it; READY is not called any more.  NULL is ignored. */
void	 unlock_agent_stop(struct unlock_agent *);

#endif
