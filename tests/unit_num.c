/* SPDX-License-Identifier: BSD-2-Clause */
/* num: numbers as users write them, strictly. */
#include "config.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "num.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
whole_numbers(void **state)
{
	static const struct {
		const char *text;
		long least, most;
		bool good;
		long value;
	} rows[] = {
		{ "0", 0, 10, true, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false, 0 },
		{ "007", 0, 10, true, 7 },
		{ "-1", -1, 10, true, -1 },
		{ "-2", -1, 10, false, 0 },
		{ "-1", 0, 10, false, 0 },
		{ "-0", 0, 10, false, 0 },
		{ "--1", -5, 10, false, 0 },
		{ "-", -5, 10, false, 0 },
		{ "+1", 0, 10, false, 0 },
		{ "", 0, 10, false, 0 },
		{ " 1", 0, 10, false, 0 },
		{ "1 ", 0, 10, false, 0 },
		{ "1\n", 0, 10, false, 0 },
		{ "0x1", 0, 10, false, 0 },
		{ "1.5", 0, 10, false, 0 },
		{ "1e3", 0, 5000, false, 0 },
		{ "abc", 0, 10, false, 0 },
		{ "9223372036854775807", 0, LONG_MAX, true, LONG_MAX },
		{ "9223372036854775808", 0, LONG_MAX, false, 0 },
		{ "-9223372036854775808", LONG_MIN, 0, true, LONG_MIN },
		{ "-9223372036854775809", LONG_MIN, 0, false, 0 },
		{ "99999999999999999999999", 0, LONG_MAX, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		long value = 4711;
		bool good = num_parse(rows[i].text, rows[i].least,
		    rows[i].most, &value);

		if (good != rows[i].good ||
		    value != (good ? rows[i].value : 4711))
			fail_msg("\"%s\": %d, %ld", rows[i].text, good, value);
	}
}

static void
ports(void **state)
{
	int port = -1;

	(void)state;
	assert_true(num_port("1", &port));
	assert_int_equal(port, 1);
	assert_true(num_port("65535", &port));
	assert_int_equal(port, 65535);
	assert_false(num_port("0", &port));
	assert_false(num_port("65536", &port));
	assert_false(num_port("-22", &port));
	assert_false(num_port("ssh", &port));
	assert_false(num_port("", &port));
	assert_int_equal(port, 65535);
}

static void
times(void **state)
{
	static const struct {
		const char *text;
		long seconds;		/* -1: refused */
	} rows[] = {
		{ "0", 0 }, { "90", 90 }, { "90s", 90 }, { "1m30s", 90 },
		{ "1M30", 90 }, { "2h", 7200 }, { "1d", 86400 },
		{ "1w2D", 777600 }, { "1h1h", 7200 }, { "2147483647",
		INT_MAX }, { "2147483648", -1 }, { "3550w", 2147040000 },
		{ "3551w", -1 }, { "2147483647s1s", -1 }, { "", -1 },
		{ "s", -1 }, { "1x", -1 }, { "-1", -1 }, { "1 m", -1 },
		{ "1m ", -1 }, { "1.5h", -1 }, { "none", -1 }, { "+5", -1 },
		{ "99999999999999999999", -1 }, { "1ms", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		long seconds = -1;
		bool good = num_seconds(rows[i].text, &seconds);

		if (seconds != rows[i].seconds || good != (seconds >= 0))
			fail_msg("\"%s\": %ld", rows[i].text, seconds);
	}
}

static void
sizes(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t bytes;
	} rows[] = {
		{ "0", true, 0 }, { "1", true, 1 }, { "1k", true, 1024 },
		{ "1K", true, 1024 }, { "3M", true, 3145728 },
		{ "2g", true, 2147483648 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "17179869183G", true, UINT64_C(17179869183) << 30 },
		{ "17179869184G", false, 0 }, { "", false, 0 },
		{ "k", false, 0 }, { "1kk", false, 0 }, { "1kB", false, 0 },
		{ "1T", false, 0 }, { "-1", false, 0 }, { "1 k", false, 0 },
		{ " 1", false, 0 }, { "1.5M", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t bytes = 4711;
		bool good = num_size(rows[i].text, &bytes);

		if (good != rows[i].good ||
		    bytes != (good ? rows[i].bytes : 4711))
			fail_msg("\"%s\": %d", rows[i].text, good);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers),
		cmocka_unit_test(ports),
		cmocka_unit_test(times),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
