/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances waited for until they are ready: running, or greeting by SSH. */
#ifndef AWAIT_H
#define AWAIT_H

#include <stdbool.h>

#include "describe.h"
#include "hostline.h"

struct vouch;

struct await {
	struct describe	 describe;	/* place, ids, filters: what to ask for;
					 * its calls are ignored */
	const struct hostline *hostline;	/* for the address to try */
	size_t		 count;		/* so many; 0: all of the ids.  With
					 * ids it ends when no more can be */
	const char	*self;		/* is none of them; or NULL */
	long		 seconds;	/* no longer than that */
	bool		 ssh;		/* until they greet */
	int		 port;		/* where; 0: 22 */
	struct vouch	*vouch;		/* until keys are known; or NULL */

	/* One more is ready. */
	void		(*found)(void *context,
			    const struct instance *instance);
	void		*context;
};

/* Wait; returns how many are ready.  What the API says is told as it comes, and
 * which instances will never be ready: those that are terminated, or on their
 * way there.  Ids that it does not know yet are waited for.  *FAILED is set
 * when it ended since the API refuses to tell, *LATE when time was up. */
size_t	 await_wait(struct api *, const struct await *, bool *failed,
	    bool *late);

#endif
