/* SPDX-License-Identifier: BSD-2-Clause */
/* What all visits of a run share, from its beginning to its end. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "job.h"

/* All of it but what the report and the input bring along. */
void	 run_begin(struct run *, const struct plan *);

/* Get ready to ask the user (AROUND: see prompt.h), and ask what is to be asked
 * before signals are ours and the first visit begins.  Returns NULL, or in
 * fresh memory why going on would be in vain. */
char	*run_ask(struct run *, void (*around)(void *context, bool taken),
	    void *context);

/* No visit will begin any more: let go of what waits for more of them. */
void	 run_drain(struct run *);

/* After the last visit; ends the loop. */
void	 run_end(struct run *);

#endif
