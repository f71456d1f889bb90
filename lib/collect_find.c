/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the user has asked for: by its name, or where nothing has that, by a
 * pattern, which a shell would have expanded.  A pattern is taken a component
 * at a time: PLACES are what the components so far have matched.
 */
#include "config.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collect_priv.h"
#include "job.h"
#include "mem.h"
#include "plan.h"

#define MATCHES_MOST (1 << 20)	/* bytes of all names */

static const char specials[] = "*?[\\";

static lane_act begin_part, open_place, close_place, match_name, find_next,
	look_at_place;

/* REMOTE without what leads to the home directory, where SFTP begins.  NULL:
 * it is somebody else's. */
static char *
own_path(const char *remote)
{
	size_t len = 1;

	if (*remote != '~')
		return mem_dup(remote);
	while (isalnum((unsigned char)remote[len]) || (remote[len] != '\0' &&
	    strchr("._-", remote[len]) != NULL))
		len++;
	if (remote[len] != '/' && remote[len] != '\0')
		return mem_dup(remote);
	if (len > 1)
		return NULL;
	remote += 1 + strspn(remote + 1, "/");
	return mem_dup(*remote != '\0' ? remote : ".");
}

/* What PATH is called in the stream. */
static char *
name_of(const struct collecting *collecting, const char *path, bool directory)
{
	size_t len = strlen(path), start;

	while (len > 0 && path[len - 1] == '/')
		len--;
	for (start = len; start > 0 && path[start - 1] != '/'; start--)
		;
	if (len == start || (directory && collecting->plan->get_as != NULL))
		return mem_dup(".");
	return mem_ndup(path + start, len - start);
}

static enum step
add_wanted(struct lane *lane, const char *path,
    const LIBSSH2_SFTP_ATTRIBUTES *traits)
{
	struct collecting *collecting = lane->collecting;
	bool directory = sftp_is(traits, S_IFDIR);
	struct found *found;

	if (directory && !collecting->plan->recursive)
		return collect_fail(lane, ENDED_STATUS, "%s is a directory "
		    "(-r copies trees)", path);
	if (!directory && !sftp_is(traits, S_IFREG))
		return collect_fail(lane, ENDED_STATUS,
		    "%s: not a regular file", path);
	found = collect_found(mem_dup(path),
	    name_of(collecting, path, directory), traits);
	found->asked = true;
	*collecting->last_wanted = found;
	collecting->last_wanted = &found->next;
	collecting->count++;
	return STEP_AGAIN;
}

static enum step
missing(struct lane *lane, const char *path)
{
	return collect_fail(lane, ENDED_STATUS, "%s: No such file or "
	    "directory", path);
}

/* By its name. */
static enum step
look_at_name(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	const char *path = collecting->path;
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer = sftp_stat(lane->sftp, path, true, &traits);

	if (answer == SFTP_DONE) {
		collecting->remote++;
		return add_wanted(lane, path, &traits) == STEP_FAIL ?
		    STEP_FAIL : collect_then(lane, find_next);
	}
	if (!sftp_missing(lane->sftp, answer))
		return collect_refused(lane, answer, path);
	if (strpbrk(path, specials) == NULL)
		return missing(lane, path);
	collecting->rest = path;
	mem_free_all(collecting->places);
	collecting->places = mem_zero(2 * sizeof(char *));
	collecting->places[0] = mem_dup(*path == '/' ? "/" : "");
	return collect_then(lane, begin_part);
}

/* The matches are the places now. */
static void
take_matches(struct collecting *collecting)
{
	struct buf *matches = &collecting->matches;
	size_t count = 0;

	mem_free_all(collecting->places);
	collecting->places = mem_zero(sizeof(char *));
	for (size_t at = 0; at < matches->len;
	    at += strlen(matches->data + at) + 1) {
		collecting->places = mem_resize(collecting->places, count + 2,
		    sizeof(char *));
		collecting->places[count++] = mem_dup(matches->data + at);
		collecting->places[count] = NULL;
	}
	buf_clear(matches);
}

