/* SPDX-License-Identifier: BSD-2-Clause */
/* crowd: servers that take few connections at once. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crowd.h"

#define GUESTS 40
#define NEVER 0

static struct crowds *crowds;
static struct crowd_guest guests[GUESTS];
static unsigned called;

static void
let_in(void *context)
{
	struct crowd_guest *guest = context;

	assert_true(guest->pass.inside);
	called++;
}

static void
join(int i, const char *host)
{
	crowd_join(crowds, &guests[i], host, 22, NULL);
}

static int
setup(void **state)
{
	(void)state;
	crowds = crowds_new(1);
	called = 0;
	memset(guests, 0, sizeof(guests));
	for (int i = 0; i < GUESTS; i++) {
		guests[i].pass.call = let_in;
		guests[i].pass.context = &guests[i];
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (int i = 0; i < GUESTS; i++)
		crowd_leave(&guests[i]);
	crowds_free(crowds);
	return 0;
}

static bool
enter(int i)
{
	return crowd_enter(&guests[i], 0);
}

static void
drop(int i)
{
	assert_true(crowd_drop(&guests[i], CROWD_FULL, NEVER, 0) > 0);
}

/* Taken in, logged in, gone on to other things. */
static void
succeed(int i)
{
	crowd_welcome(&guests[i]);
	crowd_leave(&guests[i]);
}

/* N guests at one server, all of them inside. */
static void
fill(int n)
{
	for (int i = 0; i < n; i++) {
		join(i, "web1");
		assert_true(enter(i));
	}
}

static void
nobody_waits_without_a_drop(void **state)
{
	(void)state;
	fill(GUESTS);
	assert_int_equal(crowd_room(&guests[0]), 0);
	for (int i = 0; i < GUESTS; i++)
		succeed(i);
	assert_int_equal(called, 0);
}

static void
a_burst_finds_the_limit(void **state)
{
	(void)state;
	fill(GUESTS);
	/* MaxStartups 3: all others are dropped. */
	for (int i = 3; i < GUESTS; i++)
		drop(i);
	assert_int_equal(crowd_room(&guests[0]), 3);
	assert_false(enter(3));
	assert_false(enter(4));
	assert_int_equal(called, 0);
	succeed(0);
	assert_int_equal(called, 1);
	assert_true(guests[3].pass.inside);
	assert_false(guests[4].pass.inside);
}

static void
there_is_always_room_for_one(void **state)
{
	(void)state;
	fill(2);
	drop(0);
	drop(1);
	assert_int_equal(crowd_room(&guests[0]), 1);
	assert_true(enter(0));
	assert_false(enter(1));
	drop(0);
	assert_int_equal(crowd_room(&guests[0]), 1);
	/* Who was next in line is there now. */
	assert_int_equal(called, 1);
	assert_true(enter(1));
}

static void
room_grows_by_one_a_roomful(void **state)
{
	(void)state;
	fill(4);
	drop(0);
	drop(1);
	assert_int_equal(crowd_room(&guests[0]), 2);
	succeed(2);
	assert_int_equal(crowd_room(&guests[0]), 2);
	succeed(3);
	assert_int_equal(crowd_room(&guests[0]), 3);
	for (int i = 4; i < 8; i++) {
		join(i, "web1");
		assert_int_equal(enter(i), i < 7);
	}
	succeed(4);
	assert_true(guests[7].pass.inside);
	succeed(5);
	assert_int_equal(crowd_room(&guests[0]), 3);
	succeed(6);
	assert_int_equal(crowd_room(&guests[0]), 4);
}

/* A wider room is filled at once: two leave, and three come. */
static void
growth_lets_in(void **state)
{
	(void)state;
	fill(4);
	drop(0);
	drop(1);
	for (int i = 4; i < 10; i++) {
		join(i, "web1");
		assert_false(enter(i));
	}
	succeed(2);
	assert_int_equal(called, 1);
	succeed(3);
	assert_int_equal(called, 3);
}

static void
who_was_not_welcome_widens_nothing(void **state)
{
	(void)state;
	fill(3);
	drop(0);
	drop(1);
	crowd_leave(&guests[2]);
	assert_int_equal(crowd_room(&guests[0]), 1);
}

static void
servers_are_told_apart(void **state)
{
	(void)state;
	fill(2);
	drop(0);
	drop(1);
	crowd_join(crowds, &guests[2], "web1", 2222, NULL);
	crowd_join(crowds, &guests[3], "web2", 22, NULL);
	crowd_join(crowds, &guests[4], "web1", 22, "bastion");
	crowd_join(crowds, &guests[5], "web1", 22, NULL);
	for (int i = 2; i < 5; i++)
		assert_int_equal(crowd_room(&guests[i]), 0);
	assert_int_equal(crowd_room(&guests[5]), 1);
}

/* A server that was full is remembered when nobody is there. */
static void
what_was_learnt_is_kept(void **state)
{
	(void)state;
	fill(1);
	drop(0);
	crowd_leave(&guests[0]);
	join(1, "web1");
	assert_int_equal(crowd_room(&guests[1]), 1);
}

static void
something_behind_it_is_not_its_fault(void **state)
{
	(void)state;
	fill(GUESTS);
	assert_true(crowd_drop(&guests[0], CROWD_BEHIND, NEVER, 0) > 0);
	assert_true(crowd_drop(&guests[1], CROWD_FULL | CROWD_BEHIND,
	    NEVER, 0) > 0);
	assert_int_equal(crowd_room(&guests[0]), 0);
}

