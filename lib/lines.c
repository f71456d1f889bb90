/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lines.h"

/* Add LEN bytes to the line that has begun.  A full piece is handed on only
 * when another byte of its line is there: a line of exactly `longest` bytes is
 * whole, and no empty piece follows it. */
static void
add(struct lines *lines, const char *data, size_t len,
    void (*receive)(void *, const char *, size_t), void *context)
{
	size_t longest = lines->longest > 0 ? lines->longest : SIZE_MAX;

	while (len > longest - lines->part.len) {
		size_t room = longest - lines->part.len;

		buf_add(&lines->part, data, room);
		data += room;
		len -= room;
		lines->cut = true;
		receive(context, lines->part.data, lines->part.len);
		lines->cut = false;
		buf_clear(&lines->part);
	}
	buf_add(&lines->part, data, len);
}

void
lines_feed(struct lines *lines, const char *data, size_t len,
    void (*receive)(void *context, const char *line, size_t len), void *context)
{
	while (len > 0) {
		const char *newline = memchr(data, '\n', len);
		size_t size = newline == NULL ? len : (size_t)(newline - data);

		if (newline != NULL && lines->part.len == 0 &&
		    (lines->longest == 0 || size <= lines->longest)) {
			receive(context, data, size);
		} else {
			add(lines, data, size, receive, context);
			if (newline == NULL)
				return;
			receive(context, buf_text(&lines->part),
			    lines->part.len);
			buf_clear(&lines->part);
		}
		data += size + 1;
		len -= size + 1;
	}
}

void
lines_end(struct lines *lines,
    void (*receive)(void *context, const char *line, size_t len), void *context)
{
	if (lines->part.len > 0)
		receive(context, lines->part.data, lines->part.len);
	buf_clear(&lines->part);
}
