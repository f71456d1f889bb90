/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of agent.h: what its two files share. */
#ifndef AGENT_WORK_H
#define AGENT_WORK_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

#include "agent.h"
#include "alarm.h"
#include "buf.h"
#include "loop.h"
#include "ring.h"

#define AGENT_LINKS 4	/* more do not help: ssh-agent has one thread */

struct agent_link;

struct agent_request {
	struct ring	 ring;		/* first: where it waits */
	struct agent	*agent;
	struct agent_slot *slot;	/* whose connection has it, or NULL */
	struct buf	 message;
	agent_listed	*listed;
	agent_signed	*signed_;	/* the other is NULL */
	void		*context;
	unsigned char	*signature;
	size_t		 signature_len;
	char		*error;
};

/* A place for a connection. */
struct agent_slot {
	struct agent	*agent;
	struct agent_link *link;	/* NULL: none */
	struct agent_request *request;	/* which it works on, or NULL */
};

struct agent {
	struct agents	*all;
	struct agent	*next;
	char		*path;
	struct agent_slot slots[AGENT_LINKS];
	bool		 crowded;	/* it would not take another one */
	struct ring	 queue;		/* not yet sent */
	struct ring	 listeners;	/* wait for the list */
	struct ring	 answered;	/* wait to be told */
	struct later	 later;

	struct agent_request *asking;	/* for the list, on all's behalf */
	struct alarm	*alarm;		/* it takes too long, or NULL */
	uint64_t	 patience;	/* ms that it may take */
	bool		 listed;	/* the answer is here: */
	struct agent_key *keys;
	size_t		 key_count;
	char		*list_error;
};

struct agents {
	uv_loop_t	*loop;
	struct agent	*first;
	bool		 telling;	/* a callback is being called */
	bool		 released;
};

/* Give what is in the queue to connections, as far as there are any free. */
void	 agent_work_start(struct agent *);

/* Its list of keys is to come within so many ms, or never. */
void	 agent_work_hurry(struct agent *, uint64_t patience);

/* Hang up. */
void	 agent_work_close(struct agent_slot *);

/* Take the request out of wherever it is, and free it. */
void	 agent_work_free(struct agent_request *);

#endif
