/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of await share. */
#ifndef AWAIT_PRIV_H
#define AWAIT_PRIV_H

#include "await.h"
#include "gate.h"

#define AWAIT_PAUSE 500			/* ms between the first two questions */

struct wait {
	struct api	*api;
	const struct await *plan;
	void		*records;	/* of tsearch() */
	struct record	*list;
	struct gate	 gate;
	size_t		 ready, lost, wanted;
	size_t		 named;		/* ids; 0: who there is, is not known */
	long		 pause;
	long long	 end;
	bool		 failed, late, over;
	bool		 asking;	/* the API; it will call us */
	bool		 vouching;	/* the same, by the plan's vouch */
};

struct record {
	struct wait	*wait;
	struct instance	 instance;	/* the last that was heard of it */
	struct banner	*banner;
	struct gate_pass pass;
	bool		 asked, ready, lost;
	bool		 vouched;	/* its keys are asked for */
	struct record	*next;
};

/* By their ids, for tsearch(). */
int	 await_compare(const void *one, const void *other);

/* Ask EC2, now and again. */
void	 await_ask(void *wait);

/* It knows INSTANCE. */
void	 await_take(void *wait, const struct instance *instance);

/* End if there is nothing left to wait for. */
void	 await_look(struct wait *);

#endif
