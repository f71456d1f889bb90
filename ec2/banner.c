/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcurl connects, which knows names and both kinds of addresses; what the
 * server says is read here.  We say nothing: it greets first.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "banner.h"
#include "mem.h"

/* What may come before the version, and its line (RFC 4253, section 4.2). */
#define MOST 16384

struct banner {
	struct http	*http;
	int		 fd;
	long long	 due;
	struct buf	 said;
	void		(*answer)(void *context, bool greets);
	void		*context;
};

static void
end(struct banner *ask)
{
	if (ask->fd >= 0)
		close(ask->fd);
	buf_free(&ask->said);
	free(ask);
}

void
banner_drop(struct banner *ask)
{
	http_drop(ask->http, ask);
	end(ask);
}

static void
finish(struct banner *ask, bool greets)
{
	ask->answer(ask->context, greets);
	end(ask);
}

/* Is one of the lines a version's beginning? */
static bool
has_greeted(struct buf *said)
{
	const char *text = buf_text(said);

	return strncmp(text, "SSH-", 4) == 0 || strstr(text, "\nSSH-") != NULL;
}

static void	listen_on(struct banner *);

static void
hear(void *context, bool readable)
{
	struct banner *ask = context;
	ssize_t got;

	if (!readable) {
		finish(ask, false);
		return;
	}
	got = recv(ask->fd, buf_reserve(&ask->said, 1024), 1024, MSG_DONTWAIT);
	if (got > 0)
		ask->said.len += (size_t)got;
	if (has_greeted(&ask->said))
		finish(ask, true);
	else if (ask->said.len < MOST && (got > 0 || (got < 0 &&
	    (errno == EAGAIN || errno == EINTR))))
		listen_on(ask);
	else
		finish(ask, false);
}

static void
listen_on(struct banner *ask)
{
	long long left = ask->due - http_now();

	http_watch(ask->http, ask->fd, left > 0 ? (long)left : 0, hear, ask);
}

static void
connected(void *context, const struct http_reply *reply)
{
	struct banner *ask = context;

	ask->fd = reply->fd;
	if (ask->fd < 0)
		finish(ask, false);
	else
		listen_on(ask);
}

struct banner *
banner_ask(struct http *http, const char *address, int port, long seconds,
    void (*answer)(void *context, bool greets), void *context)
{
	bool bare = strchr(address, ':') != NULL && *address != '[';
	char *url = mem_print("http://%s%s%s:%d/", bare ? "[" : "", address,
	    bare ? "]" : "", port);
	struct http_request request = {
		.method = "GET", .url = url, .connect_ms = seconds * 1000,
		.total_ms = seconds * 1000, .direct = true, .connect = true,
	};
	struct banner *ask = mem_zero(sizeof(*ask));

	ask->http = http;
	ask->fd = -1;
	ask->due = http_now() + seconds * 1000;
	ask->answer = answer;
	ask->context = context;
	http_start(http, &request, &(struct http_handler){
	    .done = connected, .context = ask });
	free(url);
	return ask;
}
