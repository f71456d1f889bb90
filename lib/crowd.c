/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many a server takes is found out: at first all go there at once.  A drop
 * shows that one fewer than were there is the most, so that when a burst has
 * met a limit the room left is that of those who were not dropped.  The limit
 * may have been others' doing: when as many as there is room for have been
 * taken in since, there is room for one more.
 */
#include "config.h"

#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "mem.h"

#define FIRST_WAIT 100		/* ms, doubled with each drop */
#define LONGEST_WAIT 2000
#define NO_LIMIT UINT_MAX

struct crowd {
	struct crowds	*crowds;
	char		*host, *route;
	int		 port;
	unsigned	 guests;
	struct gate	 gate;
	unsigned	 taken;		/* since the room last changed */
	bool		 hospitable;	/* has taken somebody in */
};

struct crowds {
	void		*tree;		/* of tsearch(3) */
	uint64_t	 random;
};

struct crowds *
crowds_new(uint64_t seed)
{
	struct crowds *crowds = mem_zero(sizeof(*crowds));

	crowds->random = seed | 1;
	return crowds;
}

static void
free_crowd(void *memory)
{
	struct crowd *crowd = memory;

	free(crowd->host);
	free(crowd->route);
	free(crowd);
}

void
crowds_free(struct crowds *crowds)
{
	if (crowds == NULL)
		return;
	tdestroy(crowds->tree, free_crowd);
	free(crowds);
}

static int
compare(const void *a, const void *b)
{
	const struct crowd *left = a, *right = b;
	int order = strcmp(left->host, right->host);

	if (order == 0)
		order = left->port - right->port;
	if (order == 0)
		order = strcmp(left->route, right->route);
	return order;
}

void
crowd_join(struct crowds *crowds, struct crowd_guest *guest, const char *host,
    int port, const char *route)
{
	struct crowd *crowd, **found;

	if (guest->crowd != NULL)
		return;
	crowd = mem_zero(sizeof(*crowd));
	crowd->crowds = crowds;
	crowd->host = mem_dup(host);
	crowd->port = port;
	crowd->route = mem_dup(route != NULL ? route : "");
	crowd->gate.room = NO_LIMIT;
	found = tsearch(crowd, &crowds->tree, compare);
	if (found == NULL)
		mem_zero(SIZE_MAX);	/* out of memory: says so and ends */
	if (*found != crowd)
		free_crowd(crowd);
	guest->crowd = *found;
	guest->crowd->guests++;
}

bool
crowd_enter(struct crowd_guest *guest, uint64_t now)
{
	if (!gate_enter(&guest->crowd->gate, &guest->pass))
		return false;
	if (!guest->trying) {
		guest->trying = true;
		guest->since = now;
	}
	return true;
}

static uint64_t
spent(const struct crowd_guest *guest, uint64_t now)
{
	return guest->spent + (guest->trying ? now - guest->since : 0);
}

uint64_t
crowd_left(const struct crowd_guest *guest, uint64_t limit, uint64_t now)
{
	uint64_t gone = spent(guest, now);

	if (limit == 0)
		return 0;
	return gone < limit ? limit - gone : 1;
}

void
crowd_pause(struct crowd_guest *guest, uint64_t now)
{
	guest->spent = spent(guest, now);
	guest->trying = false;
}

void
crowd_welcome(struct crowd_guest *guest)
{
	guest->welcome = true;
	guest->crowd->hospitable = true;
}

void
crowd_return(struct crowd_guest *guest)
{
	guest->welcome = guest->trying = false;
	guest->spent = 0;
	guest->drops = 0;
}

/* One fewer than are there fit. */
static void
shrink(struct crowd *crowd)
{
	unsigned room = crowd->gate.inside > 1 ? crowd->gate.inside - 1 : 1;

	crowd->taken = 0;
	if (room < crowd->gate.room)
		gate_resize(&crowd->gate, room);
}

/* xorshift64 (Marsaglia 2003): nothing here must be hard to guess. */
static uint64_t
next_random(struct crowds *crowds)
{
	uint64_t x = crowds->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return crowds->random = x;
}

/* From half to one and a half of what doubles with each drop. */
static uint64_t
next_wait(struct crowd_guest *guest)
{
	uint64_t wait = FIRST_WAIT;

	for (unsigned i = 1; i < guest->drops && wait < LONGEST_WAIT; i++)
		wait *= 2;
	if (wait > LONGEST_WAIT)
		wait = LONGEST_WAIT;
	return wait / 2 + next_random(guest->crowd->crowds) % (wait + 1);
}

uint64_t
crowd_drop(struct crowd_guest *guest, unsigned drop, uint64_t limit,
    uint64_t now)
{
	struct crowd *crowd = guest->crowd;
	bool behind = (drop & CROWD_BEHIND) != 0;
	bool patient = (drop & CROWD_FULL) != 0 ||
	    (!behind && crowd->hospitable);
	uint64_t wait;

	if (!behind)
		shrink(crowd);
	gate_leave(&crowd->gate, &guest->pass);
	crowd_pause(guest, now);
	guest->drops++;
	if (!patient && guest->drops >= CROWD_TRIES)
		return 0;
	wait = next_wait(guest);
	guest->spent += wait;
	return limit == 0 || guest->spent < limit ? wait : 0;
}

/* Nobody is there any more, and nothing was learnt that is worth keeping. */
static void
forget(struct crowd *crowd)
{
	if (crowd->guests > 0 || crowd->gate.room != NO_LIMIT)
		return;
	tdelete(crowd, &crowd->crowds->tree, compare);
	free_crowd(crowd);
}

void
crowd_leave(struct crowd_guest *guest)
{
	struct crowd *crowd = guest->crowd;
	struct gate *gate;

	if (crowd == NULL)
		return;
	gate = &crowd->gate;
	gate_leave(gate, &guest->pass);
	if (guest->welcome && gate->room != NO_LIMIT &&
	    ++crowd->taken >= gate->room) {
		crowd->taken = 0;
		gate_resize(gate, gate->room + 1);
	}
	guest->crowd = NULL;
	crowd->guests--;
	forget(crowd);
}

unsigned
crowd_room(const struct crowd_guest *guest)
{
	unsigned room = guest->crowd->gate.room;

	return room == NO_LIMIT ? 0 : room;
}
