/* SPDX-License-Identifier: BSD-2-Clause */
/* Where each thing goes, and what is there: looked at before anything is
 * sent. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "deliver_priv.h"
#include "mem.h"
#include "plan.h"
#include "tree.h"

#define LINKS_MOST 20

/* TARGET without what a shell would have made of it; NULL: it is somebody
 * else's home. */
static char *
own_target(const char *target, bool *slash)
{
	size_t len = strlen(target), user;

	while (len > 1 && target[len - 1] == '/')
		len--;
	*slash = target[len] == '/';
	if (*target == '~') {
		user = 1 + strspn(target + 1, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
		if (user > 1 && user == strcspn(target, "/"))
			return NULL;
		if (user == 1 && (len == 1 || target[1] == '/')) {
			size_t skip = 1 + strspn(target + 1, "/");

			target += skip;
			len = len > skip ? len - skip : 0;
		}
	}
	return len == 0 ? mem_dup(".") : mem_ndup(target, len);
}

static enum step
wrong(struct lane *lane, const char *what)
{
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);

	return deliver_stop(lane, ENDED_STATUS, mem_print("%s: %s", path,
	    what));
}

static enum step
settle(struct lane *lane, enum fate fate)
{
	lane->sending->slots[lane->entry].fate = (uint8_t)fate;
	return STEP_NEXT;
}

/* --- the target --- */

static enum step
look_at_target(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const char *target = sending->target;
	bool several = sending->tree->source_count > 1;
	enum sftp_answer answer = sftp_stat(lane->sftp, target, true,
	    &lane->attributes);

	if (answer != SFTP_DONE && !sftp_missing(lane->sftp, answer))
		return deliver_refused(lane, answer, target);
	if (answer == SFTP_DONE && sftp_is(&lane->attributes, S_IFDIR)) {
		sending->into = true;
		return STEP_NEXT;
	}
	if (!several && !sending->slash)
		return STEP_NEXT;
	return deliver_stop(lane, ENDED_STATUS, mem_print("%s: %s", target,
	    answer == SFTP_DONE ? "not a directory" : "no such directory"));
}

static int
by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* The name that two sources have, or NULL: lanes would meet there. */
static const char *
same_name(const struct tree *tree)
{
	size_t count = tree->source_count;
	const char **names = mem_resize(NULL, count, sizeof(*names));
	const char *same = NULL;

	for (size_t i = 0; i < count; i++)
		names[i] = tree->sources[i].name;
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 1; same == NULL && i < count; i++) {
		if (strcmp(names[i - 1], names[i]) == 0)
			same = names[i];
	}
	free(names);
	return same;
}

static enum step
find_target(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const char *given = sending->plan->target;
	const char *same = same_name(sending->tree);

	if (same != NULL)
		return deliver_stop(lane, ENDED_STATUS, mem_print("two "
		    "sources are called %s: not possible by SFTP", same));

	sending->target = own_target(given, &sending->slash);
	if (sending->target == NULL)
		return deliver_stop(lane, ENDED_STATUS, mem_print("%s: SFTP "
		    "knows of no home but the user's own", given));
	return deliver_then(lane, look_at_target);
}

/* --- a directory --- */

static enum step
follow_directory(struct lane *lane)
{
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);
	enum sftp_answer answer = sftp_stat(lane->sftp, path, true,
	    &lane->attributes);

	if (answer != SFTP_DONE && !sftp_missing(lane->sftp, answer))
		return deliver_refused(lane, answer, path);
	if (answer == SFTP_DONE && sftp_is(&lane->attributes, S_IFDIR))
		return settle(lane, FATE_MERGE);
	return wrong(lane, "not a directory");
}

static enum step
look_at_directory(struct lane *lane)
{
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);
	enum sftp_answer answer = sftp_stat(lane->sftp, path, false,
	    &lane->attributes);

	if (sftp_missing(lane->sftp, answer))
		return settle(lane, FATE_NEW);
	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, path);
	if (sftp_is(&lane->attributes, S_IFLNK))
		return deliver_then(lane, follow_directory);
	if (sftp_is(&lane->attributes, S_IFDIR))
		return settle(lane, FATE_MERGE);
	return wrong(lane, "not a directory");
}

/* --- a file --- */

static lane_act look_at_file;

/* What a link at PATH to TARGET leads to, in fresh memory. */
static char *
led_to(const char *path, const char *target)
{
	const char *slash = strrchr(path, '/');

	if (*target == '/' || slash == NULL)
		return mem_dup(target);
	return mem_print("%.*s/%s", (int)(slash - path), path, target);
}

static enum step
follow_file(struct lane *lane)
{
	struct slot *slot = &lane->sending->slots[lane->entry];
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);
	enum sftp_answer answer = sftp_readlink(lane->sftp, path,
	    &lane->other);
	char *place;

	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, path);
	if (lane->other.len == 0 || ++lane->links > LINKS_MOST)
		return wrong(lane, "leads nowhere");
	place = led_to(path, buf_text(&lane->other));
	free(slot->place);
	slot->place = place;
	return deliver_then(lane, look_at_file);
}

/* Where the server does not tell what is there, it will be a file. */
static enum step
look_at_file(struct lane *lane)
{
	const LIBSSH2_SFTP_ATTRIBUTES *attributes = &lane->attributes;
	struct slot *slot = &lane->sending->slots[lane->entry];
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);
	enum sftp_answer answer = sftp_stat(lane->sftp, path, false,
	    &lane->attributes);

	if (sftp_missing(lane->sftp, answer))
		return settle(lane, FATE_NEW);
	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, path);
	if (sftp_is(attributes, S_IFLNK))
		return deliver_then(lane, follow_file);
	if (sftp_is(attributes, S_IFDIR))
		return wrong(lane, "is a directory");
	if ((attributes->flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0 &&
	    !sftp_is(attributes, S_IFREG))
		return wrong(lane, "not a file");
	slot->mode = (attributes->flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0 ?
	    attributes->permissions & 0777 : 0666;
	slot->user = (uint32_t)attributes->uid;
	slot->group = (uint32_t)attributes->gid;
	return settle(lane, FATE_REPLACE);
}

/* --- phases --- */

/* First the target, then the sources. */
bool
deliver_look(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;
	const struct tree_source *source;

	if (sending->next == 0) {
		sending->next++;
		return deliver_begin(lane, 0, find_target);
	}
	if (sending->next > tree->source_count)
		return false;
	source = &tree->sources[sending->next++ - 1];
	return deliver_begin(lane, source->first,
	    source->is_dir ? look_at_directory : look_at_file);
}

/* The next entry that goes into a directory that is there. */
static bool
next_to_merge(struct lane *lane, bool directories, lane_act *act)
{
	struct sending *sending = lane->sending;

	while (sending->next < sending->tree->count) {
		size_t at = sending->next++;
		const struct tree_entry *entry = &sending->tree->entries[at];
		struct slot *slot = &sending->slots[at];

		if (entry->again || S_ISDIR(entry->mode) != directories ||
		    slot->fate != FATE_UNKNOWN)
			continue;
		if (sending->slots[slot->parent].fate == FATE_MERGE)
			return deliver_begin(lane, at, act);
		slot->fate = FATE_INSIDE;
	}
	return false;
}

bool
deliver_check_directories(struct lane *lane)
{
	return next_to_merge(lane, true, look_at_directory);
}

bool
deliver_check_files(struct lane *lane)
{
	return next_to_merge(lane, false, look_at_file);
}
