/* SPDX-License-Identifier: BSD-2-Clause */
/* All instances of some regions, asked for at once; nothing counts until the
 * last page of the last one is in. */
#ifndef GATHER_H
#define GATHER_H

#include "api.h"
#include "instance.h"
#include "roster.h"

struct gather {
	const struct place *places;
	size_t		 place_count;
	const struct query *filters;
	long		 cache;		/* what is that old will do; 0: nothing
					 * is kept; in seconds */

	/* Add what will be printed for INSTANCE, if anything. */
	void		(*found)(void *context, struct roster *,
			    const struct instance *instance);
	void		*context;
};

/* Do it.  NULL: a region has failed, which is told. */
struct roster *gather_all(struct api *, const struct gather *);

#endif
