/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "loop.h"
#include "mem.h"
#include "ready.h"
#include "sink.h"

#define HIGH (256 * 1024)	/* producers wait from here on */
#define LOW (64 * 1024)		/* and go on below this */

struct sink {
	int		 fd;
	bool		 is_private;	/* a file of our own, O_NONBLOCK */
	bool		 is_socket, is_file, is_terminal;
	bool		 held;
	char		 last;		/* byte written */
	struct buf	 queue;
	struct ready	*ready;
	struct sink_waiter *waiters;
	struct later	 drained;	/* calls them */
	uv_loop_t	*loop;
	int		 error;
	void		(*broken)(void *, int);
	void		*context;
	struct later	 failed;	/* tells so */
	void		(*begin)(void *);
	void		*begin_context;
	bool		 beginning;
};

/* The same pipe or terminal as FD through an open file of our own, whose flags
 * nobody shares; -1 where the system has no such way or does not let us. */
static int
open_again(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void
ready_to_write(void *context)
{
	sink_flush(context);
}

static void
call_waiters(void *context)
{
	struct sink *sink = context;
	struct sink_waiter *waiters = sink->waiters;

	/* Those who wait again do so for the next time. */
	sink->waiters = NULL;
	if (waiters != NULL)
		waiters->link = &waiters;
	while (waiters != NULL) {
		struct sink_waiter *waiter = waiters;

		sink_unwait(waiter);
		waiter->call(waiter->context);
	}
}

static void
tell_broken(void *context)
{
	struct sink *sink = context;

	if (sink->broken != NULL)
		sink->broken(sink->context, sink->error);
}

struct sink *
sink_open(uv_loop_t *loop, int fd, void (*broken)(void *context, int error),
    void *context)
{
	struct sink *sink = mem_zero(sizeof(*sink));
	struct stat status;
	int again = -1;

	sink->fd = fd;
	sink->last = '\n';
	sink->broken = broken;
	sink->context = context;
	sink->loop = loop;
	sink->drained = (struct later){ call_waiters, sink, NULL, false };
	sink->failed = (struct later){ tell_broken, sink, NULL, false };
	sink->is_terminal = isatty(fd);
	if (fstat(fd, &status) == 0) {
		sink->is_socket = S_ISSOCK(status.st_mode);
		sink->is_file = S_ISREG(status.st_mode);
		if (S_ISFIFO(status.st_mode) || sink->is_terminal)
			again = open_again(fd);
	}
	if (again >= 0) {
		sink->fd = again;
		sink->is_private = true;
	}
	sink->ready = ready_new(loop, sink->fd, UV_WRITABLE, ready_to_write,
	    sink);
	return sink;
}

static bool
writable_now(int fd)
{
	struct pollfd want = { .fd = fd, .events = POLLOUT };

	return poll(&want, 1, 0) > 0;
}

/* One write that does not block: bytes written, or -1 and errno. */
static ssize_t
write_some(struct sink *sink)
{
	size_t len = sink->queue.len;

	if (sink->is_private || sink->is_file)
		return write(sink->fd, sink->queue.data, len);
	if (sink->is_socket)
		return send(sink->fd, sink->queue.data, len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	/* POSIX: a pipe that polls writable takes PIPE_BUF bytes. */
	if (!writable_now(sink->fd)) {
		errno = EAGAIN;
		return -1;
	}
	return write(sink->fd, sink->queue.data, len < 512 ? len : 512);
}

static void
break_down(struct sink *sink, int error)
{
	sink->error = error;
	buf_free(&sink->queue);
	sink->last = '\n';
	/* Next turn: whoever writes may be what the news will end. */
	loop_later(sink->loop, &sink->failed);
}

void
sink_flush(struct sink *sink)
{
	bool stuck = false;

	if (sink->held)
		return;
	while (sink->queue.len > 0 && !stuck) {
		ssize_t done = write_some(sink);

		if (done >= 0)
			buf_skip(&sink->queue, (size_t)done);
		else if (errno == EAGAIN)
			stuck = true;
		else if (errno != EINTR)
			break_down(sink, errno);
	}
	if (sink->ready != NULL)
		ready_listen(sink->ready, stuck);
	/* Next turn: what they write needs another flush after it. */
	if (sink->queue.len <= LOW && sink->waiters != NULL)
		loop_later(sink->loop, &sink->drained);
}

void
sink_write(struct sink *sink, const void *data, size_t len)
{
	if (sink->error != 0 || len == 0)
		return;
	if (sink->queue.len == 0 && sink->begin != NULL && !sink->beginning) {
		sink->beginning = true;
		sink->begin(sink->begin_context);
		sink->beginning = false;
	}
	buf_add(&sink->queue, data, len);
	sink->last = ((const char *)data)[len - 1];
	/* A large piece goes out while it is in the cache. */
	if (sink->queue.len >= LOW && sink->queue.len - len < LOW)
		sink_flush(sink);
}

void
sink_on_begin(struct sink *sink, void (*begin)(void *context), void *context)
{
	sink->begin = begin;
	sink->begin_context = context;
}

bool
sink_full(const struct sink *sink)
{
	return sink->queue.len >= HIGH;
}

void
sink_wait(struct sink *sink, struct sink_waiter *waiter)
{
	if (waiter->sink != NULL)
		return;
	waiter->sink = sink;
	waiter->next = sink->waiters;
	waiter->link = &sink->waiters;
	if (waiter->next != NULL)
		waiter->next->link = &waiter->next;
	sink->waiters = waiter;
}

void
sink_unwait(struct sink_waiter *waiter)
{
	if (waiter->sink == NULL)
		return;
	*waiter->link = waiter->next;
	if (waiter->next != NULL)
		waiter->next->link = waiter->link;
	waiter->sink = NULL;
}

void
sink_hold(struct sink *sink, bool hold)
{
	if (!sink->is_terminal || hold == sink->held)
		return;
	sink->held = hold;
	if (!hold)
		sink_flush(sink);
	else if (sink->ready != NULL)
		ready_listen(sink->ready, false);
}

bool
sink_busy(const struct sink *sink)
{
	return sink->queue.len > 0;
}

bool
sink_is_terminal(const struct sink *sink)
{
	return sink->is_terminal;
}

bool
sink_at_line_start(const struct sink *sink)
{
	return sink->last == '\n';
}

void
sink_close(struct sink *sink)
{
	sink->held = false;
	while (sink->queue.len > 0) {
		struct pollfd want = { .fd = sink->fd, .events = POLLOUT };

		poll(&want, 1, -1);
		sink_flush(sink);
	}
	loop_forget(sink->loop, &sink->drained);
	loop_forget(sink->loop, &sink->failed);
	ready_free(sink->ready);
	if (sink->is_private)
		close(sink->fd);
	buf_free(&sink->queue);
	free(sink);
}
