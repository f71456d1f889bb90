/* SPDX-License-Identifier: BSD-2-Clause */
/* Into place, and out of what was ours. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver_priv.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "tree.h"

static enum step
was_placed(struct lane *lane)
{
	lane->sending->slots[lane->entry].fate = FATE_DONE;
	return STEP_NEXT;
}

/* --- renaming --- */

/* Has a directory come to where there was none?  Then it is merged with. */
static enum step
look_again(struct lane *lane)
{
	struct sending *sending = lane->sending;
	struct slot *slots = sending->slots;
	const char *path = deliver_placed(sending, lane->entry, &lane->path);
	enum sftp_answer answer = sftp_stat(lane->sftp, path, true,
	    &lane->attributes);

	if (answer == SFTP_WAIT || answer == SFTP_LOST)
		return deliver_refused(lane, answer, path);
	if (answer == SFTP_NO || !sftp_is(&lane->attributes, S_IFDIR))
		return deliver_stop(lane, ENDED_STATUS, mem_print("%s: %s",
		    path, lane->why));
	slots[lane->entry].fate = FATE_MERGE;
	for (size_t i = lane->entry + 1; !sending->tree->entries[i].again ||
	    slots[i].parent != lane->entry; i++)
		slots[i].fate = FATE_UNKNOWN;
	return STEP_NEXT;
}

static enum step
cannot_rename(struct lane *lane, enum sftp_answer answer)
{
	struct sending *sending = lane->sending;
	const char *path = deliver_placed(sending, lane->entry, &lane->path);

	if (answer != SFTP_NO || sftp_code(lane->sftp) != LIBSSH2_FX_FAILURE)
		return deliver_refused(lane, answer, path);
	/* What a link leads to, or what is mounted there. */
	free(lane->why);
	lane->why = mem_print("it cannot be renamed to this (is that another "
	    "file system than %s?)", sending->stage);
	if (S_ISDIR(sending->tree->entries[lane->entry].mode))
		return deliver_then(lane, look_again);
	return deliver_stop(lane, ENDED_STATUS, mem_print("%s: %s", path,
	    lane->why));
}

static enum step
rename_again(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const char *from = deliver_staged(sending, lane->entry, &lane->path);
	const char *to = deliver_placed(sending, lane->entry, &lane->other);
	enum sftp_answer answer = sftp_rename(lane->sftp, from, to);

	return answer == SFTP_DONE ? was_placed(lane) :
	    cannot_rename(lane, answer);
}

static enum step
make_way(struct lane *lane)
{
	const char *path = deliver_placed(lane->sending, lane->entry,
	    &lane->path);
	enum sftp_answer answer = sftp_remove(lane->sftp, path);

	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, path);
	return deliver_then(lane, rename_again);
}

/* A server that cannot replace a file needs its name free. */
static enum step
rename_it(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const char *from = deliver_staged(sending, lane->entry, &lane->path);
	const char *to = deliver_placed(sending, lane->entry, &lane->other);
	enum sftp_answer answer = sftp_rename(lane->sftp, from, to);

	if (answer == SFTP_DONE)
		return was_placed(lane);
	if (answer == SFTP_NO && !sftp_replaces(lane->sftp) &&
	    sending->slots[lane->entry].fate == FATE_REPLACE)
		return deliver_then(lane, make_way);
	return cannot_rename(lane, answer);
}

bool
deliver_place(struct lane *lane)
{
	struct sending *sending = lane->sending;

	while (sending->next < sending->tree->count) {
		size_t at = sending->next++;
		enum fate fate = sending->slots[at].fate;

		if (!sending->tree->entries[at].again &&
		    (fate == FATE_NEW || fate == FATE_REPLACE))
			return deliver_begin(lane, at, rename_it);
	}
	return false;
}

/* --- modes that shut the owner out --- */

static enum step
shut_directory(struct lane *lane)
{
	const char *path = deliver_placed(lane->sending,
	    lane->sending->slots[lane->entry].parent, &lane->path);
	enum sftp_answer answer = sftp_set(lane->sftp, path,
	    &lane->attributes);

	return answer == SFTP_DONE ? STEP_NEXT :
	    deliver_refused(lane, answer, path);
}

