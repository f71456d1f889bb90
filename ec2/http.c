/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many transfers at once:
 *
 * - http_start() puts one in line; the loop gives it to libcurl;
 * - libcurl feeds the handler's data();
 * - when it is over the transfer leaves the list, then done() is called, which
 *   may begin others.
 *
 * Timers are few: the list is searched for the next one.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>

#include "http_transfer.h"
#include "mem.h"
#include "msg.h"

struct timer {
	long long	 due;
	void		(*call)(void *context);
	void		*context;
	struct timer	*next;
};

struct watch {
	int		 fd;
	long long	 due;
	void		(*call)(void *context, bool readable);
	void		*context;
	struct watch	*next;
};

struct http {
	CURLM		*multi;
	struct http_transfer *fresh;	/* libcurl does not have them yet */
	struct http_transfer *going;
	struct timer	*timers;
	struct watch	*watches;
	size_t		 watch_count;
	struct curl_waitfd *fds;	/* of the watches, in their order */
	bool		 stopped;
};

long long
http_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool
keep(void *body, long status, const char *data, size_t len)
{
	(void)status;
	buf_add(body, data, len);
	return true;
}

void
http_fetch(const struct http_request *request, struct http_reply *reply,
    struct buf *body)
{
	struct http_handler handler = { .data = keep, .context = body };
	struct http_transfer *transfer = http_transfer_new(request, &handler);

	http_transfer_done(transfer, curl_easy_perform(transfer->easy));
	*reply = transfer->reply;
	transfer->reply = (struct http_reply){ 0 };
	http_transfer_free(transfer);
}

void
http_clear(struct http_reply *reply)
{
	free(reply->failed);
	*reply = (struct http_reply){ 0 };
}

struct http *
http_new(void)
{
	struct http *http = mem_zero(sizeof(*http));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		msg_die(1, "libcurl cannot be used");
	http->multi = curl_multi_init();
	if (http->multi == NULL)
		msg_die(1, "out of memory");
	return http;
}

/* The list's transfers, each taken out of libcurl's hands first. */
static void
free_transfers(struct http *http, struct http_transfer *list)
{
	while (list != NULL) {
		struct http_transfer *next = list->next;

		curl_multi_remove_handle(http->multi, list->easy);
		http_transfer_free(list);
		list = next;
	}
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	free_transfers(http, http->fresh);
	free_transfers(http, http->going);
	while (http->timers != NULL) {
		struct timer *next = http->timers->next;

		free(http->timers);
		http->timers = next;
	}
	while (http->watches != NULL) {
		struct watch *next = http->watches->next;

		free(http->watches);
		http->watches = next;
	}
	free(http->fds);
	curl_multi_cleanup(http->multi);
	free(http);
}

void
http_start(struct http *http, const struct http_request *request,
    const struct http_handler *handler)
{
	struct http_transfer *transfer = http_transfer_new(request, handler);

	transfer->next = http->fresh;
	http->fresh = transfer;
}

void
http_after(struct http *http, long ms, void (*call)(void *context),
    void *context)
{
	struct timer *timer = mem_zero(sizeof(*timer));

	timer->due = http_now() + ms;
	timer->call = call;
	timer->context = context;
	timer->next = http->timers;
	http->timers = timer;
}

void
http_watch(struct http *http, int fd, long ms,
    void (*call)(void *context, bool readable), void *context)
{
	struct watch *watch = mem_zero(sizeof(*watch));

	watch->fd = fd;
	watch->due = http_now() + ms;
	watch->call = call;
	watch->context = context;
	watch->next = http->watches;
	http->watches = watch;
	http->watch_count++;
}

/* Those of the list that are CONTEXT's. */
static void
drop_transfers(struct http *http, struct http_transfer **list,
    const void *context)
{
	while (*list != NULL) {
		struct http_transfer *transfer = *list;

		if (transfer->handler.context != context) {
			list = &transfer->next;
			continue;
		}
		*list = transfer->next;
		curl_multi_remove_handle(http->multi, transfer->easy);
		http_transfer_free(transfer);
	}
}

static void
drop_timers(struct http *http, const void *context)
{
	for (struct timer **link = &http->timers; *link != NULL;) {
		struct timer *timer = *link;

		if (timer->context == context) {
			*link = timer->next;
			free(timer);
		} else {
			link = &timer->next;
		}
	}
}

