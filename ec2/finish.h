/* SPDX-License-Identifier: BSD-2-Clause */
/* TerminateInstances: ended for good. */
#ifndef FINISH_H
#define FINISH_H

#include <stdbool.h>
#include <stddef.h>

#include "pick.h"

/* So many are ended by one request; AWS advises against more. */
#define FINISH_BATCH 100

struct finish {
	struct api	*api;
	const struct picks *picks;
	bool		 dry;		/* only ask whether it would be done */

	/* This one is ended, or on its way there. */
	void		(*ended)(void *context, const struct pick *);
	void		*context;
};

/* End them all, as far as EC2 lets us; what it does not is told.  How many have
 * been ended.  *REFUSED is set when one could not be.  With `dry` none is, and
 * what counts is *REFUSED.  From the first request on a signal waits, as
 * parting.h says: no more is asked for after it, what is left out is told, and
 * the caller obeys it when he has made known what has been ended. */
size_t	 finish_all(const struct finish *, bool *refused);

/* Wait until they are terminated, for so many seconds.  How many are not. */
size_t	 finish_wait(struct api *, const struct picks *, long seconds);

#endif
