/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP by libcurl: one request that is waited for, or many at once, with timers
 * beside them.  TLS is verified, redirects are not followed, everything has a
 * time limit. */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "buf.h"

struct http_request {
	const char	*method;	/* "GET", "PUT", "POST" */
	const char	*url;
	const char *const *headers;	/* "Name: value", NULL-ended, or NULL */
	const char	*body;		/* of PUT and POST; may be NULL */
	size_t		 len;
	size_t		 most;		/* bytes of the answer; more: failed */
	long		 connect_ms;	/* 0: 10 s */
	long		 total_ms;	/* 0: 300 s; it ends earlier when
					 * nothing comes for 30 s */
	bool		 direct;	/* by no proxy, whatever the environment
					 * says: for addresses of our own */
	bool		 connect;	/* no more than a connection: the reply
					 * has it */
};

struct http_reply {
	long		 status;	/* 0: no answer */
	time_t		 date;		/* its Date header; 0: none */
	char		*failed;	/* why it has not come, or not all; or
					 * NULL */
	bool		 passing;	/* that may be better in a while */
	int		 fd;		/* a copy of the connection that was
					 * asked for: done() closes it */
};

/* Do the request and wait for it.  What comes is appended to BODY. */
void	 http_fetch(const struct http_request *, struct http_reply *,
	    struct buf *body);

/* Free what a reply holds; it is { 0 } then. */
void	 http_clear(struct http_reply *);

/* Many at once. */
struct http;

struct http *http_new(void);

/* What is under way is dropped without a call.  NULL is ignored. */
void	 http_free(struct http *);

struct http_handler {
	/* Some of the answer's body; false: no more is wanted, and the reply
	 * has failed. */
	bool		(*data)(void *context, long status, const char *data,
			    size_t len);

	/* It is over.  REPLY is valid until this returns. */
	void		(*done)(void *context, const struct http_reply *reply);
	void		*context;
};

/* Begin the request; all of it is copied.  The handler is not called before
 * this returns. */
void	 http_start(struct http *, const struct http_request *,
	    const struct http_handler *);

/* Call CALL once, in so many milliseconds. */
void	 http_after(struct http *, long ms, void (*call)(void *context),
	    void *context);

/* Call CALL once, when FD can be read or in so many milliseconds, whichever
 * comes first.  FD stays open until then. */
void	 http_watch(struct http *, int fd, long ms,
	    void (*call)(void *context, bool readable), void *context);

/* Drop all requests, timers and watches with this CONTEXT, without a call.
 * Not from within http_run(). */
void	 http_drop(struct http *, const void *context);

/* Wait for what is under way, and call who waits for it, until nothing is, or
 * http_stop() is called from there. */
void	 http_run(struct http *);
void	 http_stop(struct http *);

/* Milliseconds of a clock that only goes forward. */
long long http_now(void);

#endif