void
http_drop(struct http *http, const void *context)
{
	struct watch **watch = &http->watches;

	drop_transfers(http, &http->fresh, context);
	drop_transfers(http, &http->going, context);
	drop_timers(http, context);
	while (*watch != NULL) {
		struct watch *this = *watch;

		if (this->context == context) {
			*watch = this->next;
			http->watch_count--;
			free(this);
		} else {
			watch = &this->next;
		}
	}
}

/* libcurl must not be given work from its own calls: here is the place. */
static void
begin_fresh(struct http *http)
{
	while (http->fresh != NULL) {
		struct http_transfer *transfer = http->fresh;

		http->fresh = transfer->next;
		transfer->next = http->going;
		http->going = transfer;
		if (curl_multi_add_handle(http->multi, transfer->easy) !=
		    CURLM_OK)
			msg_die(1, "out of memory");
	}
}

static void
finish(struct http *http, CURL *easy, CURLcode result)
{
	struct http_transfer **link, *transfer;

	for (link = &http->going; (*link)->easy != easy; link = &(*link)->next)
		;
	transfer = *link;
	*link = transfer->next;
	http_transfer_settle(transfer, result);
	curl_multi_remove_handle(http->multi, easy);
	http_transfer_done(transfer, result);
	http_transfer_free(transfer);
}

static void
finish_all(struct http *http)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			finish(http, message->easy_handle,
			    message->data.result);
}

/* Call what is due; then the milliseconds to the next one. */
static long
fire_timers(struct http *http)
{
	long long now = http_now(), next = now + INT_MAX / 2;

	for (struct timer **link = &http->timers; *link != NULL;) {
		struct timer *timer = *link;

		if (timer->due <= now) {
			*link = timer->next;
			timer->call(timer->context);
			free(timer);
			link = &http->timers;	/* there may be new ones */
		} else {
			if (timer->due < next)
				next = timer->due;
			link = &timer->next;
		}
	}
	return (long)(next - now);
}

/* What there is to be waited for: watches may come in each call. */
static void
collect_fds(struct http *http)
{
	size_t i = 0;

	http->fds = mem_resize(http->fds, http->watch_count + 1,
	    sizeof(*http->fds));
	for (struct watch *w = http->watches; w != NULL; w = w->next)
		http->fds[i++] = (struct curl_waitfd){ .fd = w->fd,
		    .events = CURL_WAIT_POLLIN };
}

/* Call those that can read, or whose time is up.  COUNT of them have been in
 * the poll: the last of the list, in the order of the fds. */
static void
fire_watches(struct http *http, size_t count)
{
	struct watch **link = &http->watches, *polled;
	long long now = http_now();

	for (size_t skip = http->watch_count - count; skip > 0; skip--)
		link = &(*link)->next;
	polled = *link;
	*link = NULL;
	for (size_t i = 0; i < count; i++) {
		struct watch *next = polled->next;
		bool readable = http->fds[i].revents != 0;

		if (!readable && polled->due > now) {
			polled->next = http->watches;
			http->watches = polled;
		} else {
			http->watch_count--;
			polled->call(polled->context, readable);
			free(polled);
		}
		polled = next;
	}
}

static long
soonest_watch(const struct http *http, long wait)
{
	long long now = http_now();

	for (const struct watch *w = http->watches; w != NULL; w = w->next)
		if (w->due - now < wait)
			wait = w->due > now ? (long)(w->due - now) : 0;
	return wait;
}

void
http_stop(struct http *http)
{
	http->stopped = true;
}

static bool
has_work(const struct http *http)
{
	return http->fresh != NULL || http->going != NULL ||
	    http->timers != NULL || http->watches != NULL;
}

void
http_run(struct http *http)
{
	int running;

	http->stopped = false;
	while (!http->stopped && has_work(http)) {
		long wait;
		size_t count;

		begin_fresh(http);
		curl_multi_perform(http->multi, &running);
		finish_all(http);
		wait = fire_timers(http);
		if (http->stopped || http->fresh != NULL || !has_work(http))
			continue;
		count = http->watch_count;
		collect_fds(http);
		curl_multi_poll(http->multi, http->fds, (unsigned)count,
		    (int)soonest_watch(http, wait), NULL);
		fire_watches(http, count);
	}
}
