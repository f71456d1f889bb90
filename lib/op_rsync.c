/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joining a local rsync to one on the host:
 *
 * - start it here; it calls its remote shell, which is us, and says what is
 *   to be run on the host;
 * - run that as any command, its streams being rsync's;
 * - tell rsync how it ended, and learn how rsync did.
 *
 * What rsync prints is the visit's output.  What the one on the host says on
 * its standard error comes with it, as ssh would have it.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "op_exec_state.h"
#include "op_rsync.h"
#include "output.h"
#include "plan.h"
#include "rsh.h"
#include "rsyncsaid.h"
#include "sink.h"

struct sync {
	struct rsh	*rsh;
	struct buf	 input;		/* read from rsync, not sent yet */
	struct sink_waiter waiter;	/* for the output's reader */
	bool		 held;
	struct rsyncsaid said;
	char		*trouble;	/* with the output, or NULL */
};

static struct sync *
sync_of(struct job *job)
{
	struct exec *exec = job->op_state;

	return exec->state;
}

/* --- what rsync prints --- */

static void
flow_again(void *context)
{
	struct job *job = context;
	struct sync *sync = sync_of(job);

	sync->held = false;
	rsh_hold(sync->rsh, false);
}

/* DATA goes where the visit's output goes.  Trouble with that, of which rsync
 * is not told, is remembered. */
static void
keep(struct job *job, enum output_stream which, const char *data, size_t len)
{
	struct sync *sync = sync_of(job);
	char *why = len > 0 ? output_add(job->output, which, data, len) : NULL;

	if (sync->trouble == NULL)
		sync->trouble = why;
	else
		free(why);
}

static void
printed(void *context, int fd, const char *data, size_t len)
{
	struct job *job = context;
	struct sync *sync = sync_of(job);

	rsyncsaid_feed(&sync->said, fd == 1 ? RSYNCSAID_OUT : RSYNCSAID_ERR,
	    data, len);
	keep(job, OUTPUT_OUT, sync->said.fit.data, sync->said.fit.len);
	buf_clear(&sync->said.fit);
	if (fd == 2)
		keep(job, OUTPUT_ERR, data, len);
	if (!sync->held && output_blocked(job->output, &sync->waiter)) {
		sync->held = true;
		rsh_hold(sync->rsh, true);
	}
}

/* --- rsync's streams --- */

/* What the channel does not take at once is kept. */
static ssize_t
input(struct job *job, char *room, size_t len, const char **data)
{
	struct sync *sync = sync_of(job);
	ssize_t got;

	(void)room;
	if (sync->input.len == 0) {
		got = rsh_read(sync->rsh, buf_reserve(&sync->input, len), len);
		if (got <= 0)
			return got < 0 ? ENDS_LATER : ENDS_OVER;
		sync->input.len = (size_t)got;
	}
	*data = sync->input.data;
	return (ssize_t)sync->input.len;
}

static void
sent(struct job *job, size_t len)
{
	buf_skip(&sync_of(job)->input, len);
}

/* Whoever reads rsync's output may be behind as well: rsync waits itself. */
static bool
blocked(struct job *job, struct sink_waiter *waiter)
{
	(void)waiter;
	return rsh_full(sync_of(job)->rsh);
}

static char *
output(struct job *job, const char *data, size_t len)
{
	rsh_write(sync_of(job)->rsh, data, len);
	return NULL;
}

static char *
errors(struct job *job, const char *data, size_t len)
{
	rsyncsaid_feed(&sync_of(job)->said, RSYNCSAID_HOST, data, len);
	return output_add(job->output, OUTPUT_ERR, data, len);
}

static const struct ends ends = {
	.input = input,
	.sent = sent,
	.blocked = blocked,
	.output = output,
	.errors = errors,
};

/* --- steps --- */

static void
begin(struct job *job)
{
	struct sync *sync = mem_zero(sizeof(*sync));

	rsyncsaid_begin(&sync->said);
	sync->waiter = (struct sink_waiter){ .call = flow_again,
	    .context = job };
	op_exec_new(job, NULL, &ends, sync);
}

/* The arguments, and the host's own directory if it is to have one. */
static const char **
arguments(const struct job *job, char **directory)
{
	const struct plan *plan = job->run->plan;
	const char **args;
	size_t count = 0;

	while (plan->rsync_args[count] != NULL)
		count++;
	args = mem_zero((count + 2) * sizeof(*args));
	for (size_t i = 0; i < count; i++)
		args[i] = plan->rsync_args[i];
	*directory = NULL;
	/* Whatever its name, it is no place on a host. */
	if (plan->localdir != NULL)
		*directory = mem_print("%s%s/%s/",
		    *plan->localdir_path == '/' ? "" : "./",
		    plan->localdir_path, job->local_name);
	args[count] = *directory;
	return args;
}

