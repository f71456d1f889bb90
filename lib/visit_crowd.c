/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A drop is a connection that was made, and that the other side closed or
 * reset before keys were exchanged.  Nobody has been asked to log in by then,
 * so that trying again can cost nobody an account.  What is no drop: a
 * connection that cannot be made (ConnectionAttempts is for that), silence, a
 * reason given for the end (SSH_MSG_DISCONNECT), and keys or algorithms that
 * do not fit.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "session.h"
#include "sshconf.h"
#include "visit_connect.h"
#include "visit_crowd.h"

/* All that go through the same program go to the same server first: its words
 * as they were written tell. */
static void
join(struct job *job)
{
	const struct hostconf *conf = job->conf;
	const char *route = job_route(job);

	job->guest.pass.call = job_poke_later;
	job->guest.pass.context = job;
	if (route == NULL && conf->proxy_command != NULL)
		crowd_join(job->run->crowds, &job->guest, "", 0,
		    conf->proxy_written);
	else
		crowd_join(job->run->crowds, &job->guest, conf->hostname,
		    conf->port, route);
}

bool
visit_crowd_enter(struct job *job)
{
	bool waited = job->guest.pass.waiting;

	if (job->again != NULL)
		return false;
	if (job->guest.crowd == NULL)
		join(job);
	if (crowd_enter(&job->guest, uv_now(job->run->loop)))
		return true;
	job_limit(job, 0);	/* waiting here is not its fault */
	if (!waited)
		msg_chat(job->label, "stands in line: %u at once there now",
		    crowd_room(&job->guest));
	return false;
}

void
visit_crowd_count(struct job *job)
{
	uint64_t now = uv_now(job->run->loop);

	crowd_enter(&job->guest, now);
	job_limit(job, crowd_left(&job->guest, visit_connect_limit(job), now));
}

void
visit_crowd_pause(struct job *job)
{
	crowd_pause(&job->guest, uv_now(job->run->loop));
	job_limit(job, 0);
}

static void
again_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
stop_waiting(struct job *job)
{
	if (job->again != NULL)
		uv_close((uv_handle_t *)job->again, again_closed);
	job->again = NULL;
}

static void
try_again(uv_timer_t *timer)
{
	struct job *job = timer->data;

	stop_waiting(job);
	job_poke(job);
}

static void
wait_for(struct job *job, uint64_t ms)
{
	job->again = mem_zero(sizeof(*job->again));
	uv_timer_init(job->run->loop, job->again);
	job->again->data = job;
	uv_timer_start(job->again, try_again, ms, 0);
	job_limit(job, 0);	/* crowd_drop() has seen to it */
}

/* Is it ssh, telling of a drop by the host that it was to lead through? */
static bool
proxy_was_dropped(const char *words)
{
	static const char *const drops[] = {
		"kex_exchange_identification", "banner exchange",
		"Connection closed by ", "Connection reset by ",
	};

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++)
		if (strstr(words, drops[i]) != NULL)
			return true;
	return false;
}

/* Is it a drop, of what kind? */
static bool
is_drop(struct job *job, const char *words, unsigned *drop)
{
	bool full, proxied = job->conf->proxy_command != NULL &&
	    job_route(job) == NULL;

	if (!session_dropped(job->session, &full))
		return false;
	*drop = full ? CROWD_FULL : CROWD_CLOSED;
	if (proxied && session_received(job->session) == 0)
		return proxy_was_dropped(words);
	if (proxied)
		*drop |= CROWD_BEHIND;
	return true;
}

static char *
explain(struct job *job, const char *words)
{
	const char *said = session_said(job->session);
	unsigned tries = job->guest.drops;

	free(job->aside);
	job->aside = mem_print("dropped %u time%s before the login%s%s",
	    tries, tries == 1 ? "" : "s",
	    said != NULL ? "; the host said: " : "",
	    said != NULL ? said : "");
	return mem_print("%s during key exchange%s%s", words,
	    said != NULL ? "; it said: " : "", said != NULL ? said : "");
}

static void
hang_up(struct job *job)
{
	session_close(job->session, false);
	job->session = NULL;
	gate_leave(&job->run->handshakes, &job->pass);
}

enum step
visit_crowd_failed(struct job *job, int error,
    enum step (*connect)(struct job *))
{
	char *words = session_words(job->session, error), *whole;
	unsigned drop;
	uint64_t wait = 0;
	enum step step = STEP_FAIL;

	if (is_drop(job, words, &drop))
		wait = crowd_drop(&job->guest, drop, visit_connect_limit(job),
		    uv_now(job->run->loop));
	whole = explain(job, words);
	free(words);
	if (wait > 0) {
		msg_chat(job->label, "%s; again in %.1f s", whole,
		    (double)wait / 1000);
		hang_up(job);
		wait_for(job, wait);
		step = job_again(job, connect);
	} else if (job->guest.drops > 1) {
		job_fail(job, ENDED_UNREACHED, "%s (%u tries)", whole,
		    job->guest.drops);
	} else {
		job_fail(job, ENDED_UNREACHED, "%s", whole);
	}
	free(whole);
	return step;
}

void
visit_crowd_welcome(struct job *job)
{
	crowd_welcome(&job->guest);
	free(job->aside);
	job->aside = NULL;
}

enum step
visit_crowd_return(struct job *job, enum step (*connect)(struct job *))
{
	msg_chat(job->label, "the host did not wait for the user: "
	    "connecting again");
	hang_up(job);
	crowd_return(&job->guest);
	return job_again(job, connect);
}

void
visit_crowd_leave(struct job *job)
{
	stop_waiting(job);
	crowd_leave(&job->guest);
}
