/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing to stdout and stderr without blocking: what is written in a turn is
 * gathered and goes out at its end; a reader that is slow is told of, so that
 * whoever produces can wait. */
#ifndef SINK_H
#define SINK_H

#include <stdbool.h>
#include <stddef.h>

#include <uv.h>

struct sink;

/* To be called once when a full sink has room again; embedded in whoever
 * waits.  { 0 } is an idle one. */
struct sink_waiter {
	void		(*call)(void *context);
	void		*context;
	struct sink	*sink;		/* NULL when not waiting */
	struct sink_waiter *next, **link;
};

/* BROKEN is called once when FD cannot be written to any more, in the turn
 * after the one in which that showed: errno is passed, EPIPE when the reader
 * went away.  Once sink_close() was called it is not. */
struct sink *sink_open(uv_loop_t *, int fd, void (*broken)(void *context,
	    int error), void *context);

/* Have BEGIN called each time something is written while nothing waited: it
 * may write to this sink first.  NULL for none. */
void	 sink_on_begin(struct sink *, void (*begin)(void *context),
	    void *context);

/* Take the LEN bytes at DATA; always succeeds.  A broken sink forgets them. */
void	 sink_write(struct sink *, const void *data, size_t len);

/* More waits than a producer should add to. */
bool	 sink_full(const struct sink *);
void	 sink_wait(struct sink *, struct sink_waiter *);
void	 sink_unwait(struct sink_waiter *);

/* Write what can be written now. */
void	 sink_flush(struct sink *);

/* Keep what is written waiting, if this is a terminal, until it is let go
 * again: a question stands there. */
void	 sink_hold(struct sink *, bool hold);

/* Is something waiting to be written? */
bool	 sink_busy(const struct sink *);
bool	 sink_is_terminal(const struct sink *);

/* The last thing written ended a line (so does nothing at all). */
bool	 sink_at_line_start(const struct sink *);

/* Write the rest, waiting for as long as it takes, then free the sink. */
void	 sink_close(struct sink *);

#endif
