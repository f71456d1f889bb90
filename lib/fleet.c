/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Targets come from the host list into a queue, and from its front on their
 * visits as soon as a place is free.  A visit that has ended goes to the
 * report, which is told to the user in the order of ending.
 *
 * The end comes when the list has ended and the queue and all places are
 * empty; earlier when the user interrupts (what runs is ended and told of,
 * what waits is told of as cancelled), or when nobody reads our output.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fleet.h"
#include "hostlist.h"
#include "input.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "outdir.h"
#include "password.h"
#include "plan.h"
#include "report.h"
#include "run.h"
#include "target.h"
#include "window.h"

#define QUEUE_ENOUGH 4096	/* targets that wait: the list is held back */

struct waiting {
	struct target	*target;
	struct waiting	*next;
};

struct fleet {
	struct run	 run;
	struct report	*report;
	struct hostlist	*list;
	struct input	*input;
	struct waiting	*queue, **queue_end;
	unsigned	 queued, active, listed;
	struct job	*jobs;		/* the active ones */
	struct tally	 tally;
	struct later	 more;		/* fills free places */
	int		 stopped_by;	/* a signal, or 0 */
	bool		 trouble;	/* our own: exit status 1 */
};

static void	 fill(struct fleet *);

static void
update_progress(struct fleet *fleet)
{
	struct progress_counts counts = {
		.done = fleet->tally.total,
		.well = fleet->tally.count[ENDED_WELL],
		.running = fleet->active,
		.total = hostlist_is_open(fleet->list) ? 0 : fleet->listed,
	};

	run_count(&fleet->run, &counts);
	report_progress(fleet->report, &counts);
}

static void
written(struct job *job)
{
	struct fleet *fleet = job->owner;

	job_free(job);
	fill(fleet);
}

static void
tell(struct fleet *fleet, struct job *job)
{
	tally_add(&fleet->tally, &job->result);
	run_settle(&fleet->run, job);
	update_progress(fleet);
	report_visit(fleet->report, job, written);
}

static void
job_done(struct job *job)
{
	struct fleet *fleet = job->owner;

	fleet->active--;
	if (job->next != NULL)
		job->next->previous = job->previous;
	*(job->previous != NULL ? &job->previous->next : &fleet->jobs) =
	    job->next;
	tell(fleet, job);
	fill(fleet);
}

static struct job *
next_job(struct fleet *fleet)
{
	struct waiting *waiting = fleet->queue;
	struct job *job = job_new(&fleet->run, waiting->target);

	fleet->queue = waiting->next;
	if (fleet->queue == NULL)
		fleet->queue_end = &fleet->queue;
	fleet->queued--;
	free(waiting);
	job->owner = fleet;
	job->done = job_done;
	return job;
}

/* How many hosts may be at work at once, as far as can be known. */
static unsigned long
most_at_once(const struct fleet *fleet)
{
	unsigned long places = (unsigned long)fleet->run.plan->par;

	return hostlist_is_open(fleet->list) || fleet->listed > places ?
	    places : fleet->listed;
}

static void
start(struct fleet *fleet)
{
	const struct plan *plan = fleet->run.plan;
	struct job *job = next_job(fleet);

	job->out_file = outdir_name(plan->outdir, job->label);
	job->err_file = outdir_name(plan->errdir, job->label);
	job->local_name = outdir_name(plan->localdir, job->label);
	job->previous = NULL;
	job->next = fleet->jobs;
	if (fleet->jobs != NULL)
		fleet->jobs->previous = job;
	fleet->jobs = job;
	fleet->active++;
	job_start(job);
}

static void
fill(struct fleet *fleet)
{
	unsigned long places = (unsigned long)fleet->run.plan->par;

	fleet->run.node_count = hostlist_is_open(fleet->list) ? 0 :
	    fleet->listed;
	fleet->run.window = window_share(most_at_once(fleet),
	    fleet->run.plan->localdir != NULL);
	/* Output that waits for its reader holds files open too. */
	while (fleet->queue != NULL && fleet->stopped_by == 0 &&
	    fleet->active + report_backlog(fleet->report) < places)
		start(fleet);
	hostlist_hold(fleet->list, fleet->queued >= QUEUE_ENOUGH);
	if (fleet->active == 0 && fleet->queue == NULL &&
	    (!hostlist_is_open(fleet->list) || fleet->stopped_by != 0)) {
		input_stop(fleet->input);
		run_drain(&fleet->run);
	}
	update_progress(fleet);
}

static void
fill_later(void *context)
{
	fill(context);
}

static void
receive_target(void *context, struct target *target)
{
	struct fleet *fleet = context;
	struct waiting *waiting = mem_zero(sizeof(*waiting));

	target->number = fleet->listed++;
	waiting->target = target;
	*fleet->queue_end = waiting;
	fleet->queue_end = &waiting->next;
	fleet->queued++;
	loop_later(fleet->run.loop, &fleet->more);
}

static void
list_ended(void *context)
{
	struct fleet *fleet = context;

	loop_later(fleet->run.loop, &fleet->more);
}

static void
cancel_waiting(struct fleet *fleet)
{
	while (fleet->queue != NULL) {
		struct job *job = next_job(fleet);

		job_fail(job, ENDED_CANCELLED, NULL);
		tell(fleet, job);
	}
}

/* Ends what runs and cancels what waits; STOPPED_BY decides the exit status. */
static void
stop(struct fleet *fleet, int stopped_by)
{
	fleet->stopped_by = stopped_by;
	hostlist_stop(fleet->list);
	input_stop(fleet->input);
	for (struct job *job = fleet->jobs, *next; job != NULL; job = next) {
		next = job->next;
		job_stop(job, ENDED_INTERRUPTED, NULL);
	}
	cancel_waiting(fleet);
}

