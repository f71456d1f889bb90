/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps up to where the command runs. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forward.h"
#include "job.h"
#include "msg.h"
#include "op_exec_state.h"
#include "plan.h"
#include "session.h"
#include "sshconf.h"

#define PACKET (32 * 1024)	/* RFC 4253, section 6.1: all must take it */
#define PIECE (32 * 1024)	/* read at a time */

enum step
op_exec_not_yet(struct job *job, int error, const char *what)
{
	struct exec *exec = job->op_state;
	char *words;

	if (error == LIBSSH2_ERROR_EAGAIN) {
		session_quick(job->session);
		return STEP_WAIT;
	}
	words = session_words(job->session, error);
	if (exec->started && !op_exec_told(job))
		job->result.maybe_running = true;
	job_fail(job, ENDED_LOST, "%s: %s", what, words);
	free(words);
	return STEP_FAIL;
}

enum step
op_exec_open(struct job *job)
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
		return op_exec_not_yet(job, libssh2_session_last_errno(ssh),
		    "cannot open a channel");
	return STEP_NEXT;
}

/* The agent that is to be forwarded, or NULL. */
static const char *
agent_path(struct job *job)
{
	const struct hostconf *conf = job->conf;
	const char *path = conf->forward_agent_path != NULL ?
	    conf->forward_agent_path : conf->identity_agent;
	char *words;

	if (!conf->forward_agent)
		return NULL;
	if (job->unsafe) {
		msg_host(job->label, "the agent is not forwarded: "
		    "the host key has changed");
		return NULL;
	}
	if (path == NULL) {
		msg_chat(job->label, "there is no agent to forward");
		return NULL;
	}
	words = forward_missing(path);
	if (words == NULL)
		return path;
	msg_host(job->label, "the agent is not forwarded: %s", words);
	free(words);
	return NULL;
}

/* As with ssh(1), the command runs also where it has no agent. */
enum step
op_exec_agent(struct job *job)
{
	struct exec *exec = job->op_state;
	int error;

	if (exec->forward == NULL) {
		const char *path = agent_path(job);

		if (path == NULL)
			return STEP_NEXT;
		exec->forward = forward_new(job->session, job->run->loop, path,
		    job_poke_context, job);
	}
	error = forward_ask(exec->forward, exec->channel);
	if (error == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED) {
		msg_host(job->label, "the host wants no agent forwarded");
		forward_free(exec->forward);
		exec->forward = NULL;
		return STEP_NEXT;
	}
	if (error != 0)
		return op_exec_not_yet(job, error, "forwarding the agent");
	return STEP_NEXT;
}

enum step
op_exec_environment(struct job *job)
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
			return op_exec_not_yet(job, error,
			    "offering environment");
		exec->offered++;
	}
	return STEP_NEXT;
}

enum step
op_exec_start(struct job *job)
{
	struct exec *exec = job->op_state;
	const char *command = exec->command;
	int error;

	op_exec_pursue(job);
	/* Once the request is on its way, something may run. */
	exec->started = true;
	error = command != NULL ? libssh2_channel_exec(exec->channel, command) :
	    libssh2_channel_shell(exec->channel);
	if (error == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return op_exec_refused(job);
	if (error == LIBSSH2_ERROR_INVAL && command != NULL &&
	    strlen(command) > PACKET)
		return job_fail(job, ENDED_LOCAL, "the command is too long: "
		    "%zu bytes, libssh2 sends about 34000 at most",
		    strlen(command));
	if (error != 0)
		return op_exec_not_yet(job, error, "starting the command");
	return STEP_NEXT;
}
