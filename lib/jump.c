/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes and their lanes.
 *
 * One login is enough for as many hosts as its channels are opened for in
 * time; a second one is made where many wait.  Stock libssh2 opens one channel
 * at a time, so one that takes long (the bastion tries to reach a host that
 * does not answer) holds up all who wait behind it.  Its lane is left to it
 * then, and another login takes its place.  What the lane carries goes on; it
 * is closed when that has ended, unless an answer comes first.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "jump_priv.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "sshconf.h"
#include "target.h"

/* So many that wait are worth a second login. */
#define MANY (8 * JUMP_OPENING_MOST)

#define LANES_MOST 32	/* of one route */
#define FAILURES_MOST 3	/* logins lost or failed in a row */
#define STUCK_LEAST 150	/* ms */
#define STUCK_TIMES 3	/* as long as an open has taken so far, ... */
#define STUCK_PART 8	/* but at most this part of the connect limit */
#define STUCK_MOST 1250	/* ms; if that has no end */

struct jumps *
jumps_new(struct run *run)
{
	struct jumps *jumps = mem_zero(sizeof(*jumps));

	jumps->run = run;
	return jumps;
}

static void
route_closed(uv_handle_t *handle)
{
	struct route *route = handle->data;

	free(route->hops);
	free(route->given_up);
	buf_free(&route->names);
	free(route);
}

void
jumps_free(struct jumps *jumps)
{
	if (jumps == NULL)
		return;
	while (jumps->first != NULL) {
		struct route *route = jumps->first;

		jumps->first = route->next;
		uv_close((uv_handle_t *)&route->timer, route_closed);
	}
	sshconf_free(jumps->sshconf);
	free(jumps);
}

/* What it means that nobody can go this way: told once, when all is known. */
static void
tell_cost(struct route *route)
{
	if (route->cost == 0)
		return;
	msg_host(route->hops, "%u host%s not reached through it: %s%s",
	    route->cost, route->cost == 1 ? " was" : "s were",
	    buf_text(&route->names), route->cost > JUMP_NAMED ? ", ..." : "");
}

static void
leave(struct lane *lane)
{
	lane->leaving = true;
	if (lane->ready && !lane->gone)
		jump_wake(lane);
	else
		job_stop(lane->job, ENDED_INTERRUPTED, NULL);
}

void
jumps_end(struct jumps *jumps)
{
	if (jumps->ending)
		return;
	jumps->ending = true;
	for (struct route *route = jumps->first; route != NULL;
	    route = route->next) {
		struct ring *at, *next;

		tell_cost(route);
		uv_timer_stop(&route->timer);
		for (at = route->lanes.next; at != &route->lanes; at = next) {
			next = at->next;
			leave(ring_outer(at, struct lane, ring));
		}
	}
}

static void	 check_clock(uv_timer_t *);

struct route *
jump_route(struct jumps *jumps, const char *hops)
{
	struct route *route;

	for (route = jumps->first; route != NULL; route = route->next) {
		if (strcmp(route->hops, hops) == 0)
			return route;
	}
	route = mem_zero(sizeof(*route));
	route->jumps = jumps;
	route->hops = mem_dup(hops);
	ring_init(&route->waiting);
	ring_init(&route->lanes);
	uv_timer_init(jumps->run->loop, &route->timer);
	route->timer.data = route;
	route->next = jumps->first;
	jumps->first = route;
	return route;
}

void
jump_wake(struct lane *lane)
{
	job_poke_later(lane->job);
}

void
jump_count_cost(struct route *route, const char *label)
{
	if (route->cost++ < JUMP_NAMED)
		buf_join(&route->names, ", ", label);
}

/* Nobody who waits can go this way, and nobody who comes. */
static void
give_up(struct route *route, const char *label, const char *why)
{
	struct jump_request *request;

	msg_host(label, "%s", why);
	route->given_up = mem_print("cannot go through %s", label);
	while ((request = jump_next(route)) != NULL) {
		jump_count_cost(route, request->label);
		jump_refused(request, route->given_up);
	}
}

/* Tell which hosts a lost login has cut off. */
static void
tell_loss(struct lane *lane)
{
	const struct job *job = lane->job;
	const char *why = job->result.message;
	const char *names = buf_text(&lane->lost);

	msg_host(job->label, "%s%s%s%s", why != NULL ? why : "closed",
	    *names != '\0' ? "; cut off: " : "", names,
	    lane->lost_count > JUMP_NAMED ? ", ..." : "");
}

/* The user is asked about a login, or has answered: those who wait for it are
 * not hurried either. */
static void
lane_paused(struct job *job, bool paused)
{
	struct lane *lane = job->owner;
	struct route *route = lane->route;
	struct ring *at;

	if (paused == lane->paused)
		return;
	lane->paused = paused;
	if (paused)
		route->paused_count++;
	else
		route->paused_count--;
	for (at = route->waiting.next; at != &route->waiting; at = at->next)
		jump_pause(ring_outer(at, struct jump_request, ring),
		    route->paused_count > 0);
}

static void
lane_done(struct job *job)
{
	struct lane *lane = job->owner;
	struct route *route = lane->route;
	const char *why = job->result.message;

	lane_paused(job, false);
	ring_remove(&lane->ring);
	route->lane_count--;
	if (job->result.ending == ENDED_WELL || lane->leaving) {
		/* as it should be */
	} else if (++route->failures < FAILURES_MOST && lane->ready) {
		tell_loss(lane);
	} else if (ring_first(&route->lanes) == NULL || lane->ready) {
		give_up(route, job->label, why != NULL ? why : "failed");
	} else {
		msg_chat(job->label, "another login failed: %s",
		    why != NULL ? why : "");
	}
	buf_free(&lane->lost);
	free(lane);
	job_free(job);
	jump_serve(route);
}

