/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A visit is made in steps: those that lead to a login, then those of what is
 * to be done there.  What can end it early: a step fails, the clock runs out,
 * the user says so.  Whatever it is, the result is recorded, the remote side is
 * asked to stop if it was begun, and job_let_go() undoes what there is.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>

#include "buf.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "output.h"
#include "plan.h"
#include "session.h"
#include "sshconf.h"
#include "target.h"

static void
clock_closed(uv_handle_t *handle)
{
	struct job *job = handle->data;

	job->done(job);
}

/* Undo whatever there is; the job is done when its last handle is closed. */
static void
job_let_go(struct job *job)
{
	bool polite = job->result.ending != ENDED_LOST;
	char *words;

	if (job->leaving)
		return;
	job->leaving = true;
	job->result.ended = uv_hrtime();
	if (job->op != job->run->entry)
		job->op->let_go(job);
	job->run->entry->let_go(job);
	session_close(job->session, polite);
	job->session = NULL;
	if (job->output != NULL) {
		words = output_end(job->output);
		if (words != NULL && job->result.ending <= ENDED_SIGNAL) {
			free(job->result.message);
			job->result.message = NULL;
			job->ended = false;
			job_fail(job, ENDED_LOCAL, "%s", words);
		}
		free(words);
		job->result.dropped = output_dropped(job->output);
	}
	gate_leave(&job->run->handshakes, &job->pass);
	loop_forget(job->run->loop, &job->later);
	uv_close((uv_handle_t *)&job->clock, clock_closed);
}

enum step
job_fail(struct job *job, enum ending ending, const char *format, ...)
{
	va_list args;

	if (job->ended)
		return STEP_FAIL;
	job->ended = true;
	job->result.ending = ending;
	job->result.step = job->step != NULL ? job->step->name : NULL;
	if (format != NULL) {
		struct buf words = { 0 };

		va_start(args, format);
		buf_vaddf(&words, format, args);
		va_end(args);
		job->result.message = buf_release(&words);
	}
	return STEP_FAIL;
}

static void	 clock_fired(uv_timer_t *);

/* Set the timer for whichever limit comes first. */
static void
arm(struct job *job)
{
	uint64_t first = job->visit_ends, now = uv_now(job->run->loop);

	if (job->stopping || first == 0 ||
	    (job->step_ends != 0 && job->step_ends < first))
		first = job->step_ends;
	/* Set for never it keeps the loop going all the same: what the job
	 * waits for may not (an agent, a host that has hung up). */
	uv_timer_start(&job->clock, clock_fired,
	    first == 0 ? UINT64_MAX : first > now ? first - now : 0, 0);
}

void
job_limit(struct job *job, uint64_t ms)
{
	job->step_limit = ms;
	job->step_ends = ms == 0 ? 0 : uv_now(job->run->loop) + ms;
	arm(job);
}

void
job_pause(struct job *job)
{
	uint64_t now = uv_now(job->run->loop);

	if (job->pauses++ > 0)
		return;
	job->visit_left = job->visit_ends > now ? job->visit_ends - now :
	    job->visit_ends != 0;
	job->visit_ends = job->step_ends = 0;
	arm(job);
	if (job->paused != NULL)
		job->paused(job, true);
}

void
job_resume(struct job *job)
{
	if (--job->pauses > 0)
		return;
	job->rested = true;
	if (job->visit_left > 0)
		job->visit_ends = uv_now(job->run->loop) + job->visit_left;
	job->visit_left = 0;
	if (job->step_limit > 0)
		job->step_ends = uv_now(job->run->loop) + job->step_limit;
	arm(job);
	if (job->paused != NULL)
		job->paused(job, false);
}

/* The remote side was asked to stop and has not: ask harder, or leave it. */
static void
press(struct job *job)
{
	uint64_t grace = job->op->stop != NULL ? job->op->stop(job) : 0;

	if (grace == 0) {
		job_let_go(job);
		return;
	}
	job_limit(job, grace);
	job_poke(job);
}

void
job_stop(struct job *job, enum ending ending, const char *words)
{
	if (job->stopping || job->leaving)
		return;
	if (words != NULL)
		job_fail(job, ending, "%s", words);
	else
		job_fail(job, ending, "during %s%s%s", job->step->name,
		    job->aside != NULL ? ", " : "",
		    job->aside != NULL ? job->aside : "");
	job->stopping = true;
	gate_leave(&job->run->handshakes, &job->pass);
	press(job);
}

static void
clock_fired(uv_timer_t *timer)
{
	struct job *job = timer->data;

	if (job->leaving)
		return;
	if (job->stopping) {
		press(job);
	} else if (job->visit_ends != 0 &&
	    uv_now(timer->loop) >= job->visit_ends) {
		job_stop(job, ENDED_TIMEOUT, NULL);
	} else {
		job->op->limit_passed(job);
		job_let_go(job);
	}
}

