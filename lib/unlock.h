/* SPDX-License-Identifier: BSD-2-Clause */
/* Key files that need a passphrase.  Each is unlocked once a run, when the
 * first host wants its signature, whatever its format: OpenSSH's ssh-add reads
 * it into an ssh-agent of the run's own, at a socket in a directory of mode
 * 0700, where it signs from then on.  The agent and the directory are gone
 * when we are, however we end. */
#ifndef UNLOCK_H
#define UNLOCK_H

#include <stdbool.h>

#include "job.h"

struct agent_key;
struct key;
struct unlocks;		/* the run's */
struct unlock_wish;	/* somebody who waits for a key */

/* The key, as the private agent holds it (lent until unlocks_free()), or NULL
 * and why there is none, in words that follow its name (lent for the call). */
typedef void unlock_done(void *context, const struct agent_key *key,
	    const char *error);

/* Nothing is started before it is needed.  RUN's prompts, agents and passwords
 * must outlive it. */
struct unlocks *unlocks_new(struct run *);

/* Nobody may be waiting any more. */
void	 unlocks_free(struct unlocks *);

/* Why the LOCKED key cannot be had, in words that follow its name (lent), or
 * NULL: it can be tried, or is unlocked.  MAY_ASK: if the user may be asked. */
const char *unlock_refusal(struct unlocks *, const struct key *,
	    bool may_ask);

/* The key, if it is unlocked already, or NULL. */
const struct agent_key *unlock_find(struct unlocks *, const struct key *);

/* Wait for the key to be unlocked, which is begun if nobody has.  DONE is
 * called once, never before this returns, and ends the wish. */
struct unlock_wish *unlock_ask(struct unlocks *, const struct key *,
	    bool may_ask, unlock_done *, void *context);

/* DONE will not be called; if nobody else waits, nobody is asked any more.
 * NULL is ignored. */
void	 unlock_cancel(struct unlock_wish *);

/* The private agent's socket, to be asked for signatures. */
const char *unlock_socket(const struct unlocks *);

#endif
