/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_exec.h. */
#ifndef OP_EXEC_STATE_H
#define OP_EXEC_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libssh2.h>

#include "ends.h"
#include "sink.h"
#include "step.h"
#include "terminal.h"

struct forward;
struct job;
struct sweep;

struct exec {
	struct ends	 ends;
	void		*state;		/* of the ends */
	const char	*command;	/* NULL: the login shell */
	const struct op	*instead;	/* if none can be run, or NULL */
	LIBSSH2_CHANNEL	*channel;
	struct forward	*forward;	/* of our agent, or NULL */
	char		**environ;	/* "NAME=VALUE" to offer */
	size_t		 offered;
	bool		 started;	/* something runs there */
	uint64_t	 input_at;
	bool		 input_over;	/* nothing more is to be sent */
	bool		 eof_sent;
	bool		 dropping;	/* output, from here on */
	size_t		 piece;		/* read at a time */
	unsigned long	 widen;		/* the window, by so much, is being
					 * asked for */
	struct sink_waiter waiter;
	struct terminal_watch watch;	/* of ours, if it has one */
	bool		 resized;	/* ours, and it has not been told */

	/* Ending it (op_exec_stop.c). */
	size_t		 way;		/* tried next */
	bool		 ended_itself;	/* before any was */
	unsigned	 signals_due, signals_sent;
	struct sweep	*sweep;		/* while it is going on */
	bool		 closing;	/* we do not wait for its output */
	bool		 held;		/* which others held then */
};

/* A plain command's, but for what OWN, which may be NULL, has. */
struct ends op_exec_ends(const struct ends *own);

/* Make job->op_state, to run COMMAND, lent, between these ENDS, which may be
 * NULL; free it.  The ends' STATE is the caller's. */
struct exec *op_exec_new(struct job *, const char *command,
	    const struct ends *, void *state);
void	 op_exec_free(struct job *);

/* ERROR was libssh2's answer: wait if it would block, else the connection is
 * lost or the server refused. */
enum step op_exec_not_yet(struct job *, int error, const char *what);

/* The steps up to where the command runs. */
enum step op_exec_open(struct job *);
enum step op_exec_agent(struct job *);
enum step op_exec_terminal(struct job *);
enum step op_exec_environment(struct job *);
enum step op_exec_start(struct job *);

/* The steps while it runs. */
enum step op_exec_copy(struct job *);
enum step op_exec_close(struct job *);
enum step op_exec_learn(struct job *);	/* how it ended */

/* Has a signal ended it?  Then that is recorded. */
bool	 op_exec_killed(struct job *);

/* The same, where it may be that commands are not run at all: if it has failed
 * without having SPOKEN for itself, which it does before it changes anything,
 * exec->instead is done. */
enum step op_exec_learn_or(struct job *, bool spoken);

/* The server will not run it. */
enum step op_exec_refused(struct job *);

/* Tell the terminal there if the size of ours has changed. */
void	 op_exec_resize(struct exec *);

/* See step.h.  From then on op_exec_pursue() is to be called whenever there
 * may be something new from the host. */
uint64_t op_exec_stop(struct job *);
void	 op_exec_pursue(struct job *);

/* Has the host told how the command ended? */
bool	 op_exec_told(struct job *);

#endif
