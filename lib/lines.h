/* SPDX-License-Identifier: BSD-2-Clause */
/* A byte stream cut into lines, with a bound on how long one may be. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Start with { .longest = N }; end with buf_free(&lines->part). */
struct lines {
	struct buf	 part;		/* the beginning of a line */
	size_t		 longest;	/* a longer line is cut; 0: never */
	bool		 cut;		/* while a receiver runs: the line goes
					 * on after this piece */
};

/* Hand each whole line in the next LEN bytes to RECEIVE, without its newline.
 * A line of more than `longest` bytes is handed on in pieces of that many, the
 * last one shorter; `cut` is set during all but the last. */
void	 lines_feed(struct lines *, const char *data, size_t len,
	    void (*receive)(void *context, const char *line, size_t len),
	    void *context);

/* The stream has ended: hand on a last line that lacks its newline. */
void	 lines_end(struct lines *,
	    void (*receive)(void *context, const char *line, size_t len),
	    void *context);

#endif
