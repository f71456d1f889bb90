/* SPDX-License-Identifier: BSD-2-Clause */
/* When an inherited descriptor can be read or written, without changing its
 * flags: O_NONBLOCK would leak to the shell and everyone else who shares the
 * terminal or pipe, and would stay there if we are killed. */
#ifndef READY_H
#define READY_H

#include <stdbool.h>

#include <uv.h>

struct ready;

/* Watch FD for EVENT (UV_READABLE or UV_WRITABLE); CALL is called in each turn
 * in which it is so, never before this returns.  Not listening at first.  NULL
 * if FD cannot be waited for, as a regular file: it is always ready then. */
struct ready *ready_new(uv_loop_t *, int fd, int event,
	    void (*call)(void *context), void *context);

/* Listen, which keeps the loop alive, or do not. */
void	 ready_listen(struct ready *, bool listen);

void	 ready_free(struct ready *);

#endif
