/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps are op_exec's, around the command that runs our script.  What
 * breaks off, here or on the way, is noticed there by its end: so to stop is
 * to end the stream first, which lets the script clear away what it has, and
 * only then to be harder.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "deliver.h"
#include "ends.h"
#include "job.h"
#include "lastline.h"
#include "mem.h"
#include "msg.h"
#include "op_exec_state.h"
#include "op_put.h"
#include "op_put_script.h"
#include "op_put_stream.h"
#include "output.h"
#include "plan.h"
#include "tree.h"

#define CLEAR_GRACE 5000	/* ms, to remove what was begun */
#define SAID_MOST (64 * 1024)	/* by what runs in the script's place */

struct put {
	struct put_stream *stream;
	struct buf	 said;
	struct lastline	 last, trouble;	/* on its output, its errors */
	bool		 spoken;	/* it is our script */
	bool		 told;		/* to end */
};

static struct put *
put_of(const struct job *job)
{
	const struct exec *exec = job->op_state;

	return exec->state;
}

static ssize_t
input(struct job *job, char *room, size_t len, const char **data)
{
	char *why = NULL;
	ssize_t got;

	(void)room;
	(void)len;
	got = op_put_stream_next(put_of(job)->stream, data, &why);
	if (got >= 0)
		return got;
	job_stop(job, ENDED_LOCAL, why);
	free(why);
	return ENDS_FAILED;
}

static void
sent(struct job *job, size_t len)
{
	op_put_stream_took(put_of(job)->stream, len);
}

static bool
has_said(struct put *put, const char *line)
{
	return strstr(buf_text(&put->said), line) != NULL;
}

/* What profiles print is nothing that was asked for. */
static char *
output(struct job *job, const char *data, size_t len)
{
	struct put *put = put_of(job);

	lastline_feed(&put->last, data, len);
	if (put->said.len < SAID_MOST)
		buf_add(&put->said, data, len);
	if (!put->spoken && has_said(put, OP_PUT_HELLO)) {
		put->spoken = true;
		msg_chat(job->label, op_put_is_plain(job->run->plan) ?
		    "copying by a shell" : "copying by a shell and tar");
	}
	return NULL;
}

static char *
errors(struct job *job, const char *data, size_t len)
{
	lastline_feed(&put_of(job)->trouble, data, len);
	return output_add(job->output, OUTPUT_ERR, data, len);
}

static char *
status_words(struct job *job, int status)
{
	struct put *put = put_of(job);
	char *words = lastline_text(&put->trouble);

	(void)status;
	/* Where no script runs, the reason is told here. */
	if (words == NULL && !put->spoken)
		words = lastline_text(&put->last);
	return words;
}

static const struct ends ends = {
	.input = input,
	.sent = sent,
	.output = output,
	.errors = errors,
	.status_words = status_words,
};

static void
put_begin(struct job *job)
{
	const struct plan *plan = job->run->plan;
	struct put *put = mem_zero(sizeof(*put));

	put->stream = op_put_stream_new(plan);
	op_exec_new(job, plan->command, &ends, put)->instead = &deliver;
}

/* The script says hello before it changes anything. */
static enum step
learn(struct job *job)
{
	return op_exec_learn_or(job, put_of(job)->spoken);
}

/* A command that is forced on us may end well and have copied nothing. */
static enum step
confirm(struct job *job)
{
	struct put *put = put_of(job);

	if (has_said(put, OP_PUT_DONE))
		return STEP_NEXT;
	return job_fail(job, ENDED_LOST, "the host ran something else "
	    "than it was asked to: nothing was copied");
}

static uint64_t
put_stop(struct job *job)
{
	struct exec *exec = job->op_state;
	struct put *put;

	if (exec == NULL || !exec->started)
		return op_exec_stop(job);
	put = put_of(job);
	if (put->told)
		return op_exec_stop(job);
	put->told = true;
	exec->input_over = true;
	job->result.maybe_running = true;
	return CLEAR_GRACE;
}

static void
put_let_go(struct job *job)
{
	struct put *put;

	if (job->op_state == NULL)
		return;
	put = put_of(job);
	op_put_stream_free(put->stream);
	buf_free(&put->said);
	free(put);
	op_exec_free(job);
}

static const struct step_entry steps[] = {
	{ "opening a channel", op_exec_open },
	{ "start of the copy", op_exec_start },
	{ "the copy", op_exec_copy },
	{ "end of the copy", op_exec_close },
	{ "how it ended", learn },
	{ "confirmation", confirm },
	{ NULL, NULL },
};

const struct op op_put = {
	.steps = steps,
	.begin = put_begin,
	.stop = put_stop,
	.let_go = put_let_go,
};

/* What one host is sent, but for the heads of very long names. */
static uint64_t
size_of(const struct plan *plan)
{
	const struct tree *tree = plan->tree;
	uint64_t size = strlen(plan->script);

	if (op_put_is_plain(plan))
		return size + tree->bytes;
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];

		if (!entry->again || plan->preserve)
			size += 512 + (entry->size + 511) / 512 * 512;
	}
	return size + (uint64_t)3 * 512;
}

void
op_put_prepare(struct plan *plan)
{
	plan->op = plan->sftp ? &deliver : &op_put;
	plan->script = op_put_script(plan);
	plan->command = op_put_command(plan->script);
	plan->each = size_of(plan);
}
