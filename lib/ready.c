/* SPDX-License-Identifier: BSD-2-Clause */
/* libuv makes what it polls non-blocking.  So it is given an epoll descriptor
 * of ours to poll, which in turn watches the one that is not ours alone. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

#include "mem.h"
#include "ready.h"

struct ready {
	uv_poll_t	 poll;
	int		 event;		/* what to ask libuv for */
	int		 fd;		/* ours, to be closed */
	bool		 listening;
	void		(*call)(void *);
	void		*context;
};

static void
ready_event(uv_poll_t *poll, int status, int events)
{
	struct ready *ready = poll->data;

	(void)status;
	(void)events;
	ready->call(ready->context);
}

#ifdef __linux__
/* A descriptor that becomes readable when FD has EVENT, or -1. */
static int
watch(int fd, int event)
{
	struct epoll_event want = {
		.events = event == UV_READABLE ? EPOLLIN : EPOLLOUT,
	};
	int watcher = epoll_create1(EPOLL_CLOEXEC);

	if (watcher >= 0 && epoll_ctl(watcher, EPOLL_CTL_ADD, fd, &want) != 0) {
		close(watcher);
		return -1;
	}
	return watcher;
}
#endif

struct ready *
ready_new(uv_loop_t *loop, int fd, int event, void (*call)(void *context),
    void *context)
{
	struct ready *ready = mem_zero(sizeof(*ready));

#ifdef __linux__
	ready->fd = watch(fd, event);
	ready->event = UV_READABLE;
#else
	ready->fd = dup(fd);
	ready->event = event;
#endif
	if (ready->fd < 0 || uv_poll_init(loop, &ready->poll, ready->fd) != 0) {
		if (ready->fd >= 0)
			close(ready->fd);
		free(ready);
		return NULL;
	}
	ready->poll.data = ready;
	ready->call = call;
	ready->context = context;
	return ready;
}

void
ready_listen(struct ready *ready, bool listen)
{
	if (listen == ready->listening)
		return;
	ready->listening = listen;
	if (listen)
		uv_poll_start(&ready->poll, ready->event, ready_event);
	else
		uv_poll_stop(&ready->poll);
}

static void
ready_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
ready_free(struct ready *ready)
{
	if (ready == NULL)
		return;
	uv_poll_stop(&ready->poll);
	close(ready->fd);
	uv_close((uv_handle_t *)&ready->poll, ready_closed);
}
