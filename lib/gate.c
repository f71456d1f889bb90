/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>

#include "gate.h"

bool
gate_enter(struct gate *gate, struct gate_pass *pass)
{
	struct gate_pass **end = &gate->first;

	if (pass->inside)
		return true;
	if (!pass->waiting && gate->inside < gate->room) {
		gate->inside++;
		pass->inside = true;
		return true;
	}
	if (pass->waiting)
		return false;
	while (*end != NULL)
		end = &(*end)->next;
	pass->waiting = true;
	pass->next = NULL;
	*end = pass;
	return false;
}

/* Let the first in line in, if there is one and room for it. */
static bool
let_in(struct gate *gate)
{
	struct gate_pass *next = gate->first;

	if (next == NULL || gate->inside >= gate->room)
		return false;
	gate->first = next->next;
	next->waiting = false;
	next->inside = true;
	gate->inside++;
	next->call(next->context);
	return true;
}

void
gate_leave(struct gate *gate, struct gate_pass *pass)
{
	if (pass->waiting) {
		struct gate_pass **at = &gate->first;

		while (*at != pass)
			at = &(*at)->next;
		*at = pass->next;
		pass->waiting = false;
	}
	if (!pass->inside)
		return;
	pass->inside = false;
	gate->inside--;
	let_in(gate);
}

void
gate_resize(struct gate *gate, unsigned room)
{
	gate->room = room;
	while (let_in(gate))
		;
}