static bool
start_rsync(struct job *job)
{
	const struct rsh_owner owner = {
		.poke = job_poke_context, .printed = printed, .context = job,
	};
	struct sync *sync = sync_of(job);
	char *directory;
	const char **args = arguments(job, &directory);

	if (directory != NULL && (strchr(job->local_name, '/') != NULL ||
	    job->local_name[0] == '.'))
		job_fail(job, ENDED_LOCAL,
		    "no name for a directory of ours");
	else
		sync->rsh = rsh_start(job->run->loop, args, &owner);
	if (sync->rsh == NULL)
		job_fail(job, ENDED_LOCAL, "cannot start rsync: %s",
		    strerror(errno));
	free(directory);
	free(args);
	return sync->rsh != NULL;
}

/* What rsync(1) says of its exit codes. */
static const char *
meaning(int status)
{
	static const char *const words[] = {
		[1] = "a wrong option or argument",
		[2] = "the versions do not go together",
		[3] = "a source or a target cannot be used",
		[5] = "the protocol could not be begun",
		[10] = "an error of the connection",
		[11] = "files cannot be read or written",
		[12] = "an error in the data: does the host have rsync?",
		[13] = "an error in its own talk",
		[14] = "an error between its processes",
		[20] = "it was interrupted",
		[22] = "it has no memory",
		[23] = "some of it could not be copied",
		[24] = "some files vanished meanwhile",
		[25] = "it was not to delete so many",
		[30] = "nothing came for too long",
		[127] = "no rsync there (the host needs it too)",
	};

	if (status < 0 || (size_t)status >= sizeof(words) / sizeof(words[0]))
		return NULL;
	return words[status];
}

static enum step
status_failed(struct job *job, int status)
{
	const char *words = meaning(status);
	char *why = rsyncsaid_why(&sync_of(job)->said);

	job->result.exit_status = status;
	if (words == NULL && why == NULL)
		job_fail(job, ENDED_STATUS, NULL);
	else
		job_fail(job, ENDED_STATUS, "%s%s%s",
		    words != NULL ? words : "",
		    words != NULL && why != NULL ? ": " : "",
		    why != NULL ? why : "");
	free(why);
	return STEP_FAIL;
}

static enum step
judge(struct job *job, int status)
{
	const struct sync *sync = sync_of(job);
	const struct exec *exec = job->op_state;

	if (sync->trouble != NULL)
		return job_fail(job, ENDED_LOCAL, "%s", sync->trouble);
	if (status < 0)
		return job_fail(job, ENDED_LOCAL, exec->command == NULL ?
		    "rsync cannot be run here (is it installed?)" :
		    "the rsync here was killed");
	if (status != 0)
		return status_failed(job, status);
	job->result.exit_status = 0;
	if (sync->said.left_out != NULL)
		msg_host(job->label, "%s", sync->said.left_out);
	return STEP_NEXT;
}

static enum step
call_host(struct job *job)
{
	struct exec *exec = job->op_state;
	struct sync *sync = exec->state;
	int status;

	if (sync->rsh == NULL && !start_rsync(job))
		return STEP_FAIL;
	exec->command = rsh_command(sync->rsh);
	if (exec->command != NULL)
		return STEP_NEXT;
	if (!rsh_ended(sync->rsh, &status))
		return STEP_WAIT;
	if (judge(job, status) == STEP_NEXT)
		job_fail(job, ENDED_LOCAL, "rsync did not call the host");
	return STEP_FAIL;
}

static enum step
end_rsync(struct job *job)
{
	const struct exec *exec = job->op_state;
	struct sync *sync = exec->state;
	int status, there = libssh2_channel_get_exit_status(exec->channel);

	/* The shell there says 127 where it finds no rsync. */
	rsh_end(sync->rsh, there < 0 ? 255 : there);
	if (!rsh_ended(sync->rsh, &status))
		return STEP_WAIT;
	if (op_exec_killed(job))
		return STEP_FAIL;
	return judge(job, there == 127 ? 127 : status);
}

static void
let_go(struct job *job)
{
	struct exec *exec = job->op_state;
	struct sync *sync;

	if (exec == NULL)
		return;
	sync = exec->state;
	sink_unwait(&sync->waiter);
	rsh_drop(sync->rsh);
	buf_free(&sync->input);
	rsyncsaid_clear(&sync->said);
	free(sync->trouble);
	free(sync);
	op_exec_free(job);
}

static const struct step_entry steps[] = {
	{ "start of rsync", call_host },
	{ "opening a channel", op_exec_open },
	{ "environment", op_exec_environment },
	{ "start of rsync there", op_exec_start },
	{ "rsync", op_exec_copy },
	{ "end of rsync there", op_exec_close },
	{ "end of rsync", end_rsync },
	{ NULL, NULL },
};

const struct op op_rsync = {
	.steps = steps,
	.begin = begin,
	.stop = op_exec_stop,
	.let_go = let_go,
};
