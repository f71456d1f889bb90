/* SPDX-License-Identifier: BSD-2-Clause */
/* sink: writing without blocking, and without touching flags. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "loop.h"
#include "mem.h"
#include "sink.h"

#define PLENTY (1024 * 1024)	/* more than any pipe or socket takes */

static uv_loop_t *loop;
static struct sink *sink;
static int ends[2];		/* of the pipe: reading, writing */
static int broken_by, broken_times, called_times;

static void
broken(void *context, int error)
{
	(void)context;
	broken_by = error;
	broken_times++;
}

static void
called(void *context)
{
	(void)context;
	called_times++;
}

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	loop = loop_open();
	broken_by = broken_times = called_times = 0;
	return pipe2(ends, O_CLOEXEC);
}

static void
close_end(int *end)
{
	if (*end >= 0)
		assert_int_equal(close(*end), 0);
	*end = -1;
}

static int
teardown(void **state)
{
	(void)state;
	close_end(&ends[0]);	/* nothing is left to wait for */
	if (sink != NULL)
		sink_close(sink);
	sink = NULL;
	close_end(&ends[1]);
	loop_close(loop);
	return 0;
}

/* LEN bytes that tell where they belong. */
static char *
bytes(size_t len)
{
	char *data = mem_zero(len);

	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 2654435761U >> 11);
	return data;
}

/* The next LEN bytes from the pipe are bytes(); the loop fills it meanwhile. */
static void
assert_arrives(size_t len)
{
	char *expected = bytes(len), *got = mem_zero(len);
	size_t at = 0;

	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	while (at < len) {
		ssize_t some = read(ends[0], got + at, len - at);

		if (some < 0) {
			assert_int_equal(errno, EAGAIN);
			uv_run(loop, UV_RUN_ONCE);
		} else {
			assert_int_not_equal(some, 0);
			at += (size_t)some;
		}
	}
	assert_memory_equal(got, expected, len);
	free(expected);
	free(got);
}

static void
write_plenty(void)
{
	char *data = bytes(PLENTY);

	sink_write(sink, data, PLENTY);
	free(data);
}

/* A reader that is slow: full, then room again, which is told once. */
static void
check_backpressure(void)
{
	struct sink_waiter waiter = { .call = called };

	sink = sink_open(loop, ends[1], broken, NULL);
	assert_false(sink_full(sink));
	assert_false(sink_busy(sink));
	write_plenty();
	assert_true(sink_full(sink));
	sink_wait(sink, &waiter);
	sink_wait(sink, &waiter);
	sink_flush(sink);
	assert_true(sink_full(sink));
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(called_times, 0);
	assert_arrives(PLENTY);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 1);
	assert_false(sink_busy(sink));
	assert_int_equal(broken_times, 0);
	/* Who did not ask again is not told again. */
	write_plenty();
	assert_arrives(PLENTY);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 1);
}

static void
slow_pipe(void **state)
{
	(void)state;
	check_backpressure();
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
}

static void
slow_socket(void **state)
{
	(void)state;
	close_end(&ends[0]);
	close_end(&ends[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_backpressure();
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
}

/* The flags are those of whoever shares the pipe, whatever they are. */
static void
nonblocking_pipe(void **state)
{
	(void)state;
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	check_backpressure();
	assert_int_not_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
}

static void
unwaiting(void **state)
{
	struct sink_waiter waiters[3] = { { .call = called },
	    { .call = called }, { .call = called } };

	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	write_plenty();
	for (int i = 0; i < 3; i++)
		sink_wait(sink, &waiters[i]);
	sink_unwait(&waiters[1]);
	sink_unwait(&waiters[1]);
	assert_arrives(PLENTY);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 2);
	assert_null(waiters[0].sink);
}

static void
wait_again(void *context)
{
	struct sink_waiter *waiter = context;

	if (++called_times == 1)
		sink_wait(sink, waiter);
}

static void
unwait_other(void *context)
{
	called_times++;
	sink_unwait(context);
}

/* Whoever is called may wait again, or take another out of the line. */
static void
waiting_while_called(void **state)
{
	struct sink_waiter again = { .call = wait_again, .context = &again };
	struct sink_waiter first = { .call = unwait_other };
	struct sink_waiter second = { .call = unwait_other };

	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_wait(sink, &again);
	sink_flush(sink);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 1);
	sink_flush(sink);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 2);
	first.context = &second;
	second.context = &first;
	sink_wait(sink, &first);
	sink_wait(sink, &second);
	sink_flush(sink);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called_times, 3);
}

static void
reader_goes_away(void **state)
{
	struct sink_waiter waiter = { .call = called };

	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	write_plenty();
	sink_wait(sink, &waiter);
	close_end(&ends[0]);
	/* Noticed by itself; nobody waits for ever. */
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 1);
	assert_int_equal(broken_by, EPIPE);
	assert_int_equal(called_times, 1);
	assert_false(sink_full(sink));
	write_plenty();
	sink_flush(sink);
	assert_false(sink_busy(sink));
	assert_int_equal(broken_times, 1);
}

static void
no_reader_from_the_start(void **state)
{
	(void)state;
	close_end(&ends[0]);
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_write(sink, "x", 1);
	sink_flush(sink);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 1);
	assert_int_equal(broken_by, EPIPE);
}

/* What is told may end whoever writes: not while it does. */
static void
told_in_a_later_turn(void **state)
{
	(void)state;
	close_end(&ends[0]);
	sink = sink_open(loop, ends[1], broken, NULL);
	write_plenty();
	assert_false(sink_busy(sink));	/* that was in vain */
	sink_flush(sink);
	assert_int_equal(broken_times, 0);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 1);
}

