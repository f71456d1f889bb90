/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hostset.h"
#include "mem.h"
#include "num.h"

/* So that a number, its successor and a sum of spans fit in a long. */
#define DIGITS_MAX 9

/* Each is a level of recursion in walk(). */
#define RANGES_MAX 64

/* The numbers first to last, written at least width digits wide. */
struct span {
	long	first;
	long	last;
	int	width;
};

/* Literal text, then (if span_count > 0) a range. */
struct segment {
	const char	*text;
	size_t		 len;
	struct span	*spans;
	size_t		 span_count;
};

struct set {
	struct segment	*segments;
	size_t		 count;
	void		(*receive)(void *context, const char *name);
	void		*context;
};

bool
hostset_is_range(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || strchr("0123456789,-", text[i]) == NULL)
			return false;
	}
	return len > 0;
}

/* Read "7" or "1-9" from the LEN bytes at TEXT. */
static bool
read_span(struct span *span, const char *text, size_t len)
{
	char digits[DIGITS_MAX + 1 + DIGITS_MAX + 1];
	char *dash;

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	dash = strchr(digits, '-');
	if (dash != NULL)
		*dash = '\0';
	span->width = (int)strlen(digits);
	if (!num_parse(digits, 0, 999999999, &span->first))
		return false;
	span->last = span->first;
	return dash == NULL ||
	    (num_parse(dash + 1, 0, 999999999, &span->last) &&
	    span->last >= span->first);
}

/* Read what stands between a pair of brackets. */
static bool
read_spans(struct segment *segment, const char *text, size_t len)
{
	const char *end = text + len;

	if (!hostset_is_range(text, len))
		return false;
	for (;;) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *stop = comma != NULL ? comma : end;

		segment->spans = mem_resize(segment->spans,
		    segment->span_count + 1, sizeof(*segment->spans));
		if (!read_span(&segment->spans[segment->span_count++], text,
		    (size_t)(stop - text)))
			return false;
		if (comma == NULL)
			return true;
		text = comma + 1;
	}
}

/* Cut TEXT into segments.  Returns what is wrong, or NULL. */
static char *
read_set(struct set *set, const char *text)
{
	const char *whole = text;

	for (;;) {
		size_t len = strcspn(text, "[]");
		struct segment *segment;
		const char *end;

		set->segments = mem_resize(set->segments, set->count + 1,
		    sizeof(*set->segments));
		segment = &set->segments[set->count++];
		*segment = (struct segment){ .text = text, .len = len };
		if (text[len] == '\0')
			return NULL;
		if (set->count > RANGES_MAX)
			return mem_print("more than %d ranges", RANGES_MAX);
		end = strchr(text + len, ']');
		if (text[len] == ']' || end == NULL)
			return mem_print("unpaired bracket in \"%s\"", whole);
		text += len + 1;
		if (!read_spans(segment, text, (size_t)(end - text)))
			return mem_print("bad range \"[%.*s]\"",
			    (int)(end - text), text);
		text = end + 1;
	}
}

/* How many names the set stands for, or SIZE_MAX if more than MOST. */
static size_t
count_names(const struct set *set, size_t most)
{
	size_t count = 1;

	for (size_t i = 0; i < set->count; i++) {
		const struct segment *segment = &set->segments[i];
		size_t numbers = segment->span_count == 0 ? 1 : 0;

		for (size_t j = 0; j < segment->span_count; j++) {
			numbers += (size_t)(segment->spans[j].last -
			    segment->spans[j].first) + 1;
			if (numbers > most)
				return SIZE_MAX;
		}
		if (numbers > most / count)
			return SIZE_MAX;
		count *= numbers;
	}
	return count;
}

/* Hand on every name that begins with NAME and goes on with the segments from
 * AT. */
static void
walk(const struct set *set, size_t at, struct buf *name)
{
	const struct segment *segment = &set->segments[at];
	size_t len;

	buf_add(name, segment->text, segment->len);
	if (segment->span_count == 0) {
		set->receive(set->context, buf_text(name));
		return;
	}
	len = name->len;
	for (size_t i = 0; i < segment->span_count; i++) {
		const struct span *span = &segment->spans[i];

		for (long n = span->first; n <= span->last; n++) {
			buf_addf(name, "%0*ld", span->width, n);
			walk(set, at + 1, name);
			name->len = len;
		}
	}
}

static bool
is_bracketed_address(const char *text)
{
	const char *end = strchr(text, ']');

	return *text == '[' && end != NULL && end[1] == '\0' &&
	    memchr(text, ':', (size_t)(end - text)) != NULL;
}

char *
hostset_expand(const char *text, size_t most,
    void (*receive)(void *context, const char *name), void *context)
{
	struct set set = { .receive = receive, .context = context };
	struct buf name = { 0 };
	char *wrong;

	if (is_bracketed_address(text)) {
		receive(context, text);
		return NULL;
	}
	wrong = read_set(&set, text);
	if (wrong == NULL && count_names(&set, most) == SIZE_MAX)
		wrong = mem_print("\"%s\" is more than %zu names", text, most);
	if (wrong == NULL)
		walk(&set, 0, &name);
	for (size_t i = 0; i < set.count; i++)
		free(set.segments[i].spans);
	free(set.segments);
	buf_free(&name);
	return wrong;
}
