/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal is everybody's: whatever stops or ends us while it does not
 * show what is typed must first make it as it was.  SIGINT, SIGTERM and SIGHUP
 * make the run end in order, or the wait for the answer; the others, which have
 * their default action, are caught here.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"
#include "prompt_way.h"

static const int caught[] = { SIGTSTP, SIGCONT, SIGQUIT };
#define COUNT(array) (sizeof(array) / sizeof(array[0]))

static struct {
	int		 terminal;
	struct buf	*text;
	struct termios	 shown, hidden;
	struct sigaction before[COUNT(caught)];
	volatile sig_atomic_t hiding;
} us;

int
prompt_terminal_open(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

bool
prompt_terminal_ours(int terminal)
{
	return terminal >= 0 && tcgetpgrp(terminal) == getpgrp();
}

static void
write_text(void)
{
	ssize_t ignored = write(us.terminal, us.text->data, us.text->len);

	(void)ignored;
}

/* In the background this stops us until we are in front. */
static void
hide(void)
{
	/* What was typed before the question is no answer to it. */
	tcsetattr(us.terminal, TCSAFLUSH, &us.hidden);
	write_text();
}

/* Do to us what signal NUMBER does to those who do not catch it. */
static void
suffer(int number)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, ours;
	sigset_t one;

	sigaction(number, &usual, &ours);
	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sigaction(number, &ours, NULL);
}

static void
got_signal(int number)
{
	int error = errno;

	if (number == SIGCONT) {
		hide();
	} else {
		tcsetattr(us.terminal, TCSANOW, &us.shown);
		suffer(number);
	}
	errno = error;
}

static void
show_at_exit(void)
{
	if (us.hiding)
		tcsetattr(us.terminal, TCSANOW, &us.shown);
}

static void
begin_hiding(void)
{
	struct sigaction action = {
		.sa_handler = got_signal, .sa_flags = SA_RESTART,
	};
	static bool registered;

	if (!registered)
		atexit(show_at_exit);
	registered = true;
	us.hidden = us.shown;
	us.hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	us.hiding = 1;
	/* While one of them is dealt with the others wait. */
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaddset(&action.sa_mask, caught[i]);
	for (size_t i = 0; i < COUNT(caught); i++)
		sigaction(caught[i], &action, &us.before[i]);
	hide();
}

void
prompt_terminal_begin(int terminal, struct buf *text, bool hidden)
{
	us.terminal = terminal;
	us.text = text;
	if (hidden && tcgetattr(terminal, &us.shown) == 0)
		begin_hiding();
	else
		write_text();
}

void
prompt_terminal_end(bool answered)
{
	bool shown = !us.hiding;
	ssize_t ignored;

	if (us.hiding) {
		tcsetattr(us.terminal, TCSANOW, &us.shown);
		us.hiding = 0;
		for (size_t i = 0; i < COUNT(caught); i++)
			sigaction(caught[i], &us.before[i], NULL);
	}
	if (shown && answered)
		return;
	ignored = write(us.terminal, "\n", 1);
	(void)ignored;
}
