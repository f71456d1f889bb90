/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream is made in one block of memory, which is filled when all of it has
 * been sent: with the heads that libarchive writes and with what is read from
 * files, read to where it is sent from.
 *
 * In the tar stream the sources are called 0, 1 and so on; the script knows
 * their names.  A directory comes with all rights for its owner, so that it
 * can be filled whatever tar there is; where times are preserved, it comes
 * once more when it is full.  The last entry says that the stream is whole: to
 * tar, one that breaks off between two entries is.
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "mem.h"
#include "op_put_script.h"
#include "op_put_stream.h"
#include "plan.h"
#include "tree.h"

#define PACKET 32700		/* libssh2 sends no more at a time */
#define BLOCK (4 * PACKET)	/* filled before it is sent */
#define HEAD (32 * 1024)	/* room for one more head with two paths */

struct put_stream {
	const struct plan *plan;
	struct archive	*archive;	/* NULL: a file as it is */
	struct archive_entry *entry;
	size_t		 next;		/* of the tree's entries */
	int		 fd;		/* the file that is being sent, or -1 */
	uint64_t	 left;		/* of it */
	bool		 over;		/* nothing more is to be made */
	bool		 ending;	/* and nothing taken */
	size_t		 script_at;	/* so much of the script is sent */
	size_t		 from, to;	/* in the block: not yet sent */
	char		 block[BLOCK + HEAD];
};

/* libarchive hands on file data where it lies: in the block already. */
static ssize_t
archive_wrote(struct archive *archive, void *context, const void *data,
    size_t len)
{
	struct put_stream *stream = context;

	if (stream->ending || len > sizeof(stream->block) - stream->to) {
		archive_set_error(archive, ENOBUFS, "a name is too long");
		return -1;
	}
	if (data != stream->block + stream->to)
		memcpy(stream->block + stream->to, data, len);
	stream->to += len;
	return (ssize_t)len;
}

/* What all tars read, with long names and large files. */
static void
open_archive(struct put_stream *stream)
{
	stream->archive = archive_write_new();
	stream->entry = archive_entry_new();
	if (stream->archive == NULL || stream->entry == NULL)
		abort();
	archive_write_set_format_gnutar(stream->archive);
	archive_write_set_bytes_per_block(stream->archive, 0);
	archive_write_set_bytes_in_last_block(stream->archive, 1);
	archive_write_open(stream->archive, stream, NULL, archive_wrote, NULL);
}

struct put_stream *
op_put_stream_new(const struct plan *plan)
{
	struct put_stream *stream = mem_resize(NULL, 1, sizeof(*stream));

	/* Not the block, which may never be used to its end. */
	memset(stream, 0, offsetof(struct put_stream, block));
	stream->plan = plan;
	stream->fd = -1;
	if (!op_put_is_plain(plan))
		open_archive(stream);
	return stream;
}

void
op_put_stream_free(struct put_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->fd >= 0)
		close(stream->fd);
	if (stream->archive != NULL) {
		/* Let it not fill up what is missing. */
		stream->ending = true;
		archive_write_free(stream->archive);
	}
	archive_entry_free(stream->entry);
	free(stream);
}

static char *
archive_words(const struct put_stream *stream, const char *path)
{
	return mem_print("%s: %s", path,
	    archive_error_string(stream->archive));
}

static char *
write_head(struct put_stream *stream, const struct tree_entry *entry)
{
	struct archive_entry *head = stream->entry;
	const char *below = entry->path + entry->below;
	char *name = mem_print("%zu%s%s", entry->source,
	    *below != '\0' ? "/" : "", below);
	mode_t most = S_ISDIR(entry->mode) ? 01777 : 0777;
	int error;

	archive_entry_clear(head);
	archive_entry_set_pathname(head, name);
	free(name);
	archive_entry_set_mode(head, (entry->mode & (S_IFMT | most)) |
	    (S_ISDIR(entry->mode) ? 0700 : 0));
	archive_entry_set_size(head, (la_int64_t)entry->size);
	archive_entry_set_mtime(head, entry->mtime.tv_sec, 0);
	error = archive_write_header(stream->archive, head);
	return error == ARCHIVE_OK ? NULL : archive_words(stream, entry->path);
}

