/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "escape.h"
#include "loop.h"
#include "mem.h"
#include "msg.h"
#include "prompt.h"
#include "prompt_way.h"
#include "ready.h"
#include "secret.h"

#define QUESTION_MOST 1000	/* bytes of a question, before escaping */

struct prompt {
	struct prompts	*prompts;
	enum prompt_kind kind;
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
	int		 terminal;	/* or -1 */
	struct prompt	*first, **last;	/* the first one is being asked */
	struct later	 later;

	/* While it is. */
	bool		 asking;
	struct buf	 text;
	struct secret	*line;
	struct ready	*ready;		/* reads its answer */
	struct child	*child;		/* the program that asks, or NULL */
	int		 output;	/* of that one: a pipe, or -1 */
	bool		 whole;		/* its line has been read */
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
end_turn(struct prompts *prompts, bool answered)
{
	ready_free(prompts->ready);
	prompts->ready = NULL;
	child_drop(prompts->child);
	prompts->child = NULL;
	if (prompts->output >= 0)
		close(prompts->output);
	else
		prompt_terminal_end(answered);
	prompts->output = -1;
	secret_free(prompts->line);
	prompts->line = NULL;
	buf_free(&prompts->text);
	prompts->asking = false;
	prompts->around(prompts->context, false);
	if (prompts->first->next != NULL)
		loop_later(prompts->loop, &prompts->later);
}

static void
answer(struct prompts *prompts, bool given)
{
	struct prompt *prompt = prompts->first;
	struct secret *line = prompts->line;
	void (*answered)(void *, const char *) = prompt->answered;
	void *context = prompt->context;

	prompts->line = NULL;
	end_turn(prompts, given);
	forget_first(prompts);
	answered(context, given ? secret_text(line) : NULL);
	secret_free(line);
}

static void
terminal_readable(void *context)
{
	struct prompts *prompts = context;
	enum prompt_piece piece = prompt_read(prompts->terminal,
	    prompts->line);

	if (piece != PROMPT_MORE)
		answer(prompts, piece == PROMPT_LINE);
}

static void
output_readable(void *context)
{
	struct prompts *prompts = context;
	enum prompt_piece piece = prompt_read(prompts->output, prompts->line);

	if (piece == PROMPT_BROKEN) {
		answer(prompts, false);
	} else if (piece != PROMPT_MORE) {
		/* The program's status tells whether that is an answer. */
		prompts->whole = true;
		ready_listen(prompts->ready, false);
	}
}

static void
program_ended(void *context, int status)
{
	struct prompts *prompts = context;
	enum prompt_piece piece = PROMPT_MORE;

	prompts->child = NULL;
	/* Whatever it wrote is there by now; others may keep the pipe. */
	while (!prompts->whole && piece == PROMPT_MORE)
		piece = prompt_read(prompts->output, prompts->line);
	answer(prompts, status == 0 && piece != PROMPT_BROKEN);
}

static void
ask_program(struct prompts *prompts, const char *program)
{
	const char *args[] = { program, buf_text(&prompts->text), NULL };
	struct child_wish wish = {
		.args = args, .in = -1, .err = STDERR_FILENO,
	};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		msg_die(1, "pipe: %s", strerror(errno));
	/* Our end alone: not what the program writes to. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	prompts->output = ends[0];
	prompts->whole = false;
	prompts->ready = ready_new(prompts->loop, ends[0], UV_READABLE,
	    output_readable, prompts);
	ready_listen(prompts->ready, true);
	wish.out = ends[1];
	prompts->child = child_start(prompts->loop, &wish, program_ended,
	    prompts);
	close(ends[1]);
}

static void
ask_terminal(struct prompts *prompts)
{
	prompt_terminal_begin(prompts->terminal, &prompts->text,
	    prompts->first->kind == PROMPT_SECRET);
	prompts->ready = ready_new(prompts->loop, prompts->terminal,
	    UV_READABLE, terminal_readable, prompts);
	ready_listen(prompts->ready, true);
}

static void
set_text(struct buf *text, const char *question)
{
	escape_add(text, question, strnlen(question, QUESTION_MOST), "\n");
	buf_addc(text, ' ');
}

/* The program to be asked, or NULL: the terminal. */
static const char *
program(const struct prompts *prompts)
{
	return prompt_askpass(prompt_terminal_ours(prompts->terminal));
}

static void
ask_first(void *context)
{
	struct prompts *prompts = context;
	struct prompt *prompt = prompts->first;

	if (prompt == NULL || prompts->asking)
		return;
	prompt->turn(prompt->context);
	if (prompts->first != prompt) {
		loop_later(prompts->loop, &prompts->later);
		return;
	}
	prompts->asking = true;
	prompts->around(prompts->context, true);
	set_text(&prompts->text, prompt->question);
	prompts->line = secret_new();
	if (program(prompts) != NULL)
		ask_program(prompts, program(prompts));
	else
		ask_terminal(prompts);
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
	prompts->output = -1;
	prompts->terminal = prompt_terminal_open();
	return prompts;
}

bool
prompts_possible(const struct prompts *prompts)
{
	return prompt_terminal_ours(prompts->terminal) ||
	    program(prompts) != NULL;
}

struct prompt *
prompt_ask(struct prompts *prompts, enum prompt_kind kind,
    const char *question, void (*turn)(void *context),
    void (*answered)(void *context, const char *line), void *context)
{
	struct prompt *prompt = mem_zero(sizeof(*prompt));

	prompt->prompts = prompts;
	prompt->kind = kind;
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
		if (prompts->asking)
			end_turn(prompts, false);
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

enum prompt_outcome
prompt_ask_now(struct prompts *prompts, enum prompt_kind kind,
    const char *question, struct secret *answer)
{
	struct buf text = { 0 };
	enum prompt_outcome outcome = PROMPT_NOT_ANSWERED;

	if (!prompts->asking && prompts_possible(prompts)) {
		prompts->around(prompts->context, true);
		set_text(&text, question);
		outcome = prompt_wait(prompts->terminal, program(prompts),
		    &text, kind == PROMPT_SECRET, answer);
		prompts->around(prompts->context, false);
		buf_free(&text);
		/* No clock ran meanwhile. */
		uv_update_time(prompts->loop);
	}
	return outcome;
}

void
prompts_free(struct prompts *prompts)
{
	while (prompts->first != NULL)
		prompt_drop(prompts->first);
	loop_forget(prompts->loop, &prompts->later);
	if (prompts->terminal >= 0)
		close(prompts->terminal);
	free(prompts);
}