static void
waits_double_and_differ(void **state)
{
	static const uint64_t middle[] = {
		100, 200, 400, 800, 1600, 2000, 2000, 2000
	};
	uint64_t first[8] = { 0 };

	(void)state;
	for (int i = 0; i < GUESTS; i++) {
		join(i, "web1");
		for (size_t n = 0; n < 8; n++) {
			uint64_t wait;

			wait = crowd_drop(&guests[i], CROWD_FULL, NEVER, 0);
			assert_in_range(wait, middle[n] / 2,
			    middle[n] / 2 * 3);
			first[n] = n == 0 && i == 0 ? wait : first[n];
			if (i > 0 && n == 0 && wait != first[0])
				called++;
		}
	}
	/* A few of 101 values may be the same. */
	assert_true(called > GUESTS / 2);
}

/* How often GUEST is dropped before it gives up, at 10 ms a try. */
static unsigned
tries(struct crowd_guest *guest, unsigned drop, uint64_t limit,
    uint64_t *now)
{
	uint64_t wait;

	do {
		assert_true(crowd_enter(guest, *now));
		*now += 10;
		wait = crowd_drop(guest, drop, limit, *now);
		*now += wait;
	} while (wait > 0 && guest->drops < 1000);
	return guest->drops;
}

static void
who_just_closes_is_left_soon(void **state)
{
	uint64_t now = 0;

	(void)state;
	join(0, "web1");
	assert_int_equal(tries(&guests[0], CROWD_CLOSED, 10000, &now),
	    CROWD_TRIES);
	assert_in_range(now, 750, 2300);
}

static void
who_says_full_has_the_whole_limit(void **state)
{
	uint64_t now = 0;

	(void)state;
	join(0, "web1");
	assert_in_range(tries(&guests[0], CROWD_FULL, 10000, &now), 7, 16);
	assert_in_range(now, 7000, 10000);
	assert_int_equal(crowd_left(&guests[0], 10000, now), 1);
}

static void
who_has_taken_others_in_is_full(void **state)
{
	uint64_t now = 0;

	(void)state;
	join(0, "web1");
	join(1, "web1");
	enter(1);
	succeed(1);
	assert_true(tries(&guests[0], CROWD_CLOSED, 10000, &now) > CROWD_TRIES);
	/* But not for what is behind it. */
	now = 0;
	join(2, "web1");
	assert_int_equal(tries(&guests[2], CROWD_BEHIND, 10000, &now),
	    CROWD_TRIES);
	join(3, "web1");
	assert_true(tries(&guests[3], CROWD_FULL | CROWD_BEHIND, 10000, &now) >
	    CROWD_TRIES);
}

static void
a_short_limit_ends_it(void **state)
{
	uint64_t now = 0;

	(void)state;
	join(0, "web1");
	tries(&guests[0], CROWD_FULL, 200, &now);
	assert_true(now < 200);
	join(1, "web2");
	now = 0;
	assert_int_equal(tries(&guests[1], CROWD_FULL, 20, &now), 1);
}

static void
the_line_is_not_counted(void **state)
{
	(void)state;
	fill(2);
	crowd_drop(&guests[0], CROWD_FULL, 1000, 50);
	assert_false(crowd_enter(&guests[0], 200));
	assert_in_range(crowd_left(&guests[0], 1000, 5000), 1000 - 50 - 150,
	    1000 - 50 - 50);
	succeed(1);
	assert_true(crowd_enter(&guests[0], 6000));
	assert_true(crowd_enter(&guests[0], 6100));
	assert_in_range(crowd_left(&guests[0], 1000, 6100), 1000 - 50 - 250,
	    1000 - 50 - 150);
	assert_int_equal(crowd_left(&guests[0], 1000, 9000), 1);
	assert_int_equal(crowd_left(&guests[0], NEVER, 9000), 0);
}

static void
other_waits_are_not_counted(void **state)
{
	(void)state;
	join(0, "web1");
	crowd_enter(&guests[0], 100);
	crowd_pause(&guests[0], 300);
	crowd_pause(&guests[0], 400);
	assert_int_equal(crowd_left(&guests[0], 1000, 5000), 800);
	assert_true(crowd_enter(&guests[0], 6000));
	assert_int_equal(crowd_left(&guests[0], 1000, 6100), 700);
}

static void
leaving_the_line(void **state)
{
	(void)state;
	fill(2);
	drop(0);
	assert_false(enter(0));
	crowd_leave(&guests[0]);
	crowd_leave(&guests[0]);
	succeed(1);
	assert_int_equal(called, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(nobody_waits_without_a_drop),
		TEST(a_burst_finds_the_limit),
		TEST(there_is_always_room_for_one),
		TEST(room_grows_by_one_a_roomful),
		TEST(growth_lets_in),
		TEST(who_was_not_welcome_widens_nothing),
		TEST(servers_are_told_apart),
		TEST(what_was_learnt_is_kept),
		TEST(something_behind_it_is_not_its_fault),
		TEST(waits_double_and_differ),
		TEST(who_just_closes_is_left_soon),
		TEST(who_says_full_has_the_whole_limit),
		TEST(who_has_taken_others_in_is_full),
		TEST(a_short_limit_ends_it),
		TEST(the_line_is_not_counted),
		TEST(other_waits_are_not_counted),
		TEST(leaving_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