/* What the umask has left of the others' rights is known only there. */
static enum step
look_at_mode(struct lane *lane)
{
	struct sending *sending = lane->sending;
	mode_t mode = sending->tree->entries[lane->entry].mode;
	const char *path = deliver_placed(sending,
	    sending->slots[lane->entry].parent, &lane->path);
	enum sftp_answer answer = sftp_stat(lane->sftp, path, false,
	    &lane->attributes);

	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, path);
	lane->attributes.flags = LIBSSH2_SFTP_ATTR_PERMISSIONS;
	lane->attributes.permissions &= (mode & 01777) | 01077;
	return deliver_then(lane, shut_directory);
}

/* From the bottom up: what is above may shut us out. */
bool
deliver_shut(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->next < tree->count) {
		size_t at = sending->next++;
		const struct tree_entry *entry = &tree->entries[at];

		if (entry->again && (entry->mode & 0700) != 0700 &&
		    sending->slots[sending->slots[at].parent].fate !=
		    FATE_MERGE)
			return deliver_begin(lane, at, look_at_mode);
	}
	return false;
}

/* --- what is left of ours --- */

/* Whether it is there or not: what is not is gone already. */
static enum step
cleared(struct lane *lane, enum sftp_answer answer)
{
	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	lane->sending->cleared++;
	return answer == SFTP_LOST ? sftp_step(lane->sftp, answer,
	    lane->sending->stage) : STEP_NEXT;
}

static enum step
remove_directory(struct lane *lane)
{
	return cleared(lane, sftp_rmdir(lane->sftp, deliver_staged(
	    lane->sending, lane->entry, &lane->path)));
}

static enum step
remove_file(struct lane *lane)
{
	return cleared(lane, sftp_remove(lane->sftp, deliver_staged(
	    lane->sending, lane->entry, &lane->path)));
}

static enum step
remove_stage(struct lane *lane)
{
	struct sending *sending = lane->sending;
	enum sftp_answer answer = sftp_rmdir(lane->sftp, sending->stage);

	if (answer == SFTP_DONE)
		sending->staged = false;
	return cleared(lane, answer);
}

/* The next of our directories, what is in them first; then the one. */
static bool
next_directory(struct lane *lane, bool (*wanted)(const struct sending *,
    size_t at))
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->next < tree->count) {
		size_t at = sending->next++;

		if (tree->entries[at].again && wanted(sending, at))
			return deliver_begin(lane, at, remove_directory);
	}
	if (sending->next++ > tree->count || !sending->staged)
		return false;
	return deliver_begin(lane, 0, remove_stage);
}

static bool
is_merged(const struct sending *sending, size_t at)
{
	return sending->slots[sending->slots[at].parent].fate == FATE_MERGE;
}

bool
deliver_sweep(struct lane *lane)
{
	return next_directory(lane, is_merged);
}

/* --- the end of what was given up --- */

/* Has it, or a directory that it is in, been moved away? */
static bool
is_gone(const struct sending *sending, size_t at)
{
	const struct slot *slots = sending->slots;

	while (slots[at].fate == FATE_INSIDE && slots[at].parent != at)
		at = slots[at].parent;
	return slots[at].fate == FATE_DONE;
}

enum step
deliver_abandon(struct lane *lane)
{
	enum sftp_answer answer = SFTP_DONE;

	if (lane->fd >= 0)
		close(lane->fd);
	lane->fd = -1;
	/* Half a request must not be followed by another. */
	while (lane->file != NULL && answer == SFTP_DONE &&
	    sftp_unanswered(lane->file) > 0)
		answer = sftp_write(lane->file, 0);
	if (lane->file != NULL && (answer == SFTP_DONE || answer == SFTP_NO))
		answer = sftp_close(lane->file);
	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	if (answer == SFTP_LOST)
		return sftp_step(lane->sftp, answer, lane->sending->stage);
	lane->file = NULL;
	return STEP_NEXT;
}

bool
deliver_clear_files(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->next < sending->begun) {
		size_t at = sending->next++;

		if (S_ISREG(tree->entries[at].mode) && !is_gone(sending, at))
			return deliver_begin(lane, at, remove_file);
	}
	return false;
}

static bool
was_made(const struct sending *sending, size_t at)
{
	size_t first = sending->slots[at].parent;

	return first < sending->made && !is_gone(sending, first);
}

bool
deliver_clear_directories(struct lane *lane)
{
	return next_directory(lane, was_made);
}
