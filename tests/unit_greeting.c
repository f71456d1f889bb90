/* SPDX-License-Identifier: BSD-2-Clause */
/* greeting: what a server says before its version. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "greeting.h"

/* The text after BYTES, added in pieces of STEP. */
static void
check_pieces(const char *bytes, size_t len, size_t step, const char *text)
{
	struct greeting greeting = { 0 };
	const char *got;

	for (size_t at = 0; at < len; at += step)
		greeting_add(&greeting, bytes + at,
		    step < len - at ? step : len - at);
	got = greeting_text(&greeting);
	if (text == NULL)
		assert_null(got);
	else
		assert_string_equal(got, text);
	greeting_free(&greeting);
}

static void
check(const char *bytes, const char *text)
{
	size_t len = strlen(bytes);

	for (size_t step = 1; step <= len; step++)
		check_pieces(bytes, len, step, text);
}

static void
the_last_line_counts(void **state)
{
	(void)state;
	check("Exceeded MaxStartups\r\n", "Exceeded MaxStartups");
	check("one\ntwo\r\n\r\n\n", "two");
	check("one\ntwo\nSSH-2.0-x\r\n", "two");
	check("one\nand half of tw", "and half of tw");
	check("\r\n", NULL);
}

static void
nothing_is_said_mostly(void **state)
{
	struct greeting greeting = { 0 };

	(void)state;
	check("SSH-2.0-OpenSSH_9.2\r\nbinary\nthings\n", NULL);
	assert_null(greeting_text(&greeting));
	greeting_add(&greeting, "SSH-", 4);
	assert_true(greeting.over);
	/* What is not read costs no memory. */
	assert_null(greeting.line.start);
	greeting_free(&greeting);
}

static void
the_version_begins_a_line(void **state)
{
	(void)state;
	check("no SSH-2.0-x here\n", "no SSH-2.0-x here");
	check("SSH\nSSH-1.5\n", "SSH");
}

static void
lines_have_bounds(void **state)
{
	struct greeting greeting = { 0 };
	char line[5000];

	(void)state;
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 100; i++)
		greeting_add(&greeting, line, sizeof(line));
	assert_int_equal(strlen(greeting_text(&greeting)), GREETING_MOST);
	greeting_add(&greeting, "\n", 1);
	assert_int_equal(strlen(greeting_text(&greeting)), GREETING_MOST);
	greeting_add(&greeting, "\nshort\n", 7);
	assert_string_equal(greeting_text(&greeting), "short");
	greeting_free(&greeting);
	check_pieces("a\0b\0\n", 5, 5, "ab");
}

static void
what_says_full(void **state)
{
	(void)state;
	assert_true(greeting_is_full("Exceeded MaxStartups"));
	assert_true(greeting_is_full("Not allowed at this time"));
	assert_true(greeting_is_full("Too many connections"));
	assert_true(greeting_is_full("server is busy, sorry"));
	assert_false(greeting_is_full("HTTP/1.0 400 Bad"));
	assert_false(greeting_is_full("Access denied"));
	assert_false(greeting_is_full(""));
	assert_false(greeting_is_full(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_counts),
		cmocka_unit_test(nothing_is_said_mostly),
		cmocka_unit_test(the_version_begins_a_line),
		cmocka_unit_test(lines_have_bounds),
		cmocka_unit_test(what_says_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
