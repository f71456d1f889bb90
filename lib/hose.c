/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hose.h"
#include "mem.h"

enum state { OPEN, GOOD, BAD };

struct hose {
	pthread_mutex_t	 lock;
	pthread_cond_t	 more;
	char		*data;		/* a ring of SIZE bytes */
	size_t		 size, start, len;
	size_t		 lent;		/* of these, from the start */
	size_t		 batch;		/* the thread waits for so many */
	size_t		 wanted;	/* room that the loop waits for, or 0 */
	enum state	 state;
	bool		 cut;		/* the thread takes nothing more */
	bool		 waiting;	/* the thread is */
	void		(*roomy)(void *);
	void		*context;
};

struct hose *
hose_new(size_t size, void (*roomy)(void *context), void *context)
{
	struct hose *hose = mem_zero(sizeof(*hose));

	pthread_mutex_init(&hose->lock, NULL);
	pthread_cond_init(&hose->more, NULL);
	hose->data = mem_resize(NULL, size, 1);
	hose->size = size;
	/* To be woken for each small piece would cost more than what is done
	 * with it; but to let much lie costs time. */
	hose->batch = size / 16;
	hose->roomy = roomy;
	hose->context = context;
	return hose;
}

void
hose_free(struct hose *hose)
{
	if (hose == NULL)
		return;
	pthread_cond_destroy(&hose->more);
	pthread_mutex_destroy(&hose->lock);
	free(hose->data);
	free(hose);
}

/* With the lock held. */
static bool
has_room(const struct hose *hose, size_t len)
{
	return hose->cut || hose->state != OPEN ||
	    hose->size - hose->len >= len;
}

bool
hose_full(struct hose *hose, size_t len)
{
	bool full;

	pthread_mutex_lock(&hose->lock);
	full = !has_room(hose, len);
	/* Woken when there is more than little room. */
	if (full)
		hose->wanted = len > hose->size / 2 ? len : hose->size / 2;
	pthread_mutex_unlock(&hose->lock);
	return full;
}

/* With the lock held: is there something to take? */
static bool
has_more(const struct hose *hose)
{
	return hose->len >= hose->batch || hose->state != OPEN;
}

/* The lock is given back before the thread is woken, which wants it. */
static void
unlock_and_wake(struct hose *hose)
{
	bool due = hose->waiting && has_more(hose);

	pthread_mutex_unlock(&hose->lock);
	if (due)
		pthread_cond_signal(&hose->more);
}

void
hose_add(struct hose *hose, const char *data, size_t len)
{
	size_t end, first;
	bool takes;

	pthread_mutex_lock(&hose->lock);
	takes = !hose->cut && hose->state == OPEN &&
	    len <= hose->size - hose->len;
	end = (hose->start + hose->len) % hose->size;
	pthread_mutex_unlock(&hose->lock);
	if (!takes)
		return;
	/* Nobody else touches what is behind the end. */
	first = hose->size - end < len ? hose->size - end : len;
	memcpy(hose->data + end, data, first);
	memcpy(hose->data, data + first, len - first);
	pthread_mutex_lock(&hose->lock);
	hose->len += len;
	unlock_and_wake(hose);
}

void
hose_end(struct hose *hose, bool good)
{
	pthread_mutex_lock(&hose->lock);
	if (hose->state == OPEN || !good)
		hose->state = good ? GOOD : BAD;
	unlock_and_wake(hose);
}

/* With the lock held: is the loop to be told of room? */
static bool
owes_room(struct hose *hose)
{
	if (hose->wanted == 0 || !has_room(hose, hose->wanted))
		return false;
	hose->wanted = 0;
	return true;
}

/* With the lock held. */
static void
wait_more(struct hose *hose)
{
	while (!has_more(hose)) {
		hose->waiting = true;
		pthread_cond_wait(&hose->more, &hose->lock);
		hose->waiting = false;
	}
}

ssize_t
hose_take(struct hose *hose, const void **data)
{
	ssize_t got = -1;
	bool owes;

	pthread_mutex_lock(&hose->lock);
	hose->start = (hose->start + hose->lent) % hose->size;
	hose->len -= hose->lent;
	hose->lent = 0;
	owes = owes_room(hose);
	pthread_mutex_unlock(&hose->lock);
	if (owes)
		hose->roomy(hose->context);
	pthread_mutex_lock(&hose->lock);
	wait_more(hose);
	if (hose->state != BAD) {
		hose->lent = hose->size - hose->start < hose->len ?
		    hose->size - hose->start : hose->len;
		*data = hose->data + hose->start;
		got = (ssize_t)hose->lent;
	}
	pthread_mutex_unlock(&hose->lock);
	return got;
}

bool
hose_cut(struct hose *hose)
{
	bool owes, good;

	pthread_mutex_lock(&hose->lock);
	hose->cut = true;
	owes = owes_room(hose);
	good = hose->state == GOOD;
	pthread_mutex_unlock(&hose->lock);
	if (owes)
		hose->roomy(hose->context);
	return good;
}
