/* SPDX-License-Identifier: BSD-2-Clause */
/* ptyrun COMMAND [ARGUMENT]...: run it on a terminal of its own, 24 lines of
 * 80 columns.  Our stdin is typed there (its end types nothing), what the
 * command writes comes out on our stdout unchanged, its status is ours. */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			err(125, "write");
		data += n;
		len -= (size_t)n;
	}
}

/* Copy what is there from one to the other; false at the end. */
static bool
copy(int from, int to)
{
	char data[65536];
	ssize_t n = read(from, data, sizeof(data));

	/* A terminal whose other side is closed says EIO. */
	if (n <= 0)
		return n < 0 && errno == EINTR;
	write_all(to, data, (size_t)n);
	return true;
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(125, "waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	    WEXITSTATUS(status);
}

int
main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct pollfd fds[2] = {
		{ .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN },
	};
	pid_t pid;

	if (argc < 2)
		errx(125, "usage: ptyrun COMMAND [ARGUMENT]...");
	pid = forkpty(&fds[0].fd, NULL, NULL, &size);
	if (pid < 0)
		err(125, "forkpty");
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			err(125, "poll");
		if (fds[1].revents && !copy(STDIN_FILENO, fds[0].fd))
			fds[1].fd = -1;
		if (fds[0].revents && !copy(fds[0].fd, STDOUT_FILENO))
			break;
	}
	return wait_for(pid);
}
