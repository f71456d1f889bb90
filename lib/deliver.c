/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In this order:
 *
 * - see what is at the target, and where each thing goes;
 * - make a directory beside it that nobody else looks into, and lay everything
 *   down in it;
 * - move it to its names, a new directory as a whole;
 * - give directories that shut their owner out the modes that do, and remove
 *   ours.
 *
 * Whatever fails ends with the removal of what was begun.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver.h"
#include "deliver_priv.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "session.h"
#include "tree.h"

#define CLEAR_GRACE 5000	/* ms, to remove something of what was begun */
#define LANE_FILES 16		/* worth a lane */

const struct phase deliver_phases[] = {
	{ .next = deliver_look, .alone = true },
	{ .next = deliver_check_directories, .alone = true, .last = true },
	{ .next = deliver_check_files, .last = true },
	{ .next = deliver_make_stage, .alone = true },
	{ .next = deliver_make_directories, .alone = true },
	{ .next = deliver_send },
	{ .next = deliver_settle, .last = true },
	{ .next = deliver_place },
	/* What another copy has put there meanwhile. */
	{ .next = deliver_check_directories, .alone = true },
	{ .next = deliver_check_files },
	{ .next = deliver_place },
	{ .next = deliver_shut, .alone = true },
	{ .next = deliver_sweep, .alone = true, .last = true },
};

const struct phase deliver_endings[] = {
	{ .next = deliver_clear_files },
	{ .next = deliver_clear_directories, .alone = true, .last = true },
};

enum step
deliver_then(struct lane *lane, lane_act *act)
{
	lane->act = act;
	return STEP_AGAIN;
}

bool
deliver_begin(struct lane *lane, size_t entry, lane_act *act)
{
	lane->entry = entry;
	lane->links = 0;
	lane->act = act;
	return true;
}

enum step
deliver_stop(struct lane *lane, enum ending ending, char *words)
{
	struct job *job = lane->sending->job;
	const char *text = strncmp(words, "./", 2) == 0 ? words + 2 : words;
	bool begun = lane->sending->stage != NULL;

	if (ending == ENDED_STATUS && !job->ended)
		job->result.exit_status = 1;	/* scp's */
	if (begun)
		job_stop(job, ending, text);
	else
		job_fail(job, ending, "%s", text);
	free(words);
	return begun ? deliver_then(lane, deliver_abandon) : STEP_FAIL;
}

enum step
deliver_refused(struct lane *lane, enum sftp_answer answer, const char *what)
{
	char *words, *all;

	if (answer != SFTP_NO)
		return sftp_step(lane->sftp, answer, what);
	words = sftp_words(lane->sftp);
	all = mem_print("%s: %s", what, words);
	free(words);
	return deliver_stop(lane, ENDED_STATUS, all);
}

const char *
deliver_staged(const struct sending *sending, size_t at, struct buf *path)
{
	const struct tree_entry *entry = &sending->tree->entries[at];
	const char *below = entry->path + entry->below;

	buf_clear(path);
	buf_addf(path, "%s/%zu%s%s", sending->stage, entry->source,
	    *below != '\0' ? "/" : "", below);
	return buf_text(path);
}

const char *
deliver_placed(const struct sending *sending, size_t at, struct buf *path)
{
	const struct tree_entry *entry = &sending->tree->entries[at];
	const char *below = entry->path + entry->below;
	const char *target = sending->target;

	buf_clear(path);
	if (sending->slots[at].place != NULL) {
		buf_adds(path, sending->slots[at].place);
		return buf_text(path);
	}
	buf_adds(path, target);
	if (sending->into)
		buf_addf(path, "%s%s", target[strlen(target) - 1] == '/' ? "" :
		    "/", sending->tree->sources[entry->source].name);
	if (*below != '\0')
		buf_addf(path, "/%s", below);
	return buf_text(path);
}

/* Each entry's directory. */
static void
find_parents(struct sending *sending)
{
	const struct tree *tree = sending->tree;
	size_t open = 0;

	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];
		struct slot *slots = sending->slots;

		if (entry->again) {
			slots[i].parent = (uint32_t)open;
			open = slots[open].parent;
			continue;
		}
		slots[i].parent = (uint32_t)open;
		if (S_ISDIR(entry->mode))
			open = i;
	}
}

static void
begin(struct job *job)
{
	struct sending *sending = mem_zero(sizeof(*sending));
	const struct plan *plan = job->run->plan;
	struct lane *lane = &sending->lanes[0];

	sending->job = job;
	sending->plan = plan;
	sending->tree = plan->tree;
	sending->slots = mem_zero(plan->tree->count *
	    sizeof(*sending->slots));
	sending->phase = deliver_phases;
	find_parents(sending);
	lane->sending = sending;
	lane->fd = -1;
	lane->sftp = sftp_new(job);
	sending->lane_count = 1;
	job->op_state = sending;
}