/* The configuration of hosts on the way: that of the files alone, as with
 * ssh, since options on the command line are for the hosts at the end.  Nothing
 * runs there, and nothing else is carried: what `ssh -W' stands for. */
static const struct sshconf *
configuration(struct jumps *jumps)
{
	static const char *const options[] = {
		"RemoteCommand=none", "SessionType=default",
		"ClearAllForwardings=yes",
	};

	if (jumps->sshconf == NULL) {
		jumps->sshconf = sshconf_new(NULL);
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]);
		    i++)
			free(sshconf_option(jumps->sshconf, options[i]));
		/* It was read before: nothing can be wrong with it. */
		free(sshconf_read(jumps->sshconf,
		    jumps->run->plan->ssh_config));
	}
	return jumps->sshconf;
}

static void
open_lane(struct route *route)
{
	const char *comma = strrchr(route->hops, ',');
	struct target *target = sshconf_hop(comma != NULL ? comma + 1 :
	    route->hops);
	struct lane *lane;
	struct job *job;

	if (target == NULL) {
		give_up(route, route->hops, "not a host that ProxyJump takes");
		return;
	}
	lane = mem_zero(sizeof(*lane));
	job = job_new(route->jumps->run, target);
	job->hop = true;
	job->then = &jump_carry;
	job->sshconf = configuration(route->jumps);
	if (comma != NULL)
		job->via = mem_ndup(route->hops,
		    (size_t)(comma - route->hops));
	job->op_state = lane;
	job->owner = lane;
	job->done = lane_done;
	job->paused = lane_paused;
	lane->route = route;
	lane->job = job;
	ring_init(&lane->opening);
	ring_init(&lane->passages);
	ring_add(&route->lanes, &lane->ring);
	route->lane_count++;
	job_start(job);
}

void
jump_lane_ready(struct lane *lane)
{
	lane->ready = true;
}

/* The request that keeps others out of the lane, or NULL. */
static struct jump_request *
holding_up(const struct lane *lane)
{
	struct ring *first = ring_first(&lane->opening);

	if (lane->stuck || lane->opening_count < JUMP_OPENING_MOST)
		return NULL;
	return ring_outer(first, struct jump_request, ring);
}

/* Until when it may do so. */
static uint64_t
patience_ends(const struct lane *lane, const struct jump_request *request)
{
	const struct route *route = lane->route;
	uint64_t since = request->began > lane->answered ? request->began :
	    lane->answered;
	uint64_t limit = request->wish.limit / STUCK_PART;
	uint64_t usual = route->longest * STUCK_TIMES;

	if (limit == 0 || limit > STUCK_MOST)
		limit = STUCK_MOST;
	if (!route->worked || usual > limit)
		return since + limit;
	return since + (usual > STUCK_LEAST ? usual : STUCK_LEAST);
}

/* Look at the clock again when the first open will have taken too long. */
static void
set_clock(struct route *route)
{
	uint64_t now = uv_now(route->jumps->run->loop), first = 0;
	struct ring *at;

	for (at = route->lanes.next; at != &route->lanes; at = at->next) {
		struct lane *lane = ring_outer(at, struct lane, ring);
		struct jump_request *request = holding_up(lane);
		uint64_t end = lane->rests > now ? lane->rests : 0;

		if (request != NULL)
			end = patience_ends(lane, request);
		if (end != 0 && (first == 0 || end < first))
			first = end;
	}
	if (first == 0)
		uv_timer_stop(&route->timer);
	else
		uv_timer_start(&route->timer, check_clock,
		    first > now ? first - now : 0, 0);
}

static void
check_clock(uv_timer_t *timer)
{
	struct route *route = timer->data;
	uint64_t now = uv_now(timer->loop);
	struct ring *at;

	for (at = route->lanes.next; at != &route->lanes; at = at->next) {
		struct lane *lane = ring_outer(at, struct lane, ring);
		struct jump_request *request = holding_up(lane);

		if (request == NULL || now < patience_ends(lane, request))
			continue;
		lane->stuck = route->was_stuck = true;
		msg_chat(lane->job->label, "is slow to reach %s port %d: "
		    "the next go by another login",
		    request->wish.host, request->wish.port);
		/* It is of no more use than for those whom it carries. */
		lane->leaving = !request->wanted;
		if (lane->leaving)
			jump_wake(lane);
	}
	jump_serve(route);
}

void
jump_serve(struct route *route)
{
	unsigned usable = 0, wanted;
	struct ring *at;

	for (at = route->lanes.next; at != &route->lanes; at = at->next) {
		struct lane *lane = ring_outer(at, struct lane, ring);

		if (lane->stuck || lane->leaving || lane->gone ||
		    (lane->room > 0 && lane->count >= lane->room))
			continue;
		usable++;
		if (lane->ready && route->waiting_count > 0 &&
		    lane->opening_count < JUMP_OPENING_MOST)
			jump_wake(lane);
	}
	wanted = route->was_stuck || route->waiting_count > MANY ? 2 : 1;
	for (; usable < wanted && route->waiting_count > 0 &&
	    route->lane_count < LANES_MOST && !route->jumps->ending; usable++)
		open_lane(route);
	set_clock(route);
}

bool
jump_is_circle(struct route *route, const struct job *asker)
{
	const struct lane *lane = asker->hop ? asker->owner : NULL;

	if (lane == NULL)
		return false;
	for (const struct route *at = route; at != NULL; at = at->through) {
		if (at == lane->route)
			return true;
	}
	lane->route->through = route;
	return false;
}
