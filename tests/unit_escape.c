/* SPDX-License-Identifier: BSD-2-Clause */
/* escape: nothing gets through that could steer a terminal, everything else
 * does. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "escape.h"

static void
table(void **state)
{
	static const struct {
		const char *text, *keep, *expected;
	} rows[] = {
		{ "", "", "" },
		{ "plain ~ text", "", "plain ~ text" },
		{ "a\nb\tc\rd", "", "a\\nb\\tc\\rd" },
		{ "a\nb\tc\rd", "\n\t", "a\nb\tc\\rd" },
		{ "a\r\nb\r", "\n", "a\r\nb\\r" },
		{ "a\r\nb", "", "a\\r\\nb" },
		{ "a\r\r\nb", "\n", "a\\r\r\nb" },
		{ "\033[31mred", "", "\\x1b[31mred" },
		{ "\033]0;title\a", "\n", "\\x1b]0;title\\x07" },
		{ "\177", "", "\\x7f" },
		{ "caf\303\251", "", "caf\303\251" },
		{ "\302\233" "31m", "", "\\xc2\\x9b31m" },	/* C1's CSI */
		{ "\233" "31m", "", "\\x9b31m" },
		{ "\302\240", "", "\302\240" },
		{ "\300\200", "", "\\xc0\\x80" },		/* overlong */
		{ "\340\200\257", "", "\\xe0\\x80\\xaf" },
		{ "\360\200\200\257", "", "\\xf0\\x80\\x80\\xaf" },
		{ "\355\240\200", "", "\\xed\\xa0\\x80" },	/* surrogate */
		{ "\364\220\200\200", "", "\\xf4\\x90\\x80\\x80" },
		{ "\360\237\220\200", "", "\360\237\220\200" },
		{ "\342\200\256", "", "\\xe2\\x80\\xae" },	/* RLO */
		{ "\342\201\246", "", "\\xe2\\x81\\xa6" },	/* LRI */
		{ "\342\200\250", "", "\\xe2\\x80\\xa8" },	/* LS */
		{ "\342\202", "", "\\xe2\\x82" },
		{ "\342\202x", "", "\\xe2\\x82x" },
		{ "\376\377", "", "\\xfe\\xff" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = { 0 };

		escape_add(&out, rows[i].text, strlen(rows[i].text),
		    rows[i].keep);
		assert_string_equal(buf_text(&out), rows[i].expected);
		buf_free(&out);
	}
}

static void
nul_is_escaped_and_never_kept(void **state)
{
	struct buf out = { 0 };

	(void)state;
	escape_add(&out, "a\0b", 3, "\n");
	assert_string_equal(buf_text(&out), "a\\x00b");
	buf_free(&out);
}

/* The code point CODE in UTF-8; the length. */
static size_t
encode(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static bool
is_shown(uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) &&
	    !(code >= 0xd800 && code <= 0xdfff) &&
	    !(code >= 0x2028 && code <= 0x202e) &&
	    !(code >= 0x2066 && code <= 0x2069);
}

/* Each passes whole or not at all; cut anywhere, its head is held back. */
static void
every_code_point(void **state)
{
	struct buf out = { 0 };

	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char text[4];
		size_t len = encode(code, text);
		bool same;

		buf_clear(&out);
		escape_add(&out, text, len, "");
		same = out.len == len && memcmp(out.data, text, len) == 0;
		if (same != is_shown(code))
			fail_msg("U+%04X", code);
		if (escape_unfinished(text, len) != (code == '\r'))
			fail_msg("U+%04X is whole", code);
		for (size_t cut = 1; cut < len; cut++) {
			if (escape_unfinished(text, cut) != cut)
				fail_msg("U+%04X cut at %zu", code, cut);
		}
	}
	buf_free(&out);
}

static void
every_three_bytes(void **state)
{
	struct buf once = { 0 }, twice = { 0 };

	(void)state;
	for (uint32_t bits = 0; bits <= 0xffffff; bits += 7) {
		char text[3] = { (char)(bits >> 16), (char)(bits >> 8),
		    (char)bits };

		buf_clear(&once);
		buf_clear(&twice);
		escape_add(&once, text, sizeof(text), "");
		escape_add(&twice, once.data, once.len, "");
		if (once.len != twice.len ||
		    memcmp(once.data, twice.data, once.len) != 0)
			fail_msg("%06x", bits);
		if (escape_unfinished(text, sizeof(text)) > 3)
			fail_msg("%06x", bits);
	}
	buf_free(&once);
	buf_free(&twice);
}

static void
nothing_to_hold_back(void **state)
{
	(void)state;
	assert_int_equal(escape_unfinished("", 0), 0);
	assert_int_equal(escape_unfinished("\200\200\200\200", 4), 0);
	assert_int_equal(escape_unfinished("abc", 3), 0);
	assert_int_equal(escape_unfinished("a\342\202", 3), 2);
	assert_int_equal(escape_unfinished("\202", 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(nul_is_escaped_and_never_kept),
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(every_three_bytes),
		cmocka_unit_test(nothing_to_hold_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
