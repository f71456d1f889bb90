/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libarchive reads, and knows no other format here than tar, uncompressed.
 * What it says is believed only as far as it was asked for: names, kinds and
 * the end.
 *
 * It keeps a header in memory whole, and a map of holes with it, whatever
 * they claim to be: so we bound what it gets to read for one.
 */
#include "config.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "buf.h"
#include "escape.h"
#include "landing.h"
#include "mem.h"
#include "unpack.h"

#define HEADER_MOST (2 * 1024 * 1024)
#define END 1024		/* zeros: two blocks */
#define BEGINNING 48		/* of what is no archive, for a message */

struct reading {
	struct unpack	*wish;
	struct archive	*archive;
	bool		 in_header;
	size_t		 header_len;	/* read since it began */
	size_t		 zeros;		/* at the end of what was read */
	char		 beginning[BEGINNING];
	size_t		 beginning_len;
	uint64_t	 entries;
	bool		 tree, file;	/* what AS is, once it is there */
	struct buf	 path, target;
};

/* Count zeros at the end, END of them at most. */
static void
watch_end(struct reading *reading, const char *data, size_t len)
{
	size_t zeros = 0;

	while (zeros < len && zeros < END && data[len - 1 - zeros] == '\0')
		zeros++;
	reading->zeros = zeros < len ? zeros : reading->zeros + zeros;
}

static ssize_t
take(struct reading *reading, const void **data)
{
	struct unpack *wish = reading->wish;
	ssize_t got = wish->take(wish->context, data);

	if (got <= 0)
		return got;
	if (reading->beginning_len == 0) {
		reading->beginning_len = (size_t)got < BEGINNING ?
		    (size_t)got : BEGINNING;
		memcpy(reading->beginning, *data, reading->beginning_len);
	}
	watch_end(reading, *data, (size_t)got);
	return got;
}

static la_ssize_t
on_read(struct archive *archive, void *context, const void **data)
{
	struct reading *reading = context;
	ssize_t got;

	if (reading->in_header && reading->header_len > HEADER_MOST) {
		archive_set_error(archive, EINVAL, "a header without an end");
		return ARCHIVE_FATAL;
	}
	got = take(reading, data);
	if (got < 0) {
		archive_set_error(archive, ECANCELED, "there will be no more");
		return ARCHIVE_FATAL;
	}
	reading->header_len += (size_t)got;
	return got;
}

static char *
wrong(struct reading *reading)
{
	struct buf words = { 0 };

	if (reading->beginning_len == 0)
		return mem_dup("the host sent nothing");
	if (reading->entries > 0)
		return mem_print("the archive that the host sent is damaged: "
		    "%s", archive_error_string(reading->archive));
	buf_adds(&words, "what the host sent is no archive, it begins: ");
	escape_add(&words, reading->beginning, reading->beginning_len, "");
	return buf_release(&words);
}

static bool
is_named(const struct unpack *wish, const char *path)
{
	char *top = mem_ndup(path, strcspn(path, "/"));
	bool named = false;

	for (char *const *name = wish->names; *name != NULL && !named; name++)
		named = strcmp(*name, top) == 0 ||
		    fnmatch(*name, top, FNM_PERIOD) == 0;
	free(top);
	return named;
}

static char *
unasked(const char *name)
{
	return mem_print("the host sent what nobody asked for: %s", name);
}

/* Put the place of an entry that is called NAME there into PATH. */
static char *
find_place(struct reading *reading, const char *name, struct buf *path)
{
	const struct unpack *wish = reading->wish;
	char *words = landing_clean(path, name), *below;

	if (words != NULL)
		return words;
	if (wish->as == NULL)
		return path->len > 0 && is_named(wish, buf_text(path)) ? NULL :
		    unasked(name);
	if (reading->file || (!reading->tree && path->len > 0 &&
	    strchr(buf_text(path), '/') != NULL))
		return unasked(name);
	below = reading->tree && path->len > 0 ?
	    mem_print("%s/%s", wish->as, buf_text(path)) : mem_dup(wish->as);
	buf_clear(path);
	buf_adds(path, below);
	free(below);
	return NULL;
}

