/* SPDX-License-Identifier: BSD-2-Clause */
/* The plainest link: a socket of ours. */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link.h"
#include "mem.h"

struct socket_link {
	struct link	 link;
	uv_poll_t	 poll;
	int		 events;	/* polled for now */
};

static ssize_t
socket_receive(struct link *link, void *data, size_t len)
{
	return recv(link->fd, data, len, 0);
}

static ssize_t
socket_send(struct link *link, const void *data, size_t len)
{
	return send(link->fd, data, len, MSG_NOSIGNAL);
}

static void
socket_event(uv_poll_t *poll, int status, int events)
{
	struct socket_link *self = poll->data;

	/* libuv stops polling at an error, of which reading tells more. */
	if (status < 0)
		self->events = 0;
	self->link.event(self->link.context,
	    status < 0 || (events & UV_READABLE) != 0);
}

static void
socket_watch(struct link *link, bool receive, bool send)
{
	struct socket_link *self = (struct socket_link *)link;
	int events = (receive ? UV_READABLE : 0) | (send ? UV_WRITABLE : 0);

	if (events == self->events)
		return;
	self->events = events;
	if (events != 0)
		uv_poll_start(&self->poll, events, socket_event);
	else
		uv_poll_stop(&self->poll);
}

static void
socket_quick(struct link *link)
{
	(void)link;
#ifdef TCP_QUICKACK
	int yes = 1;

	setsockopt(link->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof(yes));
#endif
}

static char *
socket_words(struct link *link)
{
	(void)link;
	return NULL;
}

static void
socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
socket_close(struct link *link)
{
	struct socket_link *self = (struct socket_link *)link;

	uv_poll_stop(&self->poll);
	close(link->fd);
	uv_close((uv_handle_t *)&self->poll, socket_closed);
}

static const struct link_ops socket_ops = {
	.receive = socket_receive,
	.send = socket_send,
	.watch = socket_watch,
	.quick = socket_quick,
	.words = socket_words,
	.close = socket_close,
};

struct link *
link_socket(uv_loop_t *loop, int fd)
{
	struct socket_link *self = mem_zero(sizeof(*self));

	self->link.ops = &socket_ops;
	self->link.fd = fd;
	uv_poll_init(loop, &self->poll, fd);
	self->poll.data = self;
	return &self->link;
}
