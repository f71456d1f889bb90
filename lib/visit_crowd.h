/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a visit that has to do with servers that take few connections at
 * once (crowd.h): waiting for a turn, and connecting again after a drop.  It
 * owns the clock of all that comes before the login. */
#ifndef VISIT_CROWD_H
#define VISIT_CROWD_H

#include <stdbool.h>

#include "step.h"

struct job;

/* May it connect now?  If not the job is poked when it may. */
bool	 visit_crowd_enter(struct job *);

/* The connect limit counts from here on, or goes on counting. */
void	 visit_crowd_count(struct job *);

/* It waits for something that is not the host's fault: no limit. */
void	 visit_crowd_pause(struct job *);

/* Exchanging keys failed with ERROR, of libssh2.  Connect again if that may
 * help, by going back to the step CONNECT; else the visit has failed. */
enum step visit_crowd_failed(struct job *, int error,
	    enum step (*connect)(struct job *));

/* Keys have been exchanged. */
void	 visit_crowd_welcome(struct job *);

/* The user was asked for so long that the host has hung up: connect again. */
enum step visit_crowd_return(struct job *,
	    enum step (*connect)(struct job *));

/* It is logged in, or its visit is over. */
void	 visit_crowd_leave(struct job *);

#endif
