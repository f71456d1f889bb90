/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a descriptor of whatever kind (terminal, pipe, socket, file) from
 * the loop, a piece at a time, leaving its flags as they are. */
#ifndef INLET_H
#define INLET_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

struct inlet;

/* Read FD, which stays the caller's.  RECEIVE gets each piece, then once LEN 0
 * at the end with an errno, or 0 if it was the true end; it is never called
 * before this returns. */
struct inlet *inlet_open(uv_loop_t *, int fd, void (*receive)(void *context,
	    const char *data, size_t len, int error), void *context);

/* Hold it back for a while (true), or let it flow again. */
void	 inlet_hold(struct inlet *, bool hold);

/* NULL is ignored.  May be called from RECEIVE. */
void	 inlet_close(struct inlet *);

#endif
