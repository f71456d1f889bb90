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
#include "hostkey_blob.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "msg.h"
#include "pattern.h"
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
		return strcmp(algorithm, "ssh-rsa") != 0;
	return pattern_named(list, algorithm, strlen(algorithm));
}

/* Note why the present key is of no use. */
static void
note_key(struct login *login, const char *why)
{
	char *name = auth_key_name(&login->keys[login->at]);
	char *words = mem_print("%s: %s", name, why);

	auth_note(login, words);
	free(name);
	free(words);
}

static void
sign_failed(struct login *login, const char *why)
{
	note_key(login, why);
	login->signing = SIGN_FAILED;
}

/* The agent's SIGNATURE comes with its algorithm, which must be ours. */
static void
agent_has_signed(void *context, const unsigned char *signature, size_t len,
    const char *error)
{
	struct login *login = context;
	struct wire from = { signature, len }, name, inner;

	login->request = NULL;
	if (error != NULL) {
		sign_failed(login, error);
	} else if (!wire_string(&from, &name) ||
	    !wire_string(&from, &inner) || from.left > 0 ||
	    !wire_is(&name, login->algorithm)) {
		sign_failed(login, "the agent signed by another algorithm");
	} else {
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

	free(login->algorithm);
	login->algorithm = NULL;
	if (!read_request(data, len, &login->algorithm)) {
		sign_failed(login, "libssh2 asks for an odd signature");
	} else if (!algorithm_accepted(job->conf, login->algorithm)) {
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
	return 0;
}

/* Tell libssh2 which hashes RSA keys may sign with. */
static void
prefer_hashes(struct login *login)
{
	static const char *const hashes[] = {
		"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa",
	};
	struct buf list = { 0 };

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (algorithm_accepted(login->job->conf, hashes[i]))
			buf_addf(&list, "%s%s", list.len > 0 ? "," : "",
			    hashes[i]);
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
	prefer_hashes(login);
	auth_order_keys(login);
	return STEP_NEXT;
}

/* The blob that the host is to be shown. */
static const unsigned char *
blob_of(const struct auth_key *key, size_t *len)
{
	*len = key->held != NULL ? key->held->blob_len : key->file->blob_len;
	return key->held != NULL ? key->held->blob : key->file->blob;
}

static int
try_key(struct login *login)
{
	size_t len;
	const unsigned char *blob = blob_of(&login->keys[login->at], &len);

	return libssh2_userauth_publickey(session_ssh(login->job->session),
	    login->job->conf->user, blob, len, sign, &login->self);
}

/*
 * The host has told which signatures it takes, and none is RSA's.  libssh2
 * then leaves the name of the key's type behind, and would use it for the next
 * key whatever that is.  Another call can put the next key's type in its place
 * and fail for want of a key before it sends anything.
 */
static void
put_right(struct login *login)
{
	LIBSSH2_SESSION *ssh = session_ssh(login->job->session);
	const char *user = login->job->conf->user;
	const struct auth_key *next = &login->keys[login->at + 1];
	const unsigned char *blob;
	char *text;
	size_t len;

	note_key(login, "the host takes no RSA keys");
	if (login->at + 1 == login->key_count)
		return;
	blob = blob_of(next, &len);
	text = mem_print("%s AA==", hostkey_blob_type(blob, len)->name);
	libssh2_userauth_publickey_frommemory(ssh, user, strlen(user), text,
	    strlen(text), "", 0, NULL);
	free(text);
}

static void
note_tried(struct login *login)
{
	char *name = auth_key_name(&login->keys[login->at]);

	buf_addf(&login->tried, "%s%s", login->tried.len > 0 ? ", " : "",
	    name);
	free(name);
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

enum step
auth_key(struct login *login)
{
	if (!login->sorted && gather(login) == STEP_WAIT)
		return STEP_WAIT;
	for (; login->at < login->key_count; login->at++) {
		int error = try_key(login);

		if (error == LIBSSH2_ERROR_EAGAIN)
			return STEP_WAIT;
		if (error == 0)
			return logged_in(login);
		if (error == LIBSSH2_ERROR_METHOD_NONE)
			put_right(login);
		else
			note_tried(login);
		if (session_broken(login->job->session))
			return hung_up(login, error);
		login->signing = SIGN_IDLE;
	}
	return STEP_FAIL;
}
