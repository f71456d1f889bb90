/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for an answer while the loop stands still. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prompt_way.h"
#include "secret.h"

/* What ends the run. */
static const int endings[] = { SIGINT, SIGTERM, SIGHUP };
#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static int bell[2];	/* a pipe: a signal has come */
static volatile sig_atomic_t rung_by;

enum prompt_piece
prompt_read(int fd, struct secret *answer)
{
	char piece[256];
	enum prompt_piece result = PROMPT_MORE;
	ssize_t got = read(fd, piece, sizeof(piece)), len = 0;

	if (got == 0 || (got < 0 && errno == EAGAIN))
		return PROMPT_END;
	if (got < 0)
		return errno == EINTR ? PROMPT_MORE : PROMPT_BROKEN;
	while (len < got && piece[len] != '\n' && piece[len] != '\r')
		len++;
	if (len < got)
		result = PROMPT_LINE;
	if (!secret_add(answer, piece, (size_t)len))
		result = PROMPT_BROKEN;
	explicit_bzero(piece, sizeof(piece));
	return result;
}

static void
ring(int number)
{
	int error = errno;
	ssize_t ignored = write(bell[1], "", 1);

	(void)ignored;
	rung_by = number;
	errno = error;
}

static enum prompt_piece
read_line(int fd, struct secret *answer)
{
	struct pollfd fds[] = {
		{ .fd = bell[0], .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	enum prompt_piece result = PROMPT_MORE;

	while (result == PROMPT_MORE) {
		if (poll(fds, 2, -1) < 0)
			continue;
		result = fds[0].revents != 0 ? PROMPT_BROKEN :
		    prompt_read(fd, answer);
	}
	return result;
}

static bool
wait_terminal(int terminal, struct buf *text, bool hidden,
    struct secret *answer)
{
	enum prompt_piece result;

	prompt_terminal_begin(terminal, text, hidden);
	result = read_line(terminal, answer);
	prompt_terminal_end(result == PROMPT_LINE);
	return result == PROMPT_LINE;
}

static bool
wait_askpass(const char *program, const char *question, struct secret *answer)
{
	enum prompt_piece result = PROMPT_BROKEN;
	int ends[2], status = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = prompt_askpass_start(program, question, ends[1]);
	close(ends[1]);
	if (pid >= 0)
		result = read_line(ends[0], answer);
	close(ends[0]);
	if (pid < 0)
		return false;
	if (result == PROMPT_BROKEN) {
		kill(pid, SIGTERM);	/* it may take its time */
		waitpid(pid, &status, WNOHANG);
		return false;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return false;
	}
	return status == 0;
}

enum prompt_outcome
prompt_wait(int terminal, const char *program, struct buf *text, bool hidden,
    struct secret *answer)
{
	struct sigaction before[ENDINGS];
	struct sigaction action = { .sa_handler = ring };
	bool answered;

	if (pipe2(bell, O_CLOEXEC | O_NONBLOCK) != 0)
		return PROMPT_NOT_ANSWERED;
	rung_by = 0;
	for (size_t i = 0; i < ENDINGS; i++) {
		sigaction(endings[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(endings[i], &action, NULL);
	}
	answered = program != NULL ?
	    wait_askpass(program, buf_text(text), answer) :
	    wait_terminal(terminal, text, hidden, answer);
	for (size_t i = 0; i < ENDINGS; i++)
		sigaction(endings[i], &before[i], NULL);
	close(bell[0]);
	close(bell[1]);
	if (rung_by != 0)
		raise(rung_by);
	return rung_by != 0 ? PROMPT_SIGNALLED :
	    answered ? PROMPT_ANSWERED : PROMPT_NOT_ANSWERED;
}