/* Nor to whoever has closed it meanwhile. */
static void
closed_before_it_is_told(void **state)
{
	(void)state;
	close_end(&ends[0]);
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_write(sink, "x", 1);
	sink_flush(sink);
	sink_close(sink);
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_write(sink, "x", 1);
	sink_close(sink);
	sink = NULL;
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 0);
}

/* The ends are those of a terminal that passes on bytes as they are. */
static void
open_terminal(void)
{
	struct termios raw;

	close_end(&ends[0]);
	close_end(&ends[1]);
	ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(ends[0] >= 0);
	assert_int_equal(grantpt(ends[0]), 0);
	assert_int_equal(unlockpt(ends[0]), 0);
	ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(ends[1] >= 0);
	assert_int_equal(tcgetattr(ends[1], &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(ends[1], TCSANOW, &raw), 0);
}

/* A terminal that had no room, and has when it may not be written to, wakes
 * nobody up until it may. */
static void
held_while_stuck(void **state)
{
	(void)state;
	open_terminal();
	sink = sink_open(loop, ends[1], broken, NULL);
	assert_true(sink_is_terminal(sink));
	write_plenty();
	sink_flush(sink);
	assert_true(uv_loop_alive(loop));
	sink_hold(sink, true);
	assert_false(uv_loop_alive(loop));
	sink_flush(sink);
	assert_false(uv_loop_alive(loop));
	sink_hold(sink, true);
	sink_hold(sink, false);
	assert_true(uv_loop_alive(loop));
	assert_arrives(PLENTY);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 0);
}

static void
held_from_the_start(void **state)
{
	(void)state;
	open_terminal();
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_hold(sink, true);
	write_plenty();
	sink_flush(sink);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(ends[0], &(char){ 0 }, 1), -1);
	assert_int_equal(errno, EAGAIN);
	sink_hold(sink, false);
	assert_arrives(PLENTY);
}

static void
full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	sink = sink_open(loop, fd, broken, NULL);
	sink_write(sink, "x", 1);
	sink_flush(sink);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(broken_times, 1);
	assert_int_equal(broken_by, ENOSPC);
	close(fd);
}

/* A file takes all at once, at the offset that it shares with others. */
static void
regular_file(void **state)
{
	char path[] = "/tmp/unit_sink.XXXXXX", got[16] = "";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, "before ", 7), 7);
	sink = sink_open(loop, fd, broken, NULL);
	sink_write(sink, "during ", 7);
	assert_true(sink_busy(sink));
	sink_flush(sink);
	assert_false(sink_busy(sink));
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(pread(fd, got, sizeof(got) - 1, 0), 15);
	assert_string_equal(got, "before during x");
	write_plenty();
	sink_flush(sink);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 15 + PLENTY);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
}

static void
write_greeting(void *context)
{
	called_times++;
	sink_write(context, "<", 1);
}

static void
before_something_is_written(void **state)
{
	char got[16] = "";

	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	sink_on_begin(sink, write_greeting, sink);
	sink_write(sink, "", 0);
	assert_int_equal(called_times, 0);
	sink_write(sink, "a", 1);
	sink_write(sink, "b", 1);
	assert_int_equal(called_times, 1);
	sink_flush(sink);
	sink_write(sink, "c", 1);
	sink_flush(sink);
	assert_int_equal(called_times, 2);
	sink_on_begin(sink, NULL, NULL);
	sink_write(sink, "d", 1);
	sink_flush(sink);
	assert_int_equal(read(ends[0], got, sizeof(got) - 1), 6);
	assert_string_equal(got, "<ab<cd");
}

static void
line_starts(void **state)
{
	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	assert_true(sink_at_line_start(sink));
	sink_write(sink, "a", 1);
	assert_false(sink_at_line_start(sink));
	sink_flush(sink);
	assert_false(sink_at_line_start(sink));
	sink_write(sink, "b\n", 2);
	assert_true(sink_at_line_start(sink));
	assert_false(sink_is_terminal(sink));
}

/* Closing waits for a reader in another process, however slow. */
static void
closing_writes_the_rest(void **state)
{
	char *expected = bytes(PLENTY), *got = mem_zero(PLENTY);
	int status;
	pid_t child;

	(void)state;
	sink = sink_open(loop, ends[1], broken, NULL);
	write_plenty();
	assert_true(sink_busy(sink));
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		size_t at = 0;
		ssize_t some;

		close(ends[1]);
		alarm(30);	/* the sink's own descriptor stays open */
		while (at < PLENTY && (some = read(ends[0], got + at,
		    PLENTY - at)) > 0)
			at += (size_t)some;
		_exit(at == PLENTY && memcmp(got, expected, at) == 0 ? 0 : 1);
	}
	sink_close(sink);
	sink = NULL;
	close_end(&ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(expected);
	free(got);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(slow_pipe),
		TEST(slow_socket),
		TEST(nonblocking_pipe),
		TEST(unwaiting),
		TEST(waiting_while_called),
		TEST(reader_goes_away),
		TEST(no_reader_from_the_start),
		TEST(told_in_a_later_turn),
		TEST(closed_before_it_is_told),
		TEST(held_while_stuck),
		TEST(held_from_the_start),
		TEST(full_disk),
		TEST(regular_file),
		TEST(before_something_is_written),
		TEST(line_starts),
		TEST(closing_writes_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
