/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "mem.h"
#include "terminal.h"

static struct {
	uv_signal_t	*signal;	/* while anybody watches */
	struct ring	 watches;
} us;

static bool
size_of(int fd, struct terminal_size *size)
{
	struct winsize found;

	if (ioctl(fd, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 ||
	    found.ws_row == 0)
		return false;
	size->columns = found.ws_col;
	size->rows = found.ws_row;
	return true;
}

struct terminal_size
terminal_size(void)
{
	struct terminal_size size = { 80, 24 };
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (size_of(fd, &size))
			return size;
	fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		size_of(fd, &size);
		close(fd);
	}
	return size;
}

static void
signal_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
changed(uv_signal_t *signal, int number)
{
	struct ring *at, *next;

	(void)signal;
	(void)number;
	for (at = us.watches.next; at != &us.watches; at = next) {
		struct terminal_watch *watch =
		    ring_outer(at, struct terminal_watch, ring);

		next = at->next;
		watch->call(watch->context);
	}
}

void
terminal_watch(uv_loop_t *loop, struct terminal_watch *watch)
{
	if (us.signal == NULL) {
		ring_init(&us.watches);
		us.signal = mem_zero(sizeof(*us.signal));
		uv_signal_init(loop, us.signal);
		/* It keeps nothing going. */
		uv_unref((uv_handle_t *)us.signal);
		uv_signal_start(us.signal, changed, SIGWINCH);
	}
	ring_add(&us.watches, &watch->ring);
}

void
terminal_unwatch(struct terminal_watch *watch)
{
	if (watch->ring.next == NULL || us.signal == NULL)
		return;
	ring_remove(&watch->ring);
	if (ring_first(&us.watches) != NULL)
		return;
	uv_close((uv_handle_t *)us.signal, signal_closed);
	us.signal = NULL;
}
