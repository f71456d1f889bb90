/* SPDX-License-Identifier: BSD-2-Clause */
/* The last line of a byte stream that says something, for a message. */
#ifndef LASTLINE_H
#define LASTLINE_H

#include <stdbool.h>
#include <stddef.h>

/* { 0 } is an empty one. */
struct lastline {
	char	 text[400];	/* the rest of a longer line is dropped */
	size_t	 len;
	bool	 ended;		/* what comes next begins another line */
};

/* The next LEN bytes of the stream. */
void	 lastline_feed(struct lastline *, const char *data, size_t len);

/* It, in fresh memory, as it came: not escaped; NULL if there is none. */
char	*lastline_text(const struct lastline *);

#endif
