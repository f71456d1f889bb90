/* SPDX-License-Identifier: BSD-2-Clause */
/* rsyncargs: the flags of rsync(1) that may be given to it here. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rsyncargs.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MOST 4	/* words in a row */

static void
accepted(void **state)
{
	static const char *const rows[][MOST] = {
		{ "-a", "--delete", "--bwlimit=100" },
		{ "-n", "--stats" },
		{ "--exclude=-e", "--exclude", "*.c" },
		{ "--filter", "- *.e" },
		{ "-f- *.e" },
		{ "-fe" },		/* a filter rule "e" */
		{ "-T/tmp/ve" },
		{ "--rsync-path=/opt/rsync -e" },
		{ "--files-from=list", "--exclude-from", "patterns" },
		{ "--files-from=./-" },
		{ "--no-such-flag" },	/* rsync says so itself */
		{ "--rsh-like" },
		{ "-" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_null(rsyncargs_refused(
		    (char **)(uintptr_t)rows[i]));
	assert_null(rsyncargs_refused(NULL));
}

static void
refused(void **state)
{
	static const struct {
		const char *words[MOST], *why;
	} rows[] = {
		{ { "-e", "ssh -p 22" }, "-e: rsync goes through" },
		{ { "-essh" }, "-essh: rsync goes through" },
		{ { "-ave", "ssh" }, "-ave: rsync goes through" },
		{ { "-n", "--rsh=ssh" }, "--rsh=ssh: rsync goes through" },
		{ { "--rsh", "ssh" }, "--rsh: rsync goes through" },
		{ { "--daemon" }, "--daemon: there is no daemon" },
		{ { "--server" }, "--server: that is for rsync itself" },
		{ { "--server", "--sender" }, "--server: that is for" },
		{ { "--help" }, "--help: see rsync" },
		{ { "-vV" }, "-vV: see rsync" },
		{ { "-a", "--" }, "--: flags are all" },
		{ { "--files-from=-" }, "--files-from=-: name a file" },
		{ { "--exclude-from", "-" }, "--exclude-from: name a file" },
		{ { "--include-from=/dev/stdin" }, "--include-from=/dev/stdin:"
		    " name a file" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *why = rsyncargs_refused(
		    (char **)(uintptr_t)rows[i].words);

		assert_non_null(why);
		assert_memory_equal(why, rows[i].why, strlen(rows[i].why));
		free(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
