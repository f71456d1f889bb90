/* SPDX-License-Identifier: BSD-2-Clause */
/* Local commands. */
#ifndef CHILD_H
#define CHILD_H

#include <uv.h>

struct child;

struct child_wish {
	const char	*const *args;	/* the first is looked up in PATH */
	const char	*const *environ;	/* "NAME=VALUE"; NULL: ours */
	int		 in, out, err;	/* what it gets as 0, 1 and 2; the
					 * caller's; -1: nothing there */
	int		 extra;		/* FD + 1: it gets FD as 3 */
};

/* Run a program in a process group of its own.  It is given no descriptor
 * but these.  ENDED gets its exit status, or -1 if it could not be started or
 * died by a signal; it is never called before this returns, and ends the
 * child. */
struct child *child_start(uv_loop_t *, const struct child_wish *,
	    void (*ended)(void *context, int status), void *context);

/* Run COMMAND through the user's shell with no input and its output thrown
 * away, as `Match exec` does (ssh_config(5)). */
struct child *child_run(uv_loop_t *, const char *command,
	    void (*ended)(void *context, int status), void *context);

/* The shell that commands of the configuration are run by. */
const char *child_shell(void);

/* Kill it and its process group: ENDED will not be called.  NULL is ignored. */
void	 child_drop(struct child *);

/* Let go of it: ENDED will not be called, and it goes on as long as it likes,
 * unless SIGNAL, sent to its process group, ends it.  NULL is ignored. */
void	 child_leave(struct child *, int signal);

#endif
