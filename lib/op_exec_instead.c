/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where no command is run.  An account for SFTP only, or one without a shell,
 * says so in many ways:
 *
 * - the server refuses the request;
 * - sshd says "This service allows sftp connections only.";
 * - an SFTP server runs in the command's place, finds that what we say is not
 *   SFTP, and ends without a word;
 * - something that is no shell ends with an error.
 *
 * What is told to run a command of its own choice by a key or a certificate
 * may be anything, and another request is another run of it: then it has to
 * look like one of the first three.  That of sshd_config is not told.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "mem.h"
#include "op_exec_state.h"
#include "session.h"

#define SFTP_SERVER_STATUS 11	/* OpenSSH's, when it cannot understand us */

/* Its channel counts as long as we have not closed it: some servers allow
 * one. */
static enum step
go_on(struct job *job, char *why)
{
	struct exec *exec = job->op_state;

	libssh2_channel_close(exec->channel);
	return job_instead(job, exec->instead, why);
}

enum step
op_exec_refused(struct job *job)
{
	struct exec *exec = job->op_state;
	static const char words[] = "the server refused to run the command";

	exec->started = false;
	if (exec->instead == NULL || job->ended)
		return job_fail(job, ENDED_LOST, "%s", words);
	return go_on(job, mem_dup(words));
}

/* Has it been something that was forced on us, and is no SFTP server? */
static bool
is_strange(struct job *job, int status, const char *words)
{
	if (!session_forced(job->session))
		return false;
	if (words != NULL)
		return strstr(words, "sftp") == NULL &&
		    strstr(words, "SFTP") == NULL;
	return status != SFTP_SERVER_STATUS;
}

enum step
op_exec_learn_or(struct job *job, bool spoken)
{
	struct exec *exec = job->op_state;
	int status = libssh2_channel_get_exit_status(exec->channel);
	char *words;

	if (spoken || exec->instead == NULL || job->ended || status <= 0)
		return op_exec_learn(job);
	words = exec->ends.status_words(job, status);
	if (is_strange(job, status, words)) {
		free(words);
		return op_exec_learn(job);
	}
	job->result.exit_status = status;
	if (words == NULL)
		words = mem_dup("commands are not run");
	return go_on(job, words);
}
