/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "greeting.h"

static bool
is_version(struct greeting *greeting)
{
	return greeting->line.len >= 4 &&
	    memcmp(greeting->line.data, "SSH-", 4) == 0;
}

static void
end_line(struct greeting *greeting)
{
	if (greeting->line.len == 0)
		return;
	buf_clear(&greeting->last);
	buf_add(&greeting->last, greeting->line.data, greeting->line.len);
	buf_clear(&greeting->line);
}

void
greeting_add(struct greeting *greeting, const char *data, size_t len)
{
	for (size_t i = 0; i < len && !greeting->over; i++) {
		if (data[i] == '\n')
			end_line(greeting);
		else if (data[i] != '\r' && data[i] != '\0' &&
		    greeting->line.len < GREETING_MOST)
			buf_addc(&greeting->line, data[i]);
		greeting->over = is_version(greeting);
	}
	if (greeting->over)
		buf_free(&greeting->line);
}

const char *
greeting_text(struct greeting *greeting)
{
	if (greeting->line.len > 0)
		return buf_text(&greeting->line);
	return greeting->last.len > 0 ? buf_text(&greeting->last) : NULL;
}

bool
greeting_is_full(const char *text)
{
	static const char *const words[] = {
		"MaxStartups",			/* OpenSSH since 8.5 */
		"Not allowed at this time",	/* OpenSSH since 9.8 */
		"too many", "try again", "busy",
	};

	for (size_t i = 0; text != NULL &&
	    i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasestr(text, words[i]) != NULL)
			return true;
	return false;
}

void
greeting_free(struct greeting *greeting)
{
	buf_free(&greeting->line);
	buf_free(&greeting->last);
}
