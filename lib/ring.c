/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>

#include "ring.h"

void
ring_init(struct ring *ring)
{
	ring->next = ring->previous = ring;
}

/* Put ELEMENT between BEFORE and the one that follows it. */
static void
insert(struct ring *before, struct ring *element)
{
	element->previous = before;
	element->next = before->next;
	before->next->previous = element;
	before->next = element;
}

void
ring_add(struct ring *head, struct ring *element)
{
	insert(head->previous, element);
}

void
ring_push(struct ring *head, struct ring *element)
{
	insert(head, element);
}

void
ring_remove(struct ring *element)
{
	element->next->previous = element->previous;
	element->previous->next = element->next;
	ring_init(element);
}

struct ring *
ring_first(const struct ring *head)
{
	return head->next == head ? NULL : head->next;
}

void
ring_move(struct ring *to, struct ring *from)
{
	/* FROM steps out of its own row, and TO takes its place. */
	insert(from, to);
	ring_remove(from);
}
