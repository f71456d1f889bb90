/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rsyncsaid.h"

#define LONGEST 8192	/* file names are bounded by this, progress is not */
#define SHOWN 400	/* of a line, in a message */

void
rsyncsaid_begin(struct rsyncsaid *said)
{
	*said = (struct rsyncsaid){ .cause = NULL };
	for (int i = 0; i < 3; i++)
		said->lines[i].longest = LONGEST;
}

static bool
begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

/* What follows from an error that somebody has told of already. */
static bool
is_consequence(const char *line)
{
	return begins(line, "rsync error:") ||
	    strstr(line, "connection unexpectedly closed") != NULL ||
	    strstr(line, "Broken pipe (32)") != NULL ||
	    strstr(line, "Connection reset by peer (104)") != NULL;
}

/* rsync's own words, or a shell's that finds none. */
static bool
is_cause(const char *line)
{
	return begins(line, "rsync: ") || strstr(line, "not found") != NULL ||
	    strstr(line, "Unknown command") != NULL;
}

/* Of causes the first tells most, of all else the last. */
static void
judge(struct rsyncsaid *said, const char *data, size_t len)
{
	char *line = mem_ndup(data, len < SHOWN ? len : SHOWN);

	line[strcspn(line, "\r")] = '\0';
	if (*line == '\0' || is_consequence(line) ||
	    (is_cause(line) && said->cause != NULL)) {
		free(line);
	} else if (is_cause(line)) {
		said->cause = line;
	} else {
		free(said->other);
		said->other = line;
	}
}

static void
keep(struct rsyncsaid *said, const char *data, size_t len)
{
	const char *drawn = memrchr(data, '\r', len);

	if (drawn != NULL) {
		len -= (size_t)(drawn + 1 - data);
		data = drawn + 1;
	}
	buf_add(&said->fit, data, len);
	if (!said->lines[RSYNCSAID_OUT].cut)
		buf_addc(&said->fit, '\n');
	if (said->left_out == NULL && len > 9 &&
	    memcmp(data, "skipping ", 9) == 0)
		said->left_out = mem_ndup(data, len < SHOWN ? len : SHOWN);
}

static void
receive(void *context, const char *line, size_t len)
{
	struct rsyncsaid *said = context;

	if (said->voice == RSYNCSAID_OUT)
		keep(said, line, len);
	else
		judge(said, line, len);
}

void
rsyncsaid_feed(struct rsyncsaid *said, enum rsyncsaid_voice voice,
    const char *data, size_t len)
{
	said->voice = voice;
	if (len > 0)
		lines_feed(&said->lines[voice], data, len, receive, said);
	else
		lines_end(&said->lines[voice], receive, said);
}

char *
rsyncsaid_why(const struct rsyncsaid *said)
{
	return mem_dup(said->cause != NULL ? said->cause : said->other);
}

void
rsyncsaid_clear(struct rsyncsaid *said)
{
	for (int i = 0; i < 3; i++)
		buf_free(&said->lines[i].part);
	buf_free(&said->fit);
	free(said->cause);
	free(said->other);
	free(said->left_out);
	*said = (struct rsyncsaid){ .cause = NULL };
}
