/* SPDX-License-Identifier: BSD-2-Clause */
/* Work that holds up the loop: one piece of it a turn, so that clocks, other
 * hosts and the user come in between. */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>

#include <uv.h>

#include "ring.h"

struct turns;

/* A piece of work, embedded in whatever has it to do.  Zeroed, and then CALL
 * and CONTEXT set, is one that waits for nothing. */
struct turn {
	struct ring	 ring;		/* first */
	void		(*call)(void *context);
	void		*context;
	bool		 waiting;
	bool		 mine;		/* it was called, and has not begun */
};

struct turns *turns_new(uv_loop_t *);

/* Nobody may be waiting any more.  NULL is ignored. */
void	 turns_free(struct turns *);

/* May the work be done now?  False: CALL is called in a turn of the loop in
 * which it may, once, and asking there says so. */
bool	 turn_take(struct turns *, struct turn *);

/* Wait no longer. */
void	 turn_leave(struct turn *);

#endif
