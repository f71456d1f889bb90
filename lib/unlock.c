/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for which key. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "agent.h"
#include "keyring.h"
#include "mem.h"
#include "password.h"
#include "prompt.h"
#include "unlock_agent.h"
#include "unlock_work.h"

/* All is settled: tell those who wait.  One of them may cancel others. */
static void
tell(void *context)
{
	struct unlock *unlock = context;
	char *failed = unlock->failed;
	struct ring wishes, *element;

	unlock->failed = NULL;
	ring_move(&wishes, &unlock->wishes);
	while ((element = ring_first(&wishes)) != NULL) {
		struct unlock_wish *wish = (struct unlock_wish *)element;

		ring_remove(element);
		wish->done(wish->context, unlock->held,
		    unlock->held != NULL ? NULL :
		    unlock->refused != NULL ? unlock->refused : failed);
		free(wish);
	}
	free(failed);
}

struct unlocks *
unlocks_new(struct run *run)
{
	struct unlocks *all = mem_zero(sizeof(*all));

	all->run = run;
	return all;
}

const char *
unlock_socket(const struct unlocks *all)
{
	return unlock_agent_socket(all->agent);
}

static struct unlock *
find(const struct unlocks *all, const struct key *key)
{
	struct unlock *unlock = all->first;

	while (unlock != NULL && unlock->key != key)
		unlock = unlock->next;
	return unlock;
}

const char *
unlock_refusal(struct unlocks *all, const struct key *key, bool may_ask_user)
{
	const struct unlock *unlock = find(all, key);

	if (unlock != NULL && unlock->held != NULL)
		return NULL;
	if (unlock != NULL && unlock->refused != NULL)
		return unlock->refused;
	if (all->broken != NULL)
		return all->broken;
	if (key->hardware)
		return NULL;
	if (may_ask_user && prompts_possible(all->run->prompts))
		return NULL;
	/* pssh's -A is for passphrases as well. */
	if (password_get(all->run->passwords) != NULL &&
	    (unlock == NULL || !unlock->said || unlock->add != NULL))
		return NULL;
	return unlock != NULL && unlock->said ?
	    unlock_not_password : unlock_nobody;
}

const struct agent_key *
unlock_find(struct unlocks *all, const struct key *key)
{
	const struct unlock *unlock = find(all, key);

	return unlock != NULL ? unlock->held : NULL;
}

struct unlock_wish *
unlock_ask(struct unlocks *all, const struct key *key, bool may_ask_user,
    unlock_done *done, void *context)
{
	struct unlock_wish *wish = mem_zero(sizeof(*wish));
	struct unlock *unlock = find(all, key);

	if (unlock == NULL) {
		unlock = mem_zero(sizeof(*unlock));
		unlock->all = all;
		unlock->key = key;
		unlock->later = (struct later){ .call = tell,
		    .context = unlock };
		ring_init(&unlock->wishes);
		unlock->next = all->first;
		all->first = unlock;
	}
	wish->unlock = unlock;
	wish->may_ask = may_ask_user;
	wish->done = done;
	wish->context = context;
	ring_add(&unlock->wishes, &wish->ring);
	if (unlock->held != NULL || unlock->refused != NULL)
		loop_later(all->run->loop, &unlock->later);
	else if (unlock->failed == NULL)
		unlock_work_begin(unlock);
	return wish;
}

void
unlock_cancel(struct unlock_wish *wish)
{
	struct unlock *unlock;

	if (wish == NULL)
		return;
	unlock = wish->unlock;
	ring_remove(&wish->ring);
	free(wish);
	if (ring_first(&unlock->wishes) == NULL)
		unlock_work_drop(unlock);
}

static void
unlock_free(struct unlock *unlock)
{
	unlock_work_drop(unlock);
	loop_forget(unlock->all->run->loop, &unlock->later);
	if (unlock->held != NULL) {
		free(unlock->held->blob);
		free(unlock->held->type);
		free(unlock->held->comment);
	}
	free(unlock->held);
	free(unlock->refused);
	free(unlock->failed);
	free(unlock);
}

void
unlocks_free(struct unlocks *all)
{
	struct unlock *unlock, *next;

	if (all == NULL)
		return;
	for (unlock = all->first; unlock != NULL; unlock = next) {
		next = unlock->next;
		unlock_free(unlock);
	}
	unlock_agent_stop(all->agent);
	free(all->broken);
	free(all);
}