static enum step
enter(struct job *job)
{
	struct sending *sending = job->op_state;

	return sftp_enter(sending->lanes[0].sftp);
}

/* Open as many more lanes as are worth it; a host may allow fewer. */
static enum step
widen(struct job *job)
{
	struct sending *sending = job->op_state;
	size_t wanted = sending->tree->files / LANE_FILES;
	bool narrow;

	while (sending->lane_count < DELIVER_LANES &&
	    sending->lane_count <= wanted) {
		struct lane *lane = &sending->lanes[sending->lane_count];
		enum step said = sftp_widen(sending->lanes[0].sftp,
		    &lane->sftp, &narrow);

		if (said != STEP_NEXT)
			return said;
		if (narrow)
			break;
		lane->sending = sending;
		lane->fd = -1;
		sending->lane_count++;
	}
	if (sending->lane_count > 1)
		msg_chat(job->label, "%zu SFTP sessions", sending->lane_count);
	return STEP_NEXT;
}

/* Give it a task if it has none.  False: there is none. */
static bool
take_task(struct lane *lane)
{
	const struct sending *sending = lane->sending;

	if (lane->act != NULL)
		return true;
	if (sending->ending && !sending->clearing)
		return false;
	if (sending->phase->alone && lane != &sending->lanes[0])
		return false;
	return sending->phase->next(lane);
}

/* STEP_NEXT: nothing is left for it in this phase. */
static enum step
drive(struct lane *lane)
{
	while (take_task(lane)) {
		enum step said;

		if (lane->sending->ending && !lane->cleared &&
		    !lane->waiting) {
			lane->cleared = true;
			lane->act = deliver_abandon;
		}
		said = lane->act(lane);
		lane->waiting = said == STEP_WAIT;
		if (said == STEP_NEXT)
			lane->act = NULL;
		else if (said != STEP_AGAIN)
			return said;
	}
	return STEP_NEXT;
}

/* What was under way has ended by now. */
static void
begin_clearing(struct sending *sending)
{
	sending->clearing = true;
	sending->phase = deliver_endings;
	for (size_t i = 0; i < sending->lane_count; i++)
		sending->lanes[i].cleared = true;
}

static enum step
work(struct job *job)
{
	struct sending *sending = job->op_state;

	for (;;) {
		bool waiting = false, last;

		for (size_t i = 0; i < sending->lane_count; i++) {
			enum step said = drive(&sending->lanes[i]);

			if (said == STEP_FAIL)
				return said;
			waiting |= said == STEP_WAIT;
		}
		if (waiting)
			return STEP_WAIT;
		sending->next = 0;
		if (sending->ending && !sending->clearing) {
			begin_clearing(sending);
			continue;
		}
		last = sending->phase->last;
		sending->phase++;
		if (last)
			return sending->ending ? STEP_FAIL : STEP_NEXT;
	}
}

/* As long as something is removed it goes on. */
static uint64_t
stop(struct job *job)
{
	struct sending *sending = job->op_state;
	bool first;

	if (sending == NULL || sending->stage == NULL)
		return 0;
	first = !sending->ending;
	sending->ending = true;
	if (!first && sending->seen == sending->cleared)
		return 0;
	sending->seen = sending->cleared;
	return CLEAR_GRACE;
}

static void
let_go(struct job *job)
{
	struct sending *sending = job->op_state;

	if (sending == NULL)
		return;
	if (sending->staged)
		msg_host(job->label, "%s is left there", sending->stage);
	for (size_t i = 0; i < DELIVER_LANES; i++) {
		struct lane *lane = &sending->lanes[i];

		sftp_free(lane->sftp);
		if (i < sending->lane_count && lane->fd >= 0)
			close(lane->fd);
		buf_free(&lane->path);
		buf_free(&lane->other);
		free(lane->why);
	}
	for (size_t i = 0; i < sending->tree->count; i++)
		free(sending->slots[i].place);
	free(sending->slots);
	free(sending->target);
	free(sending->stage);
	free(sending);
	job->op_state = NULL;
}

static const struct step_entry steps[] = {
	{ "opening SFTP", enter },
	{ "a look at the target", work },
	{ "opening more of SFTP", widen },
	{ "the look at files", work },
	{ "the copy", work },
	{ "moving into place", work },
	{ NULL, NULL },
};

const struct op deliver = {
	.steps = steps,
	.begin = begin,
	.limit_passed = sftp_limit_passed,
	.stop = stop,
	.let_go = let_go,
};
