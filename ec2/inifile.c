/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inih reads lines of 200 bytes and names of 50, unless it was built otherwise,
 * and ends values at " ;".  Session tokens and names of profiles are longer,
 * and commands have semicolons.  So lines come from us: a long one is cut in
 * pieces, of which all but the first look like lines that go on with the one
 * before and begin with a mark; semicolons, and blanks where inih would take
 * them off, are other marks; and the names of sections are kept here.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "buf.h"
#include "inifile.h"
#include "mem.h"

/* Control bytes, which are refused in files. */
#define GOES_ON '\001'
#define SEMICOLON '\002'
#define BLANK '\003'		/* and those after it: the blanks below */
#define LAST_MARK '\007'

static const char blanks[] = " \t\v\f\r";

#define PIECE 150	/* of a line, below any limit of inih's */

struct entry {
	const char	*section;
	char		*key;
	struct buf	 value;
};

struct inifile {
	struct entry	*entries;
	size_t		 count;
	char		**sections;	/* the first has no name */
	size_t		 section_count;
};

struct reader {
	struct inifile	*file;
	const char	*at, *end;
	bool		 inside;	/* a line of which pieces are left */
	bool		 further;	/* it began with a blank */
	bool		 taken;		/* its first piece was a good one */
	struct entry	*last;		/* in this section */
	int		 line;
	int		*lines;		/* of each piece */
	size_t		 pieces;
};

static bool
is_blank(char c)
{
	return c != '\0' && strchr(blanks, c) != NULL;
}

static const char *
current_section(const struct inifile *file)
{
	return file->sections[file->section_count - 1];
}

static void
add_section(struct inifile *file, const char *name, size_t len)
{
	file->sections = mem_resize(file->sections, file->section_count + 1,
	    sizeof(*file->sections));
	file->sections[file->section_count++] = mem_ndup(name, len);
}

/* The next LEN bytes are a line: is it one to be handed on? */
static bool
look_at(struct reader *reader, size_t len)
{
	const char *line = reader->at, *close;
	size_t skip = 0;

	while (skip < len && is_blank(line[skip]))
		skip++;
	reader->further = skip > 0 && reader->last != NULL;
	if (skip == len || line[skip] == '#' || line[skip] == ';')
		return false;
	if (line[skip] != '[' || reader->further)
		return true;
	close = memchr(line, ']', len);
	if (close == NULL)
		return true;
	add_section(reader->file, line + skip + 1,
	    (size_t)(close - line) - skip - 1);
	reader->last = NULL;
	return false;
}

/* BYTE as inih gets it; KEPT: it would be taken off if it were a blank. */
static char
marked(char byte, bool kept)
{
	if (byte == ';')
		return SEMICOLON;
	if (kept && is_blank(byte))
		return (char)(BLANK + (strchr(blanks, byte) - blanks));
	return byte;
}

static char
unmarked(char byte)
{
	if (byte == SEMICOLON)
		return ';';
	return byte >= BLANK && byte <= LAST_MARK ? blanks[byte - BLANK] :
	    byte;
}

/* The next piece of the line that ends at END, blanks at its end aside. */
static size_t
copy_piece(struct reader *reader, char *to, const char *end)
{
	size_t len, at = 0;

	if (reader->inside) {
		to[at++] = ' ';
		to[at++] = GOES_ON;
	} else if (!reader->further) {
		/* There is more than blanks: look_at() has seen it. */
		while (is_blank(*reader->at))
			reader->at++;
	}
	len = (size_t)(end - reader->at);
	if (len > PIECE)
		len = PIECE;
	for (size_t i = 0; i < len; i++)
		to[at++] = marked(reader->at[i], reader->inside ||
		    i + 1 == len);
	reader->at += len;
	return at;
}

