/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking names up with getaddrinfo(3), so that nsswitch.conf holds, without
 * letting a lookup that hangs hold up anybody else or the end of the run.
 * libuv's pool would do neither: its threads are few and waited for at exit. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <netdb.h>

#include <uv.h>

struct resolve;

/* Look HOST up for PORT and FAMILY.  DONE gets the addresses (its own, for
 * freeaddrinfo) or a gai_strerror(3) code with the errno of EAI_SYSTEM; it is
 * never called before this returns. */
struct resolve *resolve_start(uv_loop_t *, const char *host, int port,
	    int family, void (*done)(void *context, int error, int number,
	    struct addrinfo *), void *context);

/* Forget the lookup: DONE will not be called.  What it does in its thread is
 * let go, and a new thread takes its place. */
void	 resolve_drop(struct resolve *);

/* Close the loop's handle.  Lookups let go may still be running. */
void	 resolve_close(void);

#endif
