/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory of ours beside the target, and those in it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "deliver_priv.h"
#include "mem.h"
#include "plan.h"
#include "tree.h"

#define FULL_DISK (256 * 1024)	/* bytes: the last writes did not fit */

/* --- what went wrong --- */

/* SFTP's servers have one code for a full disk and most else. */
static enum step
ask_for_space(struct lane *lane)
{
	uint64_t bytes;
	enum sftp_answer answer = sftp_space(lane->sftp,
	    lane->sending->stage, &bytes);
	const char *path;

	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	path = deliver_placed(lane->sending, lane->entry, &lane->path);
	if (answer == SFTP_LOST)
		return deliver_refused(lane, answer, path);
	return deliver_stop(lane, ENDED_STATUS, mem_print("%s: %s", path,
	    answer == SFTP_DONE && bytes < FULL_DISK ?
	    "No space left on device" : lane->why));
}

enum step
deliver_cannot_write(struct lane *lane, enum sftp_answer answer)
{
	if (answer == SFTP_NO && sftp_code(lane->sftp) ==
	    LIBSSH2_FX_FAILURE) {
		free(lane->why);
		lane->why = sftp_words(lane->sftp);
		return deliver_then(lane, ask_for_space);
	}
	return deliver_refused(lane, answer, answer == SFTP_WAIT ? "" :
	    deliver_placed(lane->sending, lane->entry, &lane->path));
}

/* --- our directory --- */

/* Where everything goes by a rename: the directory that it goes into. */
static const char *
beside(struct lane *lane)
{
	struct sending *sending = lane->sending;
	struct buf *path = &lane->other;
	const char *slash;

	buf_clear(path);
	if (sending->tree->source_count > 1) {
		buf_addf(path, "%s/", sending->target);
		return buf_text(path);
	}
	deliver_placed(sending, 0, path);
	if (sending->slots[0].fate == FATE_MERGE) {
		buf_addc(path, '/');
		return buf_text(path);
	}
	slash = strrchr(buf_text(path), '/');
	path->len = slash == NULL ? 0 : (size_t)(slash + 1 - path->data);
	return buf_text(path);
}

static enum step
cannot_make_stage(struct lane *lane, enum sftp_answer answer)
{
	struct sending *sending = lane->sending;
	const char *where = beside(lane);
	char *words, *all;

	if (answer == SFTP_LOST)
		return deliver_refused(lane, answer, where);
	free(sending->stage);
	sending->stage = NULL;
	if (sftp_missing(lane->sftp, answer))
		return deliver_stop(lane, ENDED_STATUS,
		    mem_print("%s: no such directory", where));
	words = sftp_words(lane->sftp);
	all = mem_print("cannot write to %s: %s",
	    *where != '\0' ? where : "the home directory", words);
	free(words);
	return deliver_stop(lane, ENDED_STATUS, all);
}

static enum step
shut_stage(struct lane *lane)
{
	LIBSSH2_SFTP_ATTRIBUTES private = {
		.flags = LIBSSH2_SFTP_ATTR_PERMISSIONS, .permissions = 0700,
	};
	enum sftp_answer answer = sftp_set(lane->sftp, lane->sending->stage,
	    &private);

	/* There are servers that have no modes. */
	if (answer == SFTP_NO)
		return STEP_NEXT;
	return answer == SFTP_DONE ? STEP_NEXT :
	    deliver_refused(lane, answer, lane->sending->stage);
}

/* Whose is it, and has the server cared for the mode? */
static enum step
look_at_stage(struct lane *lane)
{
	struct sending *sending = lane->sending;
	enum sftp_answer answer = sftp_stat(lane->sftp, sending->stage, false,
	    &lane->attributes);

	if (answer != SFTP_DONE)
		return deliver_refused(lane, answer, sending->stage);
	sending->user = (uint32_t)lane->attributes.uid;
	sending->group = (uint32_t)lane->attributes.gid;
	if ((lane->attributes.permissions & 077) != 0)
		return deliver_then(lane, shut_stage);
	return STEP_NEXT;
}

static enum step
make_stage(struct lane *lane)
{
	struct sending *sending = lane->sending;
	enum sftp_answer answer;

	if (sending->stage == NULL) {
		uint64_t number = 0;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return deliver_stop(lane, ENDED_LOCAL,
			    mem_dup("no random numbers are to be had"));
		sending->stage = mem_print("%s.cpscp.%llu", beside(lane),
		    (unsigned long long)number);
	}
	answer = sftp_mkdir(lane->sftp, sending->stage, 0700);
	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	if (answer != SFTP_DONE)
		return cannot_make_stage(lane, answer);
	sending->staged = true;
	return deliver_then(lane, look_at_stage);
}

bool
deliver_make_stage(struct lane *lane)
{
	return lane->sending->next++ == 0 &&
	    deliver_begin(lane, 0, make_stage);
}

/* --- directories in it --- */

static enum step
make_directory(struct lane *lane)
{
	struct sending *sending = lane->sending;
	mode_t mode = sending->tree->entries[lane->entry].mode;
	enum sftp_answer answer;

	sending->made = lane->entry + 1;
	answer = sftp_mkdir(lane->sftp, deliver_staged(sending, lane->entry,
	    &lane->path), (mode & 01777) | 0700);
	return answer == SFTP_DONE ? STEP_NEXT :
	    deliver_cannot_write(lane, answer);
}

bool
deliver_make_directories(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->next < tree->count) {
		size_t at = sending->next++;

		if (S_ISDIR(tree->entries[at].mode) &&
		    !tree->entries[at].again)
			return deliver_begin(lane, at, make_directory);
	}
	return false;
}

/* --- times of directories --- */

static enum step
set_directory(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree_entry *entry = &sending->tree->entries[lane->entry];
	LIBSSH2_SFTP_ATTRIBUTES traits = {
		.flags = LIBSSH2_SFTP_ATTR_PERMISSIONS |
		    LIBSSH2_SFTP_ATTR_ACMODTIME,
		.permissions = (entry->mode & 01777) | 0700,
		.mtime = (unsigned long)entry->mtime.tv_sec,
		.atime = (unsigned long)entry->mtime.tv_sec,
	};
	enum sftp_answer answer = sftp_set(lane->sftp, deliver_staged(sending,
	    lane->entry, &lane->path), &traits);

	return answer == SFTP_DONE ? STEP_NEXT :
	    deliver_cannot_write(lane, answer);
}

/* When they are full. */
bool
deliver_settle(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->plan->preserve && sending->next < tree->count) {
		size_t at = sending->next++;

		if (tree->entries[at].again && sending->slots[
		    sending->slots[at].parent].fate != FATE_MERGE)
			return deliver_begin(lane, at, set_directory);
	}
	return false;
}
