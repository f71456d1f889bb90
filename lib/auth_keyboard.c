/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keyboard-interactive method (RFC 4256): the host asks what it likes, in
 * words of its own, as often as it likes.
 *
 * - The password answers the first question whose answer is not to be shown,
 *   unless it asks for a code in so many words.
 * - All else is for the user, where there is one host in all and somebody to
 *   ask; otherwise nothing is answered, and we leave.
 *
 * libssh2's callback has to have the answers when it returns.  So the loop
 * stands still while the user thinks, and where there is no answer, libssh2 is
 * made to fail before it sends anything (session_starve()).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth_state.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "password.h"
#include "prompt.h"
#include "secret.h"
#include "session.h"
#include "sshconf.h"

#define ROUNDS_MOST 20

/* Whose the callback is: it runs while we call libssh2, and only then. */
static struct login *present;

/* Is there one host in all, and somebody to answer for it? */
static bool
may_ask(const struct login *login)
{
	const struct run *run = login->job->run;

	return run->node_count == 1 && prompts_possible(run->prompts);
}

bool
auth_keyboard_wanted(const struct login *login)
{
	return login->job->conf->kbdint && !login->keyboard_in_vain &&
	    auth_password_problem(login) == NULL &&
	    (auth_has_password(login) ? !login->password_spent :
	    may_ask(login));
}

/* Does the question ask for something that changes each time? */
static bool
wants_code(const char *question)
{
	static const char *const words[] = {
		"code", "token", "otp", "one-time", "one time", "challenge",
		"factor",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(question, words[i]) != NULL)
			return true;
	}
	return false;
}

static bool
wants_change(const char *question)
{
	return strcasestr(question, "new password") != NULL ||
	    strcasestr(question, "current password") != NULL;
}

/* What speaks against an answer. */
static const char *
why_not(const struct login *login, bool password)
{
	if (password && !auth_has_password(login))
		return ": for a password use -A or --password-file";
	return may_ask(login) ? ", and nobody answered" :
	    "; that is only answered where there is one host, and somebody "
	    "to ask";
}

/* Leave the question, of the PASSWORD or not, unanswered: say why, and keep
 * libssh2 from answering. */
static void
refuse(struct login *login, const char *question, bool password)
{
	if (login->kbd_refusal != NULL)
		return;
	if (login->keyboard_rounds > ROUNDS_MOST)
		login->kbd_refusal = mem_print("the host asks on and on, "
		    "last \"%s\"", question);
	else if (wants_change(question) && login->keyboard_sent)
		login->kbd_refusal = mem_print("the password has expired, and "
		    "the host asks \"%s\": log in with ssh and change it",
		    question);
	else
		login->kbd_refusal = mem_print("the host asks \"%s\"%s",
		    question, why_not(login, password));
	session_starve(login->job->session, true);
}

/* Have the user answer; the clocks stand still. */
static bool
ask_user(struct login *login, const char *question, bool echo,
    struct secret *answer)
{
	struct job *job = login->job;
	uint64_t now = uv_now(job->run->loop);
	uint64_t left = job->step_ends > now ? job->step_ends - now : 0;
	char *text = mem_print("%s: %s%s%s", job->label,
	    buf_text(&login->said), login->said.len > 0 ? ": " : "",
	    question);
	enum prompt_outcome outcome;

	job_pause(job);
	outcome = prompt_ask_now(job->run->prompts,
	    echo ? PROMPT_TEXT : PROMPT_SECRET, text, answer);
	login->signalled = outcome == PROMPT_SIGNALLED;
	job_resume(job);
	job_limit(job, left);
	free(text);
	return outcome == PROMPT_ANSWERED;
}

/* libssh2 frees the text; the guarded session overwrites it then. */
static void
give(LIBSSH2_USERAUTH_KBDINT_RESPONSE *response, const struct secret *secret)
{
	response->text = mem_dup(secret_text(secret));
	response->length = (unsigned)secret_len(secret);
}

static void
answer(struct login *login, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	struct buf words = { 0 };
	const char *question;
	struct secret *secret;
	bool password;

	auth_add_words(&words, prompt->text, prompt->length);
	question = buf_text(&words);
	password = !prompt->echo && !login->keyboard_sent &&
	    !wants_code(question);
	if (password && auth_has_password(login)) {
		give(response, password_get(login->job->run->passwords));
		login->keyboard_sent = true;
	} else if (password || !may_ask(login) || login->kbd_refusal != NULL) {
		refuse(login, question, password);
	} else {
		secret = secret_new();
		if (ask_user(login, question, prompt->echo != 0, secret))
			give(response, secret);
		else
			refuse(login, question, false);
		secret_free(secret);
	}
	buf_free(&words);
}

static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC(respond)
{
	struct login *login = present;

	(void)abstract;
	(void)name;
	(void)name_len;
	if (instruction_len > 0) {
		buf_clear(&login->said);
		auth_add_words(&login->said, instruction,
		    (size_t)instruction_len);
		msg_chat(login->job->label, "the host says \"%s\"",
		    buf_text(&login->said));
	}
	if (++login->keyboard_rounds > ROUNDS_MOST)
		refuse(login, buf_text(&login->said), false);
	for (int i = 0; i < num_prompts; i++)
		answer(login, &prompts[i], &responses[i]);
}

/* Nothing was answered: the host waits, and another method may be tried unless
 * the password is out. */
static enum step
left_unanswered(struct login *login)
{
	session_starve(login->job->session, false);
	if (login->keyboard_sent)
		return job_fail(login->job, ENDED_UNREACHED,
		    "login refused: %s", login->kbd_refusal);
	auth_note(login, login->kbd_refusal);
	free(login->kbd_refusal);
	login->kbd_refusal = NULL;
	login->keyboard_in_vain = true;
	return STEP_FAIL;
}

enum step
auth_keyboard(struct login *login)
{
	struct job *job = login->job;
	enum step turn;
	int error;

	if (login->offers == NULL) {	/* it may well not take this */
		login->asking = true;
		return STEP_FAIL;
	}
	turn = auth_has_password(login) ? auth_turn(login) : STEP_NEXT;
	if (turn != STEP_NEXT)
		return turn;
	session_guard(job->session, true);
	present = login;
	error = libssh2_userauth_keyboard_interactive_ex(
	    session_ssh(job->session), job->conf->user,
	    (unsigned)strlen(job->conf->user), respond);
	present = NULL;
	/* From the second round on libssh2 does not notice that it failed. */
	if (login->kbd_refusal != NULL && !login->signalled)
		return left_unanswered(login);
	/* The loop will tell what the signal means. */
	if (login->signalled || error == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (error == 0) {
		if (login->keyboard_sent)
			auth_settle(login, true);
		msg_chat(job->label, "logged in with keyboard-interactive");
		return STEP_NEXT;
	}
	if (session_broken(job->session))
		return auth_hung_up(login, error, "keyboard-interactive");
	login->keyboard_in_vain = true;
	/* A host without questions refuses at once. */
	if (login->keyboard_rounds > 0) {
		auth_note_method(login, "keyboard-interactive");
		login->asking = true;
		login->asked_for = "keyboard-interactive";
	}
	login->password_spent |= login->keyboard_sent;
	login->keyboard_sent = false;
	login->keyboard_rounds = 0;
	return STEP_FAIL;
}
