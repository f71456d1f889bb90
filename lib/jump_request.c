/* SPDX-License-Identifier: BSD-2-Clause */
/* A host's request for a way through, from the line to its end. */
#include "config.h"

#include <stdlib.h>

#include "job.h"
#include "jump_priv.h"
#include "mem.h"
#include "session.h"

static void
tell_given_up(void *context)
{
	struct jump_request *request = context;

	if (request->route->given_up != NULL)
		jump_count_cost(request->route, request->label);
	jump_refused(request, request->lost);
}

static void
tell_lost(void *context)
{
	struct jump_request *request = context;

	request->link.event(request->link.context, true);
}

struct jump_request *
jump_start(struct jumps *jumps, const struct jump_wish *wish)
{
	struct jump_request *request = mem_zero(sizeof(*request));
	struct route *route = jump_route(jumps, wish->route);

	request->route = route;
	request->wish = *wish;
	/* It may be on its way for longer than anybody waits for it. */
	request->wish.host = request->host = mem_dup(wish->host);
	request->wanted = true;
	request->label = mem_dup(wish->label);
	ring_init(&request->ring);
	request->told = (struct later){ .call = tell_given_up,
	    .context = request };
	if (jump_is_circle(route, wish->asker))
		request->lost = mem_print("ProxyJump %s leads back here",
		    route->hops);
	else if (route->given_up != NULL)
		request->lost = mem_dup(route->given_up);
	if (request->lost != NULL) {
		loop_later(jumps->run->loop, &request->told);
		return request;
	}
	ring_add(&route->waiting, &request->ring);
	route->waiting_count++;
	jump_pause(request, route->paused_count > 0);
	jump_serve(route);
	return request;
}

void
jump_pause(struct jump_request *request, bool pause)
{
	if (pause == request->paused)
		return;
	request->paused = pause;
	if (pause)
		job_pause(request->wish.asker);
	else
		job_resume(request->wish.asker);
}

struct jump_request *
jump_next(struct route *route)
{
	struct ring *at = ring_first(&route->waiting);
	struct jump_request *request;

	if (at == NULL)
		return NULL;
	request = ring_outer(at, struct jump_request, ring);
	ring_remove(at);
	route->waiting_count--;
	jump_pause(request, false);
	return request;
}

/* Out of whatever row it is in, and out of its lane if it is in one. */
static void
leave_lane(struct jump_request *request)
{
	ring_remove(&request->ring);
	if (request->lane != NULL)
		request->lane->count--;
	request->lane = NULL;
}

void
jump_put_back(struct jump_request *request)
{
	leave_lane(request);
	ring_push(&request->route->waiting, &request->ring);
	request->route->waiting_count++;
	request->wish.waits(request->wish.context);
	jump_pause(request, request->route->paused_count > 0);
}

void
jump_opened(struct jump_request *request)
{
	struct route *route = request->route;

	route->worked = true;
	route->failures = 0;
	request->link.ops = &jump_ops;
	request->link.fd = session_fd(request->lane->job->session);
	request->wanted = false;
	request->wish.done(request->wish.context, &request->link, NULL);
}

void
jump_forget(struct jump_request *request)
{
	loop_forget(request->route->jumps->run->loop, &request->told);
	leave_lane(request);
	free(request->host);
	free(request->label);
	free(request->lost);
	free(request);
}

void
jump_refused(struct jump_request *request, const char *words)
{
	request->wish.done(request->wish.context, NULL, words);
	jump_forget(request);
}

void
jump_lost(struct jump_request *request, const char *words)
{
	struct lane *lane = request->lane;

	request->half = NULL;
	if (request->wanted) {
		jump_put_back(request);
		return;
	}
	if (request->closed || request->channel == NULL) {
		jump_forget(request);
		return;
	}
	if (lane->lost_count++ < JUMP_NAMED)
		buf_join(&lane->lost, ", ", request->label);
	leave_lane(request);
	request->channel = NULL;
	request->lost = mem_dup(words);
	request->told.call = tell_lost;
	loop_later(request->route->jumps->run->loop, &request->told);
}

void
jump_drop(struct jump_request *request)
{
	struct lane *lane;

	if (request == NULL)
		return;
	lane = request->lane;
	request->wanted = false;
	jump_pause(request, false);
	if (lane == NULL) {
		if (request->lost == NULL)
			request->route->waiting_count--;
		jump_forget(request);
		return;
	}
	/* On its way, and libssh2 does not call it back. */
	if (lane->stuck) {
		lane->leaving = true;
		jump_wake(lane);
	}
}
