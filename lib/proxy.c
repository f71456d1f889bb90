/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program has one end of a socket pair as its input and output; the other
 * end is a link like any socket.  How the program ended says more than that
 * it is gone, so an end is kept back until that is known, for a bounded time:
 * it may have closed its output only.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "inlet.h"
#include "lines.h"
#include "mem.h"
#include "msg.h"
#include "proxy.h"

#define ENDING 1000	/* ms from the end of its output to its own */
#define LONGEST 512	/* bytes of a line that it says */

struct proxy {
	struct link	 link;		/* ours; over the socket: */
	struct link	*socket;
	struct child	*child;		/* NULL: it has ended */
	int		 status;
	bool		 at_end;	/* of its output */
	bool		 known;		/* how it ended, or not in time */
	bool		 receive;	/* watched for now */
	uv_timer_t	 timer;
	struct inlet	*says;		/* its stderr */
	int		 stderr_end;
	struct lines	 lines;
	char		*label, *last;	/* what it said last */
};

static void
tell(void *context, const char *line, size_t len)
{
	struct proxy *self = context;

	/* OpenSSH ends its lines as a terminal in raw mode wants them. */
	while (len > 0 && line[len - 1] == '\r')
		len--;
	free(self->last);
	self->last = mem_ndup(line, len);
	msg_host(self->label, "ProxyCommand: %s", self->last);
}

static void
heard(void *context, const char *data, size_t len, int error)
{
	struct proxy *self = context;

	(void)error;
	if (len > 0) {
		lines_feed(&self->lines, data, len, tell, self);
		return;
	}
	lines_end(&self->lines, tell, self);
	inlet_close(self->says);
	self->says = NULL;
}

static void
end_is_known(struct proxy *self)
{
	if (self->known)
		return;
	self->known = true;
	uv_timer_stop(&self->timer);
	if (self->at_end && self->receive)
		self->link.event(self->link.context, true);
}

static void
child_ended(void *context, int status)
{
	struct proxy *self = context;

	self->child = NULL;
	self->status = status;
	end_is_known(self);
}

static void
timer_fired(uv_timer_t *timer)
{
	end_is_known(timer->data);
}

static ssize_t
proxy_receive(struct link *link, void *data, size_t len)
{
	struct proxy *self = (struct proxy *)link;
	ssize_t got = self->socket->ops->receive(self->socket, data, len);

	if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
		return got;
	if (!self->at_end && self->child != NULL)
		uv_timer_start(&self->timer, timer_fired, ENDING, 0);
	self->at_end = true;
	if (self->child == NULL)
		self->known = true;
	if (self->known)
		return 0;
	errno = EAGAIN;
	return -1;
}

static ssize_t
proxy_send(struct link *link, const void *data, size_t len)
{
	struct proxy *self = (struct proxy *)link;
	ssize_t sent = self->socket->ops->send(self->socket, data, len);

	/* Reading tells what became of it. */
	if (sent < 0 && errno == EPIPE)
		return (ssize_t)len;
	return sent;
}

static void
proxy_watch(struct link *link, bool receive, bool send)
{
	struct proxy *self = (struct proxy *)link;

	self->receive = receive;
	self->socket->ops->watch(self->socket,
	    receive && (!self->at_end || self->known), send);
}

static void
proxy_quick(struct link *link)
{
	(void)link;
}

static char *
proxy_words(struct link *link)
{
	struct proxy *self = (struct proxy *)link;

	if (!self->known)
		return NULL;
	if (self->child != NULL)
		return mem_dup("ProxyCommand closed the connection");
	if (self->status < 0)
		return mem_dup("ProxyCommand was killed or could not be run");
	return mem_print("ProxyCommand ended with exit status %d%s%s",
	    self->status, self->last != NULL ? ": " : "",
	    self->last != NULL ? self->last : "");
}

static void
proxy_closed(uv_handle_t *handle)
{
	struct proxy *self = handle->data;

	free(self->label);
	free(self->last);
	free(self);
}

static void
proxy_close(struct link *link)
{
	struct proxy *self = (struct proxy *)link;

	self->socket->ops->close(self->socket);
	/* As ssh, which hangs up too. */
	child_leave(self->child, SIGHUP);
	inlet_close(self->says);
	close(self->stderr_end);
	buf_free(&self->lines.part);
	uv_timer_stop(&self->timer);
	uv_close((uv_handle_t *)&self->timer, proxy_closed);
}

static const struct link_ops proxy_ops = {
	.receive = proxy_receive,
	.send = proxy_send,
	.watch = proxy_watch,
	.quick = proxy_quick,
	.words = proxy_words,
	.close = proxy_close,
};

static void
socket_event(void *context, bool receive)
{
	struct proxy *self = context;

	self->link.event(self->link.context, receive);
}

static void
start_child(struct proxy *self, uv_loop_t *loop, const char *command,
    int socket, int stderr_end)
{
	char *text = mem_print("exec %s", command);
	const char *args[] = { child_shell(), "-c", text, NULL };
	struct child_wish wish = {
		.args = args, .in = socket, .out = socket, .err = stderr_end,
	};

	self->child = child_start(loop, &wish, child_ended, self);
	free(text);
}

struct link *
proxy_link(uv_loop_t *loop, const char *command, const char *label)
{
	int streams[2], errors[2];
	struct proxy *self;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, streams) != 0)
		return NULL;
	if (pipe2(errors, O_CLOEXEC) != 0) {
		close(streams[0]);
		close(streams[1]);
		return NULL;
	}
	self = mem_zero(sizeof(*self));
	fcntl(streams[0], F_SETFL, O_NONBLOCK);
	self->socket = link_socket(loop, streams[0]);
	self->socket->event = socket_event;
	self->socket->context = self;
	self->link.ops = &proxy_ops;
	self->link.fd = streams[0];
	self->label = mem_dup(label);
	self->lines.longest = LONGEST;
	self->stderr_end = errors[0];
	uv_timer_init(loop, &self->timer);
	self->timer.data = self;
	start_child(self, loop, command, streams[1], errors[1]);
	self->says = inlet_open(loop, errors[0], heard, self);
	close(streams[1]);
	close(errors[1]);
	return &self->link;
}
