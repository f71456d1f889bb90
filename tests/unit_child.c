/* SPDX-License-Identifier: BSD-2-Clause */
/* child: local commands. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "loop.h"
#include "mem.h"

static uv_loop_t *loop;
static int ended_times, ended_status;
static int ends[2];	/* a pipe, inherited by the commands */

static void
ended(void *context, int status)
{
	assert_ptr_equal(context, &ended_times);
	ended_times++;
	ended_status = status;
}

static int
setup(void **state)
{
	(void)state;
	alarm(30);	/* not to hang */
	setenv("SHELL", "/bin/sh", 1);
	loop = loop_open();
	ended_times = 0;
	return pipe(ends);
}

static int
teardown(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	loop_close(loop);
	return 0;
}

static struct child *
start(const char *command)
{
	struct child *child = child_run(loop, command, ended, &ended_times);

	assert_int_equal(ended_times, 0);
	return child;
}

static void
assert_ends(const char *command, int status)
{
	ended_times = 0;
	start(command);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(ended_times, 1);
	assert_int_equal(ended_status, status);
}

static void
statuses(void **state)
{
	(void)state;
	assert_ends("true", 0);
	assert_ends("exit 7", 7);
	assert_ends("exit 255", 255);
	assert_ends("kill -TERM $$", -1);
	assert_ends("[ a = 'a' ] && test -n \"$SHELL\"", 0);
}

static void
shells(void **state)
{
	(void)state;
	setenv("SHELL", "", 1);
	assert_ends("exit 3", 3);
	unsetenv("SHELL");
	assert_ends("exit 4", 4);
	/* The user's own is asked: true(1) does not care what it is given. */
	setenv("SHELL", "/bin/true", 1);
	assert_ends("exit 5", 0);
	setenv("SHELL", "/nowhere/sh", 1);
	assert_ends("exit 6", -1);
}

static void
no_input_no_output(void **state)
{
	char *command = mem_print("[ /proc/self/fd/0 -ef /dev/null ] && "
	    "[ /proc/self/fd/1 -ef /dev/null ] && ! read -r line");

	(void)state;
	assert_ends(command, 0);
	free(command);
}

static void
too_late(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("the command lives on");
}

/* Drop COMMAND, of which each process holds the pipe open, once it has told its
 * process: all are killed, and it is reaped by a loop that goes on. */
static void
check_dropped(char *command)
{
	static uv_timer_t busy;
	struct child *child = start(command);
	char text[32] = "", byte;
	pid_t pid;

	assert_true(read(ends[0], text, sizeof(text) - 1) > 1);
	pid = (pid_t)strtol(text, NULL, 10);
	assert_true(pid > 1);
	child_drop(child);
	/* It does not keep the loop going. */
	assert_int_equal(uv_loop_alive(loop), 0);
	close(ends[1]);
	ends[1] = -1;
	assert_int_equal(read(ends[0], &byte, 1), 0);
	uv_timer_init(loop, &busy);
	uv_timer_start(&busy, too_late, 20000, 0);
	while (kill(pid, 0) == 0)
		uv_run(loop, UV_RUN_ONCE);
	assert_int_equal(errno, ESRCH);
	uv_close((uv_handle_t *)&busy, NULL);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(ended_times, 0);
	free(command);
}

static void
dropped(void **state)
{
	(void)state;
	check_dropped(mem_print("echo $$ >/dev/fd/%d; exec sleep 1000",
	    ends[1]));
}

static void
dropped_with_its_own(void **state)
{
	(void)state;
	check_dropped(mem_print("sleep 1000 & echo $$ >/dev/fd/%d; wait",
	    ends[1]));
}

static void
dropped_before_its_failure_is_told(void **state)
{
	(void)state;
	setenv("SHELL", "/nowhere/sh", 1);
	child_drop(start("true"));
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(ended_times, 0);
	child_drop(NULL);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(statuses),
		TEST(shells),
		TEST(no_input_no_output),
		TEST(dropped),
		TEST(dropped_with_its_own),
		TEST(dropped_before_its_failure_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
