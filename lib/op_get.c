/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fetching:
 *
 * - open a channel, and start the script there;
 * - hand what it writes to a thread that lays it down, no faster than it does;
 * - learn how it ended: well, or all of it is worth nothing;
 * - have what came moved into its place.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "collect.h"
#include "fetch.h"
#include "job.h"
#include "lastline.h"
#include "mem.h"
#include "msg.h"
#include "op_exec_state.h"
#include "op_get.h"
#include "op_get_script.h"
#include "output.h"
#include "plan.h"

#define TOLD_MOST 4096		/* kept of what a host says of a success */
#define LINES_MOST 4		/* shown of it */
#define STRANGE_MOST (64 * 1024)	/* from what is not our script */
#define NO_ARCHIVE "what the host sent is no archive, it begins: %.*s"

struct get {
	struct fetch	*fetch;		/* from the archive's first byte on */
	bool		 spoken;	/* it is our script */
	char		 beginning[80];	/* of its output, if it is not */
	size_t		 beginning_len;
	size_t		 strange;	/* bytes of it */
	struct lastline	 last;
	struct buf	 told;
};

static struct get *
get_of(struct job *job)
{
	struct exec *exec = job->op_state;

	return exec->state;
}

static bool
blocked(struct job *job, struct sink_waiter *waiter)
{
	struct exec *exec = job->op_state;
	struct get *get = exec->state;

	(void)waiter;
	return get->fetch != NULL && fetch_full(get->fetch, exec->piece);
}

/* How much of what came is no archive: the script's first words, or all that
 * something else has to say. */
static size_t
hear(struct get *get, const char *data, size_t len)
{
	size_t had = get->beginning_len, left = sizeof(OP_GET_HELLO) - 1 - had;
	size_t room = sizeof(get->beginning) - had;
	bool hello = get->strange == 0 && memcmp(&OP_GET_HELLO[had], data,
	    len < left ? len : left) == 0;

	if (hello && len >= left) {
		get->spoken = true;
		get->beginning_len = 0;
		return left;
	}
	memcpy(get->beginning + had, data, len < room ? len : room);
	get->beginning_len += len < room ? len : room;
	if (!hello)
		get->strange += len;
	return len;
}

static char *
output(struct job *job, const char *data, size_t len)
{
	struct exec *exec = job->op_state;
	struct get *get = exec->state;

	if (!get->spoken) {
		size_t taken = hear(get, data, len);

		data += taken;
		len -= taken;
		if (get->spoken)
			msg_chat(job->label, "copying by a shell and tar");
	}
	if (get->strange > STRANGE_MOST)
		return mem_print(NO_ARCHIVE, (int)get->beginning_len,
		    get->beginning);
	if (len == 0)
		return NULL;
	if (get->fetch == NULL)
		get->fetch = fetch_begin(job, exec->piece);
	if (get->fetch == NULL)
		return mem_dup("cannot start a thread");
	fetch_add(get->fetch, data, len);
	return NULL;
}

static char *
errors(struct job *job, const char *data, size_t len)
{
	struct get *get = get_of(job);

	lastline_feed(&get->last, data, len);
	return op_get_note(job, &get->told, data, len);
}

static char *
status_words(struct job *job, int status)
{
	const struct get *get = get_of(job);
	char *words = lastline_text(&get->last);

	if (words != NULL)
		return words;
	if (status == 127)
		return mem_dup("no tar there (the host needs it)");
	/* Where no script of ours runs, accounts for sftp only for example,
	 * the reason is told here. */
	words = mem_ndup(get->beginning, get->beginning_len);
	words[strcspn(words, "\r\n")] = '\0';
	if (*words != '\0')
		return words;
	free(words);
	return NULL;
}

static const struct ends ends = {
	.blocked = blocked,
	.output = output,
	.errors = errors,
	.status_words = status_words,
};

static void
begin(struct job *job)
{
	op_exec_new(job, job->run->plan->command, &ends,
	    mem_zero(sizeof(struct get)))->instead = &collect;
}

char *
op_get_note(struct job *job, struct buf *told, const char *data, size_t len)
{
	size_t room = TOLD_MOST - told->len;

	buf_add(told, data, len < room ? len : room);
	return output_add(job->output, OUTPUT_ERR, data, len);
}

void
op_get_tell(struct job *job, struct buf *told)
{
	const char *line = buf_text(told);
	unsigned lines = 0;

	for (; *line != '\0'; line += line[strcspn(line, "\n")] != '\0') {
		size_t len = strcspn(line, "\n");

		if (++lines <= LINES_MOST)
			msg_host(job->label, "%.*s", (int)len, line);
		line += len;
	}
	if (lines > LINES_MOST)
		msg_host(job->label, "(%u%s more lines like these)",
		    lines - LINES_MOST, told->len == TOLD_MOST ? " or" : "");
}

/* Where our script does not run, it may be that none does. */
static enum step
learn(struct job *job)
{
	return op_exec_learn_or(job, get_of(job)->spoken);
}

static enum step
move_in(struct job *job)
{
	struct get *get = get_of(job);

	if (get->fetch == NULL && get->beginning_len > 0)
		return job_fail(job, ENDED_LOCAL, NO_ARCHIVE,
		    (int)get->beginning_len, get->beginning);
	if (get->fetch == NULL)
		return job_fail(job, ENDED_LOCAL, "the host sent nothing");
	if (!fetch_finish(get->fetch))
		return STEP_WAIT;
	op_get_tell(job, &get->told);
	return STEP_NEXT;
}

static void
let_go(struct job *job)
{
	struct exec *exec = job->op_state;
	struct get *get;

	if (exec == NULL)
		return;
	get = exec->state;
	fetch_drop(get->fetch);
	buf_free(&get->told);
	free(get);
	op_exec_free(job);
}

static const struct step_entry steps[] = {
	{ "opening a channel", op_exec_open },
	{ "start of tar there", op_exec_start },
	{ "copying", op_exec_copy },
	{ "end of tar there", op_exec_close },
	{ "its result", learn },
	{ "moving into place", move_in },
	{ NULL, NULL },
};

const struct op op_get = {
	.steps = steps,
	.begin = begin,
	.stop = op_exec_stop,
	.let_go = let_go,
};
