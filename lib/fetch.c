/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop owns a fetch; its thread has a hose to read from and tells of its
 * end once, under the lock.  A fetch whose job is gone is freed when its
 * thread has ended: the wake-up's handle keeps the loop going until then.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"
#include "hose.h"
#include "job.h"
#include "landing.h"
#include "mem.h"
#include "msg.h"
#include "outdir.h"
#include "plan.h"
#include "unpack.h"

#define PIECES 4		/* in the hose at least */
#define HOSE_MOST (512 * 1024)
#define STACK (256 * 1024)

struct fetch {
	struct job	*job;		/* NULL: gone */
	const struct plan *plan;
	char		*label, *directory;	/* the job's */
	struct hose	*hose;
	uv_async_t	 wake;
	pthread_t	 thread;
	pthread_mutex_t	 lock;

	/* The thread's, the loop's when it has ended. */
	bool		 ended;
	char		*words;		/* why it failed, or NULL */
	char		*left;		/* what could not be removed, or NULL */
	struct unpack	 unpack;

	bool		 joined;
};

/* --- the thread --- */

static void
roomy(void *context)
{
	struct fetch *fetch = context;

	uv_async_send(&fetch->wake);
}

static ssize_t
take(void *context, const void **data)
{
	struct fetch *fetch = context;

	return hose_take(fetch->hose, data);
}

struct placing {
	struct landing	*landing;
	const char	*as;
};

static char *
place(void *context, const char *name)
{
	struct placing *placing = context;

	return landing_place(placing->landing, name,
	    placing->as != NULL ? placing->as : name);
}

static char *
lay_down(struct fetch *fetch, struct landing *landing)
{
	const struct plan *plan = fetch->plan;
	struct placing placing = { landing, plan->get_as };
	struct unpack *wish = &fetch->unpack;
	char *words;

	wish->take = take;
	wish->context = fetch;
	wish->landing = landing;
	wish->as = plan->get_as;
	wish->names = plan->get_names;
	wish->trees = plan->recursive;
	words = unpack(wish);
	if (words == NULL)
		words = landing_settle(landing);
	if (words != NULL)
		return words;
	/* The user may have said stop since the end came. */
	return hose_cut(fetch->hose) ?
	    landing_list(landing, place, &placing) : mem_dup("stopped");
}

static char *
land(struct fetch *fetch, int dir)
{
	char *words = NULL;
	struct landing *landing = landing_new(dir, fetch->plan->preserve,
	    &words);

	if (landing == NULL)
		return words;
	words = lay_down(fetch, landing);
	fetch->left = landing_free(landing);
	return words;
}

static void
fetch_all(struct fetch *fetch)
{
	const struct plan *plan = fetch->plan;
	unsigned made;
	int dir = outdir_enter(plan->localdir, fetch->directory,
	    plan->get_below, &made);

	if (dir >= 0)
		fetch->words = land(fetch, dir);
	else
		fetch->words = mem_print("cannot use directory %s/%s: %s",
		    fetch->directory, plan->get_below, strerror(errno));
	if (dir >= 0)
		close(dir);
	if (fetch->words != NULL)
		outdir_retreat(plan->localdir, fetch->directory,
		    plan->get_below, made);
}

static void *
run(void *context)
{
	struct fetch *fetch = context;

	fetch_all(fetch);
	hose_cut(fetch->hose);
	pthread_mutex_lock(&fetch->lock);
	fetch->ended = true;
	pthread_mutex_unlock(&fetch->lock);
	uv_async_send(&fetch->wake);
	return NULL;
}

/* Signals are the loop's. */
static bool
start(struct fetch *fetch)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	error = pthread_create(&fetch->thread, &attributes, run, fetch);
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error == 0;
}

/* --- the loop --- */

static void
closed(uv_handle_t *handle)
{
	struct fetch *fetch = handle->data;

	hose_free(fetch->hose);
	pthread_mutex_destroy(&fetch->lock);
	free(fetch->unpack.first_skipped);
	free(fetch->words);
	free(fetch->left);
	free(fetch->label);
	free(fetch->directory);
	free(fetch);
}

static bool
has_ended(struct fetch *fetch)
{
	bool ended;

	pthread_mutex_lock(&fetch->lock);
	ended = fetch->ended;
	pthread_mutex_unlock(&fetch->lock);
	if (!ended || fetch->joined)
		return ended;
	pthread_join(fetch->thread, NULL);
	fetch->joined = true;
	if (fetch->left != NULL)
		msg_host(fetch->label, "something is left behind: %s",
		    fetch->left);
	return true;
}

static void
woken(uv_async_t *wake)
{
	struct fetch *fetch = wake->data;
	bool ended = has_ended(fetch);

	if (fetch->job == NULL) {
		if (ended)
			uv_close((uv_handle_t *)wake, closed);
	} else if (ended && fetch->words != NULL) {
		job_stop(fetch->job, ENDED_LOCAL, fetch->words);
	} else {
		job_poke(fetch->job);
	}
}

struct fetch *
fetch_begin(struct job *job, size_t piece)
{
	struct fetch *fetch = mem_zero(sizeof(*fetch));
	size_t size = job->run->window / 4;

	if (size > HOSE_MOST)
		size = HOSE_MOST;
	if (size < PIECES * piece)
		size = PIECES * piece;
	fetch->job = job;
	fetch->plan = job->run->plan;
	fetch->label = mem_dup(job->label);
	fetch->directory = mem_dup(job->local_name);
	fetch->hose = hose_new(size, roomy, fetch);
	pthread_mutex_init(&fetch->lock, NULL);
	uv_async_init(job->run->loop, &fetch->wake, woken);
	fetch->wake.data = fetch;
	if (start(fetch))
		return fetch;
	uv_close((uv_handle_t *)&fetch->wake, closed);
	return NULL;
}

bool
fetch_full(struct fetch *fetch, size_t len)
{
	return hose_full(fetch->hose, len);
}

void
fetch_add(struct fetch *fetch, const char *data, size_t len)
{
	hose_add(fetch->hose, data, len);
}

static void
tell_skipped(const struct fetch *fetch)
{
	const struct unpack *unpack = &fetch->unpack;

	if (unpack->skipped == 0)
		return;
	if (unpack->skipped == 1)
		msg_host(fetch->label, "not copied: %s, which is no file",
		    unpack->first_skipped);
	else
		msg_host(fetch->label, "not copied: %s and %u others, which "
		    "are no files", unpack->first_skipped,
		    unpack->skipped - 1);
}

bool
fetch_finish(struct fetch *fetch)
{
	hose_end(fetch->hose, true);
	if (!has_ended(fetch) || fetch->words != NULL)
		return false;
	tell_skipped(fetch);
	return true;
}

void
fetch_drop(struct fetch *fetch)
{
	if (fetch == NULL)
		return;
	fetch->job = NULL;
	hose_end(fetch->hose, false);
	if (has_ended(fetch))
		uv_close((uv_handle_t *)&fetch->wake, closed);
}
