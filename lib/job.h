/* SPDX-License-Identifier: BSD-2-Clause */
/* One host's visit: the steps that lead to a login, then those of what is to
 * be done there, and the clock over both. */
#ifndef JOB_H
#define JOB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "crowd.h"
#include "gate.h"
#include "loop.h"
#include "result.h"
#include "step.h"

struct child;
struct dial;
struct hostconf;
struct jump_request;
struct jumps;
struct login;
struct output;
struct output_sinks;
struct passwords;
struct prompt;
struct plan;
struct session;
struct sshconf;
struct sshconf_query;
struct target;
struct turns;
struct unlocks;

/* What all visits of a run share; it outlives them. */
struct run {
	uv_loop_t	*loop;
	const struct plan *plan;
	const struct op	*entry;		/* how to get in; then plan->op */
	struct hostkeys	*hostkeys;	/* the run's known_hosts */
	struct keyring	*keyring;	/* its private key files */
	struct agents	*agents;
	bool		 told_to_touch;	/* a security key */
	struct turns	*turns;		/* for signatures that take long */
	struct unlocks	*unlocks;	/* keys that had a passphrase */
	struct passwords *passwords;	/* what -A asked for */
	struct crowds	*crowds;	/* servers that take few at once */
	struct jumps	*jumps;		/* logins that others go through */
	struct gate	 handshakes;	/* how many at once */
	struct prompts	*prompts;	/* questions to the user */
	const struct output_sinks *sinks;
	struct spool	*input;		/* what -I sends, or NULL */
	bool		 input_ended;	/* all of it is there */
	unsigned	 node_count;	/* hosts in the list, 0: not known */
	uint32_t	 window;	/* bytes a channel may have in flight */
	uint64_t	 moved;		/* by commands' streams, either way */
	uint64_t	 given_up;	/* of plan->each, by failed hosts */
};

struct job {
	struct run	*run;
	struct target	*target;
	const struct op	*then;		/* after the login: plan->op */
	const struct sshconf *sshconf;	/* plan->sshconf */
	bool		 hop;		/* only for others to go through: no
					 * output, and not in the report */
	char		*via;		/* ProxyJump, whatever sshconf says */
	char		*label;		/* its name in reports */
	char		*out_file, *err_file;	/* and in output directories */
	char		*local_name;	/* and in plan->localdir */
	struct hostconf	*conf;		/* from the first step on */
	struct session	*session;	/* from the second step on */
	struct output	*output;
	struct result	 result;

	/* The steps' own, NULL when not in use. */
	struct sshconf_query *query;
	struct child	*child;
	struct dial	*dial;
	struct jump_request *jump;
	struct prompt	*prompt;
	struct login	*login;
	void		*op_state;

	/* Where it is. */
	const struct op	*op;		/* run->entry, or then */
	const struct step_entry *step;
	char		*aside;		/* more on it for messages, or NULL */
	char		*shut;		/* why job_instead(), or NULL */
	bool		 ended;		/* the result stands */
	bool		 stopping;	/* and the remote side is being told */
	bool		 leaving;	/* only handles are left to close */
	bool		 running, poked;
	uv_timer_t	 clock;
	uint64_t	 visit_ends, step_ends;	/* ms; 0: never */
	uint64_t	 step_limit;	/* ms, as last set; 0: none */
	uint64_t	 visit_left;	/* ms, while the clocks stand still */
	unsigned	 pauses;	/* why they do, counted */
	bool		 said_yes;	/* to the host's key */
	bool		 rested;	/* the clocks stood still for a time */
	bool		 unsafe;	/* the key had changed, and went: no
					 * secrets, no agent to this host */
	struct later	 later;

	struct gate_pass pass;		/* to exchange keys and log in */
	struct crowd_guest guest;	/* of the server */
	uv_timer_t	*again;		/* until it may try again, or NULL */

	/* Whoever started it. */
	void		(*done)(struct job *);
	void		(*paused)(struct job *, bool);	/* or NULL */
	void		*owner;
	struct job	*next, *previous;
};

/* The hosts that lead there, as ProxyJump has them, or NULL.  Once it is
 * configured. */
const char *job_route(const struct job *);

/* A visit to TARGET, which is the job's from here on.  Nothing happens until
 * job_start(), and until then what was taken from the plan may be changed. */
struct job *job_new(struct run *, struct target *);

/* Begin.  job->done is called once, never before this returns; the job is then
 * the caller's again, to be freed. */
void	 job_start(struct job *);

/* Something may have changed: run the steps.  Free to call, even from steps.*/
void	 job_poke(struct job *);

/* The same as a callback: CONTEXT is the job. */
void	 job_poke_context(void *context);

/* The same in the loop's next turn: who leaves a gate may be in the middle of
 * a step, or one of many that leave together, each letting in the next. */
void	 job_poke_later(void *context);

/* Record how the visit ended and why (NULL: nothing to add), in words that
 * follow the host's name.  What was recorded first stands.  Returns STEP_FAIL,
 * for steps to return. */
enum step job_fail(struct job *, enum ending, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/* Go back to the step of the same table that runs RUN, in the same turn.
 * Returns STEP_AGAIN, for steps to return. */
enum step job_again(struct job *, enum step (*run)(struct job *));

/* Do OTHER in place of what the job does, from its first step on, since that
 * is not possible; WHY is taken over.  Returns STEP_AGAIN, for steps to
 * return. */
enum step job_instead(struct job *, const struct op *other, char *why);

/* End the visit for the reason given; WORDS, NULL for the name of the present
 * step, say more.  What runs on the host is asked to stop first, for a bounded
 * time. */
void	 job_stop(struct job *, enum ending, const char *words);

/* The step's own limit, in ms from now; 0 takes it off. */
void	 job_limit(struct job *, uint64_t ms);

/* Stop the clocks while the user is thinking; go on with them, the step's
 * anew and the visit's from where it stood, when that has been asked for as
 * often.  job->paused is told of both. */
void	 job_pause(struct job *);
void	 job_resume(struct job *);

void	 job_free(struct job *);

#endif
