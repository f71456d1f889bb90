/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trees, by their directories.  What a directory has in it is taken as it
 * comes; only directories are remembered until it is through, and the last one
 * is the next, so that nothing grows with the size of a tree but with its
 * depth.  Links are never followed to a directory, so none is seen twice.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect_priv.h"
#include "job.h"
#include "mem.h"

#define DOTS_MOST 8		/* "." and ".." in one directory */
#define ABOVE_MOST (16 * 1024 * 1024)	/* bytes of names of directories */
#define FILES_MOST 256		/* known before some are fetched */

static lane_act close_listed, list_name, look_at_listed, open_listed;

struct found *
collect_found(char *path, char *name, const LIBSSH2_SFTP_ATTRIBUTES *traits)
{
	struct found *found = mem_zero(sizeof(*found));

	found->path = path;
	found->name = name;
	found->mode = (mode_t)traits->permissions;
	found->size = (traits->flags & LIBSSH2_SFTP_ATTR_SIZE) != 0 ?
	    traits->filesize : 0;
	if ((traits->flags & LIBSSH2_SFTP_ATTR_ACMODTIME) != 0)
		found->time = (uint32_t)traits->mtime;
	return found;
}

void
collect_found_free(struct found *found)
{
	free(found->path);
	free(found->name);
	free(found);
}

char *
collect_below(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	return mem_print("%s%s%s", dir, len > 0 && dir[len - 1] != '/' ?
	    "/" : "", name);
}

const char *
collect_bad_name(struct buf *name)
{
	if (strlen(buf_text(name)) != name->len)
		return "a name with a NUL in it";
	if (strchr(buf_text(name), '/') != NULL)
		return "a name with a slash in it";
	return NULL;
}

bool
collect_is_dots(struct buf *name)
{
	return strcmp(buf_text(name), ".") == 0 ||
	    strcmp(buf_text(name), "..") == 0;
}

bool
collect_is_listing(const struct collecting *collecting)
{
	return collecting->wanted != NULL || collecting->above != NULL ||
	    collecting->listed != NULL;
}

static void
add_directory(struct collecting *collecting, struct found *found)
{
	found->next = collecting->above;
	collecting->above = found;
	collecting->above_len += strlen(found->path) + strlen(found->name) +
	    sizeof(*found);
}

static void
add_file(struct collecting *collecting, struct found *found)
{
	found->next = NULL;
	*collecting->last_file = found;
	collecting->last_file = &found->next;
	collecting->file_count++;
}

/* FOUND is what it is.  It goes to where it belongs, or is left out. */
static void
sort_in(struct collecting *collecting, struct found *found)
{
	if (S_ISDIR(found->mode)) {
		add_directory(collecting, found);
	} else if (S_ISREG(found->mode)) {
		add_file(collecting, found);
	} else if (S_ISLNK(found->mode)) {
		found->link = true;
		add_file(collecting, found);
	} else {
		collect_note(collecting, found->path, NULL);
		collect_found_free(found);
	}
}

enum step
collect_list(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct found *next = collecting->above;

	if (collecting->file_count >= FILES_MOST)
		return STEP_NEXT;
	if (collecting->listed != NULL)
		return collect_then(lane, list_name);
	if (next == NULL) {
		next = collecting->wanted;
		if (next == NULL)
			return STEP_NEXT;
		collecting->wanted = next->next;
		sort_in(collecting, next);
		return STEP_AGAIN;
	}
	collecting->above = next->next;
	collecting->above_len -= strlen(next->path) + strlen(next->name) +
	    sizeof(*next);
	next->next = NULL;
	collecting->listed = next;
	collecting->dots = 0;
	return collect_then(lane, open_listed);
}

static enum step
open_listed(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct found *listed = collecting->listed;
	enum sftp_answer answer;
	char *words;

	if (!collect_pack_ready(lane))
		return STEP_WAIT;
	answer = sftp_opendir(lane->sftp, listed->path,
	    &collecting->directory);
	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, listed->path);
	words = collect_pack_head(collecting, listed, 0);
	if (words == NULL)
		return collect_then(lane, list_name);
	collect_fail(lane, ENDED_LOCAL, "%s", words);
	free(words);
	return STEP_FAIL;
}

static enum step
list_name(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct found *listed = collecting->listed, *found;
	struct buf *name = &lane->data;
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer;
	const char *bad;

	if (collecting->file_count >= FILES_MOST)
		return STEP_NEXT;
	answer = sftp_readdir(collecting->directory, name, &traits);
	if (answer != SFTP_DONE)
		return collect_refused(lane, answer, listed->path);
	if (name->len == 0)
		return collect_then(lane, close_listed);
	bad = collect_bad_name(name);
	if (bad == NULL && collect_is_dots(name)) {
		if (++collecting->dots <= DOTS_MOST)
			return STEP_AGAIN;
		bad = "a directory as being in itself";
	}
	if (bad != NULL)
		return collect_fail(lane, ENDED_LOCAL,
		    "the host lists %s: %s in %s", bad, buf_text(name),
		    listed->path);
	if (strlen(listed->path) + name->len >= PATH_MAX ||
	    collecting->above_len > ABOVE_MOST)
		return collect_fail(lane, ENDED_LOCAL, "the host's "
		    "directories are far too deep or too many");
	found = collect_found(collect_below(listed->path, buf_text(name)),
	    collect_below(listed->name, buf_text(name)), &traits);
	if ((traits.flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) == 0 ||
	    (traits.flags & LIBSSH2_SFTP_ATTR_SIZE) == 0) {
		lane->file = found;
		return collect_then(lane, look_at_listed);
	}
	sort_in(collecting, found);
	return STEP_AGAIN;
}

/* Not every server tells in a list what it lists. */
static enum step
look_at_listed(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct found *found = lane->file;
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer = sftp_stat(lane->sftp, found->path, false,
	    &traits);

	if (answer != SFTP_DONE && answer != SFTP_NO)
		return collect_refused(lane, answer, found->path);
	lane->file = NULL;
	if (answer == SFTP_NO)
		collect_note(collecting, found->path, "it is gone");
	else
		sort_in(collecting, collect_found(mem_dup(found->path),
		    mem_dup(found->name), &traits));
	collect_found_free(found);
	return collect_then(lane, list_name);
}

enum step
collect_close_directory(struct lane *lane, const char *path)
{
	struct collecting *collecting = lane->collecting;
	enum sftp_answer answer = sftp_close(collecting->directory);

	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	collecting->directory = NULL;
	return answer == SFTP_LOST ? collect_refused(lane, answer, path) :
	    STEP_NEXT;
}

static enum step
close_listed(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	enum step said = collect_close_directory(lane,
	    collecting->listed->path);

	if (said != STEP_NEXT)
		return said;
	collect_found_free(collecting->listed);
	collecting->listed = NULL;
	return collect_then(lane, collect_list);
}
