/* SPDX-License-Identifier: BSD-2-Clause */
/* The stream that a script would have sent. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "collect_priv.h"
#include "fetch.h"
#include "job.h"
#include "mem.h"

#define READ_LEAST (16 * 1024)
#define HEAD (16 * 1024)	/* with two long names */

/* There is room: whoever adds something has asked for as much. */
static ssize_t
archive_wrote(struct archive *archive, void *context, const void *data,
    size_t len)
{
	struct collecting *collecting = context;

	if (collecting->ending || len > collecting->piece) {
		archive_set_error(archive, ENOBUFS, "a name is too long");
		return -1;
	}
	fetch_add(collecting->fetch, data, len);
	return (ssize_t)len;
}

bool
collect_pack_begin(struct collecting *collecting)
{
	struct archive *archive = archive_write_new();
	size_t most = collecting->job->run->window / 4;

	if (most > COLLECT_READ_MOST)
		most = COLLECT_READ_MOST;
	collecting->read_most = most < READ_LEAST ? READ_LEAST : most;
	collecting->room = mem_resize(NULL, collecting->read_most, 1);
	/* Also a small file goes in as one piece. */
	collecting->piece = HEAD + (most > COLLECT_SMALL ? most :
	    COLLECT_SMALL);
	collecting->archive = archive;
	collecting->entry = archive_entry_new();
	if (archive == NULL || collecting->entry == NULL)
		abort();
	archive_write_set_format_gnutar(archive);
	archive_write_set_bytes_per_block(archive, 0);
	archive_write_set_bytes_in_last_block(archive, 1);
	collecting->fetch = fetch_begin(collecting->job, collecting->piece);
	return collecting->fetch != NULL && archive_write_open(archive,
	    collecting, NULL, archive_wrote, NULL) == ARCHIVE_OK;
}

bool
collect_pack_ready(const struct lane *lane)
{
	const struct collecting *collecting = lane->collecting;

	return (collecting->owner == NULL || collecting->owner == lane) &&
	    !fetch_full(collecting->fetch, collecting->piece);
}

static char *
words_of(const struct collecting *collecting)
{
	return mem_print("libarchive: %s",
	    archive_error_string(collecting->archive));
}

char *
collect_pack_head(struct collecting *collecting, const struct found *found,
    uint64_t size)
{
	struct archive_entry *head = collecting->entry;

	archive_entry_clear(head);
	archive_entry_set_pathname(head, found->name);
	archive_entry_set_mode(head, found->mode & (S_IFMT | 07777));
	archive_entry_set_size(head, S_ISDIR(found->mode) ? 0 :
	    (la_int64_t)size);
	archive_entry_set_mtime(head, (time_t)found->time, 0);
	return archive_write_header(collecting->archive, head) == ARCHIVE_OK ?
	    NULL : words_of(collecting);
}

char *
collect_pack_data(struct collecting *collecting, const char *data, size_t len)
{
	if (len == 0 || archive_write_data(collecting->archive, data, len) ==
	    (la_ssize_t)len)
		return NULL;
	return words_of(collecting);
}

char *
collect_pack_end(struct collecting *collecting)
{
	return archive_write_close(collecting->archive) == ARCHIVE_OK ? NULL :
	    words_of(collecting);
}

void
collect_pack_free(struct collecting *collecting)
{
	if (collecting->archive != NULL) {
		/* Let it not fill up what is missing. */
		collecting->ending = true;
		archive_write_free(collecting->archive);
	}
	archive_entry_free(collecting->entry);
	fetch_drop(collecting->fetch);
	free(collecting->room);
}
