/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key's way:
 *
 * - somebody wants it: the private agent is started, if it has not been;
 * - ssh-add is run; as often as it asks for the passphrase, it is given what
 *   was said beforehand for passwords, or the user is asked;
 * - the key is found in the agent, by its public half, or if that was not
 *   known, by its file's name, which is what ssh-add calls such keys;
 * - whoever waits is told, and whoever comes later finds it done.
 *
 * A key whose passphrase the user does not know is refused from then on.  One
 * that nobody could be asked for is not: others may be allowed to ask.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "auth.h"
#include "keyring.h"
#include "mem.h"
#include "msg.h"
#include "password.h"
#include "prompt.h"
#include "secret.h"
#include "unlock_add.h"
#include "unlock_agent.h"
#include "unlock_work.h"

#define MOST_TRIES 3		/* as ssh(1) */

const char unlock_nobody[] =
    "needs a passphrase: ssh-add it, or run on a terminal";

const char unlock_not_password[] = "the password is not its passphrase";

void
unlock_work_drop(struct unlock *unlock)
{
	prompt_drop(unlock->prompt);
	unlock->prompt = NULL;
	unlock_add_drop(unlock->add);
	unlock->add = NULL;
	agent_cancel(unlock->request);
	unlock->request = NULL;
}

static void
settle(struct unlock *unlock)
{
	loop_later(unlock->all->run->loop, &unlock->later);
}

/* Not to be had in this run, and the user is told so, once. */
static void
refuse(struct unlock *unlock, const char *why)
{
	unlock->refused = mem_dup(why);
	msg_warn("%s: %s; not used in this run", unlock->key->path, why);
	settle(unlock);
}

static bool
is_ours(const struct unlock *unlock, const struct agent_key *held)
{
	const struct key *key = unlock->key;

	if (key->blob == NULL)
		return strcmp(held->comment, key->path) == 0;
	return held->blob_len == key->blob_len &&
	    memcmp(held->blob, key->blob, key->blob_len) == 0;
}

static void
listed(void *context, const struct agent_key *keys, size_t count,
    const char *error)
{
	struct unlock *unlock = context;

	unlock->request = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct agent_key *from = &keys[i];

		if (!is_ours(unlock, from))
			continue;
		unlock->held = mem_zero(sizeof(*unlock->held));
		unlock->held->blob = (unsigned char *)mem_ndup(
		    (const char *)from->blob, from->blob_len);
		unlock->held->blob_len = from->blob_len;
		unlock->held->type = mem_dup(from->type);
		unlock->held->comment = mem_dup(unlock->key->comment);
		settle(unlock);
		return;
	}
	refuse(unlock, error != NULL ? error :
	    "is not what its .pub file says");
}

static void
add_ended(void *context, const char *error)
{
	struct unlock *unlock = context;
	struct unlocks *all = unlock->all;
	struct agent *agent;

	unlock->add = NULL;
	/* It may end while its question stands: killed, say. */
	prompt_drop(unlock->prompt);
	unlock->prompt = NULL;
	if (unlock->refused != NULL || unlock->failed != NULL) {
		settle(unlock);
	} else if (error != NULL) {
		refuse(unlock, error);
	} else {
		msg_chat(NULL, "%s: unlocked", unlock->key->path);
		agent = agent_get(all->run->agents,
		    unlock_agent_socket(all->agent));
		agent_ask_anew(agent);
		unlock->request = agent_list(agent, 0, listed, unlock);
	}
}

static void
answered(void *context, const char *line)
{
	struct unlock *unlock = context;

	unlock->prompt = NULL;
	if (line == NULL || *line == '\0') {
		unlock_add_answer(unlock->add, NULL);
		refuse(unlock, "no passphrase was given");
	} else {
		unlock->tries++;
		unlock_add_answer(unlock->add, line);
	}
}

static void
nothing_to_see(void *context)
{
	(void)context;
}

static bool
may_ask(const struct unlock *unlock)
{
	const struct ring *head = &unlock->wishes;

	if (!prompts_possible(unlock->all->run->prompts))
		return false;
	for (const struct ring *at = head->next; at != head; at = at->next) {
		if (((const struct unlock_wish *)at)->may_ask)
			return true;
	}
	return false;
}

static void
ask_user(struct unlock *unlock)
{
	char *path = auth_short_path(unlock->key->path);
	char *question = unlock->tries == 0 ?
	    mem_print("Enter passphrase for key '%s':", path) :
	    mem_print("Wrong passphrase, try again for key '%s':", path);

	unlock->prompt = prompt_ask(unlock->all->run->prompts, PROMPT_SECRET,
	    question, nothing_to_see, answered, unlock);
	free(question);
	free(path);
}

/* A passphrase is wanted; the one before, if there was one, was wrong. */
static void
add_asks(void *context)
{
	struct unlock *unlock = context;
	const struct secret *password =
	    password_get(unlock->all->run->passwords);

	if (unlock->tries == MOST_TRIES) {
		unlock_add_answer(unlock->add, NULL);
		refuse(unlock, "3 wrong passphrases");
	} else if (password != NULL && !unlock->said) {
		unlock->said = true;
		unlock_add_answer(unlock->add, secret_text(password));
	} else if (may_ask(unlock)) {
		ask_user(unlock);
	} else {
		unlock_add_answer(unlock->add, NULL);
		unlock->failed = mem_dup(unlock->said ?
		    unlock_not_password : unlock_nobody);
	}
}

static void
add(struct unlock *unlock)
{
	struct unlocks *all = unlock->all;

	unlock->add = unlock_add_start(all->run->loop, unlock->key->path,
	    unlock_agent_socket(all->agent), add_asks, add_ended, unlock);
}

static void
agent_ready(void *context, const char *error)
{
	struct unlocks *all = context;

	all->starting = false;
	if (error != NULL)
		all->broken = mem_dup(error);
	for (struct unlock *unlock = all->first; unlock != NULL;
	    unlock = unlock->next) {
		if (ring_first(&unlock->wishes) == NULL)
			continue;
		if (error != NULL)
			refuse(unlock, error);
		else
			add(unlock);
	}
}

void
unlock_work_begin(struct unlock *unlock)
{
	struct unlocks *all = unlock->all;

	if (unlock->add != NULL || unlock->request != NULL || all->starting)
		return;
	if (all->agent != NULL) {
		add(unlock);
		return;
	}
	all->starting = true;
	all->agent = unlock_agent_start(all->run->loop, agent_ready, all);
}
