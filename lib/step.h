/* SPDX-License-Identifier: BSD-2-Clause */
/* A visit is an ordered table of named steps.  A step never blocks, never
 * loops waiting and never frees the job; one that waits is called again from
 * its first line.  Whatever might have changed something pokes the job, so a
 * step must not mind being called for nothing. */
#ifndef STEP_H
#define STEP_H

#include <stdint.h>

struct job;

enum step {
	STEP_NEXT,	/* finished: go on with the next step */
	STEP_WAIT,	/* nothing more to do until the job is poked */
	STEP_YIELD,	/* more to do, but let the other hosts have a turn */
	STEP_AGAIN,	/* job_again() has gone back to an earlier step */
	STEP_FAIL,	/* the visit is over: job_fail() has recorded why */
};

struct step_entry {
	const char	*name;	/* what the user sees: "during NAME" */
	enum step	(*run)(struct job *);
};

/* Something to do on a host: getting in, and then what we came for. */
struct op {
	/* Ends with an entry without a name. */
	const struct step_entry *steps;

	/* Make the state that the steps keep in the job.  NULL: there is
	 * none. */
	void	(*begin)(struct job *);

	/* The limit that a step set with job_limit() has passed: record what
	 * that means.  NULL: none of them sets one. */
	void	(*limit_passed)(struct job *);

	/* Ask the remote side to end its work, harder each time.  Returns how
	 * long it has, in ms, until the next time; the steps are run
	 * meanwhile, and may set another limit.  0: there is nothing (more) to
	 * ask; NULL: there never is. */
	uint64_t (*stop)(struct job *);

	/* Free the state: at any point, also before begin() or once more; the
	 * session may be dead. */
	void	(*let_go)(struct job *);
};

#endif
