/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reaching a host:
 *
 * - look the name up, unless it is an address already;
 * - try its addresses in order until one answers;
 * - hand the socket over.
 *
 * It ends early if the lookup finds nothing or no address answers; the last
 * address's error is the one reported.  ConnectionAttempts has all of it tried
 * again after a second.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "loop.h"
#include "mem.h"
#include "resolve.h"

#define PAUSE 1000	/* ms between two rounds, as in ssh */

struct dial {
	uv_loop_t	*loop;
	struct dial_wish wish;
	void		(*done)(void *, int, const char *);
	void		*context;
	uint64_t	 began;

	struct later	 later;		/* begins a round */
	struct resolve	*lookup;
	struct addrinfo	*addresses, *at;
	int		 fd;
	uv_poll_t	*poll;		/* waits for connect(2) */
	uv_timer_t	 timer;		/* gives an address up, or pauses */
	int		 rounds;	/* left after this one */
	char		*words;		/* the last thing that went wrong */
};

static void	 try_address(struct dial *);

static void
closed_free(uv_handle_t *handle)
{
	free(handle);
}

static void
timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Undo what the current address has going on. */
static void
hang_up(struct dial *dial)
{
	uv_timer_stop(&dial->timer);
	if (dial->poll != NULL) {
		uv_poll_stop(dial->poll);
		uv_close((uv_handle_t *)dial->poll, closed_free);
		dial->poll = NULL;
	}
	if (dial->fd >= 0)
		close(dial->fd);
	dial->fd = -1;
}

void
dial_drop(struct dial *dial)
{
	if (dial == NULL)
		return;
	hang_up(dial);
	loop_forget(dial->loop, &dial->later);
	resolve_drop(dial->lookup);
	if (dial->addresses != NULL)
		freeaddrinfo(dial->addresses);
	free(dial->words);
	uv_close((uv_handle_t *)&dial->timer, timer_closed);
}

static void
finish(struct dial *dial, int fd)
{
	char *words = dial->words;

	dial->words = NULL;
	dial->fd = -1;
	dial->done(dial->context, fd, words);
	dial_drop(dial);
	free(words);
}

/* "connect to ADDRESS port N: WHY" becomes what to report, with "from" before
 * the colon if it was to come from an address of the user's choice. */
