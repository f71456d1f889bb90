/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All from a tag "<name>" to "</name>" is left out.  In XML no '<' stands in a
 * text, so that is enough but for comments, CDATA sections and a DOCTYPE: with
 * the first "<!" the sieve lets everything through.
 */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "xml_sieve.h"

struct name {
	const char	*text;
	size_t		 len;
	char		*end_tag;
};

struct xml_sieve {
	struct name	*names;		/* sorted */
	size_t		 count;
	size_t		 first[256];	/* that begins with the byte; COUNT */
	const char	*end_tag;	/* of what is being left out, or NULL */
	bool		 open;		/* everything goes through */
	struct buf	 held;		/* too little to be judged */
};

enum verdict {
	READ,
	LEAVE_OUT,
	WAIT,			/* more of the tag must be seen */
};

struct xml_sieve *
xml_sieve_new(const char *const *names)
{
	struct xml_sieve *sieve = mem_zero(sizeof(*sieve));

	while (names[sieve->count] != NULL)
		sieve->count++;
	sieve->names = mem_zero(sieve->count * sizeof(*sieve->names));
	for (size_t i = 0; i < sieve->count; i++) {
		sieve->names[i].text = names[i];
		sieve->names[i].len = strlen(names[i]);
		sieve->names[i].end_tag = mem_print("</%s>", names[i]);
	}
	for (size_t i = 0; i < 256; i++)
		sieve->first[i] = sieve->count;
	for (size_t i = sieve->count; i-- > 0;)
		sieve->first[(unsigned char)*names[i]] = i;
	return sieve;
}

/* TAG is what follows a '<', of which there are LEN bytes so far.  For
 * LEAVE_OUT *NAME is whose it is. */
static enum verdict
judge(const struct xml_sieve *sieve, const char *tag, size_t len,
    const struct name **name)
{
	enum verdict verdict = READ;

	if (len == 0)
		return WAIT;
	for (size_t i = sieve->first[(unsigned char)*tag]; i < sieve->count;
	    i++) {
		const struct name *n = &sieve->names[i];

		if (*tag != *n->text)
			break;
		/* Most are told apart by their first two bytes. */
		if ((len > 1 && tag[1] != n->text[1]) ||
		    memcmp(tag, n->text, len < n->len ? len : n->len) != 0)
			continue;
		if (len <= n->len) {
			verdict = WAIT;
		} else if (tag[n->len] == '>') {
			*name = n;
			return LEAVE_OUT;
		}
	}
	return verdict;
}

/* Leave out the element that has begun.  What follows it, or NULL if its end is
 * not among the LEN bytes; *KEPT are those at their end that may begin the end
 * tag. */
static const char *
leave_out(struct xml_sieve *sieve, const char *at, size_t len, size_t *kept)
{
	size_t size = strlen(sieve->end_tag);
	const char *end = memmem(at, len, sieve->end_tag, size);

	*kept = len < size ? len : size - 1;
	if (end != NULL) {
		end += size;
		sieve->end_tag = NULL;
	}
	return end;
}

/* How many bytes from AT on are to be read.  What follows begins something to
 * be left out, or must wait. */
static size_t
readable(struct xml_sieve *sieve, const char *at, const char *end)
{
	const char *start = at;
	const struct name *name;

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		at++;
		if (at < end && *at == '!') {
			sieve->open = true;
			break;
		}
		switch (judge(sieve, at, (size_t)(end - at), &name)) {
		case WAIT:
			return (size_t)(at - 1 - start);
		case LEAVE_OUT:
			sieve->end_tag = name->end_tag;
			return (size_t)(at - 1 - start);
		case READ:
			break;
		}
	}
	return (size_t)(end - start);
}

/* Go over the bytes; returns how many at their end must wait. */
static size_t
sift(struct xml_sieve *sieve, const char *at, const char *end, struct buf *out)
{
	for (;;) {
		size_t len, kept;

		if (sieve->end_tag != NULL) {
			at = leave_out(sieve, at, (size_t)(end - at), &kept);
			if (at == NULL)
				return kept;
		}
		len = sieve->open ? (size_t)(end - at) :
		    readable(sieve, at, end);
		buf_add(out, at, len);
		at += len;
		if (sieve->end_tag == NULL)
			return (size_t)(end - at);
	}
}

void
xml_sieve_feed(struct xml_sieve *sieve, const char *data, size_t len,
    struct buf *out)
{
	struct buf all = sieve->held;
	size_t kept;

	if (all.len > 0) {
		buf_add(&all, data, len);
		data = all.data;
		len = all.len;
	}
	sieve->held = (struct buf){ 0 };
	kept = sift(sieve, data, data + len, out);
	buf_add(&sieve->held, data + len - kept, kept);
	buf_free(&all);
}

void
xml_sieve_end(struct xml_sieve *sieve, struct buf *out)
{
	if (sieve->end_tag == NULL)
		buf_add(out, sieve->held.data, sieve->held.len);
	buf_clear(&sieve->held);
}

void
xml_sieve_free(struct xml_sieve *sieve)
{
	if (sieve == NULL)
		return;
	for (size_t i = 0; i < sieve->count; i++)
		free(sieve->names[i].end_tag);
	free(sieve->names);
	buf_free(&sieve->held);
	free(sieve);
}
