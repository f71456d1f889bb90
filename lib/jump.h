/* SPDX-License-Identifier: BSD-2-Clause */
/* ProxyJump of ssh_config(5): hosts reached through logins on other hosts.
 * All hosts behind the same bastion share a few logins there, each of which is
 * a visit of its own.  A host's connection is a direct-tcpip channel (RFC 4254,
 * section 7.2) on one of them. */
#ifndef JUMP_H
#define JUMP_H

#include <stdint.h>

#include "link.h"

struct job;
struct jump_request;
struct jumps;
struct run;

/* All of the run's; it outlives every visit. */
struct jumps *jumps_new(struct run *);
void	 jumps_free(struct jumps *);

/* No host will ask any more: log out everywhere. */
void	 jumps_end(struct jumps *);

struct jump_wish {
	const char	*route;	/* ProxyJump's value: "a", "user@a:22,b" */
	const char	*host;	/* looked up by the last host of the route */
	int		 port;
	const char	*label;	/* of the host, for messages */
	uint64_t	 limit;	/* ms that opening may take; 0: for ever */
	struct job	*asker;

	/* It is our turn: from now on the time counts. */
	void		(*begun)(void *context);

	/* It is not any more: that login was lost, or has no room. */
	void		(*waits)(void *context);

	/* Here is the link, or NULL and WORDS, lent, for what went wrong. */
	void		(*done)(void *context, struct link *,
			    const char *words);
	void		*context;
};

/* Connect.  The wish and its strings must live until DONE, which is never
 * called before this returns, and ends the request. */
struct jump_request *jump_start(struct jumps *, const struct jump_wish *);

/* Forget it: nothing of the wish will be called.  NULL is ignored. */
void	 jump_drop(struct jump_request *);

#endif
