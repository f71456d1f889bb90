/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running a command:
 *
 * - open a channel;
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
#include <sys/ioctl.h>
#include <unistd.h>

#include "environ.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "op_exec.h"
#include "output.h"
#include "plan.h"
#include "session.h"
#include "sink.h"
#include "spool.h"
#include "sshconf.h"

#define PACKET (32 * 1024)	/* RFC 4253, section 6.1: all must take it */
#define PIECE (32 * 1024)	/* read or written at a time */
#define TURN (256 * 1024)	/* read before others have theirs */

struct exec {
	LIBSSH2_CHANNEL	*channel;
	char		**environ;	/* "NAME=VALUE" to offer */
	size_t		 offered;
	bool		 started;	/* something runs there */
	uint64_t	 input_at;
	bool		 input_over;	/* nothing more is to be sent */
	bool		 eof_sent;
	bool		 dropping;	/* output, from here on */
	size_t		 piece;		/* read at a time */
	const char	*signal;	/* to be sent, or NULL */
	struct sink_waiter waiter;
};

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
	mem_free_all(exec->environ);
	free(exec);
	job->op_state = NULL;
}

/* ERROR was libssh2's answer: wait if it would block, else the connection is
 * lost or the server refused. */
static enum step
not_yet(struct job *job, int error, const char *what)
{
	char *words;

	if (error == LIBSSH2_ERROR_EAGAIN) {
		session_quick(job->session);
		return STEP_WAIT;
	}
	words = session_words(job->session, error);
	job_fail(job, ENDED_LOST, "%s: %s", what, words);
	free(words);
	return STEP_FAIL;
}

static enum step
open_channel(struct job *job)
{
	struct exec *exec = job->op_state;
	LIBSSH2_SESSION *ssh = session_ssh(job->session);
	uint32_t window = job->run->window, quarter = window / 4;

	/* libssh2 lets a window grow by what is read at a time. */
	exec->piece = quarter < PIECE ? quarter : PIECE;
	window -= (uint32_t)exec->piece;
	exec->channel = libssh2_channel_open_ex(ssh, "session", 7, window,
	    window < PACKET ? window : PACKET, NULL, 0);
	if (exec->channel == NULL)
		return not_yet(job, libssh2_session_last_errno(ssh),
		    "cannot open a channel");
	return STEP_NEXT;
}

/* As ssh(1): -tt forces a terminal, -t asks for one if we have one. */
static bool
terminal_wanted(const struct job *job)
{
	switch (job->conf->tty) {
	case TTY_FORCE:
		return true;
	case TTY_YES:
		return isatty(STDIN_FILENO);
	default:
		return false;
	}
}

static enum step
ask_terminal(struct job *job)
{
	struct exec *exec = job->op_state;
	struct winsize size = { 0 };
	const char *term = getenv("TERM");
	int error;

	if (!terminal_wanted(job))
		return STEP_NEXT;
	if (term == NULL)
		term = "vt100";
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
		size.ws_col = 80;
		size.ws_row = 24;
	}
	error = libssh2_channel_request_pty_ex(exec->channel, term,
	    (unsigned)strlen(term), NULL, 0, size.ws_col, size.ws_row, 0, 0);
	if (error != 0)
		return not_yet(job, error, "cannot get a terminal");
	return STEP_NEXT;
}

static enum step
offer_environment(struct job *job)
{
	struct exec *exec = job->op_state;

	while (exec->environ[exec->offered] != NULL) {
		const char *entry = exec->environ[exec->offered];
		size_t len = strcspn(entry, "=");
		int error;

		/* libssh2 sends no packet that is longer. */
		if (strlen(entry) > PACKET) {
			msg_chat(job->label, "%.*s is too long to be offered",
			    (int)len, entry);
			exec->offered++;
			continue;
		}
		error = libssh2_channel_setenv_ex(exec->channel, entry,
		    (unsigned)len, entry + len + 1,
		    (unsigned)strlen(entry + len + 1));

		/* Most servers refuse most names; that is their right. */
		if (error != 0 && error != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
			return not_yet(job, error, "offering environment");
		exec->offered++;
	}
	return STEP_NEXT;
}

static enum step
start_command(struct job *job)
{
	struct exec *exec = job->op_state;
	const char *command = job->run->plan->command;
	int error;

	/* Once the request is on its way, something may run. */
	exec->started = true;
	error = command != NULL ? libssh2_channel_exec(exec->channel, command) :
	    libssh2_channel_shell(exec->channel);
	if (error == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return job_fail(job, ENDED_LOST,
		    "the server refused to run the command");
	if (error == LIBSSH2_ERROR_INVAL && command != NULL &&
	    strlen(command) > PACKET)
		return job_fail(job, ENDED_LOCAL, "the command is too long: "
		    "%zu bytes, libssh2 sends about 34000 at most",
		    strlen(command));
	if (error != 0)
		return not_yet(job, error, "starting the command");
	return STEP_NEXT;
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
			return not_yet(job, (int)got, "connection lost");
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

/* Keys being exchanged can keep a signal back for a while. */
static void
send_signal(struct exec *exec)
{
	if (exec->signal != NULL && libssh2_channel_signal_ex(exec->channel,
	    exec->signal, strlen(exec->signal)) != LIBSSH2_ERROR_EAGAIN)
		exec->signal = NULL;
}

static enum step
copy_streams(struct job *job)
{
	struct exec *exec = job->op_state;
	size_t turn = 0;
	enum step said;

	session_listen(job->session, true);
	send_signal(exec);
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
	int error = libssh2_channel_wait_closed(exec->channel);

	/* A command may close its output early and still want input. */
	if (error == LIBSSH2_ERROR_EAGAIN)
		feed(job);
	if (error != 0)
		return not_yet(job, error, "connection lost");
	exec->started = false;
	result->maybe_running = false;
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

/* The signal goes to the whole process group there (RFC 4254, section 6.9, as
 * OpenSSH does it).  No reply comes: the command's end is the answer. */
static bool
exec_stop(struct job *job, unsigned round)
{
	struct exec *exec = job->op_state;
	static const char *const signals[] = { "TERM", "KILL" };

	if (exec == NULL || exec->channel == NULL || !exec->started ||
	    round >= sizeof(signals) / sizeof(signals[0]))
		return false;
	job->result.maybe_running = true;
	exec->signal = signals[round];
	send_signal(exec);
	return true;
}

static const struct step_entry steps[] = {
	{ "opening a channel", open_channel },
	{ "terminal request", ask_terminal },
	{ "environment", offer_environment },
	{ "start of the command", start_command },
	{ "the command", copy_streams },
	{ "end of the command", learn_status },
	{ NULL, NULL },
};

const struct op op_exec = {
	.steps = steps,
	.begin = exec_begin,
	.stop = exec_stop,
	.let_go = exec_let_go,
};
