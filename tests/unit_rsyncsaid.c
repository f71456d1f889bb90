/* SPDX-License-Identifier: BSD-2-Clause */
/* rsyncsaid: what rsync prints, and why it failed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsyncsaid.h"

static void
say(struct rsyncsaid *said, enum rsyncsaid_voice voice, const char *text)
{
	rsyncsaid_feed(said, voice, text, strlen(text));
}

static void
why_is(struct rsyncsaid *said, const char *expected)
{
	char *why = rsyncsaid_why(said);

	if (expected == NULL)
		assert_null(why);
	else
		assert_string_equal(why, expected);
	free(why);
	rsyncsaid_clear(said);
}

static void
the_first_cause_counts(void **state)
{
	struct rsyncsaid said;

	(void)state;
	rsyncsaid_begin(&said);
	say(&said, RSYNCSAID_HOST, "setlocale: no\n");
	say(&said, RSYNCSAID_ERR, "rsync: connection unexpectedly closed\n"
	    "rsync: [sender] link_");
	say(&said, RSYNCSAID_ERR, "stat \"x\" failed\nrsync: [sender] y\n"
	    "rsync error: some (code 23)\n");
	why_is(&said, "rsync: [sender] link_stat \"x\" failed");
}

static void
then_the_last_word_of_the_host(void **state)
{
	struct rsyncsaid said;

	(void)state;
	rsyncsaid_begin(&said);
	say(&said, RSYNCSAID_HOST, "Welcome\r\nrsync: ");
	say(&said, RSYNCSAID_HOST, "Broken pipe (32)\n"
	    "csh: Command not found.\n\n");
	say(&said, RSYNCSAID_ERR,
	    "rsync error: error in rsync protocol data stream (code 12)");
	rsyncsaid_feed(&said, RSYNCSAID_ERR, NULL, 0);
	why_is(&said, "csh: Command not found.");
}

static void
who_says_nothing_has_no_reason(void **state)
{
	struct rsyncsaid said;

	(void)state;
	rsyncsaid_begin(&said);
	why_is(&said, NULL);
	rsyncsaid_begin(&said);
	say(&said, RSYNCSAID_ERR, "\n\r\nrsync error: x\n");
	why_is(&said, NULL);
}

/* However long a line a host sends, the reason is bounded. */
static void
a_long_word_is_cut(void **state)
{
	struct rsyncsaid said;
	char *why;

	(void)state;
	rsyncsaid_begin(&said);
	for (int i = 0; i < 100000; i++)
		say(&said, RSYNCSAID_HOST, "0123456789");
	assert_true(said.lines[RSYNCSAID_HOST].part.len <= 8192);
	rsyncsaid_feed(&said, RSYNCSAID_HOST, NULL, 0);
	why = rsyncsaid_why(&said);
	assert_int_equal(strlen(why), 400);
	free(why);
	rsyncsaid_clear(&said);
}

static void
of_progress_the_last_state_is_kept(void **state)
{
	struct rsyncsaid said;

	(void)state;
	rsyncsaid_begin(&said);
	say(&said, RSYNCSAID_OUT, "big\n\r  1%\r  5");
	assert_string_equal(buf_text(&said.fit), "big\n");
	say(&said, RSYNCSAID_OUT, "0%\r 100%\nskipping directory tree\nend");
	rsyncsaid_feed(&said, RSYNCSAID_OUT, NULL, 0);
	assert_string_equal(buf_text(&said.fit),
	    "big\n 100%\nskipping directory tree\nend\n");
	assert_string_equal(said.left_out, "skipping directory tree");
	why_is(&said, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_cause_counts),
		cmocka_unit_test(then_the_last_word_of_the_host),
		cmocka_unit_test(who_says_nothing_has_no_reason),
		cmocka_unit_test(a_long_word_is_cut),
		cmocka_unit_test(of_progress_the_last_state_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
