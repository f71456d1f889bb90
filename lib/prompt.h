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

/* Ask QUESTION, when it is its turn.  ANSWERED gets the line without its
 * newline, or NULL if there was none; it is never called before this returns,
 * and ends the prompt. */
struct prompt *prompt_ask(struct prompts *, const char *question,
	    void (*answered)(void *context, const char *line), void *context);

/* Take the question back: ANSWERED will not be called.  NULL is ignored. */
void	 prompt_drop(struct prompt *);

#endif
