/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "inlet.h"
#include "loop.h"
#include "mem.h"
#include "prompt.h"

struct prompt {
	struct prompts	*prompts;
	char		*question;
	void		(*turn)(void *);
	void		(*answered)(void *, const char *);
	void		*context;
	struct prompt	*next;
};

struct prompts {
	uv_loop_t	*loop;
	void		(*around)(void *, bool);
	void		*context;
	int		 terminal;	/* /dev/tty, or -1 */
	struct prompt	*first, **last;	/* the first one is being asked */
	struct inlet	*inlet;		/* reads its answer */
	struct buf	 line;
	struct later	 later;
};

static void
forget_first(struct prompts *prompts)
{
	struct prompt *prompt = prompts->first;

	prompts->first = prompt->next;
	if (prompts->first == NULL)
		prompts->last = &prompts->first;
	free(prompt->question);
	free(prompt);
}

/* The first question's turn is over; the next one comes in the next turn. */
static void
give_terminal_back(struct prompts *prompts)
{
	inlet_close(prompts->inlet);
	prompts->inlet = NULL;
	buf_clear(&prompts->line);
	prompts->around(prompts->context, false);
	if (prompts->first->next != NULL)
		loop_later(prompts->loop, &prompts->later);
}

static void
answer(struct prompts *prompts, const char *line)
{
	struct prompt *prompt = prompts->first;
	char *copy = mem_dup(line);
	void (*answered)(void *, const char *) = prompt->answered;
	void *context = prompt->context;

	give_terminal_back(prompts);
	forget_first(prompts);
	answered(context, copy);
	free(copy);
}

static void
got_piece(void *context, const char *data, size_t len, int error)
{
	struct prompts *prompts = context;
	const char *newline = memchr(data, '\n', len);

	(void)error;
	buf_add(&prompts->line, data,
	    newline != NULL ? (size_t)(newline - data) : len);
	if (newline != NULL)
		answer(prompts, buf_text(&prompts->line));
	else if (len == 0)
		answer(prompts, NULL);
}

static void
ask_first(void *context)
{
	struct prompts *prompts = context;
	struct prompt *prompt = prompts->first;
	struct buf text = { 0 };
	ssize_t ignored;

	if (prompt == NULL || prompts->inlet != NULL)
		return;
	prompt->turn(prompt->context);
	if (prompts->first != prompt) {
		loop_later(prompts->loop, &prompts->later);
		return;
	}
	prompts->around(prompts->context, true);
	escape_add(&text, prompts->first->question,
	    strlen(prompts->first->question), "\n");
	buf_addc(&text, ' ');
	ignored = write(prompts->terminal, text.data, text.len);
	(void)ignored;
	buf_free(&text);
	prompts->inlet = inlet_open(prompts->loop, prompts->terminal,
	    got_piece, prompts);
}

struct prompts *
prompts_new(uv_loop_t *loop, void (*around)(void *context, bool taken),
    void *context)
{
	struct prompts *prompts = mem_zero(sizeof(*prompts));

	prompts->loop = loop;
	prompts->around = around;
	prompts->context = context;
	prompts->last = &prompts->first;
	prompts->later = (struct later){ .call = ask_first,
	    .context = prompts };
	prompts->terminal = isatty(STDERR_FILENO) ?
	    open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	return prompts;
}

bool
prompts_possible(const struct prompts *prompts)
{
	/* In the background a read would stop us. */
	return prompts->terminal >= 0 &&
	    tcgetpgrp(prompts->terminal) == getpgrp();
}

struct prompt *
prompt_ask(struct prompts *prompts, const char *question,
    void (*turn)(void *context),
    void (*answered)(void *context, const char *line), void *context)
{
	struct prompt *prompt = mem_zero(sizeof(*prompt));

	prompt->prompts = prompts;
	prompt->question = mem_dup(question);
	prompt->turn = turn;
	prompt->answered = answered;
	prompt->context = context;
	*prompts->last = prompt;
	prompts->last = &prompt->next;
	loop_later(prompts->loop, &prompts->later);
	return prompt;
}

void
prompt_drop(struct prompt *prompt)
{
	struct prompts *prompts;
	struct prompt **at;

	if (prompt == NULL)
		return;
	prompts = prompt->prompts;
	if (prompts->first == prompt) {
		if (prompts->inlet != NULL) {
			ssize_t ignored = write(prompts->terminal, "\n", 1);

			(void)ignored;
			give_terminal_back(prompts);
		}
		forget_first(prompts);
		return;
	}
	for (at = &prompts->first; *at != prompt; at = &(*at)->next)
		continue;
	*at = prompt->next;
	if (prompts->last == &prompt->next)
		prompts->last = at;
	free(prompt->question);
	free(prompt);
}

void
prompts_free(struct prompts *prompts)
{
	while (prompts->first != NULL)
		prompt_drop(prompts->first);
	loop_forget(prompts->loop, &prompts->later);
	if (prompts->terminal >= 0)
		close(prompts->terminal);
	buf_free(&prompts->line);
	free(prompts);
}
