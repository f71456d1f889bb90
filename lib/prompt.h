/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the user, one at a time, on the terminal. */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>

#include <uv.h>

struct prompts;		/* the run's questions */
struct prompt;		/* one of them */

/* AROUND is told when the terminal is taken for a question (true) and given
 * back (false), so that nothing else is drawn meanwhile. */
struct prompts *prompts_new(uv_loop_t *,
	    void (*around)(void *context, bool taken), void *context);
void	 prompts_free(struct prompts *);

/* Is there somebody to ask: a terminal that is ours, with stderr on it? */
bool	 prompts_possible(const struct prompts *);

/* Ask QUESTION, when it is its turn.  TURN is called just before that: it may
 * find that the question has been answered meanwhile and drop it.  ANSWERED
 * gets the line without its newline, or NULL if there was none, and ends the
 * prompt.  Neither is called before this returns. */
struct prompt *prompt_ask(struct prompts *, const char *question,
	    void (*turn)(void *context),
	    void (*answered)(void *context, const char *line), void *context);

/* Take the question back: ANSWERED will not be called.  NULL is ignored. */
void	 prompt_drop(struct prompt *);

#endif
