/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In this order:
 *
 * - find what is asked for;
 * - list directories, and fetch files beside, into the stream of a thread that
 *   lays it down;
 * - have what came moved into its place.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "collect_priv.h"
#include "fetch.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "op_get.h"
#include "output.h"
#include "plan.h"

#define TURN (256 * 1024)	/* moved before others have theirs */
#define LANE_FILES 16		/* that wait are worth one more */

enum step
collect_then(struct lane *lane, lane_act *act)
{
	lane->act = act;
	return STEP_AGAIN;
}

enum step
collect_refused(struct lane *lane, enum sftp_answer answer, const char *path)
{
	return sftp_step(lane->sftp, answer, path);
}

enum step
collect_fail(struct lane *lane, enum ending ending, const char *format, ...)
{
	struct job *job = lane->collecting->job;
	struct buf words = { 0 };
	va_list args;

	va_start(args, format);
	buf_vaddf(&words, format, args);
	va_end(args);
	if (ending == ENDED_STATUS && !job->ended)
		job->result.exit_status = 1;
	job_fail(job, ending, "%s", buf_text(&words));
	buf_free(&words);
	return STEP_FAIL;
}

void
collect_note(struct collecting *collecting, const char *path, const char *why)
{
	char *line = mem_print("not copied: %s%s%s\n", path,
	    why != NULL ? ": " : "", why != NULL ? why : "");

	op_get_note(collecting->job, &collecting->told, line, strlen(line));
	free(line);
}

void
collect_moved(struct lane *lane, size_t len)
{
	struct collecting *collecting = lane->collecting;

	collecting->turn += len;
	collecting->job->result.bytes_out += len;
	collecting->job->run->moved += len;
}

static void
begin(struct job *job)
{
	struct collecting *collecting = mem_zero(sizeof(*collecting));
	struct lane *lane = &collecting->lanes[0];

	collecting->job = job;
	collecting->plan = job->run->plan;
	collecting->last_file = &collecting->files;
	lane->collecting = collecting;
	lane->sftp = sftp_new(job);
	lane->act = collect_find;
	collecting->lane_count = 1;
	job->op_state = collecting;
}

static enum step
enter(struct job *job)
{
	struct collecting *collecting = job->op_state;

	return sftp_enter(collecting->lanes[0].sftp);
}

/* Let it do what it does until it has to wait. */
static enum step
drive(struct lane *lane)
{
	while (lane->act != NULL) {
		enum step said;

		if (lane->collecting->turn >= TURN)
			return STEP_YIELD;
		lane->collecting->turn++;
		said = lane->act(lane);
		if (said == STEP_NEXT)
			lane->act = NULL;
		else if (said != STEP_AGAIN)
			return said;
	}
	return STEP_NEXT;
}

static enum step
find(struct job *job)
{
	struct collecting *collecting = job->op_state;
	enum step said;

	collecting->turn = 0;
	said = drive(&collecting->lanes[0]);
	if (said != STEP_NEXT || collect_pack_begin(collecting))
		return said;
	return job_fail(job, ENDED_LOCAL, "cannot start a thread");
}

/* Begin one more lane if that is worth it; a host may allow fewer. */
static enum step
widen(struct collecting *collecting)
{
	struct lane *lane = &collecting->lanes[collecting->lane_count];
	enum step said;

	if (collecting->narrow || collecting->lane_count == COLLECT_LANES ||
	    (lane->sftp == NULL && collecting->file_count <
	    LANE_FILES * collecting->lane_count))
		return STEP_NEXT;
	said = sftp_widen(collecting->lanes[0].sftp, &lane->sftp,
	    &collecting->narrow);
	if (said != STEP_NEXT || collecting->narrow)
		return said;
	lane->collecting = collecting;
	collecting->lane_count++;
	msg_chat(collecting->job->label, "%zu SFTP sessions",
	    collecting->lane_count);
	return STEP_NEXT;
}

/* Something to do; the first lane lists while there are few files. */
static void
take_task(struct lane *lane)
{
	struct collecting *collecting = lane->collecting;
	struct found *file = collecting->files;

	if (lane == &collecting->lanes[0] && collect_is_listing(collecting) &&
	    collecting->file_count < LANE_FILES * COLLECT_LANES) {
		lane->act = collect_list;
	} else if (file != NULL) {
		collecting->files = file->next;
		if (collecting->files == NULL)
			collecting->last_file = &collecting->files;
		collecting->file_count--;
		file->next = NULL;
		lane->file = file;
		lane->act = collect_file;
	}
}

/* STEP_NEXT: it has nothing to do. */
static enum step
work(struct lane *lane)
{
	enum step said = drive(lane);

	while (said == STEP_NEXT) {
		take_task(lane);
		if (lane->act == NULL)
			break;
		said = drive(lane);
	}
	return said;
}

static enum step
copy(struct job *job)
{
	struct collecting *collecting = job->op_state;
	enum step said = widen(collecting);
	bool waiting = said == STEP_WAIT, yield = false;
	char *words;

	if (said == STEP_FAIL)
		return said;
	collecting->turn = 0;
	for (size_t i = 0; i < collecting->lane_count; i++) {
		said = work(&collecting->lanes[i]);
		if (said == STEP_FAIL)
			return said;
		waiting |= said == STEP_WAIT;
		yield |= said == STEP_YIELD;
	}
	if (yield)
		return STEP_YIELD;
	if (waiting)
		return STEP_WAIT;
	/* Others may have run out before the first had more. */
	if (collect_is_listing(collecting) || collecting->files != NULL)
		return STEP_YIELD;
	words = collect_pack_end(collecting);
	if (words == NULL)
		return STEP_NEXT;
	job_fail(job, ENDED_LOCAL, "%s", words);
	free(words);
	return STEP_FAIL;
}

static enum step
move_in(struct job *job)
{
	struct collecting *collecting = job->op_state;

	if (!fetch_finish(collecting->fetch))
		return STEP_WAIT;
	op_get_tell(job, &collecting->told);
	return STEP_NEXT;
}

static void
free_list(struct found *found)
{
	while (found != NULL) {
		struct found *next = found->next;

		collect_found_free(found);
		found = next;
	}
}

static void
let_go(struct job *job)
{
	struct collecting *collecting = job->op_state;

	if (collecting == NULL)
		return;
	for (size_t i = COLLECT_LANES; i-- > 0;) {
		struct lane *lane = &collecting->lanes[i];

		sftp_free(lane->sftp);
		buf_free(&lane->data);
		free_list(lane->file);
	}
	collect_pack_free(collecting);
	free_list(collecting->wanted);
	free_list(collecting->above);
	free_list(collecting->listed);
	free_list(collecting->files);
	free(collecting->path);
	free(collecting->part);
	mem_free_all(collecting->places);
	buf_free(&collecting->matches);
	buf_free(&collecting->told);
	free(collecting);
	job->op_state = NULL;
}

static const struct step_entry steps[] = {
	{ "opening SFTP", enter },
	{ "a look at what is there", find },
	{ "copying", copy },
	{ "moving into place", move_in },
	{ NULL, NULL },
};

const struct op collect = {
	.steps = steps,
	.begin = begin,
	.limit_passed = sftp_limit_passed,
	.let_go = let_go,
};
