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
#include "sweep.h"

#define PIECE (32 * 1024)	/* read or written at a time */
#define TURN (256 * 1024)	/* read before others have theirs */
#define WIDE (1024 * 1024)	/* a window that a long line may want filled */

struct exec *
op_exec_new(struct job *job, const char *command, const struct ends *ends,
    void *state)
{
	struct exec *exec = mem_zero(sizeof(*exec));

	exec->ends = op_exec_ends(ends);
	exec->state = state;
	exec->command = command;
	exec->environ = environ_offered(job);
	exec->waiter.call = job_poke_context;
	exec->waiter.context = job;
	job->op_state = exec;
	return exec;
}

void
op_exec_free(struct job *job)
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

/* Send what there is of our input, as far as the other side takes it.  An
 * answer to a prompt would be given here too. */
static void
feed(struct job *job)
{
	struct exec *exec = job->op_state;
	char room[PIECE];

	while (!exec->input_over &&
	    session_backlog(job->session) < SESSION_ENOUGH) {
		const char *data;
		ssize_t sent, len = exec->ends.input(job, room, sizeof(room),
		    &data);

		if (len == ENDS_LATER || len == ENDS_FAILED)
			return;
		if (len == ENDS_OVER) {
			exec->input_over = true;
			break;
		}
		sent = libssh2_channel_write(exec->channel, data, (size_t)len);
		if (sent == LIBSSH2_ERROR_EAGAIN || sent == 0)
			return;
		if (sent < 0) {
			exec->input_over = exec->eof_sent = true;
			return;
		}
		exec->ends.sent(job, (size_t)sent);
		job->result.bytes_in += (uint64_t)sent;
		job->run->moved += (uint64_t)sent;
	}
	if (exec->input_over && !exec->eof_sent)
		exec->eof_sent = libssh2_channel_send_eof(exec->channel) !=
		    LIBSSH2_ERROR_EAGAIN;
}

/* Let the host send on when an eighth of a wide window is used up.  libssh2
 * waits for a quarter, and for that part of each round trip of a long line
 * nothing would come.  What is asked for once must not be changed while it
 * has not been sent.  False: it cannot be sent now.  When it never can, reading
 * tells, after what has come. */
static bool
widen(struct exec *exec)
{
	unsigned long whole = 0, left;
	int error;

	left = libssh2_channel_window_read_ex(exec->channel, NULL, &whole);
	if (exec->widen == 0 && whole >= WIDE && left < whole - whole / 8)
		exec->widen = whole - left;
	if (exec->widen == 0)
		return true;
	error = libssh2_channel_receive_window_adjust2(exec->channel,
	    exec->widen, 1, NULL);
	if (error == LIBSSH2_ERROR_EAGAIN)
		return false;
	exec->widen = 0;
	return true;
}

/* Take over what came on one stream.  NEXT: all that there is for now, or, if
 * there is an ERROR, for ever. */