static void
enter(struct job *job, const struct step_entry *step)
{
	struct result *result = &job->result;

	job->step = step;
	msg_chat(job->label, "%s", step->name);
	if (result->step_count < RESULT_STEPS) {
		result->steps[result->step_count].name = step->name;
		result->steps[result->step_count++].began = uv_hrtime();
	}
}

static void
begin(struct job *job)
{
	if (job->op->begin != NULL)
		job->op->begin(job);
	enter(job, job->op->steps);
}

enum step
job_again(struct job *job, enum step (*run)(struct job *))
{
	struct result *result = &job->result;

	while (job->step->run != run)
		job->step--;
	/* It goes on since it was first begun; what came after it is void. */
	while (result->step_count > 0 &&
	    result->steps[result->step_count - 1].name != job->step->name)
		result->step_count--;
	return STEP_AGAIN;
}

enum step
job_instead(struct job *job, const struct op *other, char *why)
{
	free(job->shut);
	job->shut = why;
	job->op->let_go(job);
	job->op = other;
	job_limit(job, 0);
	begin(job);
	return STEP_AGAIN;
}

/* Go on to the next step.  False: there is none. */
static bool
advance(struct job *job)
{
	if (job->step[1].name != NULL) {
		enter(job, job->step + 1);
		return true;
	}
	if (job->op != job->run->entry)
		return false;
	job->op = job->then;
	job_limit(job, 0);
	gate_leave(&job->run->handshakes, &job->pass);
	if (job->conf->alive_interval > 0)
		session_keep_alive(job->session, job->conf->alive_interval,
		    job->conf->alive_count_max);
	begin(job);
	return true;
}

static void
take_steps(struct job *job)
{
	for (;;) {
		enum step step = job->step->run(job);

		/* Something in it has ended the visit. */
		if (job->leaving)
			return;
		switch (step) {
		case STEP_NEXT:
			if (advance(job))
				continue;
			job_let_go(job);
			return;
		case STEP_AGAIN:
			continue;
		case STEP_WAIT:
			return;
		case STEP_YIELD:
			loop_later(job->run->loop, &job->later);
			return;
		case STEP_FAIL:
			job_let_go(job);
			return;
		}
	}
}

void
job_poke(struct job *job)
{
	if (job->leaving)
		return;
	if (job->running) {
		job->poked = true;
		return;
	}
	job->running = true;
	do {
		job->poked = false;
		take_steps(job);
	} while (job->poked && !job->leaving);
	job->running = false;
	if (job->session != NULL)
		session_settle(job->session);
}

void
job_poke_context(void *context)
{
	job_poke(context);
}

void
job_poke_later(void *context)
{
	struct job *job = context;

	loop_later(job->run->loop, &job->later);
}

struct job *
job_new(struct run *run, struct target *target)
{
	struct job *job = mem_zero(sizeof(*job));

	job->run = run;
	job->target = target;
	job->op = run->entry;
	job->then = run->plan->op;
	job->sshconf = run->plan->sshconf;
	job->label = target_label(target, run->plan->user);
	job->later = (struct later){ .call = job_poke_context, .context = job };
	job->pass = (struct gate_pass){ .call = job_poke_later,
	    .context = job };
	return job;
}

const char *
job_route(const struct job *job)
{
	/* The hosts before this one in a route lead to it. */
	return job->via != NULL ? job->via : job->conf->proxy_jump;
}

/* NULL, or in fresh memory why there is no place for its output. */
static char *
open_output(struct job *job)
{
	job->output = output_new(job->run->plan, job->run->sinks,
	    job->target->host, job->out_file, job->err_file);
	return output_open(job->output);
}

void
job_start(struct job *job)
{
	const struct plan *plan = job->run->plan;
	char *words = NULL;

	uv_timer_init(job->run->loop, &job->clock);
	job->clock.data = job;
	if (plan->timeout > 0 && !job->hop)
		job->visit_ends = uv_now(job->run->loop) +
		    (uint64_t)plan->timeout * 1000;
	arm(job);
	if (!job->hop)
		words = open_output(job);
	if (words != NULL) {
		job_fail(job, ENDED_LOCAL, "%s", words);
		free(words);
		job_let_go(job);
		return;
	}
	begin(job);
	loop_later(job->run->loop, &job->later);
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	hostconf_free(job->conf);
	output_free(job->output);
	target_free(job->target);
	result_clear(&job->result);
	free(job->aside);
	free(job->shut);
	free(job->via);
	free(job->label);
	free(job->out_file);
	free(job->err_file);
	free(job->local_name);
	free(job);
}
