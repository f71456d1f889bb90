/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the user, one at a time: on the terminal, or through the
 * program that SSH_ASKPASS names, each where ssh(1) would. */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>

#include <uv.h>

struct prompts;		/* the run's questions */
struct prompt;		/* one of them */
struct secret;

enum prompt_kind {
	PROMPT_CONFIRM,		/* yes or no, in letters */
	PROMPT_TEXT,		/* something that may be seen */
	PROMPT_SECRET,		/* typed unseen */
};

/* AROUND is told when the terminal is taken for a question (true) and given
 * back (false), so that nothing else is drawn meanwhile. */
struct prompts *prompts_new(uv_loop_t *,
	    void (*around)(void *context, bool taken), void *context);
void	 prompts_free(struct prompts *);

/* Is there somebody to ask: a terminal that is ours, or SSH_ASKPASS where that
 * may be used? */
bool	 prompts_possible(const struct prompts *);

/* Ask QUESTION, when it is its turn.  TURN is called just before that: it may
 * find that the question has been answered meanwhile and drop it.  ANSWERED
 * gets the line without its newline, which is overwritten afterwards, or NULL
 * if there was none, and ends the prompt.  Neither is called before this
 * returns. */
struct prompt *prompt_ask(struct prompts *, enum prompt_kind,
	    const char *question, void (*turn)(void *context),
	    void (*answered)(void *context, const char *line), void *context);

/* Take the question back: ANSWERED will not be called.  NULL is ignored. */
void	 prompt_drop(struct prompt *);

enum prompt_outcome {
	PROMPT_ANSWERED,
	PROMPT_NOT_ANSWERED,
	PROMPT_SIGNALLED,	/* a signal came that ends the run */
};

/* Ask QUESTION and wait for the answer, which is added to ANSWER: all else
 * stands still, so only for where nothing else is going on.  No other question
 * may be on the terminal.  A signal has its usual effect, once the loop goes
 * on if that catches it. */
enum prompt_outcome prompt_ask_now(struct prompts *, enum prompt_kind,
	    const char *question, struct secret *answer);

#endif
