/* SPDX-License-Identifier: BSD-2-Clause */
/* gate: room for so many at once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "gate.h"

#define GUESTS 4

static struct buf called;	/* the letters of those let in, in order */
static struct gate gate;

static struct guest {
	struct gate_pass pass;
	char		 letter;
	struct guest	*shows_out;	/* when called */
} guests[GUESTS];

static void
let_in(void *context)
{
	struct guest *guest = context;

	assert_true(guest->pass.inside);
	buf_addc(&called, guest->letter);
	if (guest->shows_out != NULL)
		gate_leave(&gate, &guest->shows_out->pass);
}

static int
setup(void **state)
{
	(void)state;
	buf_clear(&called);
	gate = (struct gate){ .room = 2 };
	for (int i = 0; i < GUESTS; i++)
		guests[i] = (struct guest){
			.pass = { .call = let_in, .context = &guests[i] },
			.letter = (char)('a' + i),
		};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&called);
	return 0;
}

static bool
enter(int i)
{
	return gate_enter(&gate, &guests[i].pass);
}

static void
leave(int i)
{
	gate_leave(&gate, &guests[i].pass);
}

static void
first_come_first_served(void **state)
{
	(void)state;
	assert_true(enter(0));
	assert_true(enter(1));
	assert_false(enter(2));
	assert_false(enter(3));
	assert_string_equal(buf_text(&called), "");
	leave(1);
	assert_string_equal(buf_text(&called), "c");
	leave(0);
	assert_string_equal(buf_text(&called), "cd");
	leave(2);
	leave(3);
	assert_int_equal(gate.inside, 0);
	assert_string_equal(buf_text(&called), "cd");
}

static void
asking_twice_is_asking_once(void **state)
{
	(void)state;
	assert_true(enter(0));
	assert_true(enter(0));
	assert_int_equal(gate.inside, 1);
	assert_true(enter(1));
	assert_false(enter(2));
	assert_false(enter(2));
	leave(0);
	assert_string_equal(buf_text(&called), "c");
	/* Who was called is inside. */
	assert_true(enter(2));
	assert_int_equal(gate.inside, 2);
	leave(1);
	leave(1);
	leave(2);
	assert_int_equal(gate.inside, 0);
	assert_string_equal(buf_text(&called), "c");
}

static void
leaving_the_line(void **state)
{
	(void)state;
	enter(0);
	enter(1);
	assert_false(enter(2));
	assert_false(enter(3));
	leave(2);
	assert_int_equal(gate.inside, 2);
	assert_string_equal(buf_text(&called), "");
	leave(0);
	assert_string_equal(buf_text(&called), "d");
	/* The end of the line leaves it, and the line can be joined anew. */
	assert_false(enter(0));
	assert_false(enter(2));
	leave(2);
	assert_false(enter(2));
	leave(1);
	leave(3);
	assert_string_equal(buf_text(&called), "dac");
}

static void
who_was_never_there_leaves(void **state)
{
	(void)state;
	leave(3);
	enter(0);
	enter(1);
	assert_false(enter(2));
	leave(3);
	assert_int_equal(gate.inside, 2);
	assert_string_equal(buf_text(&called), "");
}

/* A visit that fails as it is let in leaves at once. */
static void
leaving_while_called(void **state)
{
	(void)state;
	enter(0);
	enter(1);
	enter(2);
	enter(3);
	guests[2].shows_out = &guests[2];
	leave(0);
	assert_string_equal(buf_text(&called), "cd");
	assert_false(guests[2].pass.inside);
	assert_true(guests[3].pass.inside);
	assert_int_equal(gate.inside, 2);
}

static void
more_room_lets_in_all_who_fit(void **state)
{
	(void)state;
	gate.room = 1;
	for (int i = 0; i < GUESTS; i++)
		enter(i);
	gate_resize(&gate, 3);
	assert_string_equal(buf_text(&called), "bc");
	assert_int_equal(gate.inside, 3);
	gate_resize(&gate, 3);
	assert_string_equal(buf_text(&called), "bc");
}

static void
less_room_shows_nobody_out(void **state)
{
	(void)state;
	gate.room = 3;
	for (int i = 0; i < GUESTS; i++)
		enter(i);
	gate_resize(&gate, 1);
	assert_int_equal(gate.inside, 3);
	leave(0);
	leave(1);
	assert_string_equal(buf_text(&called), "");
	leave(2);
	assert_string_equal(buf_text(&called), "d");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(first_come_first_served),
		TEST(asking_twice_is_asking_once),
		TEST(leaving_the_line),
		TEST(who_was_never_there_leaves),
		TEST(leaving_while_called),
		TEST(more_room_lets_in_all_who_fit),
		TEST(less_room_shows_nobody_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