/* Add NAME in the present place to the matches. */
static void
add_match(struct collecting *collecting, const char *name)
{
	char *path = collect_below(collecting->places[collecting->place],
	    name);

	buf_add(&collecting->matches, path, strlen(path) + 1);
	free(path);
}

static void
unescape(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		*to++ = *text;
	}
	*to = '\0';
}

static enum step
begin_part(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	size_t len;

	collecting->rest += strspn(collecting->rest, "/");
	len = strcspn(collecting->rest, "/");
	collecting->place = 0;
	if (len == 0)
		return collect_then(lane, look_at_place);
	free(collecting->part);
	collecting->part = mem_ndup(collecting->rest, len);
	collecting->rest += len;
	if (strpbrk(collecting->part, "*?[") != NULL)
		return collect_then(lane, open_place);
	unescape(collecting->part);
	for (; collecting->places[collecting->place] != NULL;
	    collecting->place++)
		add_match(collecting, collecting->part);
	take_matches(collecting);
	return STEP_AGAIN;
}

static enum step
open_place(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	const char *place = collecting->places[collecting->place];
	enum sftp_answer answer;

	if (place == NULL) {
		take_matches(collecting);
		return collect_then(lane, begin_part);
	}
	answer = sftp_opendir(lane->sftp, *place != '\0' ? place : ".",
	    &collecting->directory);
	if (answer == SFTP_DONE)
		return collect_then(lane, match_name);
	if (answer != SFTP_NO)
		return collect_refused(lane, answer, place);
	/* To a shell too, what cannot be listed matches nothing. */
	collecting->place++;
	return STEP_AGAIN;
}

static enum step
match_name(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct buf *name = &collecting->lanes[0].data;
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer = sftp_readdir(collecting->directory, name,
	    &traits);

	if (answer != SFTP_DONE)
		return collect_refused(lane, answer,
		    collecting->places[collecting->place]);
	if (name->len == 0)
		return collect_then(lane, close_place);
	if (collect_bad_name(name) != NULL || collect_is_dots(name) ||
	    fnmatch(collecting->part, buf_text(name), FNM_PERIOD) != 0)
		return STEP_AGAIN;
	add_match(collecting, buf_text(name));
	if (collecting->matches.len > MATCHES_MOST)
		return collect_fail(lane, ENDED_LOCAL,
		    "%s: the host has far too many names for it",
		    collecting->path);
	return STEP_AGAIN;
}

static enum step
close_place(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	enum step said = collect_close_directory(lane, collecting->path);

	if (said != STEP_NEXT)
		return said;
	collecting->place++;
	return collect_then(lane, open_place);
}

/* What is at the places that are left? */
static enum step
look_at_place(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	const char *place = collecting->places[collecting->place];
	LIBSSH2_SFTP_ATTRIBUTES traits;
	enum sftp_answer answer;

	if (place == NULL) {
		if (collecting->count == 0)
			return missing(lane, collecting->path);
		collecting->remote++;
		return collect_then(lane, find_next);
	}
	answer = sftp_stat(lane->sftp, place, true, &traits);
	if (answer != SFTP_DONE && !sftp_missing(lane->sftp, answer))
		return collect_refused(lane, answer, place);
	if (answer == SFTP_DONE && add_wanted(lane, place, &traits) ==
	    STEP_FAIL)
		return STEP_FAIL;
	collecting->place++;
	return STEP_AGAIN;
}

static enum step
find_next(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;

	if (*collecting->remote == NULL) {
		if (collecting->plan->get_as != NULL && collecting->count > 1)
			return collect_fail(lane, ENDED_STATUS, "%zu names "
			    "match: several need a directory (local/)",
			    collecting->count);
		return STEP_NEXT;
	}
	free(collecting->path);
	collecting->path = own_path(*collecting->remote);
	if (collecting->path == NULL)
		return collect_fail(lane, ENDED_STATUS, "%s: by SFTP nobody "
		    "else's home is known", *collecting->remote);
	return collect_then(lane, look_at_name);
}

enum step
collect_find(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;

	collecting->remote = collecting->plan->remotes;
	collecting->last_wanted = &collecting->wanted;
	return collect_then(lane, find_next);
}