static void
note(struct dial *dial, const char *what, int number)
{
	char address[NI_MAXHOST];
	const char *from = dial->wish.bind_address;

	if (getnameinfo(dial->at->ai_addr, dial->at->ai_addrlen, address,
	    sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
		address[0] = '\0';
	free(dial->words);
	dial->words = mem_print("%s %s port %d%s%s: %s", what, address,
	    dial->wish.port, from != NULL ? " from " : "",
	    from != NULL ? from : "", strerror(number));
}

static void
timer_fired(uv_timer_t *timer)
{
	struct dial *dial = timer->data;

	if (dial->at == NULL) {		/* the pause is over */
		dial->at = dial->addresses;
		try_address(dial);
		return;
	}
	note(dial, "connect to", ETIMEDOUT);
	hang_up(dial);
	dial->at = dial->at->ai_next;
	try_address(dial);
}

/* The last address has failed too. */
static void
end_round(struct dial *dial)
{
	if (dial->rounds-- > 0) {
		uv_timer_start(&dial->timer, timer_fired, PAUSE, 0);
		return;
	}
	finish(dial, -1);
}

static void
connected(uv_poll_t *poll, int status, int events)
{
	struct dial *dial = poll->data;
	socklen_t len = sizeof(int);
	int error = 0, fd = dial->fd;

	(void)events;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error == 0 && status < 0)
		error = -status;
	/* It was connected (else it would be "refused"), and is no more: who
	 * reads from it gets what came before the end. */
	if (error == ECONNRESET)
		error = 0;
	if (error != 0) {
		note(dial, "connect to", error);
		hang_up(dial);
		dial->at = dial->at->ai_next;
		try_address(dial);
		return;
	}
	dial->fd = -1;
	hang_up(dial);
	finish(dial, fd);
}

/* Bind to BindAddress, which must be an address of the right family: 0 or an
 * errno. */
static int
bind_local(struct dial *dial, int fd)
{
	struct addrinfo hints = {
		.ai_family = dial->at->ai_family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_PASSIVE,
	};
	struct addrinfo *local;
	int error = 0;

	if (getaddrinfo(dial->wish.bind_address, NULL, &hints, &local) != 0)
		return EADDRNOTAVAIL;
	if (bind(fd, local->ai_addr, local->ai_addrlen) != 0)
		error = errno;
	freeaddrinfo(local);
	return error;
}

/* A socket that is on its way to the current address, or -1 and errno. */
static int
set_out(struct dial *dial)
{
	struct addrinfo *at = dial->at;
	int fd, yes = 1, error = 0;

	fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    at->ai_protocol);
	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (dial->wish.keepalive)
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
	if (dial->wish.bind_address != NULL)
		error = bind_local(dial, fd);
	if (error == 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0 &&
	    errno != EINPROGRESS && errno != EINTR)
		error = errno;
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/* This address's part of the time that is left, if others wait behind it. */
static uint64_t
fair_share(struct dial *dial)
{
	uint64_t gone = uv_now(dial->loop) - dial->began, left = 0;

	if (dial->at->ai_next == NULL || dial->wish.limit == 0)
		return 0;
	for (struct addrinfo *at = dial->at; at != NULL; at = at->ai_next)
		left++;
	return gone >= dial->wish.limit ? 1 : (dial->wish.limit - gone) / left;
}

static void
try_address(struct dial *dial)
{
	uint64_t share;

	for (; dial->at != NULL; dial->at = dial->at->ai_next) {
		dial->fd = set_out(dial);
		if (dial->fd >= 0)
			break;
		note(dial, "connect to", errno);
	}
	if (dial->at == NULL) {
		end_round(dial);
		return;
	}
	dial->poll = mem_zero(sizeof(*dial->poll));
	uv_poll_init(dial->loop, dial->poll, dial->fd);
	dial->poll->data = dial;
	uv_poll_start(dial->poll, UV_WRITABLE, connected);
	share = fair_share(dial);
	if (share > 0)
		uv_timer_start(&dial->timer, timer_fired, share, 0);
}

static void
looked_up(void *context, int error, int number, struct addrinfo *found)
{
	struct dial *dial = context;

	dial->lookup = NULL;
	dial->addresses = dial->at = found;
	if (error != 0) {
		dial->words = mem_print("cannot find the address of %s: %s",
		    dial->wish.host,
		    number != 0 ? strerror(number) : gai_strerror(error));
		finish(dial, -1);
		return;
	}
	try_address(dial);
}

static void
begin(void *context)
{
	struct dial *dial = context;
	struct addrinfo hints = {
		.ai_family = dial->wish.family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	char port[8];

	snprintf(port, sizeof(port), "%d", dial->wish.port);
	if (getaddrinfo(dial->wish.host, port, &hints, &dial->addresses) == 0) {
		dial->at = dial->addresses;
		try_address(dial);
		return;
	}
	dial->addresses = NULL;
	dial->lookup = resolve_start(dial->loop, dial->wish.host,
	    dial->wish.port, dial->wish.family, looked_up, dial);
}

struct dial *
dial_start(uv_loop_t *loop, const struct dial_wish *wish,
    void (*done)(void *context, int fd, const char *words), void *context)
{
	struct dial *dial = mem_zero(sizeof(*dial));

	dial->loop = loop;
	dial->wish = *wish;
	dial->done = done;
	dial->context = context;
	dial->began = uv_now(loop);
	dial->rounds = wish->attempts - 1;
	dial->fd = -1;
	uv_timer_init(loop, &dial->timer);
	dial->timer.data = dial;
	dial->later = (struct later){ .call = begin, .context = dial };
	loop_later(loop, &dial->later);
	return dial;
}
