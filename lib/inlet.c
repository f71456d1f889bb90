/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "inlet.h"
#include "loop.h"
#include "mem.h"
#include "ready.h"

#define PIECE (64 * 1024)

struct inlet {
	uv_loop_t	*loop;
	int		 fd;
	struct ready	*ready;		/* NULL: a file, always ready */
	struct later	 later;		/* reads a file's next piece */
	bool		 held, ended, closed, reading;
	void		(*receive)(void *, const char *, size_t, int);
	void		*context;
};

static void
wait_for_more(struct inlet *inlet)
{
	bool flow = !inlet->held && !inlet->ended;

	if (inlet->ready != NULL)
		ready_listen(inlet->ready, flow);
	else if (flow)
		loop_later(inlet->loop, &inlet->later);
	else
		loop_forget(inlet->loop, &inlet->later);
}

/* One read a turn, so that hosts that work meanwhile get theirs. */
static void
read_piece(void *context)
{
	struct inlet *inlet = context;
	char piece[PIECE];
	ssize_t got;

	do
		got = read(inlet->fd, piece, sizeof(piece));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN) {
		wait_for_more(inlet);
		return;
	}
	inlet->ended = got <= 0;
	inlet->reading = true;
	inlet->receive(inlet->context, piece, got > 0 ? (size_t)got : 0,
	    got < 0 ? errno : 0);
	inlet->reading = false;
	if (inlet->closed)
		inlet_close(inlet);
	else
		wait_for_more(inlet);
}

struct inlet *
inlet_open(uv_loop_t *loop, int fd, void (*receive)(void *context,
    const char *data, size_t len, int error), void *context)
{
	struct inlet *inlet = mem_zero(sizeof(*inlet));

	inlet->loop = loop;
	inlet->fd = fd;
	inlet->receive = receive;
	inlet->context = context;
	inlet->later = (struct later){ .call = read_piece, .context = inlet };
	inlet->ready = ready_new(loop, fd, UV_READABLE, read_piece, inlet);
	wait_for_more(inlet);
	return inlet;
}

void
inlet_hold(struct inlet *inlet, bool hold)
{
	inlet->held = hold;
	if (!inlet->reading)
		wait_for_more(inlet);
}

void
inlet_close(struct inlet *inlet)
{
	if (inlet == NULL)
		return;
	inlet->closed = true;
	if (inlet->reading)
		return;
	loop_forget(inlet->loop, &inlet->later);
	ready_free(inlet->ready);
	free(inlet);
}
