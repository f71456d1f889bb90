/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a line is found: names without wildcards are in a hash table.  Patterns
 * are searched from end to end, but once for each host name: what was found is
 * put under the name in the table.
 *
 * Hashed names are tried one by one, at a quarter of a microsecond each.  A
 * hashed line stands for one name only, so once found it is tried no more; and
 * as hosts tend to come in the order in which they came when they were added,
 * the search goes on behind the last find, and ends with the next one unless
 * all are asked for.
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostkey_blob.h"
#include "hostkey_file.h"
#include "hostkey_line.h"
#include "mem.h"

struct list {
	struct hostkey_line **lines;
	size_t	 count, room;
};

struct name {
	struct name *next;	/* in its bucket */
	char	*text;
	uint32_t hash;
	struct list lines;
	bool	 searched;	/* the patterns are in it too */
	bool	 exhausted;	/* and all of the hashed lines */
};

struct hostkey_file {
	char	*path;
	struct list all;	/* owned */
	struct list patterns;	/* and the hashed @revoked lines */
	struct list hashed;	/* those not found yet */
	size_t	 cursor;	/* where in it the search goes on */
	struct name **buckets;
	size_t	 bucket_count;	/* a power of two, or 0 */
	size_t	 name_count;
};

static void
list_add(struct list *list, struct hostkey_line *line)
{
	if (list->count == list->room) {
		list->room = list->room > 0 ? list->room * 2 : 1;
		list->lines = mem_resize(list->lines, list->room,
		    sizeof(*list->lines));
	}
	list->lines[list->count++] = line;
}

static uint32_t
hash_text(const char *text)
{
	uint32_t hash = 2166136261U;	/* FNV-1a */

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619U;
	return hash;
}

static void
grow(struct hostkey_file *file)
{
	size_t count = file->bucket_count > 0 ? file->bucket_count * 2 : 16;
	struct name **buckets = mem_zero(count * sizeof(*buckets));

	for (size_t i = 0; i < file->bucket_count; i++) {
		struct name *name, *next;

		for (name = file->buckets[i]; name != NULL; name = next) {
			size_t to = name->hash & (count - 1);

			next = name->next;
			name->next = buckets[to];
			buckets[to] = name;
		}
	}
	free(file->buckets);
	file->buckets = buckets;
	file->bucket_count = count;
}

/* The name's place in the table, made if there is none. */
static struct name *
get_name(struct hostkey_file *file, const char *text)
{
	uint32_t hash = hash_text(text);
	struct name *name, **bucket;

	if (file->name_count >= file->bucket_count)
		grow(file);
	bucket = &file->buckets[hash & (file->bucket_count - 1)];
	for (name = *bucket; name != NULL; name = name->next) {
		if (name->hash == hash && strcmp(name->text, text) == 0)
			return name;
	}
	name = mem_zero(sizeof(*name));
	name->text = mem_dup(text);
	name->hash = hash;
	name->next = *bucket;
	*bucket = name;
	file->name_count++;
	return name;
}

static void
index_names(struct hostkey_file *file, struct hostkey_line *line)
{
	const char *at = line->names;

	for (;;) {
		size_t len = strcspn(at, ",");
		char *name = mem_ndup(at, len);

		list_add(&get_name(file, name)->lines, line);
		free(name);
		if (at[len] == '\0')
			return;
		at += len + 1;
	}
}

static void
index_line(struct hostkey_file *file, struct hostkey_line *line)
{
	list_add(&file->all, line);
	if (line->names == NULL && line->marker != MARKER_REVOKED)
		list_add(&file->hashed, line);
	else if (line->names == NULL || hostkey_line_is_pattern(line))
		list_add(&file->patterns, line);
	else
		index_names(file, line);
}