/* As fgets(3) reads a file. */
static char *
next_piece(char *to, int size, void *context)
{
	struct reader *reader = context;
	const char *end, *stop;
	size_t at = 0;

	if (reader->at == reader->end || size < PIECE + 4)
		return NULL;
	end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	if (end == NULL)
		end = reader->end;
	if (!reader->inside) {
		reader->line++;
		reader->taken = false;
	}
	for (stop = end; stop > reader->at && is_blank(stop[-1]);)
		stop--;
	if (reader->inside || look_at(reader, (size_t)(end - reader->at)))
		at = copy_piece(reader, to, stop);
	else
		reader->at = stop;
	reader->inside = reader->at < stop;
	if (!reader->inside)
		reader->at = end;
	if (reader->at < reader->end && !reader->inside)
		reader->at++;
	to[at] = '\n';
	to[at + 1] = '\0';
	reader->lines = mem_resize(reader->lines, reader->pieces + 1,
	    sizeof(*reader->lines));
	reader->lines[reader->pieces++] = reader->line;
	return to;
}

/* A secret must not be left behind where the value grows. */
static void
append(struct buf *value, const char *separator, const char *text)
{
	struct buf grown = { 0 };

	buf_reserve(&grown, value->len + strlen(separator) + strlen(text) + 1);
	buf_add(&grown, value->data, value->len);
	buf_adds(&grown, separator);
	buf_adds(&grown, text);
	buf_wipe(value);
	*value = grown;
	for (size_t i = 0; i < value->len; i++)
		value->data[i] = unmarked(value->data[i]);
}

/* inih has read a line.  Its own idea of the section is not asked. */
static int
take(void *context, const char *section, const char *key, const char *value)
{
	struct reader *reader = context;
	struct inifile *file = reader->file;

	(void)section;
	if (*value == GOES_ON || *key == GOES_ON) {
		/* Of a line whose beginning was wrong the rest is, too. */
		if (reader->taken)
			append(&reader->last->value, "", value + 1);
		return 1;
	}
	reader->taken = true;
	if (reader->last != NULL && reader->further) {
		append(&reader->last->value, "\n", value);
		return 1;
	}
	file->entries = mem_resize(file->entries, file->count + 1,
	    sizeof(*file->entries));
	reader->last = &file->entries[file->count++];
	*reader->last = (struct entry){
		.section = current_section(file),
		.key = mem_dup(key),
	};
	append(&reader->last->value, "", value);
	return 1;
}

/* Bytes that mean something to us, or the end to inih. */
static bool
is_special(char c)
{
	return c >= '\0' && c <= LAST_MARK;
}

/* How much of the text has none of them; else *LINE is the line that has. */
static size_t
plain_length(const char *text, size_t len, int *line)
{
	int newlines = 0;

	*line = 0;
	for (size_t i = 0; i < len; i++) {
		if (is_special(text[i])) {
			*line = newlines + 1;
			return i;
		}
		newlines += text[i] == '\n';
	}
	return len;
}

struct inifile *
inifile_parse(const char *text, size_t len, int *line)
{
	struct inifile *file = mem_zero(sizeof(*file));
	struct reader reader = {
		.file = file,
		.at = text,
		.end = text + plain_length(text, len, line),
	};
	int wrong;

	add_section(file, "", 0);
	wrong = ini_parse_stream(next_piece, &reader, take, &reader);
	if (wrong > 0 && (size_t)wrong <= reader.pieces)
		*line = reader.lines[wrong - 1];
	else if (wrong != 0)
		*line = 1;
	free(reader.lines);
	return file;
}

const char *
inifile_get(const struct inifile *file, const char *section, const char *key)
{
	for (size_t i = file->count; i-- > 0;)
		if (strcmp(file->entries[i].section, section) == 0 &&
		    strcmp(file->entries[i].key, key) == 0)
			return buf_text(&file->entries[i].value);
	return NULL;
}

bool
inifile_has(const struct inifile *file, const char *section)
{
	for (size_t i = 0; i < file->section_count; i++)
		if (strcmp(file->sections[i], section) == 0)
			return true;
	return false;
}

void
inifile_free(struct inifile *file)
{
	if (file == NULL)
		return;
	for (size_t i = 0; i < file->count; i++) {
		free(file->entries[i].key);
		buf_wipe(&file->entries[i].value);
	}
	for (size_t i = 0; i < file->section_count; i++)
		free(file->sections[i]);
	free(file->sections);
	free(file->entries);
	free(file);
}
