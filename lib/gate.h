/* SPDX-License-Identifier: BSD-2-Clause */
/* Room for so many at once; the others wait in line. */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

struct gate_pass {		/* embedded in whoever wants in; { 0 } */
	void		(*call)(void *context);	/* come and enter now */
	void		*context;
	bool		 inside, waiting;
	struct gate_pass *next;
};

struct gate {			/* { .room = N } is an empty one */
	unsigned	 room, inside;
	struct gate_pass *first;
};

/* Is there room inside, or is the pass inside already?  If not it waits in
 * line and is called, once, when it has been let in. */
bool	 gate_enter(struct gate *, struct gate_pass *);

/* Leave the inside or the line, if in either.  The next in line is let in and
 * called, before this returns. */
void	 gate_leave(struct gate *, struct gate_pass *);

/* From now on there is ROOM for so many.  Who waits and fits now is let in and
 * called, before this returns; who is inside stays. */
void	 gate_resize(struct gate *, unsigned room);

#endif
