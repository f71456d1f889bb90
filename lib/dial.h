/* SPDX-License-Identifier: BSD-2-Clause */
/* From a name to a connected socket. */
#ifndef DIAL_H
#define DIAL_H

#include <stdbool.h>

#include <uv.h>

struct dial;

struct dial_wish {
	const char	*host;
	int		 port;
	int		 family;	/* AF_UNSPEC, AF_INET, AF_INET6 */
	const char	*bind_address;	/* or NULL */
	bool		 keepalive;	/* TCPKeepAlive */
	int		 attempts;	/* rounds over all addresses, from 1 */
	uint64_t	 limit;		/* ms for all of it; 0: none */
};

/* Connect.  The strings of WISH must live until the end.  DONE gets the socket
 * (non-blocking, close-on-exec, the receiver's), or -1 and words for what went
 * wrong at the last address, which are its for the call; it is never called
 * before this returns, and ends the dial.  The limit is only used to leave
 * time for the addresses after one that does not answer: the caller has its
 * own clock. */
struct dial *dial_start(uv_loop_t *, const struct dial_wish *wish,
	    void (*done)(void *context, int fd, const char *words),
	    void *context);

/* Forget it: DONE will not be called, CONTEXT not touched.  Only before DONE
 * was; NULL is ignored. */
void	 dial_drop(struct dial *);

#endif
