/* SPDX-License-Identifier: BSD-2-Clause */
/* A plain command gets the run's input, and its output goes to the visit's. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "mem.h"
#include "op_exec_state.h"
#include "output.h"
#include "plan.h"
#include "spool.h"

/* Half of the input must not look like all of it: no end is sent. */
static ssize_t
input_failed(struct job *job)
{
	char *words = mem_print("cannot read the input to send: %s",
	    strerror(errno));

	job_stop(job, ENDED_LOCAL, words);
	free(words);
	return ENDS_FAILED;
}

static ssize_t
input(struct job *job, char *room, size_t len, const char **data)
{
	const struct exec *exec = job->op_state;
	const struct run *run = job->run;
	ssize_t got;

	if (run->input == NULL)
		return ENDS_OVER;
	*data = room;
	got = spool_read(run->input, exec->input_at, room, len);
	if (got < 0)
		return input_failed(job);
	return got == 0 && !run->input_ended ? ENDS_LATER : got;
}

static void
sent(struct job *job, size_t len)
{
	struct exec *exec = job->op_state;

	exec->input_at += len;
}

static bool
blocked(struct job *job, struct sink_waiter *waiter)
{
	return output_blocked(job->output, waiter);
}

static char *
output(struct job *job, const char *data, size_t len)
{
	return output_add(job->output, OUTPUT_OUT, data, len);
}

static char *
errors(struct job *job, const char *data, size_t len)
{
	return output_add(job->output, OUTPUT_ERR, data, len);
}

static char *
status_words(struct job *job, int status)
{
	const struct plan *plan = job->run->plan;

	return plan->status_words == NULL ? NULL :
	    mem_dup(plan->status_words(status));
}

struct ends
op_exec_ends(const struct ends *own)
{
	struct ends ends = {
		.input = input,
		.sent = sent,
		.blocked = blocked,
		.output = output,
		.errors = errors,
		.status_words = status_words,
	};

	if (own == NULL)
		return ends;
	if (own->input != NULL)
		ends.input = own->input;
	if (own->sent != NULL)
		ends.sent = own->sent;
	if (own->blocked != NULL)
		ends.blocked = own->blocked;
	if (own->output != NULL)
		ends.output = own->output;
	if (own->errors != NULL)
		ends.errors = own->errors;
	if (own->status_words != NULL)
		ends.status_words = own->status_words;
	return ends;
}