static void
got_signal(void *context, int number)
{
	struct fleet *fleet = context;

	if (fleet->stopped_by == 0) {
		stop(fleet, number);
		return;
	}
	for (struct job *job = fleet->jobs; job != NULL; job = job->next)
		report_abandoned(fleet->report, job);
	msg_warn("leaving now: %u host%s may still be at work", fleet->active,
	    fleet->active == 1 ? "" : "s");
	report_leave(fleet->report);
	_exit(128 + number);
}

static void
output_broken(void *context, int error)
{
	struct fleet *fleet = context;

	if (error != EPIPE) {
		msg_warn("cannot write to stdout: %s", strerror(error));
		fleet->trouble = true;
	}
	if (fleet->stopped_by == 0)
		stop(fleet, SIGPIPE);
}

static void
input_grew(void *context, int error)
{
	struct fleet *fleet = context;

	fleet->run.input_ended = input_ended(fleet->input);
	if (error != 0) {
		msg_warn("cannot read or keep the input: %s", strerror(error));
		fleet->trouble = true;
		stop(fleet, SIGPIPE);
		return;
	}
	for (struct job *job = fleet->jobs, *next; job != NULL; job = next) {
		next = job->next;
		job_poke(job);
	}
}

/* NULL when all is there to begin, or why it is not, in fresh memory. */
static char *
prepare(struct fleet *fleet)
{
	struct run *run = &fleet->run;
	const struct plan *plan = run->plan;
	char *why = NULL;

	fleet->list = hostlist_open(run->loop, plan, receive_target,
	    list_ended, fleet, &why);
	if (fleet->list == NULL)
		return why;
	if (plan->input_text != NULL)
		fleet->input = input_of_text(plan->input_text);
	else if (plan->send_input || plan->input != NULL)
		fleet->input = input_open(run->loop, plan->input, input_grew,
		    fleet, &why);
	if (fleet->input != NULL) {
		run->input = input_spool(fleet->input);
		run->input_ended = input_ended(fleet->input);
	}
	return why;
}

static void
hold_report(void *context, bool taken)
{
	struct fleet *fleet = context;

	if (fleet->report != NULL)
		report_hold(fleet->report, taken);
}

/* Once nobody will log in any more. */
static void
forget_password(void *context)
{
	struct fleet *fleet = context;

	if (password_get(fleet->run.passwords) == NULL ||
	    hostlist_is_open(fleet->list) || fleet->queue != NULL)
		return;
	for (struct job *job = fleet->jobs; job != NULL; job = job->next) {
		if (job->op == fleet->run.entry && !job->leaving)
			return;
	}
	passwords_forget(fleet->run.passwords);
}

/* What is only wanted once the host list could be opened.  NULL, or why that
 * is in vain, in fresh memory. */
static char *
open_up(struct fleet *fleet)
{
	struct run *run = &fleet->run;
	char *why = run_ask(run, hold_report, fleet);

	if (why != NULL)
		return why;
	loop_before_wait(run->loop, forget_password, fleet);
	fleet->report = report_new(run->loop, run->plan, output_broken, fleet);
	run->sinks = report_sinks(fleet->report);
	loop_signals(run->loop, got_signal, fleet);
	hostlist_start(fleet->list);
	fill(fleet);
	return NULL;
}

static void
end(struct fleet *fleet)
{
	if (fleet->report != NULL)
		report_close(fleet->report);
	fleet->report = NULL;
	loop_forget(fleet->run.loop, &fleet->more);
	hostlist_free(fleet->list);
	input_free(fleet->input);
	run_end(&fleet->run);
}

static int
exit_status(const struct fleet *fleet)
{
	if (fleet->active > 0)
		msg_warn("%u hosts were forgotten: please report this",
		    fleet->active);
	if ((fleet->stopped_by == 0 || fleet->stopped_by == SIGPIPE) &&
	    (fleet->trouble || fleet->active > 0 ||
	    hostlist_failed(fleet->list) || report_failed(fleet->report)))
		return 1;
	if (fleet->stopped_by == 0 && fleet->listed == 0 &&
	    !fleet->run.plan->allow_empty) {
		msg_warn("no hosts: nothing was done "
		    "(--allow-empty makes that no error)");
		return 1;
	}
	return tally_exit_status(&fleet->tally, fleet->run.plan->copies,
	    fleet->stopped_by);
}

int
fleet_run(const struct plan *plan)
{
	struct fleet fleet = { .stopped_by = 0 };
	char *why;
	int status;

	fleet.queue_end = &fleet.queue;
	fleet.more = (struct later){ .call = fill_later, .context = &fleet };
	run_begin(&fleet.run, plan);
	why = prepare(&fleet);
	if (why == NULL)
		why = open_up(&fleet);
	if (why != NULL) {
		msg_warn("%s", why);
		free(why);
		end(&fleet);
		return 1;
	}
	uv_run(fleet.run.loop, UV_RUN_DEFAULT);
	if (fleet.listed > 0)
		report_summary(fleet.report, &fleet.tally);
	/* A reader may be slow, or gone, and the user tired of waiting. */
	report_flush(fleet.report);
	uv_run(fleet.run.loop, UV_RUN_DEFAULT);
	status = exit_status(&fleet);
	end(&fleet);
	if (fleet.stopped_by == SIGPIPE && !fleet.trouble)
		loop_die_of_pipe();
	return status;
}
