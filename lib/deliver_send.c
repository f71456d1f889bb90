/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, into our directory. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver_priv.h"
#include "job.h"
#include "mem.h"
#include "plan.h"
#include "tree.h"

#define UNANSWERED_MOST (60 * 30000)	/* by all lanes */

static enum step
end_file(struct lane *lane)
{
	enum sftp_answer answer = sftp_close(lane->file);

	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	lane->file = NULL;
	return answer == SFTP_DONE ? STEP_NEXT :
	    deliver_cannot_write(lane, answer);
}

static enum step
set_traits(struct lane *lane)
{
	enum sftp_answer answer = sftp_file_set(lane->file,
	    &lane->attributes);

	if (answer == SFTP_NO &&
	    (lane->attributes.flags & LIBSSH2_SFTP_ATTR_UIDGID) != 0) {
		/* To give files away is root's. */
		lane->attributes.flags &=
		    ~(unsigned long)LIBSSH2_SFTP_ATTR_UIDGID;
		return STEP_AGAIN;
	}
	return answer == SFTP_DONE ? deliver_then(lane, end_file) :
	    deliver_cannot_write(lane, answer);
}

/* What the file is to have besides what it has from its creation.  False:
 * nothing. */
static bool
find_traits(struct lane *lane)
{
	const struct sending *sending = lane->sending;
	const struct tree_entry *entry = &sending->tree->entries[lane->entry];
	const struct slot *slot = &sending->slots[lane->entry];
	LIBSSH2_SFTP_ATTRIBUTES *traits = &lane->attributes;

	memset(traits, 0, sizeof(*traits));
	if (sending->plan->preserve) {
		traits->flags = LIBSSH2_SFTP_ATTR_PERMISSIONS |
		    LIBSSH2_SFTP_ATTR_ACMODTIME;
		traits->permissions = entry->mode & 0777;
		traits->mtime = (unsigned long)entry->mtime.tv_sec;
		traits->atime = traits->mtime;
	}
	if (slot->fate == FATE_REPLACE) {
		if (!sending->plan->preserve) {
			traits->flags |= LIBSSH2_SFTP_ATTR_PERMISSIONS;
			traits->permissions = slot->mode;
		}
		if (slot->user != sending->user ||
		    slot->group != sending->group)
			traits->flags |= LIBSSH2_SFTP_ATTR_UIDGID;
		traits->uid = slot->user;
		traits->gid = slot->group;
	}
	return traits->flags != 0;
}

static enum step
all_written(struct lane *lane)
{
	const struct tree_entry *entry =
	    &lane->sending->tree->entries[lane->entry];
	bool same = tree_same(entry, lane->fd);

	close(lane->fd);
	lane->fd = -1;
	if (!same)
		return deliver_stop(lane, ENDED_LOCAL, mem_print("%s: has "
		    "changed while it was being read", entry->path));
	return deliver_then(lane, find_traits(lane) ? set_traits : end_file);
}

/* The next bytes, LEN at most, at DATA: their number, 0 if it was interrupted,
 * -1 if there is something wrong. */
static ssize_t
read_piece(struct lane *lane, char *data, size_t len, char **why)
{
	struct job *job = lane->sending->job;
	const struct tree_entry *entry =
	    &lane->sending->tree->entries[lane->entry];
	ssize_t got = pread(lane->fd, data, len,
	    (off_t)(entry->size - lane->left));

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0) {
		*why = got < 0 ?
		    mem_print("%s: %s", entry->path, strerror(errno)) :
		    mem_print("%s: has become shorter while it was being "
		    "read", entry->path);
		return -1;
	}
	lane->left -= (uint64_t)got;
	job->result.bytes_in += (uint64_t)got;
	job->run->moved += (uint64_t)got;
	return got;
}

static bool
is_full(const struct sending *sending)
{
	size_t sum = 0;

	for (size_t i = 0; i < sending->lane_count; i++) {
		if (sending->lanes[i].file != NULL)
			sum += sftp_unanswered(sending->lanes[i].file);
	}
	return sum >= UNANSWERED_MOST;
}

static enum step
write_file(struct lane *lane)
{
	while (!lane->sending->ending) {
		size_t room;
		char *data = sftp_room(lane->file, &room), *why = NULL;
		ssize_t got = 0;
		enum sftp_answer answer;

		if (lane->left == 0 && sftp_unanswered(lane->file) == 0)
			return all_written(lane);
		if (lane->left < room)
			room = (size_t)lane->left;
		if (room > 0 && !is_full(lane->sending))
			got = read_piece(lane, data, room, &why);
		else if (sftp_unanswered(lane->file) == 0)
			return STEP_WAIT;
		if (got < 0)
			return deliver_stop(lane, ENDED_LOCAL, why);
		answer = sftp_write(lane->file, (size_t)got);
		if (answer == SFTP_WAIT)
			return STEP_WAIT;
		if (answer != SFTP_DONE)
			return deliver_cannot_write(lane, answer);
	}
	return deliver_then(lane, deliver_abandon);
}

static enum step
create_file(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree_entry *entry = &sending->tree->entries[lane->entry];
	enum sftp_answer answer;

	if (sending->begun <= lane->entry)
		sending->begun = lane->entry + 1;
	answer = sftp_create(lane->sftp, deliver_staged(sending, lane->entry,
	    &lane->path), entry->mode & 0777, &lane->file);
	if (answer != SFTP_DONE)
		return deliver_cannot_write(lane, answer);
	return deliver_then(lane, write_file);
}

static enum step
open_file(struct lane *lane)
{
	const struct tree_entry *entry =
	    &lane->sending->tree->entries[lane->entry];
	char *why = NULL;

	lane->fd = tree_open(entry, &why);
	lane->left = entry->size;
	if (lane->fd < 0)
		return deliver_stop(lane, ENDED_LOCAL, why);
	return deliver_then(lane, create_file);
}

bool
deliver_send(struct lane *lane)
{
	struct sending *sending = lane->sending;
	const struct tree *tree = sending->tree;

	while (sending->next < tree->count) {
		size_t at = sending->next++;

		if (S_ISREG(tree->entries[at].mode))
			return deliver_begin(lane, at, open_file);
	}
	return false;
}
