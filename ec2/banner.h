/* SPDX-License-Identifier: BSD-2-Clause */
/* Many addresses waited for, all at once, until an SSH server greets there. */
#ifndef BANNER_H
#define BANNER_H

#include "http.h"

struct banner;

/* Ask ADDRESS once whether one greets within SECONDS; ANSWER is told, later,
 * and what was returned is no more then.  http_run() does the work. */
struct banner *banner_ask(struct http *, const char *address, int port,
	    long seconds, void (*answer)(void *context, bool greets),
	    void *context);

/* The answer is not wanted any more. */
void	 banner_drop(struct banner *);

#endif
