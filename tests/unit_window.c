/* SPDX-License-Identifier: BSD-2-Clause */
/* Each host's share of what may be on its way to us. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "window.h"

#define BUDGET (16u * 1024 * 1024)

static void
few_hosts_get_no_more_than_a_line_holds(void **state)
{
	(void)state;
	assert_int_equal(window_share(1, false), 4 * 1024 * 1024);
	assert_int_equal(window_share(0, false), window_share(1, false));
	assert_int_equal(window_share(4, false), 4 * 1024 * 1024);
}

static void
all_together_stay_within_the_budget(void **state)
{
	(void)state;
	for (unsigned hosts = 4; hosts <= 4096; hosts++)
		assert_true(window_share(hosts, false) * (uint64_t)hosts <= BUDGET);
	assert_int_equal(window_share(64, false), BUDGET / 64);
}

static void
nobody_is_starved(void **state)
{
	(void)state;
	assert_int_equal(window_share(4096, false), 4096);
	assert_int_equal(window_share(1000000, false), 4096);
}

static void
files_go_by_a_wider_way(void **state)
{
	(void)state;
	assert_int_equal(window_share(1, true), 4 * 1024 * 1024);
	assert_int_equal(window_share(5, true), BUDGET / 5);
	assert_int_equal(window_share(8, true), 2 * 1024 * 1024);
	assert_int_equal(window_share(32, true), 2 * 1024 * 1024);
	for (unsigned hosts = 5; hosts <= 16384; hosts++) {
		uint64_t all = window_share(hosts, true) * (uint64_t)hosts;

		assert_true(window_share(hosts, true) >=
		    window_share(hosts, false));
		assert_true(all <= 4 * BUDGET);
	}
	assert_int_equal(window_share(1000000, true), 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_hosts_get_no_more_than_a_line_holds),
		cmocka_unit_test(all_together_stay_within_the_budget),
		cmocka_unit_test(nobody_is_starved),
		cmocka_unit_test(files_go_by_a_wider_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
