/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of jump.h.  A route has lanes, each a login on the route's last
 * host; a lane carries passages, each a channel that leads to one host. */
#ifndef JUMP_PRIV_H
#define JUMP_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include <libssh2.h>
#include <uv.h>

#include "buf.h"
#include "jump.h"
#include "link.h"
#include "loop.h"
#include "ring.h"
#include "step.h"

struct job;
struct lane;
struct sshconf;

/* Hosts that a failure has cost are named in its message, so many of them. */
#define JUMP_NAMED 8

struct jumps {
	struct run	*run;
	struct sshconf	*sshconf;	/* as on the command line, less its
					 * options: these are for the hosts */
	struct route	*first;
	bool		 ending;
};

struct route {
	struct jumps	*jumps;
	char		*hops;		/* "a,b" */
	struct route	*through;	/* leads to its last hop, or NULL */
	struct ring	 waiting;	/* requests that are in no lane */
	unsigned	 waiting_count;
	struct ring	 lanes;
	unsigned	 lane_count;
	unsigned	 paused_count;	/* lanes that wait for the user */
	uv_timer_t	 timer;		/* looks for lanes that are stuck */
	uint64_t	 longest;	/* ms that an open has taken so far */
	bool		 was_stuck;
	bool		 worked;	/* somebody got through */
	unsigned	 failures;	/* logins in a row */
	char		*given_up;	/* why nobody can go this way */
	unsigned	 cost;		/* hosts not reached because of that */
	struct buf	 names;		/* some of them */
	struct route	*next;
};

struct lane {
	struct ring	 ring;		/* in lanes */
	struct route	*route;
	struct job	*job;
	bool		 ready;		/* logged in */
	bool		 stuck;		/* an open takes too long */
	bool		 leaving;	/* to be closed when it is empty */
	bool		 gone;		/* closed, or lost */
	bool		 paused;	/* waits for the user */
	unsigned	 room;		/* channels at most; 0: unknown */
	unsigned	 count;		/* of both that follow: */
	struct ring	 opening;	/* requests whose channel is on its way,
					 * in order */
	unsigned	 opening_count;
	uint64_t	 answered;	/* when the last answer came */
	uint64_t	 rests;		/* opens none until then */
	struct ring	 passages;	/* those that have theirs */
	uint64_t	 heard;		/* bytes when all were last told */
	int		 error;		/* libssh2's, of the session */
	unsigned	 lost_count;	/* hosts cut off at its end */
	struct buf	 lost;		/* some of them */
};

/* A request, and then what came of it. */
struct jump_request {
	struct link	 link;
	struct ring	 ring;		/* in route->waiting, lane->opening or
					 * lane->passages */
	struct route	*route;
	struct lane	*lane;		/* NULL: in none, or its lane is lost */
	struct jump_wish wish;
	bool		 wanted;	/* somebody waits for it */
	bool		 paused;	/* whose clocks stand still meanwhile */
	char		*host, *label;
	LIBSSH2_CHANNEL	*half;		/* on its way */
	uint64_t	 began;		/* to be opened */
	unsigned	 refusals;	/* for there were too many */
	LIBSSH2_CHANNEL	*channel;
	bool		 closed;	/* by us: the channel is to be freed */
	bool		 receive, send;	/* watched for now */
	char		*lost;		/* why its lane is, or NULL */
	struct later	 told;		/* of that */
};

/* How many channels can be on their way at once in a session: stock libssh2
 * keeps the state of an opening channel there. */
#ifdef HAVE_LIBSSH2_CHANNEL_OPEN_BEGIN
#define JUMP_OPENING_MOST 64
#else
#define JUMP_OPENING_MOST 1
#endif

/* Go on opening the request's channel: 0 when there is one, else libssh2's
 * error. */
int	 jump_open(struct jump_request *);

/* A lane's job: what it does once logged in.  job->op_state is the lane. */
extern const struct op jump_carry;

/* Something has changed: serve who waits, get another lane if need be. */
void	 jump_serve(struct route *);

/* The route of these hops. */
struct route *jump_route(struct jumps *, const char *hops);

/* Would the login that ASKER stands for wait for itself? */
bool	 jump_is_circle(struct route *, const struct job *asker);

/* A host is not reached because the route was given up. */
void	 jump_count_cost(struct route *, const char *label);

/* The lane is open for traffic. */
void	 jump_lane_ready(struct lane *);

/* Have the lane's job look at what there is to do. */
void	 jump_wake(struct lane *);

/* The next request for a lane of this route, taken out of line, or NULL. */
struct jump_request *jump_next(struct route *);

/* Let the clock of who waits for it stand still, or go on. */
void	 jump_pause(struct jump_request *, bool pause);

/* Put the request back to the head of the line. */
void	 jump_put_back(struct jump_request *);

/* The request has a channel. */
void	 jump_opened(struct jump_request *);

/* It cannot have one, for this reason.  Frees it. */
void	 jump_refused(struct jump_request *, const char *words);

/* Its lane is gone, for this reason. */
void	 jump_lost(struct jump_request *, const char *words);

/* Take it out of its lane and free it. */
void	 jump_forget(struct jump_request *);

/* May it be read from or written to, and does somebody wait for that?  Then
 * tell. */
void	 jump_tell(struct jump_request *);

extern const struct link_ops jump_ops;

#endif
