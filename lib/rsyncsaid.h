/* SPDX-License-Identifier: BSD-2-Clause */
/* What rsync prints, made fit to be kept, and what it says of why it failed. */
#ifndef RSYNCSAID_H
#define RSYNCSAID_H

#include <stdbool.h>
#include <stddef.h>

#include "lines.h"

/* Who says it: rsync here on its stdout or stderr, or the host on the stderr
 * of what runs there. */
enum rsyncsaid_voice { RSYNCSAID_OUT, RSYNCSAID_ERR, RSYNCSAID_HOST };

/* Start with rsyncsaid_begin(); end with rsyncsaid_clear(). */
struct rsyncsaid {
	struct lines	 lines[3];
	enum rsyncsaid_voice voice;	/* while a line is received */
	struct buf	 fit;		/* of stdout, not taken yet */
	char		*cause;		/* rsync's first word on it, or NULL */
	char		*other;		/* the last word of others, or NULL */
	char		*left_out;	/* "skipping directory ...", or NULL */
};

void	 rsyncsaid_begin(struct rsyncsaid *);

/* The next LEN bytes, 0 at the end.  What is fit to be kept is added to
 * said->fit, for the caller to take and clear: of a line that is drawn again
 * and again, as progress is, the last state. */
void	 rsyncsaid_feed(struct rsyncsaid *, enum rsyncsaid_voice,
	    const char *data, size_t len);

/* Why it failed, as far as anybody said, in fresh memory; not escaped.  NULL
 * if nobody did. */
char	*rsyncsaid_why(const struct rsyncsaid *);

void	 rsyncsaid_clear(struct rsyncsaid *);

#endif