static enum step
drain(struct job *job, enum output_stream which, size_t *turn, int *error)
{
	struct exec *exec = job->op_state;
	int stream = which == OUTPUT_ERR ? SSH_EXTENDED_DATA_STDERR : 0;
	char *(*take)(struct job *, const char *, size_t) =
	    which == OUTPUT_ERR ? exec->ends.errors : exec->ends.output;
	char piece[PIECE], *words;
	ssize_t got;

	for (;;) {
		bool blocked = exec->ends.blocked(job, &exec->waiter);

		if (*turn >= TURN)
			return STEP_YIELD;
		if (blocked && !job->stopping) {
			session_listen(job->session, false);
			return STEP_WAIT;
		}
		if (!widen(exec))
			return STEP_NEXT;
		got = libssh2_channel_read_ex(exec->channel, stream,
		    piece, exec->piece);
		if (got == LIBSSH2_ERROR_EAGAIN || got == 0)
			return STEP_NEXT;
		if (got < 0) {
			*error = (int)got;
			return STEP_NEXT;
		}
		*turn += (size_t)got;
		*(which == OUTPUT_ERR ? &job->result.bytes_err :
		    &job->result.bytes_out) += (uint64_t)got;
		job->run->moved += (uint64_t)got;
		/* Nobody waits for the rest of what is being stopped; what
		 * comes after a gap is not to be taken for its end. */
		exec->dropping |= blocked;
		words = exec->dropping ? NULL : take(job, piece, (size_t)got);
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

/* Reading one stream may bring what is for the other, and no event tells of
 * that: until neither brings anything new. */
static enum step
drain_both(struct job *job)
{
	size_t turn = 0, turn_then;
	int error = 0, error_then;
	enum step said;

	do {
		turn_then = turn;
		error_then = error;
		said = drain(job, OUTPUT_OUT, &turn, &error);
		if (said == STEP_NEXT)
			said = drain(job, OUTPUT_ERR, &turn, &error);
	} while (said == STEP_NEXT &&
	    (turn != turn_then || error != error_then));
	if (said == STEP_NEXT && error != 0)
		said = op_exec_not_yet(job, error, "connection lost");
	return said;
}

enum step
op_exec_copy(struct job *job)
{
	struct exec *exec = job->op_state;
	enum step said;

	session_listen(job->session, true);
	said = look_after(job);
	if (said != STEP_NEXT)
		return said;
	feed(job);
	said = drain_both(job);
	if (said != STEP_NEXT)
		return said;
	return libssh2_channel_eof(exec->channel) ? STEP_NEXT : STEP_WAIT;
}

static enum step
status_failed(struct job *job)
{
	struct exec *exec = job->op_state;
	char *words = exec->ends.status_words(job, job->result.exit_status);

	if (words == NULL)
		return job_fail(job, ENDED_STATUS, NULL);
	job_fail(job, ENDED_STATUS, "%s", words);
	free(words);
	return STEP_FAIL;
}

enum step
op_exec_close(struct job *job)
{
	struct exec *exec = job->op_state;
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
	job->result.maybe_running = false;
	job->result.left_behind = exec->held;
	return STEP_NEXT;
}

bool
op_exec_killed(struct job *job)
{
	struct exec *exec = job->op_state;
	struct result *result = &job->result;
	char *name = NULL;
	size_t len = 0;

	libssh2_channel_get_exit_signal(exec->channel, &name, &len, NULL, NULL,
	    NULL, NULL);
	if (name == NULL)
		return false;
	if (!job->ended)
		snprintf(result->signal, sizeof(result->signal), "%.*s",
		    (int)len, name);
	libssh2_free(session_ssh(job->session), name);
	job_fail(job, ENDED_SIGNAL, NULL);
	return true;
}

/* libssh2 says 0 also of a command that was killed: the signal goes first. */
enum step
op_exec_learn(struct job *job)
{
	struct exec *exec = job->op_state;
	struct result *result = &job->result;

	if (op_exec_killed(job))
		return STEP_FAIL;
	if (!job->ended)
		result->exit_status =
		    libssh2_channel_get_exit_status(exec->channel);
	/* Our build of libssh2 tells none from 0 (libssh2-patches). */
	if (result->exit_status < 0)
		return job_fail(job, ENDED_LOST,
		    "the host did not say how the command ended");
	if (result->exit_status != 0)
		return status_failed(job);
	return STEP_NEXT;
}

static void
exec_begin(struct job *job)
{
	op_exec_new(job, job->run->plan->command, NULL, NULL);
}

static const struct step_entry steps[] = {
	{ "opening a channel", op_exec_open },
	{ "agent forwarding", op_exec_agent },
	{ "terminal request", op_exec_terminal },
	{ "environment", op_exec_environment },
	{ "start of the command", op_exec_start },
	{ "the command", op_exec_copy },
	{ "end of the command", op_exec_close },
	{ "exit status", op_exec_learn },
	{ NULL, NULL },
};

const struct op op_exec = {
	.steps = steps,
	.begin = exec_begin,
	.stop = op_exec_stop,
	.let_go = op_exec_free,
};
