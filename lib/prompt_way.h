/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of prompt.h: the ways on which an answer may come. */
#ifndef PROMPT_WAY_H
#define PROMPT_WAY_H

#include <stdbool.h>
#include <sys/types.h>

#include "buf.h"
#include "prompt.h"

struct secret;

/* The terminal, to be closed, or -1. */
int	 prompt_terminal_open(void);

/* Are we in its foreground?  In the background a read would stop us. */
bool	 prompt_terminal_ours(int terminal);

/* Write TEXT, which is needed until prompt_terminal_end().  HIDDEN: what is
 * typed is not shown until then; what stops or kills us puts that right, and
 * who goes on sees TEXT again.  One at a time.  ANSWERED: a line was typed, so
 * that a new one begins where it could be seen; otherwise one is begun. */
void	 prompt_terminal_begin(int terminal, struct buf *text, bool hidden);
void	 prompt_terminal_end(bool answered);

/* The program to ask in place of the terminal, or NULL if there is none or
 * none is wanted (SSH_ASKPASS_REQUIRE in ssh(1)). */
const char *prompt_askpass(bool have_terminal);

/* Start that program with its output to OUT.  -1: it could not be. */
pid_t	 prompt_askpass_start(const char *program, const char *question,
	    int out);

enum prompt_piece {
	PROMPT_MORE,		/* there is more to come */
	PROMPT_LINE,		/* the line is whole */
	PROMPT_END,		/* nothing more, and no newline */
	PROMPT_BROKEN,		/* cannot be read, or is too long */
};

/* Read a piece from FD and add what is before its newline to ANSWER. */
enum prompt_piece prompt_read(int fd, struct secret *answer);

/* Ask TEXT on the TERMINAL, or by PROGRAM unless that is NULL, and wait for the
 * answer.  A signal that ends the run is raised again, to have its usual
 * effect. */
enum prompt_outcome prompt_wait(int terminal, const char *program,
	    struct buf *text, bool hidden, struct secret *answer);

#endif
