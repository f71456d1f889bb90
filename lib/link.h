/* SPDX-License-Identifier: BSD-2-Clause */
/* What carries the bytes of a session: a socket, a program's streams, or a
 * channel of another session.  Whoever offers such a way embeds the struct. */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <uv.h>

struct link;

struct link_ops {
	/* As recv(2) and send(2) on a non-blocking socket. */
	ssize_t	(*receive)(struct link *, void *data, size_t len);
	ssize_t	(*send)(struct link *, const void *data, size_t len);

	/* Call link->event when the one or the other may go on. */
	void	(*watch)(struct link *, bool receive, bool send);

	/* Acknowledge what comes next at once. */
	void	(*quick)(struct link *);

	/* Why it failed or ended, in fresh memory, if more is known than
	 * errno tells; else NULL. */
	char	*(*words)(struct link *);

	/* The end: no event comes any more, and the link is gone. */
	void	(*close)(struct link *);
};

struct link {
	const struct link_ops *ops;
	int	 fd;		/* a socket, to be shown to libssh2 */

	/* The user's.  RECEIVE: there may be something, or an end. */
	void	(*event)(void *context, bool receive);
	void	*context;
};

/* A link over the connected, non-blocking socket FD, which is its own from
 * here on. */
struct link *link_socket(uv_loop_t *, int fd);

#endif
