/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "roster.h"
#include "spool.h"

/* So many bytes of texts stay in memory. */
#define MEMORY (2u << 20)

struct entry {
	char		*words;		/* id, sort and group, each ended */
	const struct spool *spool;
	uint64_t	 offset;
	uint32_t	 len;
	uint32_t	 sort, group;	/* where in words; group 0: none */
};

struct roster {
	struct entry	*entries;
	size_t		 count, room, mark;
	struct spool	**spools;	/* where texts are; the first is ours */
	size_t		 spool_count;
};

struct roster *
roster_new(void)
{
	struct roster *roster = mem_zero(sizeof(*roster));

	roster->spools = mem_zero(sizeof(*roster->spools));
	roster->spools[roster->spool_count++] = spool_new(MEMORY, 0);
	return roster;
}

static void
pack_words(struct entry *to, const struct roster_entry *from)
{
	size_t id = strlen(from->id) + 1, sort = strlen(from->sort) + 1;
	size_t group = from->group != NULL ? strlen(from->group) + 1 : 0;

	to->words = mem_zero(id + sort + group);
	memcpy(to->words, from->id, id);
	memcpy(to->words + id, from->sort, sort);
	to->sort = (uint32_t)id;
	if (from->group == NULL)
		return;
	memcpy(to->words + id + sort, from->group, group);
	to->group = (uint32_t)(id + sort);
}

bool
roster_add(struct roster *roster, const struct roster_entry *entry,
    const char *text)
{
	struct entry *to;

	if (roster->count == roster->room) {
		roster->room = roster->room > 0 ? 2 * roster->room : 64;
		roster->entries = mem_resize(roster->entries, roster->room,
		    sizeof(*roster->entries));
	}
	to = &roster->entries[roster->count];
	*to = (struct entry){
		.spool = roster->spools[0],
		.offset = spool_size(roster->spools[0]),
		.len = (uint32_t)strlen(text),
	};
	if (spool_add(roster->spools[0], text, to->len) != 0)
		return false;
	pack_words(to, entry);
	roster->count++;
	return true;
}

void
roster_mark(struct roster *roster)
{
	roster->mark = roster->count;
}

void
roster_again(struct roster *roster)
{
	while (roster->count > roster->mark)
		free(roster->entries[--roster->count].words);
}

void
roster_take(struct roster *roster, struct roster *from)
{
	roster->room = roster->count + from->count;
	roster->entries = mem_resize(roster->entries, roster->room,
	    sizeof(*roster->entries));
	if (from->count > 0)
		memcpy(roster->entries + roster->count, from->entries,
		    from->count * sizeof(*from->entries));
	roster->count = roster->room;
	from->count = from->mark = 0;
	roster->spools = mem_resize(roster->spools, roster->spool_count +
	    from->spool_count, sizeof(*roster->spools));
	memcpy(roster->spools + roster->spool_count, from->spools,
	    from->spool_count * sizeof(*from->spools));
	roster->spool_count += from->spool_count;
	from->spool_count = 0;
}

static int
by_id(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;

	return strcmp(a->words, b->words);
}

static int
by_sort(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;
	int order = strverscmp(a->words + a->sort, b->words + b->sort);

	return order != 0 ? order : by_id(one, other);
}

void
roster_sort(struct roster *roster)
{
	size_t kept = 0;

	if (roster->count == 0)
		return;
	qsort(roster->entries, roster->count, sizeof(*roster->entries), by_id);
	for (size_t i = 1; i < roster->count; i++) {
		if (by_id(&roster->entries[i], &roster->entries[kept]) == 0)
			free(roster->entries[i].words);
		else
			roster->entries[++kept] = roster->entries[i];
	}
	roster->count = kept + 1;
	qsort(roster->entries, roster->count, sizeof(*roster->entries),
	    by_sort);
}

size_t
roster_count(const struct roster *roster)
{
	return roster->count;
}

void
roster_entry(const struct roster *roster, size_t i, struct roster_entry *entry)
{
	const struct entry *from = &roster->entries[i];

	*entry = (struct roster_entry){
		.id = from->words,
		.sort = from->words + from->sort,
		.group = from->group > 0 ? from->words + from->group : NULL,
	};
}

char *
roster_text(const struct roster *roster, size_t i)
{
	const struct entry *entry = &roster->entries[i];
	char *text = mem_zero(entry->len + 1);
	size_t have = 0;

	while (have < entry->len) {
		ssize_t got = spool_read(entry->spool, entry->offset + have,
		    text + have, entry->len - have);

		if (got <= 0) {
			free(text);
			return NULL;
		}
		have += (size_t)got;
	}
	return text;
}

void
roster_free(struct roster *roster)
{
	if (roster == NULL)
		return;
	roster->mark = 0;
	roster_again(roster);
	for (size_t i = 0; i < roster->spool_count; i++)
		spool_free(roster->spools[i]);
	free(roster->spools);
	free(roster->entries);
	free(roster);
}
