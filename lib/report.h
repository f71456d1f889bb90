/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user is told of the visits: status lines, the output that was kept
 * for them (-i), messages, progress, the summary.  All that is written to
 * stdout and stderr goes through its sinks. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include <uv.h>

#include "output.h"
#include "progress.h"
#include "result.h"

struct job;
struct plan;
struct report;

/* BROKEN is called when stdout cannot be written to any more.  Without stderr
 * the run goes on, and report_failed() tells. */
struct report *report_new(uv_loop_t *, const struct plan *,
	    void (*broken)(void *context, int error), void *context);

/* For the lines of -P. */
const struct output_sinks *report_sinks(const struct report *);

/* Tell of JOB, which has ended.  WRITTEN is called when nothing of it is
 * needed any more, perhaps before this returns. */
void	 report_visit(struct report *, struct job *job,
	    void (*written)(struct job *));

/* Visits whose output still waits to be written. */
unsigned report_backlog(const struct report *);

void	 report_progress(struct report *, const struct progress_counts *);

/* The terminal is needed for a question (true), or is free again. */
void	 report_hold(struct report *, bool hold);

/* The line at the end, on a terminal only. */
void	 report_summary(struct report *, const struct tally *);

/* Has something that was to be told been lost: on a stderr that cannot be
 * written to, though its reader has not left, or as what was kept could not be
 * read again? */
bool	 report_failed(const struct report *);

/* Write what can be written without waiting.  What is left keeps the loop
 * going until it is written, or cannot be. */
void	 report_flush(struct report *);

/* Tell of a visit that is left as it is, without its output. */
void	 report_abandoned(struct report *, struct job *);

/* Tell in the same way of those that have ended and wait to be told of, write
 * what can be written without waiting, and leave the terminal tidy: the program
 * is about to end on the spot. */
void	 report_leave(struct report *);

/* Write the rest, however long that takes, and free it all. */
void	 report_close(struct report *);

#endif
