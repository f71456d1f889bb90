/* SPDX-License-Identifier: BSD-2-Clause */
/* inlet: reading descriptors of whatever kind, and ready below it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "inlet.h"
#include "loop.h"
#include "mem.h"
#include "ready.h"

static uv_loop_t *loop;
static struct inlet *inlet;
static int ends[2];		/* of the pipe: reading, writing */
static struct buf got;
static int pieces, end_times, end_error;
static bool close_at_piece, close_at_end, hold_at_piece;

static void
receive(void *context, const char *data, size_t len, int error)
{
	assert_ptr_equal(context, &got);
	if (len > 0) {
		assert_int_equal(error, 0);
		buf_add(&got, data, len);
		pieces++;
	} else {
		end_times++;
		end_error = error;
	}
	if (hold_at_piece)
		inlet_hold(inlet, true);
	if (len > 0 ? close_at_piece : close_at_end) {
		inlet_close(inlet);
		inlet = NULL;
	}
}

static int
setup(void **state)
{
	(void)state;
	loop = loop_open();
	pieces = end_times = 0;
	end_error = -1;
	close_at_piece = close_at_end = hold_at_piece = false;
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
	inlet_close(inlet);
	inlet = NULL;
	close_end(&ends[0]);
	close_end(&ends[1]);
	buf_free(&got);
	loop_close(loop);
	return 0;
}

static void
open_it(int fd)
{
	inlet = inlet_open(loop, fd, receive, &got);
	assert_non_null(inlet);
	assert_int_equal(pieces + end_times, 0);
}

static void
put(const char *text)
{
	assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
}

/* A file of LEN bytes, of which each tells where it belongs, at its start. */
static int
file_of(size_t len, char **data)
{
	char path[] = "/tmp/unit_inlet.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	*data = mem_zero(len);
	for (size_t i = 0; i < len; i++)
		(*data)[i] = (char)(i * 2654435761U >> 11);
	assert_int_equal(pwrite(fd, *data, len, 0), len);
	return fd;
}

static void
check_stream(void)
{
	int flags = fcntl(ends[0], F_GETFL);

	open_it(ends[0]);
	put("one");
	uv_run(loop, UV_RUN_ONCE);
	assert_string_equal(buf_text(&got), "one");
	put("two");
	close_end(&ends[1]);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&got), "onetwo");
	assert_int_equal(end_times, 1);
	assert_int_equal(end_error, 0);
	assert_int_equal(fcntl(ends[0], F_GETFL), flags);
}

static void
blocking_pipe(void **state)
{
	(void)state;
	check_stream();
	assert_int_equal(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
}

static void
nonblocking_pipe(void **state)
{
	(void)state;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	check_stream();
}

static void
blocking_socket(void **state)
{
	(void)state;
	close_end(&ends[0]);
	close_end(&ends[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	check_stream();
}

static void
regular_file(void **state)
{
	const size_t len = 200 * 1000;
	char *data;
	int fd = file_of(len, &data), flags = fcntl(fd, F_GETFL);

	(void)state;
	open_it(fd);
	/* A piece a turn, so that others get theirs. */
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(pieces, 1);
	assert_true(got.len < len);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, data, len);
	assert_int_equal(end_times, 1);
	assert_int_equal(end_error, 0);
	assert_int_equal(fcntl(fd, F_GETFL), flags);
	close(fd);
	free(data);
}

static void
nothing_at_all(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	open_it(fd);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 0);
	assert_int_equal(end_times, 1);
	assert_int_equal(end_error, 0);
	close(fd);
}

static void
cannot_be_read(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	open_it(fd);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 0);
	assert_int_equal(end_times, 1);
	assert_int_equal(end_error, EISDIR);
	close(fd);
}

/* Held back it does not even keep the loop alive. */
static void
held_pipe(void **state)
{
	(void)state;
	open_it(ends[0]);
	put("a");
	inlet_hold(inlet, true);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 0);
	inlet_hold(inlet, false);
	assert_int_equal(pieces, 0);
	hold_at_piece = true;
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&got), "a");
	put("b");
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&got), "a");
	inlet_hold(inlet, false);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&got), "ab");
	assert_int_equal(end_times, 0);
}

static void
held_file(void **state)
{
	const size_t len = 200 * 1000;
	char *data;
	int fd = file_of(len, &data);

	(void)state;
	open_it(fd);
	inlet_hold(inlet, true);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 0);
	hold_at_piece = true;
	inlet_hold(inlet, false);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 1);
	hold_at_piece = false;
	inlet_hold(inlet, false);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, data, len);
	/* After the end there is nothing to let flow. */
	inlet_hold(inlet, true);
	inlet_hold(inlet, false);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(end_times, 1);
	close(fd);
	free(data);
}

static void
closed_by_its_receiver(void **state)
{
	char *data;
	int fd = file_of(200 * 1000, &data);

	(void)state;
	close_at_piece = true;
	open_it(ends[0]);
	put("a");
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&got), "a");
	assert_null(inlet);
	buf_clear(&got);
	pieces = 0;
	open_it(fd);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces, 1);
	assert_null(inlet);
	assert_int_equal(end_times, 0);
	/* The descriptors stay the caller's. */
	assert_int_equal(close(fd), 0);
	free(data);
}

static void
closed_at_its_end(void **state)
{
	(void)state;
	close_at_end = true;
	open_it(ends[0]);
	close_end(&ends[1]);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(end_times, 1);
	assert_null(inlet);
}

static void
closed_before_anything(void **state)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	put("a");
	open_it(ends[0]);
	inlet_close(inlet);
	open_it(fd);
	inlet_close(inlet);
	inlet = NULL;
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(pieces + end_times, 0);
	close(fd);
}

static void
count(void *context)
{
	++*(int *)context;
}

/* Nothing is told before somebody listens, nor after. */
static void
listening(void **state)
{
	int times = 0;
	struct ready *ready = ready_new(loop, ends[1], UV_WRITABLE, count,
	    &times);

	(void)state;
	assert_non_null(ready);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(times, 0);
	ready_listen(ready, true);
	ready_listen(ready, true);
	assert_int_equal(times, 0);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(times, 1);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(times, 2);
	ready_listen(ready, false);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(times, 2);
	ready_listen(ready, true);
	ready_free(ready);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(times, 2);
	assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(blocking_pipe),
		TEST(nonblocking_pipe),
		TEST(blocking_socket),
		TEST(regular_file),
		TEST(nothing_at_all),
		TEST(cannot_be_read),
		TEST(held_pipe),
		TEST(held_file),
		TEST(closed_by_its_receiver),
		TEST(closed_at_its_end),
		TEST(closed_before_anything),
		TEST(listening),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
