/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_exec.h. */
#ifndef OP_EXEC_STATE_H
#define OP_EXEC_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libssh2.h>

#include "sink.h"
#include "step.h"
#include "terminal.h"

struct forward;
struct job;
struct sweep;

struct exec {
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

/* ERROR was libssh2's answer: wait if it would block, else the connection is
 * lost or the server refused. */
enum step op_exec_not_yet(struct job *, int error, const char *what);

/* The steps up to where the command runs. */
enum step op_exec_open(struct job *);
enum step op_exec_agent(struct job *);
enum step op_exec_terminal(struct job *);
enum step op_exec_environment(struct job *);
enum step op_exec_start(struct job *);

/* Tell the terminal there if the size of ours has changed. */
void	 op_exec_resize(struct exec *);

/* See step.h.  From then on op_exec_pursue() is to be called whenever there
 * may be something new from the host. */
uint64_t op_exec_stop(struct job *);
void	 op_exec_pursue(struct job *);

/* Has the host told how the command ended? */
bool	 op_exec_told(struct job *);

#endif
