/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running a command:
 *
 * - open a channel;
 * - offer our agent, if it is to be forwarded;
 * - ask for a terminal there, if one is wanted;
 * - offer environment variables (a server takes those that it likes);
 * - start the command, or the login shell;
 * - copy its streams until it has closed them;
 * - learn how it ended.
 *
 * A remote side that closes its standard input early is no failure: `head -1`
 * has all it wants.  A connection that breaks is, whatever has come through.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environ.h"
#include "forward.h"
#include "job.h"
#include "mem.h"
#include "op_exec.h"
#include "op_exec_state.h"
#include "output.h"
#include "plan.h"
#include "session.h"
#include "spool.h"
#include "sweep.h"

#define PIECE (32 * 1024)	/* read or written at a time */
#define TURN (256 * 1024)	/* read before others have theirs */

static void
exec_begin(struct job *job)
{
	struct exec *exec = mem_zero(sizeof(*exec));

	exec->environ = environ_offered(job);
	exec->waiter.call = job_poke_context;
	exec->waiter.context = job;
	job->op_state = exec;
}

static void
exec_let_go(struct job *job)
{
	struct exec *exec = job->op_state;

	if (exec == NULL)
		return;
	/* The channel goes with the session. */
	sink_unwait(&exec->waiter);
	terminal_unwatch(&exec->watch);
	sweep_free(exec->sweep);
	forward_free(exec->forward);
	mem_free_all(exec->environ);
	free(exec);
	job->op_state = NULL;
}

/* Half of the input must not look like all of it: no end is sent. */
static void
input_failed(struct job *job)
{
	char *words = mem_print("cannot read the input to send: %s",
	    strerror(errno));

	job_stop(job, ENDED_LOCAL, words);
	free(words);
}

/* Send what there is of our input, as far as the other side takes it.  An
 * answer to a prompt would be given here too. */
static void
feed(struct job *job)
{
	struct exec *exec = job->op_state;
	const struct run *run = job->run;
	char piece[PIECE];

	while (!exec->input_over &&
	    session_backlog(job->session) < SESSION_ENOUGH) {
		ssize_t sent, len = run->input == NULL ? 0 : spool_read(
		    run->input, exec->input_at, piece, sizeof(piece));

		if (len == 0 && run->input != NULL && !run->input_ended)
			return;
		if (len < 0) {
			input_failed(job);
			return;
		}
		if (len == 0) {
			exec->input_over = true;
			break;
		}
		sent = libssh2_channel_write(exec->channel, piece, (size_t)len);
		if (sent == LIBSSH2_ERROR_EAGAIN || sent == 0)
			return;
		if (sent < 0) {
			exec->input_over = exec->eof_sent = true;
			return;
		}
		exec->input_at += (uint64_t)sent;
		job->result.bytes_in += (uint64_t)sent;
	}
	if (exec->input_over && !exec->eof_sent)
		exec->eof_sent = libssh2_channel_send_eof(exec->channel) !=
		    LIBSSH2_ERROR_EAGAIN;
}

/* Take over what came on one stream.  NEXT: all that there is for now. */
static enum step
drain(struct job *job, enum output_stream which, size_t *turn)
{
	struct exec *exec = job->op_state;
	int stream = which == OUTPUT_ERR ? SSH_EXTENDED_DATA_STDERR : 0;
	char piece[PIECE], *words;
	ssize_t got;

	for (;;) {
		bool blocked = output_blocked(job->output, &exec->waiter);

		if (*turn >= TURN)
			return STEP_YIELD;
		if (blocked && !job->stopping) {
			session_listen(job->session, false);
			return STEP_WAIT;
		}
		got = libssh2_channel_read_ex(exec->channel, stream, piece,
		    exec->piece);
		if (got == LIBSSH2_ERROR_EAGAIN || got == 0)
			return STEP_NEXT;
		if (got < 0)
			return op_exec_not_yet(job, (int)got,
			    "connection lost");
		*turn += (size_t)got;
		*(which == OUTPUT_ERR ? &job->result.bytes_err :
		    &job->result.bytes_out) += (uint64_t)got;
		/* Nobody waits for the rest of what is being stopped; what
		 * comes after a gap is not to be taken for its end. */
		exec->dropping |= blocked;
		words = exec->dropping ? NULL : output_add(job->output, which,
		    piece, (size_t)got);
		if (words != NULL && !job->stopping) {
			job_stop(job, ENDED_LOCAL, words);
			free(words);
			return STEP_WAIT;
		}
		free(words);
	}
}

/* What goes on beside the streams, as long as there is a channel. */
static enum step
look_after(struct job *job)
{
	struct exec *exec = job->op_state;

	op_exec_pursue(job);
	op_exec_resize(exec);
	if (exec->forward == NULL || forward_step(exec->forward))
		return STEP_NEXT;
	return job_fail(job, ENDED_LOST,
	    "the host opens far too many connections to the agent");
}

static enum step
copy_streams(struct job *job)
{
	struct exec *exec = job->op_state;
	size_t turn = 0;
	enum step said;

	session_listen(job->session, true);
	said = look_after(job);
	if (said != STEP_NEXT)
		return said;
	feed(job);
	said = drain(job, OUTPUT_OUT, &turn);
	if (said == STEP_NEXT)
		said = drain(job, OUTPUT_ERR, &turn);
	if (said != STEP_NEXT)
		return said;
	return libssh2_channel_eof(exec->channel) ? STEP_NEXT : STEP_WAIT;
}

/* libssh2 says 0 also of a command that was killed: the signal goes first. */
static enum step
learn_status(struct job *job)
{
	struct exec *exec = job->op_state;
	struct result *result = &job->result;
	char *name = NULL;
	size_t len = 0;
	int error;

	if (look_after(job) != STEP_NEXT)
		return STEP_FAIL;
	error = libssh2_channel_wait_closed(exec->channel);
	/* A command may close its output early and still want input. */
	if (error == LIBSSH2_ERROR_EAGAIN)
		feed(job);
	if (error != 0)
		return op_exec_not_yet(job, error, "connection lost");
	exec->started = false;
	result->maybe_running = false;
	result->left_behind = exec->held;
	libssh2_channel_get_exit_signal(exec->channel, &name, &len, NULL, NULL,
	    NULL, NULL);
	if (name != NULL) {
		if (!job->ended)
			snprintf(result->signal, sizeof(result->signal), "%.*s",
			    (int)len, name);
		libssh2_free(session_ssh(job->session), name);
		return job_fail(job, ENDED_SIGNAL, NULL);
	}
	if (!job->ended)
		result->exit_status =
		    libssh2_channel_get_exit_status(exec->channel);
	/* Our build of libssh2 tells none from 0 (libssh2-patches). */
	if (result->exit_status < 0)
		return job_fail(job, ENDED_LOST,
		    "the host did not say how the command ended");
	if (result->exit_status != 0)
		return job_fail(job, ENDED_STATUS, NULL);
	return STEP_NEXT;
}

static const struct step_entry steps[] = {
	{ "opening a channel", op_exec_open },
	{ "agent forwarding", op_exec_agent },
	{ "terminal request", op_exec_terminal },
	{ "environment", op_exec_environment },
	{ "start of the command", op_exec_start },
	{ "the command", copy_streams },
	{ "end of the command", learn_status },
	{ NULL, NULL },
};

const struct op op_exec = {
	.steps = steps,
	.begin = exec_begin,
	.stop = op_exec_stop,
	.let_go = exec_let_go,
};