static char *
write_end(struct put_stream *stream)
{
	struct archive_entry *head = stream->entry;

	archive_entry_clear(head);
	archive_entry_set_pathname(head, OP_PUT_END);
	archive_entry_set_mode(head, S_IFREG | 0600);
	archive_entry_set_size(head, 0);
	stream->over = true;
	return archive_write_header(stream->archive, head) == ARCHIVE_OK &&
	    archive_write_close(stream->archive) == ARCHIVE_OK ? NULL :
	    archive_words(stream, "the tar stream");
}

/* Begin the tree's next entry. */
static char *
begin_entry(struct put_stream *stream)
{
	const struct tree *tree = stream->plan->tree;
	const struct tree_entry *entry = &tree->entries[stream->next];
	char *why = NULL;

	if (stream->next == tree->count) {
		stream->over = true;
		return stream->archive != NULL ? write_end(stream) : NULL;
	}
	stream->next++;
	if (entry->again && !stream->plan->preserve)
		return NULL;
	if (S_ISREG(entry->mode)) {
		stream->fd = tree_open(entry, &why);
		stream->left = entry->size;
	}
	if (why == NULL && stream->archive != NULL)
		why = write_head(stream, entry);
	return why;
}

/* The file that was begun last has been read to its end. */
static char *
end_file(struct put_stream *stream)
{
	const struct tree_entry *entry =
	    &stream->plan->tree->entries[stream->next - 1];
	bool same = tree_same(entry, stream->fd);

	close(stream->fd);
	stream->fd = -1;
	if (!same)
		return mem_print("%s: has changed while it was being read",
		    entry->path);
	return NULL;
}

/* The next piece of the file, to the end of the block. */
static char *
read_piece(struct put_stream *stream)
{
	const struct tree_entry *entry =
	    &stream->plan->tree->entries[stream->next - 1];
	size_t room = BLOCK - stream->to;
	ssize_t got;

	if (room > stream->left)
		room = (size_t)stream->left;
	got = pread(stream->fd, stream->block + stream->to, room,
	    (off_t)(entry->size - stream->left));
	if (got < 0)
		return errno == EINTR ? NULL :
		    mem_print("%s: %s", entry->path, strerror(errno));
	if (got == 0)
		return mem_print("%s: has become shorter while it was being "
		    "read", entry->path);
	stream->left -= (uint64_t)got;
	if (stream->archive == NULL)
		stream->to += (size_t)got;
	else if (archive_write_data(stream->archive,
	    stream->block + stream->to, (size_t)got) < 0)
		return archive_words(stream, entry->path);
	return NULL;
}

/* Fill the block.  NULL, or why that cannot be. */
static char *
fill(struct put_stream *stream)
{
	char *why = NULL;

	stream->from = stream->to = 0;
	while (why == NULL && !stream->over && stream->to < BLOCK) {
		if (stream->fd < 0)
			why = begin_entry(stream);
		else if (stream->left > 0)
			why = read_piece(stream);
		else
			why = end_file(stream);
	}
	return why;
}

ssize_t
op_put_stream_next(struct put_stream *stream, const char **data, char **why)
{
	const char *script = stream->plan->script + stream->script_at;

	if (*script != '\0') {
		*data = script;
		return (ssize_t)strlen(script);
	}
	if (stream->from == stream->to && !stream->over) {
		*why = fill(stream);
		if (*why != NULL)
			return -1;
	}
	*data = stream->block + stream->from;
	return (ssize_t)(stream->to - stream->from);
}

void
op_put_stream_took(struct put_stream *stream, size_t len)
{
	if (stream->plan->script[stream->script_at] != '\0')
		stream->script_at += len;
	else
		stream->from += len;
}
