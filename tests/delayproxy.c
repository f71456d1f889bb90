/* SPDX-License-Identifier: BSD-2-Clause */
/* delayproxy MILLISECONDS PORT: a way to 127.0.0.1:PORT on which every byte
 * takes that long, in each direction, whatever their number: a long line, not
 * a narrow one.  Prints the port it listens on, then closes stdout. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTIONS = 64,
	PIECE = 65536,
	PIECES = 1024,	/* on the way at once: 64 MB a direction at most */
};

struct piece {
	int64_t	 due;	/* milliseconds */
	size_t	 length;	/* 0: the sender has closed */
	size_t	 sent;
	char	*data;
};

/* One direction: a ring of pieces on their way. */
struct line {
	int	 from, to;
	struct piece pieces[PIECES];
	size_t	 first, count;
	bool	 ended;		/* nothing more comes in */
	bool	 done;		/* nor goes out */
};

struct connection {
	struct line there, back;
};

static struct connection *connections[CONNECTIONS];
static int64_t delay;

static int64_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
line_read(struct line *line)
{
	static char data[PIECE];
	struct piece *piece;
	ssize_t n = recv(line->from, data, sizeof(data), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	piece = &line->pieces[(line->first + line->count++) % PIECES];
	*piece = (struct piece){ .due = now() + delay };
	if (n <= 0) {
		line->ended = true;
		return;
	}
	piece->length = (size_t)n;
	piece->data = malloc((size_t)n);
	if (piece->data == NULL)
		err(1, NULL);
	memcpy(piece->data, data, (size_t)n);
}

static bool
line_is_due(const struct line *line)
{
	return line->count > 0 && line->pieces[line->first].due <= now();
}

/* The oldest piece has arrived, or cannot. */
static void
line_drop(struct line *line)
{
	free(line->pieces[line->first].data);
	line->first = (line->first + 1) % PIECES;
	line->count--;
}

static void
line_close(struct line *line)
{
	shutdown(line->to, SHUT_WR);
	while (line->count > 0)
		line_drop(line);
	line->ended = line->done = true;
}

static void
line_write(struct line *line)
{
	while (line_is_due(line)) {
		struct piece *piece = &line->pieces[line->first];
		ssize_t n = send(line->to, piece->data + piece->sent,
		    piece->length - piece->sent, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0 || piece->length == 0) {
			line_close(line);
			return;
		}
		piece->sent += (size_t)n;
		if (piece->sent == piece->length)
			line_drop(line);
	}
}

static void
begin(int client, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
	size_t i;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	for (i = 0; i < CONNECTIONS && connections[i] != NULL; i++)
		;
	if (i == CONNECTIONS || connect(server, (struct sockaddr *)&address,
	    sizeof(address)) < 0) {
		close(client);
		close(server);
		return;
	}
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	connections[i] = calloc(1, sizeof(*connections[i]));
	if (connections[i] == NULL)
		err(1, NULL);
	connections[i]->there.from = connections[i]->back.to = client;
	connections[i]->there.to = connections[i]->back.from = server;
}

static void
end_if_done(struct connection **connection)
{
	if (*connection == NULL || !(*connection)->there.done ||
	    !(*connection)->back.done)
		return;
	close((*connection)->there.from);
	close((*connection)->there.to);
	free(*connection);
	*connection = NULL;
}

/* What LINE waits for: room, its time, or the next bytes. */
static void
line_watch(const struct line *line, struct pollfd *in, struct pollfd *out,
    int64_t *wake)
{
	bool due = line_is_due(line);

	in->fd = line->ended || line->count == PIECES - 1 ? -1 : line->from;
	in->events = POLLIN;
	/* What is due but has no room waits for the other side. */
	out->fd = due ? line->to : -1;
	out->events = POLLOUT;
	if (!due && line->count > 0 && line->pieces[line->first].due < *wake)
		*wake = line->pieces[line->first].due;
}

/* Sleep until something can be done, then do it. */
static void
turn(int listener, uint16_t port)
{
	struct pollfd fds[1 + 4 * CONNECTIONS];
	int64_t wake = INT64_MAX, left;
	size_t i;

	fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (i = 0; i < 4 * CONNECTIONS; i += 2) {
		struct connection *at = connections[i / 4];

		fds[1 + i].fd = fds[2 + i].fd = -1;
		if (at != NULL)
			line_watch(i % 4 == 0 ? &at->there : &at->back,
			    &fds[1 + i], &fds[2 + i], &wake);
	}
	left = wake - now();
	if (left < 0)
		left = 0;
	if (poll(fds, 1 + 4 * CONNECTIONS,
	    wake == INT64_MAX ? -1 : (int)left) < 0)
		err(1, "poll");
	for (i = 0; i < 4 * CONNECTIONS; i += 2) {
		struct connection *at = connections[i / 4];
		struct line *line;

		if (at == NULL)
			continue;
		line = i % 4 == 0 ? &at->there : &at->back;
		if (fds[1 + i].fd >= 0 && fds[1 + i].revents != 0)
			line_read(line);
		line_write(line);
	}
	for (i = 0; i < CONNECTIONS; i++)
		end_if_done(&connections[i]);
	if (fds[0].revents != 0)
		begin(accept(listener, NULL, NULL), port);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 3)
		errx(2, "usage: delayproxy MILLISECONDS PORT");
	delay = strtol(argv[1], NULL, 10);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    listen(listener, 1024) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		err(1, "listen");
	printf("%d\n", ntohs(address.sin_port));
	fclose(stdout);
	signal(SIGPIPE, SIG_IGN);
	for (;;)
		turn(listener, (uint16_t)strtoul(argv[2], NULL, 10));
}
