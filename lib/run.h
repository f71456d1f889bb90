/* SPDX-License-Identifier: BSD-2-Clause */
/* What all visits of a run share, from its beginning to its end. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "job.h"
#include "progress.h"

/* All of it but what the report and the input bring along. */
void	 run_begin(struct run *, const struct plan *);

/* Get ready to ask the user (AROUND: see prompt.h), and ask what is to be asked
 * before signals are ours and the first visit begins.  Returns NULL, or in
 * fresh memory why going on would be in vain. */
char	*run_ask(struct run *, void (*around)(void *context, bool taken),
	    void *context);

/* What the bytes of all visits add to COUNTS, which has the hosts. */
void	 run_count(const struct run *, struct progress_counts *counts);

/* JOB is over: what it was to be sent, and has not been, will not be. */
void	 run_settle(struct run *, const struct job *);

/* No visit will begin any more: let go of what waits for more of them. */
void	 run_drain(struct run *);

/* After the last visit; ends the loop. */
void	 run_end(struct run *);

#endif