/* Write all of it at OFFSET. */
static char *
write_piece(int fd, const char *data, size_t len, off_t offset)
{
	while (len > 0) {
		ssize_t done = pwrite(fd, data, len, offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return mem_print("cannot write: %s", strerror(errno));
		data += done;
		len -= (size_t)done;
		offset += done;
	}
	return NULL;
}

/* What stands between the pieces are holes, also at the end. */
static char *
fill_file(struct reading *reading, int fd, int64_t size)
{
	const void *data;
	char *words = NULL;
	int64_t offset, end = 0;
	size_t len;
	int said;

	while ((said = archive_read_data_block(reading->archive, &data, &len,
	    &offset)) != ARCHIVE_EOF) {
		if (said < ARCHIVE_WARN)
			return wrong(reading);
		words = write_piece(fd, data, len, offset);
		if (words != NULL)
			return words;
		if (len > 0)
			end = offset + (int64_t)len;
	}
	if (end < size && ftruncate(fd, size) != 0)
		words = mem_print("cannot write: %s", strerror(errno));
	return words;
}

static char *
lay_file(struct reading *reading, struct archive_entry *entry,
    const struct landing_traits *traits)
{
	struct landing *landing = reading->wish->landing;
	char *words, *last;
	int fd;

	words = landing_create(landing, buf_text(&reading->path), traits, &fd);
	if (words != NULL)
		return words;
	words = fill_file(reading, fd, archive_entry_size(entry));
	last = landing_close(landing, fd, traits);
	if (words == NULL)
		return last;
	free(last);
	return words;
}

static char *
lay_link(struct reading *reading, const char *target)
{
	char *words = find_place(reading, target, &reading->target);

	return words != NULL ? words :
	    landing_link(reading->wish->landing, buf_text(&reading->path),
	    buf_text(&reading->target));
}

static char *
lay_directory(struct reading *reading, const char *name,
    const struct landing_traits *traits)
{
	struct unpack *wish = reading->wish;

	if (!wish->trees)
		return mem_print("the host sent a directory where a file was "
		    "asked for: %s", name);
	if (wish->as != NULL && !reading->tree) {
		if (strcmp(buf_text(&reading->path), wish->as) != 0)
			return unasked(name);
		reading->tree = true;
	}
	return landing_directory(wish->landing, buf_text(&reading->path),
	    traits);
}

static void
skip(struct unpack *wish, const char *name)
{
	if (wish->skipped++ == 0)
		wish->first_skipped = mem_dup(name);
}

static char *
lay(struct reading *reading, struct archive_entry *entry)
{
	struct unpack *wish = reading->wish;
	struct landing_traits traits = {
		.mode = archive_entry_perm(entry),
		.time.tv_sec = archive_entry_mtime(entry),
		.time.tv_nsec = archive_entry_mtime_nsec(entry),
	};
	const char *name = archive_entry_pathname(entry);
	const char *target = archive_entry_hardlink(entry);
	char *words;

	if (name == NULL)
		return archive_errno(reading->archive) != 0 ? wrong(reading) :
		    mem_dup("the host sent something without a name");
	words = find_place(reading, name, &reading->path);
	if (words != NULL)
		return words;
	if (target == NULL && archive_entry_filetype(entry) == AE_IFDIR)
		return lay_directory(reading, name, &traits);
	if (wish->as != NULL && !reading->tree) {
		if (target != NULL || archive_entry_filetype(entry) != AE_IFREG)
			return unasked(name);
		reading->file = true;
	}
	if (target != NULL)
		return lay_link(reading, target);
	if (archive_entry_filetype(entry) == AE_IFREG)
		return lay_file(reading, entry, &traits);
	skip(wish, name);
	return NULL;
}

/* What follows the end: nothing but padding. */
static char *
read_rest(struct reading *reading)
{
	const void *data;
	ssize_t got;

	do
		got = take(reading, &data);
	while (got > 0);
	if (got < 0)
		return mem_dup("the host sent no end");
	if (reading->entries == 0)
		return mem_dup("the host sent nothing");
	return reading->zeros >= END ? NULL :
	    mem_dup("the archive that the host sent is cut short");
}

static char *
read_entries(struct reading *reading)
{
	struct archive_entry *entry;
	char *words = NULL;

	while (words == NULL) {
		int said;

		reading->in_header = true;
		reading->header_len = 0;
		said = archive_read_next_header(reading->archive, &entry);
		reading->in_header = false;
		if (said == ARCHIVE_EOF)
			return read_rest(reading);
		if (said < ARCHIVE_WARN)
			return wrong(reading);
		reading->entries++;
		words = lay(reading, entry);
	}
	return words;
}

char *
unpack(struct unpack *wish)
{
	struct reading reading = { .wish = wish };
	char *words;

	reading.archive = archive_read_new();
	if (reading.archive == NULL ||
	    archive_read_support_format_tar(reading.archive) != ARCHIVE_OK ||
	    (wish->as == NULL && archive_read_set_option(reading.archive, "tar",
	    "read_concatenated_archives", "1") != ARCHIVE_OK))
		words = mem_dup("libarchive does not read tar");
	else if (archive_read_open(reading.archive, &reading, NULL, on_read,
	    NULL) != ARCHIVE_OK)
		words = wrong(&reading);
	else
		words = read_entries(&reading);
	archive_read_free(reading.archive);
	buf_free(&reading.path);
	buf_free(&reading.target);
	return words;
}
