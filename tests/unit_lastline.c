/* SPDX-License-Identifier: BSD-2-Clause */
/* lastline: the last line of a stream, in pieces of any size. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lastline.h"
#include "mem.h"

static void
finds_it(void **state)
{
	static const char *const rows[][2] = {
		{ "one", "one" }, { "one\n", "one" }, { "one\ntwo", "two" },
		{ "one\n\n\r\n", "one" }, { "one\r\ntwo\r\n", "two" },
		{ "a\nbb\n", "bb" }, { "long\nx", "x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t len = strlen(rows[i][0]);

		for (size_t piece = 1; piece <= len; piece++) {
			struct lastline line = { .len = 0 };
			char *text;

			for (size_t at = 0; at < len; at += piece)
				lastline_feed(&line, rows[i][0] + at,
				    len - at < piece ? len - at : piece);
			text = lastline_text(&line);
			assert_string_equal(text, rows[i][1]);
			free(text);
		}
	}
}

static void
is_bounded(void **state)
{
	struct lastline line = { .len = 0 };
	char *text;

	(void)state;
	assert_null(lastline_text(&line));
	lastline_feed(&line, "\n\n", 2);
	assert_null(lastline_text(&line));
	for (int i = 0; i < 1000; i++)
		lastline_feed(&line, "0123456789", 10);
	text = lastline_text(&line);
	assert_int_equal(strlen(text), sizeof(line.text));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_it),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
