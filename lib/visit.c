/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Getting in:
 *
 * - ask ssh_config what it says of the host, running `Match exec` commands;
 * - connect (visit_connect.c);
 * - exchange keys;
 * - see whether the host is who we think it is;
 * - log in (auth.c).
 *
 * The connect limit covers connecting, the key exchange and the host key; the
 * login has as long again, since only then a slow directory service or a
 * tired machine shows.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "auth.h"
#include "child.h"
#include "hostkey.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "output.h"
#include "plan.h"
#include "prompt.h"
#include "session.h"
#include "sshconf.h"
#include "target.h"
#include "visit.h"
#include "visit_connect.h"
#include "visit_crowd.h"
#include "visit_notice.h"

static void
match_exec_ended(void *context, int status)
{
	struct job *job = context;

	job->child = NULL;
	sshconf_answer(job->query, status == 0);
	job_poke(job);
}

static void
tell_notes(struct job *job)
{
	const struct hostconf *conf = job->conf;

	for (char **note = conf->notes; *note != NULL; note++)
		msg_chat(job->label, "%s", *note);
}

/* -G: what the configuration says is all that is wanted. */
static enum step
print_configuration(struct job *job)
{
	char *text = NULL, *words;
	const char *failure;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);

	if (memory == NULL)
		return job_fail(job, ENDED_LOCAL, "out of memory");
	if (job->target->number > 0)
		putc('\n', memory);
	sshconf_print(job->query, memory);
	fclose(memory);
	failure = sshconf_failure(job->query);
	if (failure != NULL)
		job_fail(job, ENDED_UNREACHED, "%s", failure);
	words = output_add(job->output, OUTPUT_OUT, text, len);
	if (words != NULL)
		job_fail(job, ENDED_LOCAL, "%s", words);
	else
		job_fail(job, ENDED_WELL, NULL);
	free(words);
	free(text);
	return STEP_FAIL;
}

static enum step
configure(struct job *job)
{
	const struct hostconf *conf;

	if (job->child != NULL)
		return STEP_WAIT;
	if (job->query == NULL)
		job->query = sshconf_ask(job->sshconf, job->target);
	if (sshconf_step(job->query) == SSHCONF_ASK) {
		job->child = child_run(job->run->loop,
		    sshconf_command(job->query), match_exec_ended, job);
		return STEP_WAIT;
	}
	if (job->run->plan->print_config && !job->hop)
		return print_configuration(job);
	conf = job->conf = sshconf_result(job->query);
	sshconf_query_free(job->query);
	job->query = NULL;
	tell_notes(job);
	if (conf->refusal != NULL)
		return job_fail(job, ENDED_UNREACHED, "%s", conf->refusal);
	return STEP_NEXT;
}

static void
limit_passed(struct job *job)
{
	job_fail(job, ENDED_UNREACHED,
	    "timed out during %s (no progress for %g s: --connect-timeout)%s%s",
	    job->step->name, (double)visit_connect_limit(job) / 1000,
	    job->aside != NULL ? ", " : "",
	    job->aside != NULL ? job->aside : "");
}

static void
tell_algorithms(const struct job *job)
{
	LIBSSH2_SESSION *ssh = session_ssh(job->session);

	if (msg_chatty == 0)
		return;
	msg_chat(job->label, "%s, %s, %s, MAC %s",
	    libssh2_session_methods(ssh, LIBSSH2_METHOD_KEX),
	    libssh2_session_methods(ssh, LIBSSH2_METHOD_HOSTKEY),
	    libssh2_session_methods(ssh, LIBSSH2_METHOD_CRYPT_SC),
	    libssh2_session_methods(ssh, LIBSSH2_METHOD_MAC_SC));
}

