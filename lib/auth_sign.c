/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signature that a login takes, from whoever has the key: a file's signs
 * at once; the user's agent takes its time; a file with a passphrase is
 * unlocked first, and then our own agent has it.
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
#include "unlock.h"
#include "wire.h"

#define TOUCH_AFTER 1000	/* ms */

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

bool
auth_algorithm_accepted(const struct hostconf *conf, const char *algorithm)
{
	const char *list = conf->pubkey_algorithms;

	if (list == NULL)
		return strcmp(algorithm, "ssh-rsa") != 0 &&
		    strcmp(algorithm, "ssh-rsa-cert-v01@openssh.com") != 0;
	return pattern_named(list, algorithm, strlen(algorithm));
}

void
auth_sign_failed(struct login *login, const char *why)
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
	alarm_drop(login->alarm);
	login->alarm = NULL;
	if (hardware)
		job_resume(login->job);
	if (error != NULL) {
		auth_sign_failed(login, error);
	} else if (!wire_string(&from, &name) ||
	    !wire_is(&name, login->algorithm)) {
		auth_sign_failed(login, "the agent used another algorithm");
	} else if (hardware ? from.left == 0 :
	    !wire_string(&from, &inner) || from.left > 0) {
		auth_sign_failed(login, "the agent sent a broken signature");
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

static struct agent *
agent_of(const struct job *job, const struct auth_key *key)
{
	return agent_get(job->run->agents, key->unlocked ?
	    unlock_socket(job->run->unlocks) : job->conf->identity_agent);
}

bool
auth_find_unlocked(struct login *login)
{
	struct auth_key *key = &login->keys[login->at];

	key->held = unlock_find(login->job->run->unlocks, key->file);
	key->unlocked = key->held != NULL;
	return key->unlocked;
}

static void
key_unlocked(void *context, const struct agent_key *held, const char *error)
{
	struct login *login = context;

	login->wish = NULL;
	job_resume(login->job);
	if (held == NULL)
		auth_sign_failed(login, error);
	else
		login->signing = SIGN_IDLE;	/* libssh2 will ask again */
	job_poke(login->job);
}

void
auth_wait_for_passphrase(struct login *login)
{
	struct job *job = login->job;

	job_pause(job);
	login->wish = unlock_ask(job->run->unlocks, login->keys[login->at].file,
	    !job->conf->batch_mode, key_unlocked, login);
}

const char *
auth_locked(const struct login *login, const struct key *file)
{
	return unlock_refusal(login->job->run->unlocks, file,
	    !login->job->conf->batch_mode);
}

static void
turn_has_come(void *context)
{
	struct login *login = context;

	login->signing = SIGN_IDLE;	/* libssh2 will ask again */
	job_poke(login->job);
}

/* RSA takes its time, a hundred times that of others with long keys. */
static bool
have_turn(struct login *login)
{
	if (strcmp(login->keys[login->at].file->type, "ssh-rsa") != 0)
		return true;
	login->signing_turn.call = turn_has_come;
	login->signing_turn.context = login;
	return turn_take(login->job->run->turns,
	    &login->signing_turn);
}

static void
tell_to_touch(void *context)
{
	struct login *login = context;
	struct job *job = login->job;
	char *name = auth_key_name(&login->keys[login->at]);

	login->alarm = NULL;
	if (!job->run->told_to_touch)
		msg_host(job->label, "touch the security key of %s: each "
		    "login with it may want that", name);
	job->run->told_to_touch = true;
	free(name);
}

static void
agent_too_slow(void *context)
{
	struct login *login = context;
	char *why = mem_print("agent %s: has not signed for %g s",
	    login->job->conf->identity_agent,
	    (double)(login->job->step_limit / 2) / 1000);

	login->alarm = NULL;
	agent_cancel(login->request);
	login->request = NULL;
	login->agent_hangs = true;
	auth_sign_failed(login, why);
	job_poke(login->job);
	free(why);
}

/* A token waits for its user, on whom there is no clock.  Whatever else an
 * agent does should be done in half of the time that there is, so that some is
 * left for another key. */
static void
ask_agent(struct login *login, const unsigned char *data, size_t len)
{
	const struct auth_key *key = &login->keys[login->at];
	struct job *job = login->job;

	if (login->agent_hangs && !key->unlocked) {
		auth_sign_failed(login, "the agent does not answer");
		return;
	}
	login->signing = SIGN_PENDING;
	login->request = agent_sign(agent_of(job, key), key->held->blob,
	    key->held->blob_len, data, len, agent_flags(login->algorithm),
	    agent_has_signed, login);
	if (strncmp(login->algorithm, "sk-", 3) == 0) {
		job_pause(job);
		login->alarm = alarm_set(job->run->loop, TOUCH_AFTER,
		    tell_to_touch, login);
	} else if (job->step_limit > 0 && !key->unlocked) {
		login->alarm = alarm_set(job->run->loop, job->step_limit / 2,
		    agent_too_slow, login);
	}
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
		auth_sign_failed(login, "libssh2 asks for an odd signature");
		return;
	}
	login->algorithm = pubkey_signature(asked);
	if (!auth_algorithm_accepted(job->conf, asked)) {
		auth_sign_failed(login, "the host takes only signatures that "
		    "PubkeyAcceptedAlgorithms excludes");
	} else if (key->file != NULL && key->file->state == KEY_READY) {
		if (!have_turn(login))
			login->signing = SIGN_PENDING;
		else if (keyring_sign(key->file, login->algorithm, data, len,
		    &login->signature, &login->signature_len))
			login->signing = SIGN_READY;
		else
			auth_sign_failed(login, "cannot sign");
	} else if (key->held == NULL && !auth_find_unlocked(login)) {
		login->signing = SIGN_PENDING;
		auth_wait_for_passphrase(login);
	} else {
		ask_agent(login, data, len);
	}
	free(asked);
}

LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(auth_sign)
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
