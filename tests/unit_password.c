/* SPDX-License-Identifier: BSD-2-Clause */
/* password: read from a file, and what is known of it on accounts. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "password.h"
#include "password_account.h"
#include "secret.h"

static char path[] = "/tmp/unit_password.XXXXXX";

/* Put LEN bytes of TEXT into the file. */
static void
put(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
reads(const char *text, const char *expected)
{
	char *why = NULL;
	struct secret *secret;

	put(text, strlen(text));
	secret = password_read(path, &why);
	assert_null(why);
	assert_non_null(secret);
	assert_string_equal(secret_text(secret), expected);
	secret_free(secret);
}

static void
refuses(const char *file, const char *reason)
{
	char *why = NULL;

	assert_null(password_read(file, &why));
	assert_non_null(why);
	assert_memory_equal(why, file, strlen(file));
	assert_non_null(strstr(why, reason));
	free(why);
}

static void
first_line(void **state)
{
	(void)state;
	reads("open sesame\n", "open sesame");
	reads("open sesame", "open sesame");
	reads("open sesame\r\n", "open sesame");
	reads(" open\tsesame \nmore\n", " open\tsesame ");
	reads("\r\r\n", "\r");
}

static void
long_line(void **state)
{
	char text[SECRET_MOST + 3];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[SECRET_MOST] = '\n';
	text[SECRET_MOST + 1] = '\0';
	put(text, SECRET_MOST + 1);
	text[SECRET_MOST] = '\0';
	reads(text, text);
	text[SECRET_MOST] = 'x';
	put(text, SECRET_MOST + 1);
	refuses(path, "too long");
}

static void
no_line(void **state)
{
	(void)state;
	put("", 0);
	refuses(path, "empty");
	put("\nsesame\n", 8);
	refuses(path, "empty");
	put("\r\n", 2);
	refuses(path, "empty");
	put("a\0b\n", 4);
	refuses(path, "NUL");
}

static void
modes(void **state)
{
	static const mode_t open_ones[] = { 0640, 0620, 0610, 0604, 0602 };

	(void)state;
	put("sesame\n", 7);
	for (size_t i = 0; i < sizeof(open_ones) / sizeof(*open_ones); i++) {
		assert_int_equal(chmod(path, open_ones[i]), 0);
		refuses(path, "chmod 600");
	}
	assert_int_equal(chmod(path, 0600), 0);
	reads("sesame\n", "sesame");
	refuses("/dev/null", "neither a file nor a pipe");
	refuses("/", "neither a file nor a pipe");
	refuses("/nonexistent/file", "No such file");
}

static void
given(void **state)
{
	struct secret *secret = secret_new();
	struct passwords *passwords;

	(void)state;
	assert_null(password_get(NULL));
	assert_true(secret_add(secret, "sesame", 6));
	passwords = passwords_new(secret);
	assert_ptr_equal(password_get(passwords), secret);
	assert_null(passwords_ask(passwords, NULL, false));
	passwords_forget(passwords);
	assert_null(password_get(passwords));
	passwords_forget(passwords);
	passwords_free(passwords);
	passwords_free(NULL);
}

static int called;

static void
let_in(void *context)
{
	(void)context;
	called++;
}

static void
one_at_a_time(void **state)
{
	struct passwords *passwords = passwords_new(NULL);
	struct password_account *account = passwords_account(passwords, "a");
	struct gate_pass passes[3] = { { .call = let_in }, { .call = let_in },
	    { .call = let_in } };

	(void)state;
	called = 0;
	assert_ptr_equal(passwords_account(passwords, "a"), account);
	assert_ptr_not_equal(passwords_account(passwords, "b"), account);
	assert_true(gate_enter(&account->gate, &passes[0]));
	assert_false(gate_enter(&account->gate, &passes[1]));
	assert_false(gate_enter(&account->gate, &passes[2]));
	/* It was not tried: the next one does. */
	gate_leave(&account->gate, &passes[0]);
	assert_int_equal(called, 1);
	assert_true(gate_enter(&account->gate, &passes[1]));
	password_account_settle(account, false);
	assert_int_equal(called, 2);
	assert_true(account->refused);
	/* What is known stays. */
	password_account_settle(account, true);
	assert_true(account->refused);
	gate_leave(&account->gate, &passes[1]);
	gate_leave(&account->gate, &passes[2]);
	passwords_free(passwords);
}

static void
many_accounts(void **state)
{
	struct passwords *passwords = passwords_new(NULL);
	char name[32];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "user@host%d", i % 1000);
		assert_string_equal(passwords_account(passwords, name)->name,
		    name);
	}
	passwords_free(passwords);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_line),
		cmocka_unit_test(long_line),
		cmocka_unit_test(no_line),
		cmocka_unit_test(modes),
		cmocka_unit_test(given),
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(many_accounts),
	};
	int failed, fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
