/* SPDX-License-Identifier: BSD-2-Clause */
/* A terminal there, as large as ours.  Ours stays as it is: there is one, and
 * many hosts. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job.h"
#include "msg.h"
#include "op_exec_state.h"
#include "session.h"
#include "sshconf.h"

/* As ssh(1): -tt forces a terminal, -t asks for one if we have one. */
static bool
is_wanted(const struct job *job)
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

static void
changed(void *context)
{
	struct job *job = context;
	struct exec *exec = job->op_state;

	exec->resized = true;
	job_poke(job);
}

enum step
op_exec_terminal(struct job *job)
{
	struct exec *exec = job->op_state;
	struct terminal_size size;
	const char *term = getenv("TERM");
	int error;

	if (!is_wanted(job))
		return STEP_NEXT;
	if (term == NULL || *term == '\0')
		term = "vt100";
	size = terminal_size();
	error = libssh2_channel_request_pty_ex(exec->channel, term,
	    (unsigned)strlen(term), NULL, 0, size.columns, size.rows, 0, 0);
	if (error == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) {
		msg_host(job->label, "the host gives the command no terminal");
		return STEP_NEXT;
	}
	if (error != 0)
		return op_exec_not_yet(job, error, "cannot get a terminal");
	/* The end of an input that never was would say nothing to a terminal,
	 * and OpenSSH's server could not resize it any more. */
	exec->input_over = exec->eof_sent = job->run->input == NULL;
	exec->watch.call = changed;
	exec->watch.context = job;
	terminal_watch(job->run->loop, &exec->watch);
	return STEP_NEXT;
}

void
op_exec_resize(struct exec *exec)
{
	struct terminal_size size;

	if (!exec->resized)
		return;
	size = terminal_size();
	exec->resized = libssh2_channel_request_pty_size_ex(exec->channel,
	    size.columns, size.rows, 0, 0) == LIBSSH2_ERROR_EAGAIN;
}
