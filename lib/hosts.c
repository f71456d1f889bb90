/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hosts.h"
#include "hostset.h"
#include "lines.h"
#include "mem.h"
#include "msg.h"
#include "target.h"

#define LINE_MAX_BYTES 65536

/* What one line may stand for: names, and bytes of memory for all of them. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define NAMES_MAX 12	/* a million take the fuzzer seconds */
#else
#define NAMES_MAX 1000000
#endif
#define COPIES_MAX (256UL * 1024 * 1024)

struct hosts {
	char *const	*globs;
	hosts_receiver	*receive;
	void		*context;
	unsigned	 count;

	/* The list that is being fed. */
	struct lines	 lines;
	const char	*name;
	unsigned long	 line;		/* the number of the last one begun */
	bool		 too_long;	/* and it is being skipped */

	/* The line that is being expanded. */
	const struct target *pattern;
	bool		 filtered;
};

struct hosts *
hosts_new(char *const *globs, hosts_receiver *receive, void *context)
{
	struct hosts *hosts = mem_zero(sizeof(*hosts));

	hosts->globs = globs != NULL && globs[0] != NULL ? globs : NULL;
	hosts->receive = receive;
	hosts->context = context;
	hosts->lines.longest = LINE_MAX_BYTES;
	return hosts;
}

static bool
is_wanted(const struct hosts *hosts, const char *host)
{
	if (hosts->globs == NULL || !hosts->filtered)
		return true;
	for (size_t i = 0; hosts->globs[i] != NULL; i++) {
		/* pssh's globs have no backslash. */
		if (fnmatch(hosts->globs[i], host, FNM_NOESCAPE) == 0)
			return true;
	}
	return false;
}

/* Hand on the target that the pattern is with HOST for its host. */
static void
hand_on(void *context, const char *host)
{
	struct hosts *hosts = context;
	struct target *target;

	if (!is_wanted(hosts, host))
		return;
	target = target_copy(hosts->pattern);
	free(target->host);
	target->host = mem_dup(host);
	target->number = hosts->count++;
	hosts->receive(hosts->context, target);
}

/* Take the entry TEXT.  Returns what is wrong with it, or NULL. */
static char *
take(struct hosts *hosts, const char *text, bool filtered)
{
	struct target pattern;
	size_t most = COPIES_MAX / (strlen(text) + sizeof(pattern));
	char *wrong, *told;

	told = target_parse(&pattern, text);
	if (told != NULL)
		return told;
	hosts->pattern = &pattern;
	hosts->filtered = filtered;
	wrong = hostset_expand(pattern.host,
	    most < NAMES_MAX ? most : NAMES_MAX, hand_on, hosts);
	hosts->pattern = NULL;
	if (wrong != NULL)
		told = mem_print("Bad line: \"%.*s\": %s", TARGET_SHOWN, text,
		    wrong);
	target_clear(&pattern);
	free(wrong);
	return told;
}

static void
tell(const struct hosts *hosts, const char *what)
{
	msg_warn("%s:%lu: %s", hosts->name, hosts->line, what);
}

/* Editors of another system put a mark before the first line. */
static void
skip_mark(const struct hosts *hosts, const char **line, size_t *len)
{
	static const char mark[3] = { '\xef', '\xbb', '\xbf' };

	if (hosts->line == 1 && *len >= sizeof(mark) &&
	    memcmp(*line, mark, sizeof(mark)) == 0) {
		*line += sizeof(mark);
		*len -= sizeof(mark);
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
take_line(void *context, const char *line, size_t len)
{
	struct hosts *hosts = context;
	const char *comment;
	char *text, *wrong;

	if (!hosts->too_long)
		hosts->line++;
	if (hosts->lines.cut && !hosts->too_long)
		tell(hosts, "Bad line: too long");
	if (hosts->lines.cut || hosts->too_long) {
		hosts->too_long = hosts->lines.cut;
		return;
	}
	skip_mark(hosts, &line, &len);
	comment = memchr(line, '#', len);
	if (comment != NULL)
		len = (size_t)(comment - line);
	while (len > 0 && is_blank(*line)) {
		line++;
		len--;
	}
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	if (len == 0)
		return;
	if (memchr(line, '\0', len) != NULL) {
		tell(hosts, "Bad line: control characters");
		return;
	}
	text = mem_ndup(line, len);
	wrong = take(hosts, text, true);
	if (wrong != NULL)
		tell(hosts, wrong);
	free(wrong);
	free(text);
}

void
hosts_feed(struct hosts *hosts, const char *name, const char *data, size_t len)
{
	hosts->name = name;
	lines_feed(&hosts->lines, data, len, take_line, hosts);
}

void
hosts_end(struct hosts *hosts, const char *name)
{
	hosts->name = name;
	lines_end(&hosts->lines, take_line, hosts);
	hosts->line = 0;
	hosts->too_long = false;
}

void
hosts_words(struct hosts *hosts, const char *text)
{
	static const char blanks[] = " \t\r\n\v\f";

	for (;;) {
		size_t len;
		char *word, *wrong;

		text += strspn(text, blanks);
		len = strcspn(text, blanks);
		if (len == 0)
			return;
		word = mem_ndup(text, len);
		wrong = take(hosts, word, false);
		if (wrong != NULL)
			msg_warn("-H: %s", wrong);
		free(wrong);
		free(word);
		text += len;
	}
}

void
hosts_free(struct hosts *hosts)
{
	if (hosts == NULL)
		return;
	buf_free(&hosts->lines.part);
	free(hosts);
}
