/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server says before its version: it may send lines of text (RFC 4253,
 * section 4.2), and often they are why it closes the connection then. */
#ifndef GREETING_H
#define GREETING_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

#define GREETING_MOST 200	/* bytes kept of a line */

struct greeting {		/* { 0 } before the first byte */
	struct buf	 line;	/* the one that is being read */
	struct buf	 last;	/* the one before that said something */
	bool		 over;	/* the version has come */
};

/* What was received next; free of cost once the greeting is over. */
void	 greeting_add(struct greeting *, const char *data, size_t len);

/* The last line of text that is not empty, ended or not, or NULL.  Its bytes
 * are the server's, NULs left out; it lives until the next call. */
const char *greeting_text(struct greeting *);

/* Does TEXT say that the server has no room now?  NULL does not. */
bool	 greeting_is_full(const char *text);

void	 greeting_free(struct greeting *);

#endif