static enum step
exchange_keys(struct job *job)
{
	int error;
	char *words;

	if (!gate_enter(&job->run->handshakes, &job->pass)) {
		visit_crowd_pause(job);
		return STEP_WAIT;
	}
	if (job->step_ends == 0)
		visit_crowd_count(job);
	error = session_shake(job->session);
	if (error == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (error == 0) {
		visit_crowd_welcome(job);
		tell_algorithms(job);
		return STEP_NEXT;
	}
	words = session_mismatch(job->session);
	if (words == NULL)
		return visit_crowd_failed(job, error, visit_connect);
	job_fail(job, ENDED_UNREACHED, "%s", words);
	free(words);
	return STEP_FAIL;
}

static enum step
accept_key(struct job *job, const void *blob, size_t len, bool add)
{
	char *warning;

	if (!add)
		return STEP_NEXT;
	warning = hostkey_add(job->run->hostkeys, job->conf, blob, len);
	if (warning != NULL)
		msg_host(job->label, "%s", warning);
	else
		msg_chat(job->label, "host key added to known_hosts");
	free(warning);
	return STEP_NEXT;
}

static void
answered(void *context, const char *line)
{
	struct job *job = context;

	job->prompt = NULL;
	job_resume(job);
	job->said_yes = line != NULL && strcasecmp(line, "yes") == 0;
	if (!job->said_yes)
		job_fail(job, ENDED_UNREACHED,
		    "host key not accepted by the user");
	job_poke(job);
}

static enum step
ask_user(struct job *job, const char *question)
{
	if (job->ended)
		return STEP_FAIL;
	if (job->prompt == NULL) {
		char *text = mem_print("%s: %s (yes/no)",
		    job->label, question);

		/* Nobody is hurried: the clocks stand still. */
		job_pause(job);
		job->prompt = prompt_ask(job->run->prompts, PROMPT_CONFIRM,
		    text, job_poke_context, answered, job);
		free(text);
	}
	return STEP_WAIT;
}

/* Another visit to the host has had the same one answered. */
static void
take_back_question(struct job *job)
{
	prompt_drop(job->prompt);
	job->prompt = NULL;
	job_resume(job);
}

static enum step
check_host_key(struct job *job)
{
	struct hostkey_answer answer;
	enum step next = STEP_FAIL;
	size_t len;
	int type;
	const char *blob = libssh2_session_hostkey(session_ssh(job->session),
	    &len, &type);

	if (blob == NULL)
		return job_fail(job, ENDED_UNREACHED, "no host key was shown");
	hostkey_check(job->run->hostkeys, job->conf, blob, len,
	    !job->conf->batch_mode && prompts_possible(job->run->prompts),
	    &answer);
	if (answer.ruling != HOSTKEY_ASK && job->prompt != NULL)
		take_back_question(job);
	if (answer.ruling == HOSTKEY_ASK && !job->said_yes) {
		next = ask_user(job, answer.message);
	} else if (answer.ruling == HOSTKEY_REFUSE) {
		job_fail(job, ENDED_UNREACHED, "%s", answer.message);
	} else {
		if (answer.message != NULL && !job->said_yes)
			msg_host(job->label, "%s", answer.message);
		job->unsafe = answer.unsafe;
		next = accept_key(job, blob, len, answer.add);
	}
	hostkey_clear(&answer);
	if (next == STEP_NEXT)
		job_limit(job, visit_connect_limit(job));
	return next;
}

static enum step
log_in(struct job *job)
{
	enum step step;

	/* Servers do not wait for ever (LoginGraceTime), but nobody who is
	 * asked should have to hurry. */
	if (job->rested) {
		job->rested = false;
		if (!job->ended && auth_is_untried(job) &&
		    session_ended(job->session)) {
			auth_let_go(job);
			return visit_crowd_return(job, visit_connect);
		}
	}
	step = auth_log_in(job);
	if (step != STEP_WAIT)
		visit_notice(job);
	if (step == STEP_NEXT)
		visit_crowd_leave(job);
	return step;
}

static void
let_go(struct job *job)
{
	auth_let_go(job);
	prompt_drop(job->prompt);
	job->prompt = NULL;
	visit_connect_let_go(job);
	visit_crowd_leave(job);
	child_drop(job->child);
	job->child = NULL;
	sshconf_query_free(job->query);
	job->query = NULL;
}

static const struct step_entry steps[] = {
	{ "configuration", configure },
	{ "connect", visit_connect },
	{ "key exchange", exchange_keys },
	{ "host key check", check_host_key },
	{ "login", log_in },
	{ NULL, NULL },
};

const struct op visit = {
	.steps = steps,
	.limit_passed = limit_passed,
	.let_go = let_go,
};
