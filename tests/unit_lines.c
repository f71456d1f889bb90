/* SPDX-License-Identifier: BSD-2-Clause */
/* lines: bytes in chunks of any size, the same lines out. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "lines.h"

struct log {
	struct lines	 lines;
	struct buf	 text;		/* "[line]", "[piece+" when cut */
};

static void
receive(void *context, const char *line, size_t len)
{
	struct log *log = context;

	buf_addc(&log->text, '[');
	buf_add(&log->text, line, len);
	buf_addc(&log->text, log->lines.cut ? '+' : ']');
}

/* Feed TEXT in chunks of CHUNK bytes, and compare what comes out. */
static void
assert_lines(const char *text, size_t longest, size_t chunk,
    const char *expected)
{
	struct log log = { .lines = { .longest = longest } };
	size_t len = strlen(text);

	for (size_t at = 0; at < len; at += chunk) {
		size_t size = chunk < len - at ? chunk : len - at;
		/* Its own memory, so that reading past it is seen. */
		char *copy = malloc(size);

		assert_non_null(copy);
		memcpy(copy, text + at, size);
		lines_feed(&log.lines, copy, size, receive, &log);
		free(copy);
	}
	lines_end(&log.lines, receive, &log);
	if (strcmp(buf_text(&log.text), expected) != 0)
		fail_msg("\"%s\", %zu, by %zu: %s, not %s", text, longest,
		    chunk, buf_text(&log.text), expected);
	buf_free(&log.lines.part);
	buf_free(&log.text);
}

static void
any_chunk_size(void **state)
{
	static const struct {
		const char *text;
		size_t longest;
		const char *expected;
	} rows[] = {
		{ "", 4, "" },
		{ "a", 4, "[a]" },
		{ "a\n", 4, "[a]" },
		{ "\n", 4, "[]" },
		{ "\n\na\n\n", 4, "[][][a][]" },
		{ "one\ntwo\nsix", 4, "[one][two][six]" },
		{ "abcd\nefgh", 4, "[abcd][efgh]" },
		{ "abcde\nf\n", 4, "[abcd+[e][f]" },
		{ "abcdefgh\nf\n", 4, "[abcd+[efgh][f]" },
		{ "abcdefghi", 4, "[abcd+[efgh+[i]" },
		{ "abc", 1, "[a+[b+[c]" },
		{ "a\r\nb", 4, "[a\r][b]" },
		{ "abcdefghi\nj", 0, "[abcdefghi][j]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t chunk = 1; chunk < 12; chunk++)
			assert_lines(rows[i].text, rows[i].longest, chunk,
			    rows[i].expected);
	}
}

static void
nul_bytes_are_bytes(void **state)
{
	struct log log = { .lines = { .longest = 8 } };

	(void)state;
	lines_feed(&log.lines, "a\0b\n\0", 5, receive, &log);
	lines_end(&log.lines, receive, &log);
	assert_int_equal(log.text.len, 8);
	assert_memory_equal(log.text.data, "[a\0b][\0]", 8);
	buf_free(&log.lines.part);
	buf_free(&log.text);
}

static void
memory_is_bounded(void **state)
{
	static char chunk[65536];
	struct log log = { .lines = { .longest = 1000 } };

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	for (int i = 0; i < 200; i++) {
		lines_feed(&log.lines, chunk, sizeof(chunk), receive, &log);
		buf_clear(&log.text);
	}
	assert_true(log.lines.part.room <= 4096);
	lines_end(&log.lines, receive, &log);
	/* The stream may begin anew. */
	buf_clear(&log.text);
	lines_feed(&log.lines, "new\n", 4, receive, &log);
	assert_string_equal(buf_text(&log.text), "[new]");
	buf_free(&log.lines.part);
	buf_free(&log.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_chunk_size),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
