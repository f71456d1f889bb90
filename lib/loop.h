/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop's surroundings: work for the next turn, signals, the limit
 * on open files. */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

#include <uv.h>

/* Something to be called again in the loop's next turn; embedded in whatever
 * asks for it.  { 0 } is an idle one. */
struct later {
	void		(*call)(void *context);
	void		*context;
	struct later	*next;
	bool		 queued;
};

/* The run's one loop, ready for use. */
uv_loop_t *loop_open(void);

/* Call LATER->call in the next turn; asking twice is asking once. */
void	 loop_later(uv_loop_t *, struct later *);
void	 loop_forget(uv_loop_t *, struct later *);

/* Call CALL each time before the loop would wait: where what was gathered in
 * a turn is written out. */
void	 loop_before_wait(uv_loop_t *, void (*call)(void *context),
	    void *context);

/* Call HANDLER for each of SIGINT, SIGTERM, SIGHUP (unless it is ignored);
 * from here on SIGPIPE is ignored. */
void	 loop_signals(uv_loop_t *, void (*handler)(void *context, int signal),
	    void *context);

/* End as any program does that writes to a pipe which nobody reads. */
void	 loop_die_of_pipe(void);

/* Close what this module opened, run what is left to close and end the loop. */
void	 loop_close(uv_loop_t *);

/* Raise the soft limit on open files to the hard one; returns it. */
unsigned long loop_raise_files(void);

#endif
