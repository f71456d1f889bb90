/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "loop.h"
#include "mem.h"
#include "turn.h"

struct turns {
	uv_loop_t	*loop;
	struct ring	 waiting;
	bool		 taken;		/* this turn is */
	struct later	 later;		/* the next one */
};

static void
next(void *context)
{
	struct turns *turns = context;
	struct turn *turn = (struct turn *)ring_first(&turns->waiting);

	turns->taken = turn != NULL;
	if (turn == NULL)
		return;
	turn_leave(turn);
	turn->mine = true;
	loop_later(turns->loop, &turns->later);
	turn->call(turn->context);
}

struct turns *
turns_new(uv_loop_t *loop)
{
	struct turns *turns = mem_zero(sizeof(*turns));

	turns->loop = loop;
	ring_init(&turns->waiting);
	turns->later = (struct later){ .call = next, .context = turns };
	return turns;
}

void
turns_free(struct turns *turns)
{
	if (turns == NULL)
		return;
	loop_forget(turns->loop, &turns->later);
	free(turns);
}

bool
turn_take(struct turns *turns, struct turn *turn)
{
	if (turn->mine) {
		turn->mine = false;
		return true;
	}
	if (turn->waiting)
		return false;
	if (!turns->taken) {
		turns->taken = true;
		loop_later(turns->loop, &turns->later);
		return true;
	}
	turn->waiting = true;
	ring_add(&turns->waiting, &turn->ring);
	return false;
}

void
turn_leave(struct turn *turn)
{
	if (turn->waiting)
		ring_remove(&turn->ring);
	turn->waiting = false;
	turn->mine = false;
}
