/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers that take few connections at once: how many of us may be there, who
 * tries again after having been dropped, and when.
 *
 * sshd refuses connections beyond its MaxStartups, and all of a client that
 * has earned a penalty (PerSourcePenalties), both of sshd_config(5); others
 * have limits of their own.  All this comes before the login: the connection
 * was made, and the server closed it before keys were exchanged.  Then fewer
 * of us go there at once, and who was dropped tries again a little later, each
 * a different little.
 *
 * Times are in ms of any one clock. */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"

struct crowd;
struct crowds;		/* the servers of a run that we are at */

/* One visit's dealings with its server; embedded in whoever makes it. */
struct crowd_guest {
	struct gate_pass pass;		/* call, context: the visit's */
	struct crowd	*crowd;		/* from crowd_join() on */
	bool		 welcome;	/* keys were exchanged */
	bool		 trying;	/* since: */
	uint64_t	 since;
	uint64_t	 spent;		/* on earlier tries, and between */
	unsigned	 drops;
};

/* SEED: of the random part of waits. */
struct crowds *crowds_new(uint64_t seed);
void	 crowds_free(struct crowds *);

/* GUEST will go to HOST and PORT by way of ROUTE (NULL: straight); one that
 * has joined already is not moved. */
void	 crowd_join(struct crowds *, struct crowd_guest *, const char *host,
	    int port, const char *route);

/* Is there room at the server for one more?  If not GUEST stands in line, and
 * is called, once, when it has been let in. */
bool	 crowd_enter(struct crowd_guest *, uint64_t now);

/* How much of LIMIT is left: tries and the waits between them use it up, the
 * line does not.  At least 1; 0 if LIMIT is 0. */
uint64_t crowd_left(const struct crowd_guest *, uint64_t limit, uint64_t now);

/* What GUEST waits for now, inside, is not the server's fault: time does not
 * count until it enters again. */
void	 crowd_pause(struct crowd_guest *, uint64_t now);

/* Keys have been exchanged: from here on nothing is a drop. */
void	 crowd_welcome(struct crowd_guest *);

/* GUEST comes back from having been welcome, in its place, with the whole limit
 * before it. */
void	 crowd_return(struct crowd_guest *);

/* What is known of a drop. */
enum crowd_drop {
	CROWD_CLOSED = 0,	/* it just closed: it may be full, or broken */
	CROWD_FULL = 1,		/* it said that it has no room */
	CROWD_BEHIND = 2	/* a flag: or something behind that server, of
				 * which there are many */
};

/* The server has dropped GUEST, which leaves.  Returns after how long to enter
 * again, or 0: give up.  Who said that it is full, or has taken in another of
 * us, is tried until LIMIT (0: none) is used up, others CROWD_TRIES times. */
uint64_t crowd_drop(struct crowd_guest *, unsigned drop, uint64_t limit,
	    uint64_t now);
#define CROWD_TRIES 5

/* Leave, at any point, for good. */
void	 crowd_leave(struct crowd_guest *);

/* How many may be there at once; 0: not limited (yet). */
unsigned crowd_room(const struct crowd_guest *);

#endif
