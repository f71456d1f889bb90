/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The publickey method (RFC 4252, section 7):
 *
 * - ask the agent, if there is one, which keys it has;
 * - for each key, libssh2 asks the host whether it would do, and if so asks
 *   us for a signature: a file's key signs at once, the agent takes its time.
 *
 * A refusal leads to the next key, until the host hangs up because it has
 * seen too many.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth_state.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "msg.h"
#include "pubkey.h"
#include "session.h"
#include "sshconf.h"

#define MANY_KEYS 4	/* hosts bear 6 attempts, some fewer, and count more
			 * than keys as such */

static void
agent_has_listed(void *context, const struct agent_key *keys, size_t count,
    const char *error)
{
	struct login *login = context;

	login->request = NULL;
	login->listed = true;
	login->held = keys;
	login->held_count = keys != NULL ? count : 0;
	if (error != NULL)
		auth_note(login, error);
	job_poke(login->job);
}

/* Tell libssh2 which hashes an RSA key may sign with; certificates have names
 * of their own for that. */
static void
prefer_hashes(struct login *login, const struct pubkey_type *type)
{
	const char *at = type->algorithms;
	struct buf list = { 0 };

	while (*at != '\0') {
		size_t len = strcspn(at, ",");
		char *algorithm = mem_ndup(at, len);
		char *plain = pubkey_signature(algorithm);

		if (auth_algorithm_accepted(login->job->conf, algorithm))
			buf_join(&list, ",", plain);
		free(plain);
		free(algorithm);
		at += len + (at[len] == ',');
	}
	if (list.len > 0)
		libssh2_session_method_pref(session_ssh(login->job->session),
		    LIBSSH2_METHOD_SIGN_ALGO, buf_text(&list));
	buf_free(&list);
}

/* Find out which keys there are. */
static enum step
gather(struct login *login)
{
	struct job *job = login->job;
	const char *socket = job->conf->identity_agent;

	if (login->request != NULL)
		return STEP_WAIT;
	if (!login->listed && socket != NULL) {
		/* Half of the time: what is left is for the files. */
		login->request = agent_list(agent_get(job->run->agents,
		    socket), job->step_limit / 2, agent_has_listed, login);
		return STEP_WAIT;
	}
	auth_order_keys(login);
	return STEP_NEXT;
}

/*
 * The host had told which signatures it takes, and none was RSA's.  libssh2
 * then left the name of that key's type behind, and would use it for this one
 * whatever it is.  Another call can put this one's TYPE in its place and fail
 * for want of a key before it sends anything.
 */
static void
put_right(struct login *login, const struct pubkey_type *type)
{
	const char *user = login->job->conf->user;
	char *text = mem_print("%s AA==", type->name);

	libssh2_userauth_publickey_frommemory(session_ssh(login->job->session),
	    user, strlen(user), text, strlen(text), "", 0, NULL);
	free(text);
	login->left_behind = false;
}

/* See to it that the present key's public half is known: some formats hide it.
 * False: wait, or if `signing` says so, it is of no use. */
static bool
know_key(struct login *login)
{
	const struct auth_key *key = &login->keys[login->at];
	const char *problem;
	size_t len;

	if (auth_key_blob(key, &len) != NULL)
		return true;
	if (login->signing == SIGN_FAILED)
		return false;
	if (!auth_find_unlocked(login)) {
		auth_wait_for_passphrase(login);
		return false;
	}
	problem = auth_type_problem(login, key);
	if (problem != NULL)
		auth_sign_failed(login, problem);
	return problem == NULL;
}

static int
try_key(struct login *login)
{
	size_t len;
	const unsigned char *blob = auth_key_blob(&login->keys[login->at],
	    &len);

	if (!login->trying) {
		const struct pubkey_type *type = pubkey_type(blob, len);

		prefer_hashes(login, type);
		if (login->left_behind)
			put_right(login, type);
		login->trying = true;
	}
	return libssh2_userauth_publickey(session_ssh(login->job->session),
	    login->job->conf->user, blob, len, auth_sign, &login->self);
}

static enum step
logged_in(struct login *login)
{
	char *name = auth_key_name(&login->keys[login->at]);

	msg_chat(login->job->label, "logged in with %s", name);
	free(name);
	return STEP_NEXT;
}

static enum step
hung_up(struct login *login, int error)
{
	char *words = session_words(login->job->session, error);

	job_fail(login->job, ENDED_UNREACHED, "login refused: %s, after "
	    "publickey (%s)%s", words, buf_text(&login->tried),
	    login->at >= MANY_KEYS ? ": if that was too many keys, name the "
	    "right one (IdentityFile, IdentitiesOnly=yes)" : "");
	free(words);
	return STEP_FAIL;
}

/* The host wanted a signature, which it only does of keys that it knows, and
 * refused it: it may want more than a key. */
static enum step
may_be_step(struct login *login)
{
	login->handed_over = false;
	login->keys[login->at++].spent = true;
	login->asking = true;
	login->asked_for = "publickey";
	return STEP_FAIL;
}

enum step
auth_key(struct login *login)
{
	if (!login->sorted && gather(login) == STEP_WAIT)
		return STEP_WAIT;
	for (; login->at < login->key_count; login->at++) {
		int error;

		if (login->keys[login->at].spent)
			continue;
		if (login->wish != NULL)
			return STEP_WAIT;
		if (!login->trying && !know_key(login)) {
			if (login->signing != SIGN_FAILED)
				return STEP_WAIT;
			login->signing = SIGN_IDLE;
			continue;
		}
		error = try_key(login);
		if (error == LIBSSH2_ERROR_EAGAIN)
			return STEP_WAIT;
		if (error == 0)
			return logged_in(login);
		login->trying = false;
		if (error == LIBSSH2_ERROR_METHOD_NONE) {
			login->left_behind = true;
			auth_note_key(login, &login->keys[login->at],
			    "the host takes no RSA keys");
		} else {
			auth_note_tried(login, &login->keys[login->at]);
		}
		if (session_broken(login->job->session))
			return hung_up(login, error);
		login->signing = SIGN_IDLE;
		if (login->handed_over)
			return may_be_step(login);
	}
	return STEP_FAIL;
}
