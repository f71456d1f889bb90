/* SPDX-License-Identifier: BSD-2-Clause */
/* loop: work for the next turn, hooks, signals. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "loop.h"

#define ITEMS 4

static uv_loop_t *loop;
static struct buf called;	/* who was, in order; "|": a turn has ended */

static struct item {
	struct later	 later;
	char		 letter;
	struct item	*forgets, *asks_for;
	unsigned	 again;		/* how many times */
} items[ITEMS];

static void
call_item(void *context)
{
	struct item *item = context;

	buf_addc(&called, item->letter);
	if (item->forgets != NULL)
		loop_forget(loop, &item->forgets->later);
	if (item->asks_for != NULL)
		loop_later(loop, &item->asks_for->later);
	if (item->again > 0) {
		item->again--;
		loop_later(loop, &item->later);
	}
}

static void
end_turn(void *unused)
{
	(void)unused;
	buf_addc(&called, '|');
}

static int
setup(void **state)
{
	(void)state;
	loop = loop_open();
	loop_before_wait(loop, end_turn, NULL);
	for (int i = 0; i < ITEMS; i++)
		items[i] = (struct item){
			.later = { .call = call_item, .context = &items[i] },
			.letter = (char)('a' + i),
		};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	loop_close(loop);
	buf_free(&called);
	return 0;
}

static void
ask(int i)
{
	loop_later(loop, &items[i].later);
}

/* Run till nothing is left to do; who was called, turn by turn? */
static void
assert_calls(const char *expected)
{
	uv_run(loop, UV_RUN_DEFAULT);
	assert_string_equal(buf_text(&called), expected);
	buf_clear(&called);
}

static void
in_order_and_once(void **state)
{
	(void)state;
	ask(1);
	ask(0);
	ask(1);
	ask(2);
	assert_int_equal(called.len, 0);
	assert_calls("bac|");
	ask(0);
	assert_calls("a|");
}

static void
next_turn(void **state)
{
	(void)state;
	items[0].again = 2;
	items[1].asks_for = &items[3];
	ask(0);
	ask(1);
	ask(2);
	assert_calls("abc|ad|a|");
	/* Who waits in the same turn anyway is not put off. */
	items[0].asks_for = &items[1];
	items[1].asks_for = NULL;
	ask(0);
	ask(1);
	assert_calls("ab|");
}

static void
forgetting(void **state)
{
	(void)state;
	for (int i = 0; i < ITEMS; i++)
		ask(i);
	loop_forget(loop, &items[0].later);	/* the first */
	loop_forget(loop, &items[2].later);	/* from the middle */
	loop_forget(loop, &items[3].later);	/* the last */
	loop_forget(loop, &items[3].later);
	ask(2);
	assert_calls("bc|");
	ask(0);
	loop_forget(loop, &items[0].later);	/* the only one */
	assert_calls("|");
	ask(1);
	assert_calls("b|");
}

static void
forgetting_during_a_run(void **state)
{
	(void)state;
	items[0].forgets = &items[1];		/* the next */
	items[2].forgets = &items[3];		/* the last */
	items[2].asks_for = &items[3];
	for (int i = 0; i < ITEMS; i++)
		ask(i);
	assert_calls("ac|d|");
	/* Itself, and one that was asked for in this turn. */
	items[0].forgets = &items[0];
	items[0].asks_for = &items[1];
	items[2].forgets = &items[1];
	items[2].asks_for = NULL;
	ask(0);
	ask(2);
	ask(3);
	assert_calls("acd|");
}

static void
got_signal(void *context, int number)
{
	uv_stop(loop);
	*(int *)context = number;
}

static void
give_up(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("no signal came");
}

static void
signals(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction old;
	static uv_timer_t alive;
	int got = 0;

	(void)state;
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	loop_signals(loop, got_signal, &got);
	assert_int_equal(sigaction(SIGPIPE, NULL, &old), 0);
	assert_true(old.sa_handler == SIG_IGN);
	/* Listening for them is no reason to go on. */
	assert_int_equal(uv_run(loop, UV_RUN_NOWAIT), 0);
	uv_timer_init(loop, &alive);
	uv_timer_start(&alive, give_up, 60000, 0);
	for (int i = 0; i < 3; i++) {
		raise(numbers[i]);
		uv_run(loop, UV_RUN_DEFAULT);
		assert_int_equal(got, numbers[i]);
	}
	uv_close((uv_handle_t *)&alive, NULL);
}

/* As under nohup(1), and in the background of a shell without job control. */
static void
ignored_signals_stay_ignored(void **state)
{
	struct sigaction old;
	int got = 0;

	(void)state;
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	loop_signals(loop, got_signal, &got);
	assert_int_equal(sigaction(SIGINT, NULL, &old), 0);
	assert_true(old.sa_handler == SIG_IGN);
	assert_int_equal(sigaction(SIGHUP, NULL, &old), 0);
	assert_true(old.sa_handler == SIG_IGN);
	assert_int_equal(sigaction(SIGTERM, NULL, &old), 0);
	assert_true(old.sa_handler != SIG_IGN);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}

/* In a child: what is raised stays so. */
static void
limit_on_files(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct rlimit limit = { 64, 128 };
		unsigned long got;

		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			_exit(2);
		got = loop_raise_files();
		getrlimit(RLIMIT_NOFILE, &limit);
		_exit(got == 128 && limit.rlim_cur == 128 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(in_order_and_once),
		TEST(next_turn),
		TEST(forgetting),
		TEST(forgetting_during_a_run),
		TEST(signals),
		TEST(ignored_signals_stay_ignored),
		cmocka_unit_test(limit_on_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
