/* SPDX-License-Identifier: BSD-2-Clause */
/* result: the words of the report and the exit status. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "result.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
words(void **state)
{
	static const struct {
		struct result	 result;
		const char	*words;
	} rows[] = {
		{ { .ending = ENDED_WELL }, NULL },
		{ { .ending = ENDED_STATUS, .exit_status = 1 },
		    "Exited with error code 1" },
		{ { .ending = ENDED_STATUS, .exit_status = 255 },
		    "Exited with error code 255" },
		{ { .ending = ENDED_SIGNAL, .signal = "KILL" },
		    "Killed by signal 9 (SIGKILL)" },
		{ { .ending = ENDED_SIGNAL, .signal = "TERM" },
		    "Killed by signal 15 (SIGTERM)" },
		{ { .ending = ENDED_SIGNAL, .signal = "HUP" },
		    "Killed by signal 1 (SIGHUP)" },
		{ { .ending = ENDED_SIGNAL, .signal = "sig@x.org" },
		    "Killed by signal sig@x.org" },
		{ { .ending = ENDED_TIMEOUT }, "Timed out" },
		{ { .ending = ENDED_INTERRUPTED }, "Interrupted" },
		{ { .ending = ENDED_CANCELLED }, "Cancelled" },
		{ { .ending = ENDED_UNREACHED, .message = "no route" },
		    "no route" },
		{ { .ending = ENDED_LOST, .message = "reset" }, "reset" },
		{ { .ending = ENDED_LOCAL, .message = "disk" }, "disk" },
		{ { .ending = ENDED_TIMEOUT, .message = "during login" },
		    "Timed out, during login" },
		{ { .ending = ENDED_TIMEOUT, .message = "m",
		    .maybe_running = true, .dropped = 7 },
		    "Timed out, m, the remote command may still be running, "
		    "output cut short by 7 bytes (see --max-output)" },
		{ { .ending = ENDED_TIMEOUT, .left_behind = true },
		    "Timed out, "
		    "something that the command started is still running" },
		{ { .ending = ENDED_WELL, .dropped = 5000000000 },
		    "output cut short by 5000000000 bytes (see --max-output)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct result result = rows[i].result;
		char *got;

		result.message = mem_dup(result.message);
		got = result_words(&result);
		if (rows[i].words == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].words);
		free(got);
		result_clear(&result);
		assert_null(result.message);
	}
}

/* One letter an ending, in the order of the enumeration. */
static struct tally
tally_of(const char *endings)
{
	static const char letters[] = "wsktulxic";
	struct tally tally = { 0 };

	for (; *endings != '\0'; endings++) {
		struct result result = {
			.ending = strchr(letters, *endings) - letters,
		};

		tally_add(&tally, &result);
	}
	return tally;
}

/* The table of the manual page, row by row. */
static void
exit_status(void **state)
{
	static const struct {
		const char	*endings;
		int		 signal, status;
	} rows[] = {
		{ "", 0, 0 },
		{ "www", 0, 0 },
		/* 130, 143, 129: on the user's word, whatever happened */
		{ "wstuic", SIGINT, 130 }, { "w", SIGTERM, 143 },
		{ "c", SIGHUP, 129 },
		/* 3: a time limit, a signal */
		{ "wt", 0, 3 }, { "wk", 0, 3 }, { "stuxlic", 0, 3 },
		{ "skuxlic", 0, 3 },
		/* 4: not reached, lost, not stored */
		{ "wu", 0, 4 }, { "wl", 0, 4 }, { "wx", 0, 4 },
		{ "swuic", 0, 4 }, { "swlic", 0, 4 }, { "swxic", 0, 4 },
		/* 5: the command */
		{ "ws", 0, 5 }, { "s", 0, 5 }, { "i", 0, 5 }, { "wc", 0, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tally tally = tally_of(rows[i].endings);
		int status = tally_exit_status(&tally, false, rows[i].signal);

		if (status != rows[i].status)
			fail_msg("\"%s\", signal %d: %d", rows[i].endings,
			    rows[i].signal, status);
	}
}

static void
tally(void **state)
{
	struct tally tally = tally_of("wwsktulxicc");
	struct result lost = { .ending = ENDED_LOST, .maybe_running = true };
	struct result late = { .ending = ENDED_TIMEOUT, .left_behind = true };
	struct tally one = tally_of("w");
	char *text;

	(void)state;
	assert_int_equal(tally.total, 11);
	assert_int_equal(tally.running, 0);
	tally_add(&tally, &lost);
	tally_add(&tally, &late);
	assert_int_equal(tally.running, 2);
	assert_int_equal(tally.total, 13);
	assert_int_equal(tally_failed(&tally), 11);
	assert_int_equal(tally.count[ENDED_WELL], 2);
	assert_int_equal(tally.count[ENDED_SIGNAL], 1);
	assert_int_equal(tally.count[ENDED_CANCELLED], 2);
	text = tally_words(&tally);
	assert_string_equal(text, "13 hosts: 2 ok, 1 exited non-zero, "
	    "1 killed by a signal, 2 timed out, 1 not reached, 2 lost, "
	    "1 failed here, 1 interrupted, 2 not begun, "
	    "2 may still be at work");
	free(text);
	text = tally_words(&one);
	assert_string_equal(text, "1 host: 1 ok");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(exit_status),
		cmocka_unit_test(tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
