/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logging in:
 *
 * - take the methods in the order of PreferredAuthentications;
 * - try each that we have and that is not switched off;
 * - when all have failed, ask the host what it would have accepted, and put it
 *   all into one line.
 *
 * The question comes last since it costs a round trip, unless there was
 * nothing to try: it is itself an attempt, with no credentials, which some
 * hosts take.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "auth_state.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "pattern.h"
#include "session.h"
#include "sshconf.h"

#define DEFAULT_ORDER \
	"gssapi-with-mic,hostbased,publickey,keyboard-interactive,password"

static const struct method {
	const char *name;
	enum step (*run)(struct login *);	/* NULL: not there yet */
} methods[] = {
	{ "publickey", auth_key },
	{ "keyboard-interactive", NULL },
	{ "password", NULL },
	{ "hostbased", NULL },
	{ "gssapi-with-mic", NULL },
};
#define METHODS (sizeof(methods) / sizeof(methods[0]))

static struct login *
login_new(struct job *job)
{
	struct login *login = mem_zero(sizeof(*login));

	login->job = job;
	login->self = login;
	login->method = job->conf->preferred_methods != NULL ?
	    job->conf->preferred_methods : DEFAULT_ORDER;
	return login;
}

/* The method that stands at login->method, if we have it and may use it. */
static const struct method *
present_method(const struct login *login)
{
	size_t len = strcspn(login->method, ",");

	for (size_t i = 0; i < METHODS; i++) {
		if (strlen(methods[i].name) == len &&
		    memcmp(methods[i].name, login->method, len) == 0 &&
		    methods[i].run != NULL)
			return methods[i].run != auth_key ||
			    login->job->conf->pubkey ? &methods[i] : NULL;
	}
	return NULL;
}

/* Not even keys may be tried: say what forbids it. */
static void
note_no_keys(struct login *login)
{
	if (!login->job->conf->pubkey)
		auth_note(login, "keys: PubkeyAuthentication is no");
	else if (!login->sorted)
		auth_note(login,
		    "keys: PreferredAuthentications leaves publickey out");
}

static enum step
try_methods(struct login *login)
{
	while (*login->method != '\0') {
		const struct method *method = present_method(login);

		if (method != NULL) {
			enum step step = method->run(login);

			if (step != STEP_FAIL || login->job->ended)
				return step;
		}
		login->method += strcspn(login->method, ",");
		login->method += *login->method == ',';
	}
	note_no_keys(login);
	return STEP_FAIL;
}

/* Is NAME in LIST, with commas between? */
static bool
is_in(const char *list, const char *name)
{
	return pattern_named(list, name, strlen(name));
}

/* Say what was tried and, if the host told, what it OFFERS. */
static enum step
give_up(struct login *login, const char *offers)
{
	struct buf words = { 0 };
	enum step step;

	if (login->tried.len > 0)
		buf_addf(&words, "tried publickey (%s)",
		    buf_text(&login->tried));
	else
		buf_adds(&words, "no key to try");
	if (login->unusable.len > 0)
		buf_addf(&words, "; not usable: %s",
		    buf_text(&login->unusable));
	if (offers != NULL)
		buf_addf(&words, "; the host offers %s", offers);
	if (offers != NULL && !is_in(offers, "publickey"))
		buf_adds(&words, is_in(offers, "password") ||
		    is_in(offers, "keyboard-interactive") ?
		    ": login with a password is not supported yet" :
		    ": not supported yet");
	if (offers == NULL) {
		char *why = session_words(login->job->session, 0);

		buf_addf(&words, "; %s", why);
		free(why);
	}
	step = job_fail(login->job, ENDED_UNREACHED, "login refused: %s",
	    buf_text(&words));
	buf_free(&words);
	return step;
}

static enum step
ask_methods(struct login *login)
{
	struct session *session = login->job->session;
	LIBSSH2_SESSION *ssh = session_ssh(session);
	const char *user = login->job->conf->user;
	const char *offers = libssh2_userauth_list(ssh, user,
	    (unsigned)strlen(user));

	if (offers == NULL && libssh2_userauth_authenticated(ssh)) {
		msg_chat(login->job->label, "let in without credentials");
		return STEP_NEXT;
	}
	if (offers == NULL &&
	    libssh2_session_last_errno(ssh) == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	return give_up(login, offers);
}

enum step
auth_log_in(struct job *job)
{
	enum step step = STEP_FAIL;

	if (job->ended)
		return STEP_FAIL;
	if (job->login == NULL)
		job->login = login_new(job);
	if (!job->login->refused)
		step = try_methods(job->login);
	if (step == STEP_FAIL && !job->ended) {
		job->login->refused = true;
		step = ask_methods(job->login);
	}
	if (step == STEP_NEXT)
		auth_let_go(job);
	return step;
}

void
auth_let_go(struct job *job)
{
	struct login *login = job->login;

	if (login == NULL)
		return;
	agent_cancel(login->request);
	free(login->keys);
	free(login->signature);
	free(login->algorithm);
	buf_free(&login->tried);
	buf_free(&login->unusable);
	free(login);
	job->login = NULL;
}
