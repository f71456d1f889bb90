/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file.  A small one is read before its head is made, so that it is as
 * long as it turns out to be: the kernel's own files say that they have no
 * size, or too much.  Of a large one comes what its size says: what grows is
 * copied as it was, and what shrinks is a failure, as with tar.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect_priv.h"
#include "job.h"
#include "mem.h"

static lane_act close_file, follow, open_file, read_large, read_small,
	send_head, send_small;

static enum step
leave_out(struct lane *lane, const char *why)
{
	collect_note(lane->collecting, lane->file->path, why);
	collect_found_free(lane->file);
	lane->file = NULL;
	return STEP_NEXT;
}

enum step
collect_file(struct lane *lane)
{
	return collect_then(lane, lane->file->link ? follow : open_file);
}

/* As scp does it: only links to files are. */
static enum step
follow(struct lane *lane)
{
	struct found *file = lane->file;
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer = sftp_stat(lane->sftp, file->path, true,
	    &traits);

	if (answer == SFTP_NO || (answer == SFTP_DONE &&
	    !sftp_is(&traits, S_IFREG)))
		return leave_out(lane, NULL);
	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, file->path);
	lane->file = collect_found(mem_dup(file->path), mem_dup(file->name),
	    &traits);
	collect_found_free(file);
	return collect_then(lane, open_file);
}

static enum step
open_file(struct lane *lane)
{
	struct found *file = lane->file;
	enum sftp_answer answer = sftp_open(lane->sftp, file->path,
	    &lane->open);

	if (!file->asked && sftp_missing(lane->sftp, answer))
		return leave_out(lane, "No such file or directory");
	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, file->path);
	if (file->size > INT64_MAX)
		return collect_fail(lane, ENDED_LOCAL, "%s: no file has %ju "
		    "bytes", file->path, (uintmax_t)file->size);
	buf_clear(&lane->data);
	lane->left = file->size;
	return collect_then(lane, file->size > COLLECT_SMALL ? send_head :
	    read_small);
}

static enum step
read_small(struct lane *lane)
{
	struct found *file = lane->file;
	size_t had = lane->data.len, got, len = file->size > had ?
	    (size_t)file->size - had : COLLECT_SMALL + 1 - had;
	enum sftp_answer answer = sftp_read(lane->open,
	    buf_reserve(&lane->data, len), len, &got);

	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, file->path);
	lane->data.len += got;
	collect_moved(lane, got);
	if (lane->data.len > COLLECT_SMALL)
		return collect_fail(lane, ENDED_STATUS, "%s: holds more than "
		    "its size says", file->path);
	if (got > 0 && (file->size == 0 || lane->data.len < file->size))
		return STEP_AGAIN;
	return collect_then(lane, send_small);
}

static enum step
wrong(struct lane *lane, char *words)
{
	collect_fail(lane, ENDED_LOCAL, "%s", words);
	free(words);
	return STEP_FAIL;
}

static enum step
send_small(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	char *words;

	if (!collect_pack_ready(lane))
		return STEP_WAIT;
	words = collect_pack_head(collecting, lane->file, lane->data.len);
	if (words == NULL)
		words = collect_pack_data(collecting, lane->data.data,
		    lane->data.len);
	return words != NULL ? wrong(lane, words) :
	    collect_then(lane, close_file);
}

/* From here on the stream is this lane's, until all of it is in. */
static enum step
send_head(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	char *words;

	if (!collect_pack_ready(lane))
		return STEP_WAIT;
	collecting->owner = lane;
	words = collect_pack_head(collecting, lane->file, lane->file->size);
	return words != NULL ? wrong(lane, words) :
	    collect_then(lane, read_large);
}

static enum step
read_large(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	size_t got, len = collecting->read_most;
	enum sftp_answer answer;
	char *words;

	if (!collect_pack_ready(lane))
		return STEP_WAIT;
	if (len > lane->left)
		len = (size_t)lane->left;
	answer = sftp_read(lane->open, collecting->room, len, &got);
	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, lane->file->path);
	if (got == 0)
		return collect_fail(lane, ENDED_STATUS, "%s: has become "
		    "shorter while it was being read", lane->file->path);
	collect_moved(lane, got);
	words = collect_pack_data(collecting, collecting->room, got);
	if (words != NULL)
		return wrong(lane, words);
	lane->left -= got;
	if (lane->left > 0)
		return STEP_AGAIN;
	collecting->owner = NULL;
	return collect_then(lane, close_file);
}

static enum step
close_file(struct lane *lane)
{
	enum sftp_answer answer = sftp_close(lane->open);

	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	lane->open = NULL;
	if (answer == SFTP_LOST)
		return collect_refused(lane, answer, lane->file->path);
	collect_found_free(lane->file);
	lane->file = NULL;
	return STEP_NEXT;
}
