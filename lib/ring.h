/* SPDX-License-Identifier: BSD-2-Clause */
/* Things in a row, each of which can be taken out without knowing which row
 * it is in.  The row's head is an element that is nothing else. */
#ifndef RING_H
#define RING_H

#include <stddef.h>

struct ring {
	struct ring	*next, *previous;
};

/* The TYPE in which ELEMENT is the MEMBER. */
#define ring_outer(element, type, member) \
	((type *)(void *)((char *)(element) - offsetof(type, member)))

/* Make it an empty row, or an element that is in no row. */
void	 ring_init(struct ring *);

/* Put ELEMENT at the end of HEAD's row. */
void	 ring_add(struct ring *head, struct ring *element);

/* Put ELEMENT at its beginning. */
void	 ring_push(struct ring *head, struct ring *element);

/* Take ELEMENT out of whatever row it is in, or none. */
void	 ring_remove(struct ring *element);

/* The first element, or NULL. */
struct ring *ring_first(const struct ring *head);

/* All elements of FROM are TO's from here on, and no others. */
void	 ring_move(struct ring *to, struct ring *from);

#endif
