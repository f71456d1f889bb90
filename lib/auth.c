/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logging in:
 *
 * - if there is a password, ask the host which methods it takes, as ssh does;
 * - take the methods in the order of PreferredAuthentications, and try each
 *   that we have, that is not switched off and that the host has not left out;
 * - when one was refused that looked good, ask again: it may have been one
 *   step of several (AuthenticationMethods of sshd_config(5)), which libssh2
 *   does not tell, and other methods are wanted now;
 * - when all have failed, put it all into one line (auth_offer.c).
 *
 * Without a password the question comes last, since it costs a round trip,
 * unless there was nothing to try: it is itself an attempt, with no
 * credentials, which some hosts take.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "auth_state.h"
#include "job.h"
#include "mem.h"
#include "pattern.h"
#include "session.h"
#include "sshconf.h"
#include "unlock.h"

#define DEFAULT_ORDER \
	"gssapi-with-mic,hostbased,publickey,keyboard-interactive,password"

static bool
keys_wanted(const struct login *login)
{
	return login->job->conf->pubkey;
}

static const struct method {
	const char *name;
	bool (*wanted)(const struct login *);
	enum step (*run)(struct login *);
} methods[] = {
	{ "publickey", keys_wanted, auth_key },
	{ "keyboard-interactive", auth_keyboard_wanted, auth_keyboard },
	{ "password", auth_password_wanted, auth_password },
};
#define METHODS (sizeof(methods) / sizeof(methods[0]))

static const char *
order(const struct login *login)
{
	const char *preferred = login->job->conf->preferred_methods;

	return preferred != NULL ? preferred : DEFAULT_ORDER;
}

static struct login *
login_new(struct job *job)
{
	struct login *login = mem_zero(sizeof(*login));

	login->job = job;
	login->self = login;
	login->method = order(login);
	login->asking = auth_password_wanted(login) ||
	    (auth_keyboard_wanted(login) && auth_has_password(login));
	return login;
}

/* The method that stands at login->method, if we have it, may use it, and the
 * host has not said that it does not take it. */
static const struct method *
present_method(const struct login *login)
{
	size_t len = strcspn(login->method, ",");

	for (size_t i = 0; i < METHODS; i++) {
		const struct method *method = &methods[i];

		if (strlen(method->name) == len &&
		    memcmp(method->name, login->method, len) == 0 &&
		    auth_offered(login, method->name))
			return login->busy || method->wanted(login) ?
			    method : NULL;
	}
	return NULL;
}

static enum step
try_methods(struct login *login)
{
	while (*login->method != '\0') {
		const struct method *method = present_method(login);

		if (method != NULL) {
			enum step step = method->run(login);

			login->busy = step == STEP_WAIT;
			if (step != STEP_FAIL || login->job->ended)
				return step;
			if (login->asking)
				return STEP_FAIL;
		}
		login->method += strcspn(login->method, ",");
		login->method += *login->method == ',';
	}
	return STEP_FAIL;
}

/* The host has told anew what it takes: did the refused attempt count? */
static void
go_on(struct login *login)
{
	bool step = login->asked_for != NULL && auth_was_step(login);

	if (login->password_spent)
		auth_settle(login, step);
	if (step) {
		auth_note_step(login);
		login->method = order(login);
		login->at = 0;
	}
	login->asked_for = NULL;
}

static enum step
log_in(struct login *login)
{
	for (;;) {
		enum step step;

		if (login->asking) {
			step = auth_ask(login);
			if (step != STEP_FAIL || login->job->ended)
				return step;
			login->asking = false;
			go_on(login);
		}
		step = try_methods(login);
		if (step != STEP_FAIL || login->job->ended)
			return step;
		if (!login->asking && login->offers != NULL)
			return auth_give_up(login);
		login->asking = true;
	}
}

enum step
auth_log_in(struct job *job)
{
	enum step step;

	if (job->ended)
		return STEP_FAIL;
	if (job->login == NULL)
		job->login = login_new(job);
	step = log_in(job->login);
	if (step == STEP_NEXT) {
		session_guard(job->session, false);
		auth_let_go(job);
	}
	return step;
}

bool
auth_is_untried(const struct job *job)
{
	const struct login *login = job->login;

	if (login == NULL)
		return true;
	for (size_t i = 0; i < login->key_count; i++) {
		if (login->keys[i].spent)
			return false;
	}
	return login->tried.len == 0 && login->tried_more.len == 0 &&
	    login->accepted.len == 0 && !login->password_spent &&
	    login->keyboard_rounds == 0;
}

void
auth_let_go(struct job *job)
{
	struct login *login = job->login;

	if (login == NULL)
		return;
	agent_cancel(login->request);
	alarm_drop(login->alarm);
	unlock_cancel(login->wish);
	auth_leave(login);
	turn_leave(&login->signing_turn);
	free(login->keys);
	free(login->signature);
	free(login->algorithm);
	free(login->offers);
	free(login->offered_before);
	free(login->kbd_refusal);
	buf_free(&login->tried);
	buf_free(&login->tried_more);
	buf_free(&login->accepted);
	buf_free(&login->said);
	buf_free(&login->unusable);
	free(login);
	job->login = NULL;
}
