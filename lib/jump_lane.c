/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login does that others go through, each time something has happened:
 *
 * - open the next channels;
 * - let go of channels that nobody uses any more;
 * - tell those who wait that there is something for them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "jump_priv.h"
#include "mem.h"
#include "msg.h"
#include "session.h"
#include "sshconf.h"

/* ServerAliveInterval and ServerAliveCountMax, where nobody said any. */
#define ALIVE_INTERVAL 15	/* seconds */
#define ALIVE_MISSED 2

#define REST 200		/* ms, where a bastion has too many */
#define REFUSALS_MOST 10

/* A login that hangs would cost every host behind it its time. */
static void
begin(struct job *job)
{
	if (job->conf->alive_interval <= 0)
		session_keep_alive(job->session, ALIVE_INTERVAL, ALIVE_MISSED);
	jump_lane_ready(job->op_state);
}

/* The bastion has too many now.  It may still be at those that we are done
 * with, so a lane that carries nothing else has to wait a little too. */
static void
wait_for_room(struct lane *lane, struct jump_request *request)
{
	jump_put_back(request);
	if (lane->count > 0) {
		lane->room = lane->count;
		msg_chat(lane->job->label, "carries no more than %u "
		    "connections", lane->room);
	} else {
		request->refusals++;
		lane->rests = uv_now(lane->job->run->loop) + REST;
	}
	jump_serve(lane->route);
}

/* The bastion would not: say so, unless it has just too many. */
static void
refused(struct lane *lane, struct jump_request *request)
{
	const struct job *job = lane->job;
	char *why = session_words(job->session,
	    LIBSSH2_ERROR_CHANNEL_FAILURE), *words;

	if (strstr(why, "resource shortage") != NULL &&
	    (lane->count > 1 || request->refusals < REFUSALS_MOST)) {
		wait_for_room(lane, request);
	} else {
		words = mem_print("%s cannot reach %s port %d: %s",
		    job->label, request->wish.host, request->wish.port, why);
		jump_refused(request, words);
		free(words);
	}
	free(why);
}

/* The answer to a request has come. */
static void
answered(struct lane *lane, struct jump_request *request, int error)
{
	uint64_t now = uv_now(lane->job->run->loop);
	uint64_t took = now - request->began;

	lane->answered = now;
	lane->opening_count--;
	ring_remove(&request->ring);
	/* It may be of use again. */
	lane->stuck = false;
	lane->leaving = lane->route->jumps->ending;
	if (error == 0) {
		ring_add(&lane->passages, &request->ring);
		if (took > lane->route->longest)
			lane->route->longest = took;
		request->closed = !request->wanted;
	}
	if (!request->wanted && error != 0)
		jump_forget(request);
	else if (error != 0)
		refused(lane, request);
	else if (request->wanted)
		jump_opened(request);
}

/* Go on with those that are on their way. */
static void
go_on_opening(struct lane *lane)
{
	struct ring *at, *next;

	for (at = lane->opening.next; at != &lane->opening; at = next) {
		struct jump_request *request = ring_outer(at,
		    struct jump_request, ring);
		int error = jump_open(request);

		next = at->next;
		if (error == 0 || error == LIBSSH2_ERROR_CHANNEL_FAILURE) {
			answered(lane, request, error);
		} else if (error != LIBSSH2_ERROR_EAGAIN) {
			lane->error = error;
			return;
		}
	}
}

static void
open_more(struct lane *lane)
{
	while (!lane->leaving && lane->error == 0 &&
	    uv_now(lane->job->run->loop) >= lane->rests &&
	    lane->opening_count < JUMP_OPENING_MOST &&
	    (lane->room == 0 || lane->count < lane->room)) {
		struct jump_request *request = jump_next(lane->route);

		if (request == NULL)
			return;
		request->lane = lane;
		request->began = uv_now(lane->job->run->loop);
		ring_add(&lane->opening, &request->ring);
		lane->opening_count++;
		lane->count++;
		request->wish.begun(request->wish.context);
		go_on_opening(lane);
	}
}

static void
open_channels(struct lane *lane)
{
	go_on_opening(lane);
	open_more(lane);
	if (lane->opening_count > 0) {
		session_quick(lane->job->session);
		jump_serve(lane->route);	/* sets the clock */
	}
}

/* Take over what has come for any of the channels. */
static void
pump(struct lane *lane)
{
	struct ring *first = ring_first(&lane->passages);
	ssize_t got;
	char none;

	if (first == NULL)
		return;
	got = libssh2_channel_read(ring_outer(first, struct jump_request,
	    ring)->channel, &none, 0);
	if (got < 0 && got != LIBSSH2_ERROR_EAGAIN)
		lane->error = (int)got;
}

static void
tell_all(struct lane *lane)
{
	struct ring *at, *next;

	lane->heard = session_received(lane->job->session);
	for (at = lane->passages.next; at != &lane->passages; at = next) {
		struct jump_request *request = ring_outer(at,
		    struct jump_request, ring);

		next = at->next;
		if (!request->closed)
			jump_tell(request);
		if (request->closed &&
		    libssh2_channel_free(request->channel) !=
		    LIBSSH2_ERROR_EAGAIN) {
			jump_forget(request);
			/* One that waits for room may have it now. */
			jump_wake(lane);
		}
	}
}

/* Does nobody use the lane, nor wait for it?  What is opening leads nowhere if
 * nobody wants it, and an end need not be waited for. */
static bool
is_empty(const struct lane *lane)
{
	struct ring *at;

	for (at = lane->opening.next; at != &lane->opening; at = at->next) {
		if (ring_outer(at, struct jump_request, ring)->wanted)
			return false;
	}
	for (at = lane->passages.next; at != &lane->passages; at = at->next) {
		if (!ring_outer(at, struct jump_request, ring)->closed)
			return false;
	}
	return true;
}

static enum step
carry(struct job *job)
{
	struct lane *lane = job->op_state;
	char *words;

	open_channels(lane);
	pump(lane);
	tell_all(lane);
	if (lane->error != 0 || session_broken(job->session)) {
		words = session_words(job->session, lane->error);
		job_fail(job, ENDED_LOST, "%s", words);
		free(words);
		return STEP_FAIL;
	}
	if (lane->leaving && is_empty(lane))
		return STEP_NEXT;
	return STEP_WAIT;
}

/* The channels go with the session. */
static void
let_go(struct job *job)
{
	struct lane *lane = job->op_state;
	struct ring *at;
	char *words;

	if (lane == NULL)
		return;
	words = mem_print("the way through %s was lost%s%s", job->label,
	    job->result.message != NULL ? ": " : "",
	    job->result.message != NULL ? job->result.message : "");
	lane->gone = true;
	lane->opening_count = 0;
	while ((at = ring_first(&lane->opening)) != NULL ||
	    (at = ring_first(&lane->passages)) != NULL)
		jump_lost(ring_outer(at, struct jump_request, ring), words);
	free(words);
}

static const struct step_entry steps[] = {
	{ "carrying others", carry },
	{ NULL, NULL },
};

const struct op jump_carry = {
	.steps = steps,
	.begin = begin,
	.let_go = let_go,
};
