/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lastline.h"
#include "mem.h"

void
lastline_feed(struct lastline *line, const char *data, size_t len)
{
	for (; len > 0; data++, len--) {
		if (*data == '\n' || *data == '\r') {
			line->ended = true;
			continue;
		}
		/* Blank lines do not count. */
		if (line->ended)
			line->len = 0;
		line->ended = false;
		if (line->len < sizeof(line->text))
			line->text[line->len++] = *data;
	}
}

char *
lastline_text(const struct lastline *line)
{
	return line->len > 0 ? mem_ndup(line->text, line->len) : NULL;
}
