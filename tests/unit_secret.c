/* SPDX-License-Identifier: BSD-2-Clause */
/* secret: a password in memory of its own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "secret.h"

static void
grows_and_ends(void **state)
{
	struct secret *secret = secret_new();

	(void)state;
	assert_string_equal(secret_text(secret), "");
	assert_int_equal(secret_len(secret), 0);
	assert_true(secret_add(secret, "open ", 5));
	assert_true(secret_add(secret, "sesame!", 6));
	assert_string_equal(secret_text(secret), "open sesame");
	assert_int_equal(secret_len(secret), 11);
	secret_chop(secret, 'x');
	assert_string_equal(secret_text(secret), "open sesame");
	secret_chop(secret, 'e');
	assert_string_equal(secret_text(secret), "open sesam");
	assert_int_equal(secret_len(secret), 10);
	secret_clear(secret);
	secret_chop(secret, '\0');
	assert_string_equal(secret_text(secret), "");
	assert_int_equal(secret_len(secret), 0);
	secret_free(secret);
	secret_free(NULL);
}

static void
clear_leaves_nothing(void **state)
{
	struct secret *secret = secret_new();
	const char *text = secret_text(secret);

	(void)state;
	assert_true(secret_add(secret, "sesame", 6));
	secret_clear(secret);
	for (size_t i = 0; i <= SECRET_MOST; i++)
		assert_int_equal(text[i], '\0');
	secret_free(secret);
}

static void
takes_so_much(void **state)
{
	struct secret *secret = secret_new();
	char long_one[SECRET_MOST + 1];

	(void)state;
	memset(long_one, 'x', sizeof(long_one));
	assert_false(secret_add(secret, long_one, SECRET_MOST + 1));
	assert_int_equal(secret_len(secret), 0);
	assert_true(secret_add(secret, long_one, SECRET_MOST));
	assert_int_equal(strlen(secret_text(secret)), SECRET_MOST);
	assert_false(secret_add(secret, "x", 1));
	assert_int_equal(secret_len(secret), SECRET_MOST);
	secret_free(secret);
}

/* It would be cut off there. */
static void
takes_no_nul(void **state)
{
	struct secret *secret = secret_new();

	(void)state;
	assert_false(secret_add(secret, "a\0b", 3));
	assert_int_equal(secret_len(secret), 0);
	secret_free(secret);
}

/* Does the mapping that holds ADDRESS have FLAG, of those that proc(5) has in
 * VmFlags? */
static bool
mapping_has(const void *address, const char *flag)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[4096];
	unsigned long from, to;
	bool inside = false, has = false;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)address >= from &&
			    (uintptr_t)address < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	fclose(file);
	return has;
}

static void
is_in_no_core_file(void **state)
{
	struct secret *secret = secret_new();
	struct rlimit limit;

	(void)state;
	assert_true(mapping_has(secret_text(secret), " dd "));
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	assert_int_equal(limit.rlim_max, 0);
#ifdef __SANITIZE_ADDRESS__
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
#else
	assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
#endif
	secret_free(secret);
}

static void
is_locked(void **state)
{
	struct secret *secret = secret_new();
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
#ifndef __SANITIZE_ADDRESS__	/* which makes mlock() do nothing */
	assert_true(limit.rlim_cur < 65536 ||
	    mapping_has(secret_text(secret), " lo "));
#endif
	secret_free(secret);
}

static void
is_not_inherited(void **state)
{
	struct secret *secret = secret_new();
	int status;
	pid_t pid;

	(void)state;
	assert_true(secret_add(secret, "sesame", 6));
	pid = fork();
	if (pid == 0)
		_exit(secret_text(secret)[0] == '\0' ? 7 : 8);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_string_equal(secret_text(secret), "sesame");
	secret_free(secret);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_ends),
		cmocka_unit_test(clear_leaves_nothing),
		cmocka_unit_test(takes_so_much),
		cmocka_unit_test(takes_no_nul),
		cmocka_unit_test(is_in_no_core_file),
		cmocka_unit_test(is_locked),
		cmocka_unit_test(is_not_inherited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
