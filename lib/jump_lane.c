/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a login does that others go through, each time something has happened:
 *
 * - open the next channel: libssh2 opens one at a time a session, and keeps
 *   its state there, so whoever comes next waits;
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
#include "wire.h"

#define PACKET (32 * 1024)	/* RFC 4253, section 6.1: all must take it */

/* More than the session within may have in flight, so that its own window is
 * what slows it down. */
#define WINDOW_MORE (64 * 1024)

static void
begin(struct job *job)
{
	jump_lane_ready(job->op_state);
}

/* RFC 4254, section 7.2.  Where the connection comes from is nowhere. */
static LIBSSH2_CHANNEL *
open_channel(struct lane *lane, const struct jump_wish *wish)
{
	const struct run *run = lane->job->run;
	LIBSSH2_CHANNEL *channel;
	struct buf message = { 0 };

	wire_add_string(&message, wish->host, strlen(wish->host));
	wire_add_u32(&message, (uint32_t)wish->port);
	wire_add_string(&message, "127.0.0.1", 9);
	wire_add_u32(&message, 65535);
	channel = libssh2_channel_open_ex(session_ssh(lane->job->session),
	    "direct-tcpip", 12, run->window + WINDOW_MORE, PACKET,
	    message.data, (unsigned)message.len);
	buf_free(&message);
	return channel;
}

/* The bastion would not: say so, or wait if it has just too many. */
static void
refused(struct lane *lane, struct jump_request *request)
{
	const struct job *job = lane->job;
	char *why = session_words(job->session,
	    LIBSSH2_ERROR_CHANNEL_FAILURE), *words;

	if (strstr(why, "resource shortage") != NULL && lane->count > 1) {
		lane->room = --lane->count;
		msg_chat(job->label, "carries no more than %u connections",
		    lane->room);
		jump_put_back(request);
	} else {
		words = mem_print("%s cannot reach %s port %d: %s",
		    job->label, request->wish.host, request->wish.port, why);
		jump_refused(request, words);
		free(words);
	}
	free(why);
}

/* Go on opening.  False: it has to wait. */
static bool
go_on_opening(struct lane *lane)
{
	struct jump_request *request = lane->opening;
	LIBSSH2_SESSION *ssh = session_ssh(lane->job->session);
	uint64_t now = uv_now(lane->job->run->loop);
	int error;

	request->channel = open_channel(lane, &request->wish);
	error = request->channel != NULL ? 0 : libssh2_session_last_errno(ssh);
	if (error == LIBSSH2_ERROR_EAGAIN) {
		session_quick(lane->job->session);
		return false;
	}
	if (error != 0 && error != LIBSSH2_ERROR_CHANNEL_FAILURE) {
		lane->error = error;
		return false;
	}
	lane->opening = NULL;
	/* It may be of use again. */
	lane->stuck = false;
	lane->leaving = lane->route->jumps->ending;
	if (now - lane->open_began > lane->route->longest && error == 0)
		lane->route->longest = now - lane->open_began;
	if (error != 0 && request->wanted)
		refused(lane, request);
	else if (error != 0)
		jump_forget(request);
	else if (request->wanted)
		jump_opened(request);
	else
		request->closed = true;
	return true;
}

static void
open_channels(struct lane *lane)
{
	for (;;) {
		struct jump_request *request;

		if (lane->opening != NULL && !go_on_opening(lane))
			return;
		if (lane->leaving ||
		    (lane->room > 0 && lane->count >= lane->room))
			return;
		request = jump_next(lane->route);
		if (request == NULL)
			return;
		request->lane = lane;
		lane->opening = request;
		lane->open_began = uv_now(lane->job->run->loop);
		lane->count++;
		ring_add(&lane->passages, &request->ring);
		request->wish.begun(request->wish.context);
		jump_serve(lane->route);	/* sets the clock */
	}
}

/* Take over what has come for any of the channels. */
static void
pump(struct lane *lane)
{
	struct ring *at;
	char none;

	for (at = lane->passages.next; at != &lane->passages; at = at->next) {
		struct jump_request *request = ring_outer(at,
		    struct jump_request, ring);

		if (request->channel != NULL) {
			libssh2_channel_read(request->channel, &none, 0);
			return;
		}
	}
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
		if (request->channel == NULL)
			continue;
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

	for (at = lane->passages.next; at != &lane->passages; at = at->next) {
		struct jump_request *request = ring_outer(at,
		    struct jump_request, ring);

		if (request->wanted ||
		    (request->channel != NULL && !request->closed))
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

static uint64_t
stop(struct job *job)
{
	(void)job;
	return 0;
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
	lane->opening = NULL;
	while ((at = ring_first(&lane->passages)) != NULL)
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
	.stop = stop,
	.let_go = let_go,
};
