/* SPDX-License-Identifier: BSD-2-Clause */
/* pattern: OpenSSH's wildcards. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "pattern.h"

/* The definition, slow and plain. */
static bool
matches_by_definition(const char *pattern, const char *text)
{
	if (*pattern == '\0')
		return *text == '\0';
	if (*pattern == '*')
		return matches_by_definition(pattern + 1, text) ||
		    (*text != '\0' && matches_by_definition(pattern, text + 1));
	return *text != '\0' && (*pattern == '?' || *pattern == *text) &&
	    matches_by_definition(pattern + 1, text + 1);
}

/* The NUMBERth word over ALPHABET, shortest first. */
static void
word(size_t number, const char *alphabet, char *out)
{
	size_t letters = strlen(alphabet);

	while (number > 0) {
		*out++ = alphabet[(number - 1) % letters];
		number = (number - 1) / letters;
	}
	*out = '\0';
}

static void
every_short_pattern(void **state)
{
	(void)state;
	for (size_t p = 0; p < 5461; p++) {	/* up to 6 of 4 letters */
		char pattern[16];

		word(p, "ab*?", pattern);
		for (size_t t = 0; t < 127; t++) {	/* up to 6 of 2 */
			char text[16];

			word(t, "ab", text);
			if (pattern_match(pattern, text, false) !=
			    matches_by_definition(pattern, text))
				fail_msg("\"%s\" \"%s\"", pattern, text);
		}
	}
}

static void
letters(void **state)
{
	(void)state;
	assert_true(pattern_match("Web?.Example.*", "wEB1.eXAMPLE.org", true));
	assert_false(pattern_match("Web1", "web1", false));
	assert_true(pattern_match("[a]", "[a]", false));
	assert_false(pattern_match("[a]", "a", false));
	assert_false(pattern_match("\\*", "*", false));
	assert_true(pattern_match("\\*", "\\x", false));
	assert_true(pattern_match("\303?", "\303\251", true));
	assert_false(pattern_match("", "a", false));
	assert_true(pattern_match("", "", false));
	assert_true(pattern_match("**", "", false));
	assert_false(pattern_match("?", "", false));
}

/* Exponential matchers take longer than the universe here. */
static void
hostile_pattern(void **state)
{
	char pattern[2002], text[20001];

	(void)state;
	for (size_t i = 0; i < 2000; i += 2)
		memcpy(pattern + i, "a*", 2);
	memcpy(pattern + 2000, "b", 2);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(pattern_match(pattern, text, false));
	text[sizeof(text) - 2] = 'b';
	assert_true(pattern_match(pattern, text, false));
}

static void
lists(void **state)
{
	static const struct {
		const char *list, *text;
		int found;
	} rows[] = {
		{ "a", "a", 1 }, { "a,b", "b", 1 }, { "a,b", "c", 0 },
		{ "*,!b", "b", -1 }, { "!b,*", "b", -1 }, { "!b,*", "a", 1 },
		{ "!b", "a", 0 }, { "", "", 1 }, { "", "a", 0 },
		{ "a,,b", "", 1 }, { "a,", "b", 0 }, { "!", "", -1 },
		{ "!*.x,*", "a.x", -1 }, { "*.x,!a.*", "b.x", 1 },
		{ "A", "a", 0 }, { "a b", "a b", 1 }, { "!!a", "!a", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int found = pattern_list(rows[i].list, rows[i].text, false);

		if (found != rows[i].found)
			fail_msg("\"%s\" \"%s\": %d", rows[i].list,
			    rows[i].text, found);
	}
	assert_int_equal(pattern_list("A,!B", "a", true), 1);
	assert_int_equal(pattern_list("*,!B", "b", true), -1);
}

static void
names_are_matched_whole_and_to_the_letter(void **state)
{
	(void)state;
	assert_true(pattern_named("a,bc,d", "a", 1));
	assert_true(pattern_named("a,bc,d", "bc", 2));
	assert_true(pattern_named("a,bc,d", "de", 1));
	assert_false(pattern_named("a,bc,d", "b", 1));
	assert_false(pattern_named("a,bc,d", "bcd", 3));
	assert_false(pattern_named("a,bc,d", "A", 1));
	assert_false(pattern_named("*", "a", 1));
	assert_false(pattern_named("", "a", 1));
	assert_false(pattern_named(NULL, "a", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_matched_whole_and_to_the_letter),
		cmocka_unit_test(every_short_pattern),
		cmocka_unit_test(letters),
		cmocka_unit_test(hostile_pattern),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
