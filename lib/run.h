/* SPDX-License-Identifier: BSD-2-Clause */
/* What all visits of a run share, from its beginning to its end. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "job.h"

/* All of it but what the report and the input bring along. */
void	 run_begin(struct run *, const struct plan *);

/* No visit will begin any more: let go of what waits for more of them. */
void	 run_drain(struct run *);

/* After the last visit; ends the loop. */
void	 run_end(struct run *);

#endif
