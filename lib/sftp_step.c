/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "job.h"
#include "mem.h"
#include "msg.h"
#include "session.h"
#include "sftp.h"
#include "sftp_priv.h"

#define START_LIMIT 30000	/* ms; a server is started there */

/* Why commands are not run is what the user has to know then. */
static enum step
cannot_start(struct sftp *sftp, enum sftp_answer answer)
{
	struct job *job = sftp->job;
	char *words = sftp_words(sftp);

	if (answer == SFTP_NO && job->shut != NULL)
		job_fail(job, job->result.exit_status > 0 ? ENDED_STATUS :
		    ENDED_LOST, "%s; nor is there SFTP", job->shut);
	else
		job_fail(job, ENDED_LOST, "SFTP: %s", words);
	free(words);
	return STEP_FAIL;
}

enum step
sftp_enter(struct sftp *sftp)
{
	struct job *job = sftp->job;
	enum sftp_answer answer;

	if (!sftp->busy && !job->stopping)
		job_limit(job, START_LIMIT);
	answer = sftp_start(sftp);
	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	if (answer != SFTP_DONE)
		return cannot_start(sftp, answer);
	if (!job->stopping)
		job_limit(job, 0);
	job->result.exit_status = 0;
	if (job->shut != NULL)
		msg_chat(job->label, "copying by SFTP, since no shell runs a "
		    "command: %s", job->shut);
	else
		msg_chat(job->label, "copying by SFTP");
	return STEP_NEXT;
}

enum step
sftp_widen(struct sftp *sftp, struct sftp **beside, bool *narrow)
{
	enum sftp_answer answer;

	if (*beside == NULL) {
		*beside = mem_zero(sizeof(**beside));
		(*beside)->job = sftp->job;
		(*beside)->session = sftp->session;
		(*beside)->first = sftp;
	}
	answer = sftp_start(*beside);
	*narrow = answer == SFTP_NO;
	return *narrow ? STEP_NEXT : sftp_step(*beside, answer, "SFTP");
}

void
sftp_limit_passed(struct job *job)
{
	job_fail(job, ENDED_LOST, "the host's SFTP server does not answer");
}

enum step
sftp_step(struct sftp *sftp, enum sftp_answer answer, const char *what)
{
	struct job *job = sftp->job;
	char *words;

	if (answer == SFTP_DONE)
		return STEP_NEXT;
	if (answer == SFTP_WAIT)
		return STEP_WAIT;
	words = sftp_words(sftp);
	if (answer == SFTP_NO) {
		if (!job->ended)
			job->result.exit_status = 1;
		job_fail(job, ENDED_STATUS, "%s: %s", what, words);
	} else {
		job_fail(job, ENDED_LOST, "%s: %s",
		    session_broken(sftp->session) ? "connection lost" : what,
		    words);
	}
	free(words);
	return STEP_FAIL;
}
