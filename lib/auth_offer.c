/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host says it takes, and what becomes of that in words. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth_state.h"
#include "escape.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "pattern.h"
#include "session.h"
#include "sshconf.h"

#define OFFERS_MOST 200		/* bytes of it that are told */
#define WORDS_MOST 200		/* of the host's own */
#define STEPS_MOST 8		/* methods that a host may want together */

void
auth_add_words(struct buf *to, const void *words, size_t len)
{
	const char *at = words;
	char *line;

	while (len > 0 && strchr(" \t\r\n", *at) != NULL) {
		at++;
		len--;
	}
	if (len > WORDS_MOST)
		len = WORDS_MOST;
	while (len > 0 && strchr(" \t\r\n", at[len - 1]) != NULL)
		len--;
	line = mem_ndup(at, len);
	for (char *c = line; *c != '\0'; c++) {
		if (*c == '\r' || *c == '\n' || *c == '\t')
			*c = ' ';
	}
	escape_add(to, line, strlen(line), "");
	free(line);
}

/* The last line of what the host has said before the login: its reason to end
 * it, if it gave one. */
static void
add_last_words(struct buf *to, struct session *session)
{
	char *said = NULL, *line;

	if (libssh2_userauth_banner(session_ssh(session), &said) != 0)
		return;
	said = mem_dup(said);
	for (size_t len = strlen(said); len > 0 &&
	    strchr(" \t\r\n", said[len - 1]) != NULL; len--)
		said[len - 1] = '\0';
	line = strrchr(said, '\n');
	line = line != NULL ? line + 1 : said;
	if (*line != '\0') {
		buf_adds(to, "; it says \"");
		auth_add_words(to, line, strlen(line));
		buf_addc(to, '"');
	}
	free(said);
}

enum step
auth_hung_up(struct login *login, int error, const char *method)
{
	struct session *session = login->job->session;
	char *why = session_words(session, error);
	struct buf words = { 0 };

	/* Too many attempts, it seems. */
	if (session_dismissed(session))
		auth_settle(login, false);
	else
		add_last_words(&words, session);
	if (words.len == 0 && !session_dismissed(session))
		buf_adds(&words, "; the account may have expired");
	job_fail(login->job, ENDED_UNREACHED, "login refused: %s, after %s%s",
	    why, method, buf_text(&words));
	buf_free(&words);
	free(why);
	return STEP_FAIL;
}

/* Is NAME in LIST, with commas between? */
static bool
is_in(const char *list, const char *name)
{
	return pattern_named(list, name, strlen(name));
}

bool
auth_offered(const struct login *login, const char *method)
{
	return login->offers == NULL || is_in(login->offers, method);
}

/* libssh2 forgets its last answer when it asks anew; the next step, not this
 * one called again, begins that. */
static void
begin_asking(struct login *login)
{
	if (login->listing)
		return;
	login->listing = true;
	if (login->list != NULL)
		libssh2_free(session_ssh(login->job->session), login->list);
	login->list = NULL;
}

enum step
auth_ask(struct login *login)
{
	struct session *session = login->job->session;
	LIBSSH2_SESSION *ssh = session_ssh(session);
	const char *user = login->job->conf->user;
	char *list;

	begin_asking(login);
	list = libssh2_userauth_list(ssh, user, (unsigned)strlen(user));
	if (list == NULL &&
	    libssh2_session_last_errno(ssh) == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	login->listing = false;
	if (list == NULL && libssh2_userauth_authenticated(ssh)) {
		msg_chat(login->job->label, "let in without credentials");
		return STEP_NEXT;
	}
	free(login->offered_before);
	login->offered_before = login->offers;
	login->offers = NULL;
	if (list == NULL)
		return auth_give_up(login);
	login->list = list;
	login->offers = mem_dup(list);
	return STEP_FAIL;
}

/* Is something in LIST that is not in BEFORE? */
static bool
has_new(const char *list, const char *before)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (!pattern_named(before, list, len))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

bool
auth_was_step(const struct login *login)
{
	const char *now = login->offers, *before = login->offered_before;

	if (login->steps == STEPS_MOST)
		return false;
	if (before == NULL)
		return !is_in(now, login->asked_for);
	return has_new(now, before) || has_new(before, now);
}

void
auth_note_step(struct login *login)
{
	bool key = strcmp(login->asked_for, "publickey") == 0;

	login->steps++;
	buf_join(&login->accepted, ", ", login->asked_for);
	if (key)
		buf_addf(&login->accepted, " (%s)", buf_text(&login->tried));
	msg_chat(login->job->label, "%s accepted, the host wants more: %s",
	    login->asked_for, login->offers);
	buf_clear(&login->tried);
	buf_clear(&login->tried_more);
	/* A password that was good once is good again, if the list really is
	 * another one and not what a refusal has left of it. */
	if (login->offered_before == NULL ||
	    has_new(login->offers, login->offered_before))
		login->password_spent = false;
}

void
auth_note_method(struct login *login, const char *method)
{
	buf_join(&login->tried_more, ", ", method);
}

static void
add_tried(struct login *login, struct buf *words)
{
	if (login->accepted.len > 0)
		buf_addf(words, "%s accepted, but not enough; ",
		    buf_text(&login->accepted));
	if (login->tried.len > 0)
		buf_addf(words, "tried publickey (%s)",
		    buf_text(&login->tried));
	if (login->tried.len > 0 && login->tried_more.len > 0)
		buf_adds(words, ", ");
	if (login->tried_more.len > 0)
		buf_addf(words, "%s%s", login->tried.len > 0 ? "" : "tried ",
		    buf_text(&login->tried_more));
	if (login->tried.len == 0 && login->tried_more.len == 0)
		buf_adds(words, "nothing to try");
	if (login->password_spent)
		buf_adds(words, ": the password is wrong, or the account is "
		    "locked");
}

/* Why keys were not tried, if they could have been. */
static const char *
no_keys(const struct login *login)
{
	if (!auth_offered(login, "publickey") || login->sorted)
		return NULL;
	return !login->job->conf->pubkey ? "keys: PubkeyAuthentication is no" :
	    "keys: PreferredAuthentications leaves publickey out";
}

/* What the user can do about what the host offers. */
static void
add_advice(struct login *login, struct buf *words)
{
	const char *wrong = auth_password_problem(login);

	buf_addf(words, "; the host offers %.*s", OFFERS_MOST,
	    *login->offers != '\0' ? login->offers : "nothing");
	if (login->password_spent || login->tried_more.len > 0 ||
	    (!is_in(login->offers, "password") &&
	    !is_in(login->offers, "keyboard-interactive")))
		return;
	if (wrong != NULL)
		buf_addf(words, ": no password is sent, %s", wrong);
	else if (!auth_has_password(login))
		buf_adds(words, ": for a password use -A or --password-file");
}

enum step
auth_give_up(struct login *login)
{
	struct buf words = { 0 };
	enum step step;

	if (no_keys(login) != NULL)
		auth_note(login, no_keys(login));
	add_tried(login, &words);
	if (login->said.len > 0)
		buf_addf(&words, "; it says \"%s\"", buf_text(&login->said));
	if (login->unusable.len > 0)
		buf_addf(&words, "; not usable: %s",
		    buf_text(&login->unusable));
	if (login->offers != NULL) {
		add_advice(login, &words);
	} else {
		char *why = session_words(login->job->session, 0);

		buf_addf(&words, "; %s", why);
		free(why);
	}
	step = job_fail(login->job, ENDED_UNREACHED, "login refused: %s",
	    buf_text(&words));
	buf_free(&words);
	return step;
}
