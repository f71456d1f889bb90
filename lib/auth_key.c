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
#include "pattern.h"
#include "pubkey.h"
#include "session.h"
#include "sshconf.h"
#include "wire.h"

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

/* Which signature algorithm the DATA to be signed asks for. */
static bool
read_request(const unsigned char *data, size_t len, char **algorithm)
{
	struct wire from = { data, len }, skipped, name;
	uint8_t byte;

	if (!wire_string(&from, &skipped) ||	/* session */
	    !wire_byte(&from, &byte) ||		/* SSH_MSG_USERAUTH_REQUEST */
	    !wire_string(&from, &skipped) ||	/* user */
	    !wire_string(&from, &skipped) ||	/* service */
	    !wire_string(&from, &skipped) ||	/* "publickey" */
	    !wire_byte(&from, &byte) ||		/* true: signed */
	    !wire_string(&from, &name))
		return false;
	*algorithm = mem_ndup((const char *)name.at, name.left);
	return true;
}

/* Does PubkeyAcceptedAlgorithms have it?  Servers that tell nothing of SHA-2
 * would get SHA-1 from libssh2, even if nobody allowed that. */
static bool
algorithm_accepted(const struct hostconf *conf, const char *algorithm)
{
	const char *list = conf->pubkey_algorithms;

	if (list == NULL)
		return strcmp(algorithm, "ssh-rsa") != 0 &&
		    strcmp(algorithm, "ssh-rsa-cert-v01@openssh.com") != 0;
	return pattern_named(list, algorithm, strlen(algorithm));
}

static void
sign_failed(struct login *login, const char *why)
{
	auth_note_key(login, &login->keys[login->at], why);
	login->signing = SIGN_FAILED;
}

/* The agent's SIGNATURE comes with its algorithm, which must be ours, and is
 * a string in itself unless a FIDO token made it: then the token's flags and
 * its counter follow, and libssh2 wants all that. */
static void
agent_has_signed(void *context, const unsigned char *signature, size_t len,
    const char *error)
{
	struct login *login = context;
	struct wire from = { signature, len }, name, inner;
	bool hardware = strncmp(login->algorithm, "sk-", 3) == 0;

	login->request = NULL;
	if (error != NULL) {
		sign_failed(login, error);
	} else if (!wire_string(&from, &name) ||
	    !wire_is(&name, login->algorithm)) {
		sign_failed(login, "the agent signed by another algorithm");
	} else if (hardware ? from.left == 0 :
	    !wire_string(&from, &inner) || from.left > 0) {
		sign_failed(login, "the agent sent a broken signature");
	} else {
		if (hardware)
			inner = from;
		login->signature = (unsigned char *)mem_ndup(
		    (const char *)inner.at, inner.left);
		login->signature_len = inner.left;
		login->signing = SIGN_READY;
	}
	job_poke(login->job);
}

static uint32_t
agent_flags(const char *algorithm)
{
	if (strcmp(algorithm, "rsa-sha2-512") == 0)
		return AGENT_RSA_SHA2_512;
	if (strcmp(algorithm, "rsa-sha2-256") == 0)
		return AGENT_RSA_SHA2_256;
	return 0;
}

static void
begin_signing(struct login *login, const unsigned char *data, size_t len)
{
	const struct auth_key *key = &login->keys[login->at];
	struct job *job = login->job;

	char *asked = NULL;

	free(login->algorithm);
	login->algorithm = NULL;
	if (!read_request(data, len, &asked)) {
		sign_failed(login, "libssh2 asks for an odd signature");
		return;
	}
	login->algorithm = pubkey_signature(asked);
	if (!algorithm_accepted(job->conf, asked)) {
		sign_failed(login, "the host takes only signatures that "
		    "PubkeyAcceptedAlgorithms excludes");
	} else if (key->file != NULL && key->file->state == KEY_READY) {
		if (keyring_sign(key->file, login->algorithm, data, len,
		    &login->signature, &login->signature_len))
			login->signing = SIGN_READY;
		else
			sign_failed(login, "cannot sign");
	} else {
		login->signing = SIGN_PENDING;
		login->request = agent_sign(agent_get(job->run->agents,
		    job->conf->identity_agent), key->held->blob,
		    key->held->blob_len, data, len,
		    agent_flags(login->algorithm), agent_has_signed, login);
	}
	free(asked);
}

/* Called by libssh2, again and again as long as we say EAGAIN. */
static LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(sign)
{
	struct login *login = *abstract;

	(void)session;
	if (login->signing == SIGN_IDLE)
		begin_signing(login, data, data_len);
	if (login->signing == SIGN_PENDING)
		return LIBSSH2_ERROR_EAGAIN;
	if (login->signing == SIGN_FAILED)
		return LIBSSH2_ERROR_AUTHENTICATION_FAILED;
	*sig = login->signature;	/* libssh2 frees it */
	*sig_len = login->signature_len;
	login->signature = NULL;
	login->signing = SIGN_IDLE;
	login->handed_over = true;
	return 0;
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

		if (algorithm_accepted(login->job->conf, algorithm))
			buf_addf(&list, "%s%s", list.len > 0 ? "," : "",
			    plain);
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
		login->request = agent_list(agent_get(job->run->agents,
		    socket), agent_has_listed, login);
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
	    login->job->conf->user, blob, len, sign, &login->self);
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
	    "publickey (%s)", words, buf_text(&login->tried));
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

const char *
auth_locked(const struct login *login, const struct key *file)
{
	(void)login;
	return file->why + strlen(file->path) + 2;
}