struct hostkey_file *
hostkey_file_read(const char *path)
{
	struct hostkey_file *file = mem_zero(sizeof(*file));
	FILE *stream = fopen(path, "re");
	struct hostkey_line line;
	unsigned number = 0;
	char *text = NULL;
	size_t room = 0;

	file->path = mem_dup(path);
	if (stream == NULL)
		return file;
	while (getline(&text, &room, stream) >= 0) {
		struct hostkey_line *kept;

		number++;
		if (!hostkey_line_parse(&line, text))
			continue;
		line.file = file->path;
		line.number = number;
		kept = mem_zero(sizeof(*kept));
		*kept = line;
		index_line(file, kept);
	}
	free(text);
	fclose(stream);
	return file;
}

const char *
hostkey_file_path(const struct hostkey_file *file)
{
	return file->path;
}

static void
search_patterns(struct hostkey_file *file, struct name *name,
    struct hostkey_hasher *hasher)
{
	for (size_t i = 0; i < file->patterns.count; i++) {
		if (hostkey_line_matches(file->patterns.lines[i], name->text,
		    hasher))
			list_add(&name->lines, file->patterns.lines[i]);
	}
	name->searched = true;
}

static struct hostkey_line *
take_hashed(struct hostkey_file *file, size_t at)
{
	struct list *hashed = &file->hashed;
	struct hostkey_line *line = hashed->lines[at];

	hashed->count--;
	memmove(&hashed->lines[at], &hashed->lines[at + 1],
	    (hashed->count - at) * sizeof(*hashed->lines));
	return line;
}

static void
search_hashed(struct hostkey_file *file, struct name *name,
    enum hostkey_effort effort, struct hostkey_hasher *hasher)
{
	size_t left = file->hashed.count;

	for (; left > 0; left--) {
		struct hostkey_line *line;

		if (file->cursor >= file->hashed.count)
			file->cursor = 0;
		line = file->hashed.lines[file->cursor];
		if (!hostkey_line_matches(line, name->text, hasher)) {
			file->cursor++;
			continue;
		}
		list_add(&name->lines, take_hashed(file, file->cursor));
		if (effort == FIND_SOME && line->marker == MARKER_NONE)
			return;
	}
	name->exhausted = true;
}

static bool
has_plain(const struct name *name)
{
	for (size_t i = 0; i < name->lines.count; i++) {
		if (name->lines.lines[i]->marker == MARKER_NONE)
			return true;
	}
	return false;
}

struct hostkey_line *const *
hostkey_file_find(struct hostkey_file *file, const char *text,
    enum hostkey_effort effort, struct hostkey_hasher *hasher, size_t *count)
{
	struct name *name;

	*count = 0;
	if (file->all.count == 0)
		return NULL;
	name = get_name(file, text);
	if (!name->searched)
		search_patterns(file, name, hasher);
	if (!name->exhausted && (effort == FIND_ALL || !has_plain(name)))
		search_hashed(file, name, effort, hasher);
	*count = name->lines.count;
	return name->lines.lines;
}

void
hostkey_file_learn(struct hostkey_file *file, const char *text,
    const void *blob, size_t len)
{
	struct hostkey_line *line = mem_zero(sizeof(*line));

	line->names = mem_dup(text);
	line->type = hostkey_blob_type(blob, len);
	line->blob = (unsigned char *)mem_ndup(blob, len);
	line->blob_len = len;
	line->file = file->path;
	list_add(&file->all, line);
	list_add(&get_name(file, text)->lines, line);
}

void
hostkey_file_free(struct hostkey_file *file)
{
	for (size_t i = 0; i < file->bucket_count; i++) {
		struct name *name, *next;

		for (name = file->buckets[i]; name != NULL; name = next) {
			next = name->next;
			free(name->text);
			free(name->lines.lines);
			free(name);
		}
	}
	for (size_t i = 0; i < file->all.count; i++) {
		hostkey_line_clear(file->all.lines[i]);
		free(file->all.lines[i]);
	}
	free(file->all.lines);
	free(file->patterns.lines);
	free(file->hashed.lines);
	free(file->buckets);
	free(file->path);
	free(file);
}
