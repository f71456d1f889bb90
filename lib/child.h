/* SPDX-License-Identifier: BSD-2-Clause */
/* Local commands, run through the user's shell. */
#ifndef CHILD_H
#define CHILD_H

#include <uv.h>

struct child;

/* Run COMMAND with no input and its output thrown away, as `Match exec` does
 * (ssh_config(5)).  ENDED gets its exit status, or -1 if it could not be
 * started or died by a signal; it is never called before this returns, and
 * ends the child. */
struct child *child_run(uv_loop_t *, const char *command,
	    void (*ended)(void *context, int status), void *context);

/* Kill it and its process group: ENDED will not be called.  NULL is ignored. */
void	 child_drop(struct child *);

#endif
