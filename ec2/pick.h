/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances that were picked out of all there are, in one region or several. */
#ifndef PICK_H
#define PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"
#include "instance.h"

struct pick {
	const struct place *place;
	struct instance	 instance;
};

struct picks {
	struct pick	*list;
	size_t		 count;
};

/* Add all that FILTERS let pass, wherever they are.  NULL, or in fresh memory
 * why that is not known: nothing was added then. */
char	*pick_all(struct api *, const struct place *places, size_t place_count,
	    const struct query *filters, struct picks *);

/* Add those with one of the NULL-terminated IDS; of those that there are not
 * nothing is said. */
char	*pick_ids(struct api *, const struct place *places, size_t place_count,
	    char *const *ids, struct picks *);

/* Is it called NAME: is that its id, one of its names or addresses, or its tag
 * Name? */
bool	 pick_is_called(const struct pick *, const char *name);

/* Is it there to stay: neither ended nor about to end? */
bool	 pick_stays(const struct pick *);

/* Take number I out of them. */
void	 pick_drop(struct picks *, size_t i);

void	 pick_clear(struct picks *);

#endif
