/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connecting, by what the configuration says:
 *
 * - to the host itself;
 * - through a program (ProxyCommand);
 * - through another host (ProxyJump): the time spent until a login there has a
 *   free place is not the host's fault, and does not count.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms.h"
#include "dial.h"
#include "hostkey.h"
#include "job.h"
#include "jump.h"
#include "mem.h"
#include "plan.h"
#include "proxy.h"
#include "session.h"
#include "sshconf.h"
#include "visit_connect.h"
#include "visit_crowd.h"

#define CONNECT_TIMEOUT 10	/* seconds, unless something says otherwise */

uint64_t
visit_connect_limit(const struct job *job)
{
	long seconds = job->run->plan->connect_timeout;

	if (seconds < 0)
		seconds = job->conf->connect_timeout > 0 ?
		    job->conf->connect_timeout : CONNECT_TIMEOUT;
	return (uint64_t)seconds * 1000;
}

static void
connected(struct job *job, struct link *link)
{
	job->session = session_open(job->run->loop, link, job_poke_context,
	    job);
}

static void
dialled(void *context, int fd, const char *words)
{
	struct job *job = context;

	job->dial = NULL;
	if (fd < 0)
		job_fail(job, ENDED_UNREACHED, "%s", words);
	else
		connected(job, link_socket(job->run->loop, fd));
	job_poke(job);
}

static void
dial(struct job *job)
{
	const struct hostconf *conf = job->conf;
	struct dial_wish wish = {
		.host = conf->hostname,
		.port = conf->port,
		.family = conf->family,
		.bind_address = conf->bind_address,
		.keepalive = conf->tcp_keepalive,
		.attempts = conf->connection_attempts,
		.limit = visit_connect_limit(job),
	};

	visit_crowd_count(job);
	job->dial = dial_start(job->run->loop, &wish, dialled, job);
}

static void
run_proxy(struct job *job)
{
	struct link *link = proxy_link(job->run->loop,
	    job->conf->proxy_command, job->label);

	if (link == NULL) {
		job_fail(job, ENDED_LOCAL, "ProxyCommand: %s",
		    strerror(errno));
		return;
	}
	visit_crowd_count(job);
	connected(job, link);
}

static void
jump_begun(void *context)
{
	struct job *job = context;

	visit_crowd_count(job);
}

static void
jump_waits(void *context)
{
	struct job *job = context;

	visit_crowd_pause(job);
}

static void
jumped(void *context, struct link *link, const char *words)
{
	struct job *job = context;

	job->jump = NULL;
	if (link == NULL)
		job_fail(job, ENDED_UNREACHED, "%s", words);
	else
		connected(job, link);
	job_poke(job);
}

static void
jump(struct job *job, const char *route)
{
	const struct hostconf *conf = job->conf;
	struct jump_wish wish = {
		.route = route,
		.host = conf->hostname,
		.port = conf->port,
		.label = job->label,
		.limit = visit_connect_limit(job),
		.asker = job,
		.begun = jump_begun,
		.waits = jump_waits,
		.done = jumped,
		.context = job,
	};

	visit_crowd_pause(job);
	job->jump = jump_start(job->run->jumps, &wish);
}

/* Say what we would like, host keys that we know of first. */
static enum step
prefer(struct job *job)
{
	char *why = NULL, *ordered = NULL;
	char *offer = algorithms_offer(ALGORITHMS_HOST_KEY,
	    job->conf->host_key_algorithms, &why);

	if (offer != NULL) {
		/* As ssh: who wrote a whole list means its order. */
		ordered = job->conf->host_keys_ordered ? mem_dup(offer) :
		    hostkey_algorithms(job->run->hostkeys, job->conf, offer);
		why = session_prefer(job->session, job->conf, ordered);
	}
	free(offer);
	free(ordered);
	if (why != NULL) {
		job_fail(job, ENDED_UNREACHED, "%s", why);
		free(why);
		return STEP_FAIL;
	}
	return STEP_NEXT;
}

/* On the way, unless it would be for nothing. */
static void
set_out(struct job *job)
{
	const struct hostconf *conf = job->conf;
	const char *route = job_route(job);
	char *why = session_refusal(conf);

	if (why != NULL)
		job_fail(job, ENDED_UNREACHED, "%s", why);
	else if (route != NULL)
		jump(job, route);
	else if (conf->proxy_command != NULL)
		run_proxy(job);
	else
		dial(job);
	free(why);
}

enum step
visit_connect(struct job *job)
{
	if (job->ended)
		return STEP_FAIL;
	if (job->session == NULL && job->dial == NULL && job->jump == NULL) {
		if (!visit_crowd_enter(job))
			return STEP_WAIT;
		set_out(job);
	}
	if (job->ended)
		return STEP_FAIL;
	return job->session != NULL ? prefer(job) : STEP_WAIT;
}

void
visit_connect_let_go(struct job *job)
{
	dial_drop(job->dial);
	job->dial = NULL;
	jump_drop(job->jump);
	job->jump = NULL;
}
