/* SPDX-License-Identifier: BSD-2-Clause */
/* The size of the user's terminal, for terminals on hosts. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <uv.h>

#include "ring.h"

struct terminal_size {
	int	 columns, rows;
};

/* That of the standard input, output or error, whichever is a terminal first,
 * or of the one that controls us; 80x24 if there is none or it has no size. */
struct terminal_size terminal_size(void);

struct terminal_watch {		/* embedded in whoever wants to know */
	struct ring	 ring;
	void		(*call)(void *context);
	void		*context;
};

/* Call WATCH->call when the size has changed. */
void	 terminal_watch(uv_loop_t *, struct terminal_watch *watch);

/* No more; nothing happens if it was not watching and is { 0 }. */
void	 terminal_unwatch(struct terminal_watch *watch);

#endif
