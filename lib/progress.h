/* SPDX-License-Identifier: BSD-2-Clause */
/* The one line on a terminal that tells how far the run is, there between
 * what else is written and never mixed with it. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

struct progress;
struct sink;

struct progress_counts {
	unsigned	 done, well, running;
	unsigned	 total;		/* 0: not known yet */

	/* Of a copy; else NULL.  Bytes on their way so far, looked at whenever
	 * the line is drawn, and how many it will be; 0: not known. */
	const uint64_t	*moved;
	uint64_t	 expected;
};

/* On ERR; both sinks are watched so that the line makes way for what they
 * write.  NULL if there is no terminal to show it on, which the other calls
 * take for nothing to do. */
struct progress *progress_new(uv_loop_t *, struct sink *out, struct sink *err);

/* What the line is to say, soon. */
void	 progress_set(struct progress *, const struct progress_counts *);

/* Draw it if it is time: when all else has been written. */
void	 progress_draw(struct progress *);

/* Take it off, and keep it off while HOLD. */
void	 progress_hide(struct progress *);
void	 progress_hold(struct progress *, bool hold);

void	 progress_free(struct progress *);

#endif
