/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests wait in a queue that threads, started as needed, take from.  A
 * request that is dropped while its lookup runs frees itself when the lookup
 * ends, if it ever does; its thread does not count as busy any more, so that
 * hanging lookups cannot use the threads up.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "resolve.h"

#define THREADS_BUSY 64		/* at once, without those let go */
#define THREADS_EVER 1024	/* at once, with them */
#define THREAD_STACK (256 * 1024)

enum state { WAITING, RUNNING, FINISHED };

struct resolve {
	char		*host;
	char		 port[8];
	int		 family;
	void		(*done)(void *, int, int, struct addrinfo *);
	void		*context;

	enum state	 state;
	bool		 dropped;
	int		 error, number;
	struct addrinfo	*found;
	struct resolve	*next;
};

static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	struct resolve	*waiting, **waiting_end;
	struct resolve	*finished;
	unsigned	 queued;
	unsigned	 threads, busy, lost;
	uv_async_t	 wake;
	bool		 open;
	unsigned	 pending;	/* callbacks owed: the loop's side */
} us = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER,
	.waiting_end = &us.waiting,
};

static void
resolve_free(struct resolve *resolve)
{
	if (resolve->found != NULL)
		freeaddrinfo(resolve->found);
	free(resolve->host);
	free(resolve);
}

static void
look_up(struct resolve *resolve)
{
	struct addrinfo hints = {
		.ai_family = resolve->family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};

	resolve->error = getaddrinfo(resolve->host, resolve->port, &hints,
	    &resolve->found);
	resolve->number = resolve->error == EAI_SYSTEM ? errno : 0;
}

/* With the lock held: the thread's lookup has ended. */
static void
hand_back(struct resolve *resolve)
{
	if (resolve->dropped) {
		us.lost--;
		resolve_free(resolve);
		return;
	}
	us.busy--;
	resolve->state = FINISHED;
	resolve->next = us.finished;
	us.finished = resolve;
	uv_async_send(&us.wake);
}

static void *
serve(void *unused)
{
	pthread_mutex_lock(&us.lock);
	for (;;) {
		struct resolve *resolve = us.waiting;

		if (resolve == NULL || us.busy >= THREADS_BUSY) {
			pthread_cond_wait(&us.more, &us.lock);
			continue;
		}
		us.waiting = resolve->next;
		if (us.waiting == NULL)
			us.waiting_end = &us.waiting;
		resolve->state = RUNNING;
		us.queued--;
		us.busy++;
		pthread_mutex_unlock(&us.lock);
		look_up(resolve);
		pthread_mutex_lock(&us.lock);
		hand_back(resolve);
	}
	return unused;
}

/* With the lock held: see that somebody takes what waits. */
static void
call_thread(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, old;

	pthread_cond_signal(&us.more);
	if (us.queued <= us.threads - us.busy - us.lost ||
	    us.threads - us.lost >= THREADS_BUSY ||
	    us.threads >= THREADS_EVER)
		return;

	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	if (pthread_create(&thread, &attributes, serve, NULL) == 0)
		us.threads++;
	else if (us.threads == us.lost)
		msg_die(1, "cannot start a thread to look names up");
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void
deliver(uv_async_t *wake)
{
	struct resolve *batch;

	(void)wake;
	for (;;) {
		pthread_mutex_lock(&us.lock);
		batch = us.finished;
		if (batch != NULL)
			us.finished = batch->next;
		pthread_mutex_unlock(&us.lock);
		if (batch == NULL)
			return;
		if (--us.pending == 0)
			uv_unref((uv_handle_t *)&us.wake);
		batch->done(batch->context, batch->error, batch->number,
		    batch->found);
		batch->found = NULL;
		resolve_free(batch);
	}
}

struct resolve *
resolve_start(uv_loop_t *loop, const char *host, int port, int family,
    void (*done)(void *context, int error, int number, struct addrinfo *),
    void *context)
{
	struct resolve *resolve = mem_zero(sizeof(*resolve));

	if (!us.open) {
		uv_async_init(loop, &us.wake, deliver);
		uv_unref((uv_handle_t *)&us.wake);
		us.open = true;
	}
	resolve->host = mem_dup(host);
	snprintf(resolve->port, sizeof(resolve->port), "%d", port);
	resolve->family = family;
	resolve->done = done;
	resolve->context = context;
	if (us.pending++ == 0)
		uv_ref((uv_handle_t *)&us.wake);

	pthread_mutex_lock(&us.lock);
	*us.waiting_end = resolve;
	us.waiting_end = &resolve->next;
	us.queued++;
	call_thread();
	pthread_mutex_unlock(&us.lock);
	return resolve;
}

/* With the lock held. */
static void
unlink_from(struct resolve **list, struct resolve *resolve)
{
	while (*list != NULL && *list != resolve)
		list = &(*list)->next;
	if (*list == NULL)
		return;
	*list = resolve->next;
	if (us.waiting_end == &resolve->next)
		us.waiting_end = list;
}

void
resolve_drop(struct resolve *resolve)
{
	if (resolve == NULL)
		return;
	if (--us.pending == 0)
		uv_unref((uv_handle_t *)&us.wake);
	pthread_mutex_lock(&us.lock);
	if (resolve->state == RUNNING) {
		resolve->dropped = true;
		us.busy--;
		us.lost++;
		if (us.waiting != NULL)
			call_thread();
		resolve = NULL;
	} else if (resolve->state == WAITING) {
		unlink_from(&us.waiting, resolve);
		us.queued--;
	} else {
		unlink_from(&us.finished, resolve);
	}
	pthread_mutex_unlock(&us.lock);
	if (resolve != NULL)
		resolve_free(resolve);
}

void
resolve_close(void)
{
	if (us.open)
		uv_close((uv_handle_t *)&us.wake, NULL);
	us.open = false;
}
