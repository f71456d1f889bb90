/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "xml.h"
#include "xml_sieve.h"

struct xml {
	XML_Parser	 parser;
	xml_closed	 closed;
	void		*context;
	char		 root[XML_NAME + 1];
	struct buf	 path;
	size_t		 starts[XML_DEEP];	/* of each name in path */
	int		 deep;
	struct buf	 text;
	bool		 leaf;			/* no element in it so far */
	size_t		 fed;
	char		*wrong;

	/* What is wanted of documents with that root; of it, what can still
	 * be meant at each depth: from LOW to below HIGH. */
	char		*only;
	const char	*const *paths;
	bool		 choosy;
	size_t		 low[XML_DEEP], high[XML_DEEP];
	int		 passed;		/* elements that are passed
						 * over, in each other */

	struct xml_sieve *sieve;		/* NULL: all is read */
	struct buf	 sifted;
};

static void
refuse(struct xml *xml, char *wrong)
{
	if (xml->wrong == NULL)
		xml->wrong = wrong;
	else
		free(wrong);
	XML_StopParser(xml->parser, XML_FALSE);
}

/* A name without its namespace's prefix. */
static const char *
bare(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void has_text(void *context, const char *text, int len);

/* The root has this name: is there a choice in it? */
static void
begin(struct xml *xml, const char *name, size_t len)
{
	memcpy(xml->root, name, len + 1);
	xml->choosy = xml->only != NULL && strcmp(xml->only, name) == 0;
	xml->low[0] = xml->high[0] = 0;
	while (xml->choosy && xml->paths[xml->high[0]] != NULL)
		xml->high[0]++;
}

/* Is the element NAME, here, on the way to one that is wanted? */
static bool
is_wanted(struct xml *xml, const char *name, size_t len)
{
	size_t start = xml->path.len, low = xml->low[xml->deep - 1];
	size_t high = xml->high[xml->deep - 1], end;

	/* The path itself may be wanted; it is the first then. */
	if (xml->deep > 1) {
		if (low < high && xml->paths[low][start] == '\0')
			low++;
		start++;
	}
	for (; low < high; low++) {
		const char *rest = xml->paths[low] + start;

		if (*rest == *name && strncmp(rest, name, len) == 0 &&
		    (rest[len] == '/' || rest[len] == '\0'))
			break;
	}
	for (end = low; end < high; end++) {
		const char *rest = xml->paths[end] + start;

		if (strncmp(rest, name, len) != 0 ||
		    (rest[len] != '/' && rest[len] != '\0'))
			break;
	}
	xml->low[xml->deep] = low;
	xml->high[xml->deep] = end;
	return low < end;
}

static bool
is_too_deep(struct xml *xml)
{
	if (xml->deep + xml->passed < XML_DEEP)
		return false;
	refuse(xml, mem_print("more than %d elements in each other",
	    XML_DEEP));
	return true;
}

static void
opens(void *context, const char *full, const char **attributes)
{
	struct xml *xml = context;
	const char *name;
	size_t len;

	(void)attributes;
	if (xml->wrong != NULL || is_too_deep(xml))
		return;
	if (xml->passed > 0) {
		xml->passed++;
		return;
	}
	name = bare(full);
	len = strlen(name);
	if (len > XML_NAME) {
		refuse(xml, mem_print("an element's name is longer than %d "
		    "bytes", XML_NAME));
		return;
	}
	if (xml->deep == 0) {
		begin(xml, name, len);
	} else if (xml->choosy && !is_wanted(xml, name, len)) {
		xml->passed = 1;
		XML_SetCharacterDataHandler(xml->parser, NULL);
		return;
	}
	xml->starts[xml->deep] = xml->path.len;
	if (xml->deep > 1)
		buf_addc(&xml->path, '/');
	if (xml->deep > 0)
		buf_add(&xml->path, name, len);
	xml->deep++;
	xml->leaf = true;
	buf_clear(&xml->text);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The text without the blanks at its ends. */
static const char *
trimmed(struct xml *xml)
{
	struct buf *text = &xml->text;

	while (text->len > 0 && is_blank(text->data[text->len - 1]))
		text->len--;
	while (text->len > 0 && is_blank(*text->data))
		buf_skip(text, 1);
	return buf_text(text);
}

static void
closes(void *context, const char *full)
{
	struct xml *xml = context;

	(void)full;
	if (xml->wrong != NULL)
		return;
	if (xml->passed > 0) {
		if (--xml->passed == 0)
			XML_SetCharacterDataHandler(xml->parser, has_text);
		xml->leaf = false;
		return;
	}
	xml->closed(xml->context, buf_text(&xml->path),
	    xml->leaf ? trimmed(xml) : "");
	xml->deep--;
	xml->path.len = xml->starts[xml->deep];
	xml->leaf = false;
	buf_clear(&xml->text);
}

static void
has_text(void *context, const char *text, int len)
{
	struct xml *xml = context;

	if (xml->wrong != NULL || !xml->leaf)
		return;
	if ((size_t)len > XML_TEXT - xml->text.len) {
		refuse(xml, mem_print("a text is longer than %d bytes",
		    XML_TEXT));
		return;
	}
	buf_add(&xml->text, text, (size_t)len);
}

/* Entities can be declared in a DOCTYPE alone: without it there are none to
 * grow or to fetch. */
static void
has_doctype(void *context, const char *name, const char *system,
    const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(context, mem_dup("it has a DOCTYPE"));
}

struct xml *
xml_new(xml_closed closed, void *context)
{
	struct xml *xml = mem_zero(sizeof(*xml));

	xml->parser = XML_ParserCreate(NULL);
	if (xml->parser == NULL)
		msg_die(1, "out of memory");
	xml->closed = closed;
	xml->context = context;
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, opens, closes);
	XML_SetCharacterDataHandler(xml->parser, has_text);
	XML_SetStartDoctypeDeclHandler(xml->parser, has_doctype);
	return xml;
}

static bool
parse(struct xml *xml, const char *data, size_t len, bool last)
{
	enum XML_Error error;

	if (xml->wrong != NULL)
		return false;
	if (XML_Parse(xml->parser, data, (int)len, last) == XML_STATUS_OK)
		return true;
	error = XML_GetErrorCode(xml->parser);
	if (error == XML_ERROR_NO_MEMORY)
		msg_die(1, "out of memory");
	if (xml->wrong == NULL)
		xml->wrong = mem_print("%s in line %lu",
		    XML_ErrorString(error),
		    (unsigned long)XML_GetCurrentLineNumber(xml->parser));
	return false;
}

void
xml_only(struct xml *xml, const char *name, const char *const *paths)
{
	free(xml->only);
	xml->only = mem_dup(name);
	xml->paths = paths;
}

void
xml_leave_out(struct xml *xml, const char *const *names)
{
	xml_sieve_free(xml->sieve);
	xml->sieve = xml_sieve_new(names);
}

static bool
read_more(struct xml *xml, const char *data, size_t len)
{
	XML_Index done;

	if (!parse(xml, data, len, false))
		return false;
	/* An unfinished tag is read again from its start with each piece, so
	 * that an endless one would cost us more and more. */
	xml->fed += len;
	done = XML_GetCurrentByteIndex(xml->parser);
	if (done >= 0 && xml->fed - (size_t)done > XML_TEXT + len) {
		xml->wrong = mem_print("a tag is longer than %d bytes",
		    XML_TEXT);
		return false;
	}
	return true;
}

bool
xml_feed(struct xml *xml, const char *data, size_t len)
{
	if (xml->sieve == NULL)
		return read_more(xml, data, len);
	buf_clear(&xml->sifted);
	xml_sieve_feed(xml->sieve, data, len, &xml->sifted);
	return read_more(xml, xml->sifted.data, xml->sifted.len);
}

bool
xml_end(struct xml *xml)
{
	if (xml->sieve != NULL) {
		buf_clear(&xml->sifted);
		xml_sieve_end(xml->sieve, &xml->sifted);
		if (!read_more(xml, xml->sifted.data, xml->sifted.len))
			return false;
	}
	return parse(xml, "", 0, true);
}

const char *
xml_wrong(const struct xml *xml)
{
	return xml->wrong;
}

const char *
xml_root(const struct xml *xml)
{
	return xml->root;
}

void
xml_free(struct xml *xml)
{
	if (xml == NULL)
		return;
	XML_ParserFree(xml->parser);
	buf_free(&xml->path);
	buf_free(&xml->text);
	free(xml->wrong);
	free(xml->only);
	xml_sieve_free(xml->sieve);
	buf_free(&xml->sifted);
	free(xml);
}
