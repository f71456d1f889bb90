/* SPDX-License-Identifier: BSD-2-Clause */
/* console, known, whole: keys that the cloud vouches for, and their file. */
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

#include "console.h"
#include "known.h"
#include "mem.h"
#include "scratch.h"
#include "whole.h"

#define ED25519 "ssh-ed25519 " \
    "AAAAC3NzaC1lZDI1NTE5AAAAILdfQIoourzue3KBTrHZxHM2gQv3WXj2zUw7" \
    "cF+C2hGJ"
#define OTHER "ssh-ed25519 " \
    "AAAAC3NzaC1lZDI1NTE5AAAAIJ/MBJSYHSgp8NSF0w2yBzByidPJ67/hvzrX" \
    "IuXucvNK"
#define BEGIN "-----BEGIN SSH HOST KEY KEYS-----"
#define END "-----END SSH HOST KEY KEYS-----"

static char root[] = "/tmp/unit_known.XXXXXX";

static void
assert_keys(const char *console, size_t expected, const char *first)
{
	struct console_key *keys;
	size_t count = console_keys(console, strlen(console), &keys);

	if (count != expected)
		fail_msg("%zu keys in: %s", count, console);
	if (expected > 0)
		assert_string_equal(keys[0].text, first);
	console_free(keys, count);
}

static void
keys_are_found(void **state)
{
	(void)state;
	assert_keys("boot\r\n" BEGIN "\r\n" ED25519 " root@ip-10-0-0-1\r\n"
	    END "\r\n", 1, ED25519);
	assert_keys("ec2: " BEGIN "\n<14>Nov 22 ec2: " ED25519 " x\n" END, 1,
	    ED25519);
	assert_keys(BEGIN "\n" ED25519 "\n" OTHER "\n" END "\n", 2, ED25519);
}

/* New keys are printed again: the older are those of a machine no more. */
static void
the_last_ones_count(void **state)
{
	(void)state;
	assert_keys(BEGIN "\n" OTHER "\n" END "\nreboot\n"
	    BEGIN "\n" ED25519 "\n" END "\n", 1, ED25519);
	assert_keys(BEGIN "\n" ED25519 "\n" END "\nreboot\n" BEGIN "\n" OTHER,
	    1, ED25519);
}

static void
what_is_no_key_is_passed_over(void **state)
{
	(void)state;
	assert_keys("", 0, NULL);
	assert_keys(BEGIN "\n" ED25519 "\n", 0, NULL);
	assert_keys(ED25519 "\n" END, 0, NULL);
	assert_keys(BEGIN END, 0, NULL);
	assert_keys(BEGIN "\nssh-ed25519 AAAA\nssh-rsa !\n" END, 0, NULL);
	assert_keys("-----BEGIN SSH HOST KEY FINGERPRINTS-----\n" ED25519 "\n"
	    "-----END SSH HOST KEY FINGERPRINTS-----\n", 0, NULL);
}

static void
old_owners_lose_their_names(void **state)
{
	char *names[] = { (char *)"10.0.0.1", (char *)"ip-10-0-0-1", NULL };
	char *keys[] = { (char *)ED25519, (char *)OTHER };
	struct known known = { 0 };

	(void)state;
	buf_adds(&known.text, "# mine, 10.0.0.1\n"
	    "10.0.0.1,old.example k a\n"
	    "IP-10-0-0-1 k b\n"
	    "10.0.0.10 k c\n"
	    "@revoked 10.0.0.1 k d\n"
	    "10.0.0.1\n");
	known_set(&known, names, keys, 2);
	assert_string_equal(buf_text(&known.text), "# mine, 10.0.0.1\n"
	    "old.example k a\n"
	    "10.0.0.10 k c\n"
	    "@revoked 10.0.0.1 k d\n"
	    "10.0.0.1,ip-10-0-0-1 " ED25519 "\n"
	    "10.0.0.1,ip-10-0-0-1 " OTHER "\n");
	known_free(&known);
}

static void
files_are_whole(void **state)
{
	char *path = mem_print("%s/known", root);
	struct known known = { 0 };
	char *names[] = { (char *)"a", NULL }, *key[] = { (char *)"k a" };
	struct stat st;
	char *text;

	(void)state;
	assert_null(known_read(&known, path));
	known_set(&known, names, key, 1);
	assert_null(known_write(&known, path));
	text = scratch_read(root, "known", NULL);
	assert_string_equal(text, "a k a\n");
	free(text);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	/* A last line without its end is no part of the next one. */
	assert_null(whole_write(path, "b k b", 5, 0644));
	assert_null(known_read(&known, path));
	known_set(&known, names, key, 1);
	assert_string_equal(buf_text(&known.text), "b k b\na k a\n");
	known_free(&known);
	free(path);
	assert_int_equal(scratch_run(root, "[ \"$(ls -A)\" = known ]"), 0);
}

static void
nothing_is_left_of_a_failure(void **state)
{
	char *path = mem_print("%s/taken", root), *why;

	(void)state;
	scratch_run(root, "mkdir taken");
	why = whole_write(path, "x", 1, 0600);
	assert_non_null(strstr(why, "taken: Is a directory"));
	free(why);
	free(path);
	assert_int_equal(scratch_run(root, "[ \"$(ls -A)\" = taken ]"), 0);
}

static int
set_up(void **state)
{
	(void)state;
	return scratch_make(root);
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(root);
}

#define IN_ROOT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_found),
		cmocka_unit_test(the_last_ones_count),
		cmocka_unit_test(what_is_no_key_is_passed_over),
		cmocka_unit_test(old_owners_lose_their_names),
		IN_ROOT(files_are_whole),
		IN_ROOT(nothing_is_left_of_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
