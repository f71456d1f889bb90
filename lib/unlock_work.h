/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of unlock.h: what its two files share. */
#ifndef UNLOCK_WORK_H
#define UNLOCK_WORK_H

#include <stdbool.h>

#include "loop.h"
#include "ring.h"
#include "unlock.h"

struct agent_request;
struct prompt;
struct unlock_add;
struct unlock_agent;

struct unlocks {
	struct run	*run;
	struct unlock	*first;
	struct unlock_agent *agent;
	bool		 starting;	/* the agent */
	char		*broken;	/* why there is no agent, ever */
};

struct unlock {
	struct unlocks	*all;
	struct unlock	*next;
	const struct key *key;
	struct ring	 wishes;
	struct later	 later;		/* tells them: the owner's to set */

	struct unlock_add *add;
	struct prompt	*prompt;
	struct agent_request *request;	/* which keys the agent has */
	unsigned	 tries;		/* of the user's */
	bool		 said;		/* the password was tried */

	struct agent_key *held;		/* unlocked */
	char		*refused;	/* or never to be */
	char		*failed;	/* or not now, for these wishes */
};

struct unlock_wish {
	struct ring	 ring;		/* first: among an unlock's */
	struct unlock	*unlock;
	bool		 may_ask;
	unlock_done	*done;
	void		*context;
};

/* Why a key cannot be had where nobody may be asked. */
extern const char unlock_nobody[], unlock_not_password[];

/* Begin, if nothing is going on. */
void	 unlock_work_begin(struct unlock *);

/* Drop whatever is going on. */
void	 unlock_work_drop(struct unlock *);

#endif
