/* SPDX-License-Identifier: BSD-2-Clause */
/* options: what is set by whom, and what is refused in which words. */
#include "config.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "msg.h"
#include "options.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define WORDS 8

struct settings {
	bool		 flag, other;
	long		 number, seconds;
	uint64_t	 size;
	char		*text, *printer;
	char		**list, **words;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row common[] = {
	{ 'f', "flag", NULL, "", OPTION_FLAG, AT(flag), .env = "FLAG" },
	{ 'n', "number", "N", "", OPTION_NUMBER, AT(number), 1, 100,
	    .env = "NUMBER", .pssh = true },
	{ 't', "seconds", "S", "", OPTION_SECONDS, AT(seconds), -5, 10000,
	    .pssh = true },
	{ 's', "size", "S", "", OPTION_SIZE, AT(size), .pssh = true },
	{ 'x', "text", "T", "", OPTION_TEXT, AT(text), .env = "TEXT" },
	{ '\0' },
};

static const struct option_row own[] = {
	{ 'l', "list", "L", "", OPTION_LIST, AT(list), .env = "LIST" },
	{ 'w', "words", "W", "", OPTION_WORDS, AT(words) },
	{ '\0', "print", NULL, "", OPTION_FLAG, AT(other), .pssh = true },
	{ '\0', "printer", "P", "", OPTION_TEXT, AT(printer) },
	{ '\0', "printing", NULL, "", OPTION_FLAG, AT(flag) },
	{ '\0', "help", NULL, "this text", OPTION_HELP, .pssh = true },
	{ '\0', "version", NULL, "the version", OPTION_VERSION },
	{ '\0' },
};

static const struct option_rows rows = {
	.tables = (const struct option_row *const[]){ common, own, NULL },
	.usage = "[OPTION...] OPERAND",
	.summary = "Try it.",
};

static struct settings settings;

/* Read WORDS, of which the last is NULL, as a command line.  Returns the index
 * of the first operand among them. */
static int
read_words(const char *const *words)
{
	char *argv[WORDS + 2] = { (char []){ "test" } };
	int argc = 1;

	for (; *words != NULL; words++)
		argv[argc++] = (char *)(uintptr_t)*words;
	optind = 0;
	return options_read(&rows, &settings, argc, argv) - 1;
}

#define READ(...) \
	read_words((const char *const[]){ __VA_ARGS__, NULL })

static void
free_list(char **list)
{
	for (char **entry = list; entry != NULL && *entry != NULL; entry++)
		free(*entry);
	free(list);
}

static int
clear(void **state)
{
	static const char *const names[] = { "FLAG", "NUMBER", "TEXT",
	    "LIST" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char name[32];

		snprintf(name, sizeof(name), "CPSSH_%s", names[i]);
		unsetenv(name);
		unsetenv(name + 1);
	}
	free(settings.text);
	free(settings.printer);
	free_list(settings.list);
	free_list(settings.words);
	settings = (struct settings){ 0 };
	return 0;
}

static void
kinds(void **state)
{
	(void)state;
	assert_int_equal(READ("-fn", "7", "-t1m30s", "-s", "2k"), 5);
	assert_true(settings.flag);
	assert_int_equal(settings.number, 7);
	assert_int_equal(settings.seconds, 90);
	assert_int_equal(settings.size, 2048);
	assert_int_equal(READ("--seconds=-5", "-n", "100", "-n1"), 4);
	assert_int_equal(settings.seconds, -5);
	assert_int_equal(settings.number, 1);
	/* The last text counts, of a list and of words all. */
	READ("-x", "first", "--text", "", "-l", "a b", "--list=", "-lc");
	assert_string_equal(settings.text, "");
	assert_string_equal(settings.list[0], "a b");
	assert_string_equal(settings.list[1], "");
	assert_string_equal(settings.list[2], "c");
	assert_null(settings.list[3]);
	READ("-w", "-o 'a b'", "-w", "", "--words", "\"c\"");
	assert_string_equal(settings.words[0], "-o");
	assert_string_equal(settings.words[1], "a b");
	assert_string_equal(settings.words[2], "c");
	assert_null(settings.words[3]);
}

static void
first_operand_ends_options(void **state)
{
	(void)state;
	assert_int_equal(READ("uptime", "-f"), 0);
	assert_int_equal(READ("-n", "2", "ls", "-f", "--nonsense"), 2);
	assert_int_equal(READ("--", "-f"), 1);
	assert_int_equal(READ("-n2", "-", "-f"), 1);
	assert_int_equal(READ("-n2", "", "-f"), 1);
	assert_false(settings.flag);
	/* In the place of an argument they are one. */
	assert_int_equal(READ("-x", "-f", "-x", "--", "ls"), 4);
	assert_false(settings.flag);
	assert_string_equal(settings.text, "--");
}

static void
environment(void **state)
{
	(void)state;
	setenv("PSSH_NUMBER", "3", 1);
	setenv("PSSH_TEXT", "old", 1);
	setenv("PSSH_LIST", "pssh", 1);
	setenv("PSSH_FLAG", "1", 1);
	READ("x");
	assert_int_equal(settings.number, 3);
	assert_string_equal(settings.text, "old");
	assert_true(settings.flag);
	/* Ours comes before pssh's, unless it is empty. */
	setenv("CPSSH_NUMBER", "4", 1);
	setenv("CPSSH_TEXT", "", 1);
	setenv("PSSH_TEXT", "pssh's", 1);
	READ("x");
	assert_int_equal(settings.number, 4);
	assert_string_equal(settings.text, "pssh's");
	/* The command line comes before both; lists grow. */
	READ("-n5", "--text=new", "-lx");
	assert_int_equal(settings.number, 5);
	assert_string_equal(settings.text, "new");
	assert_string_equal(settings.list[2], "pssh");
	assert_string_equal(settings.list[3], "x");
	assert_null(settings.list[4]);
}

static void
flags_from_the_environment(void **state)
{
	static const char *const no[] = { "", "0", "no", "No", "FALSE", "off" };
	static const char *const yes[] = { "1", "yes", "true", "on", "x" };

	(void)state;
	for (size_t i = 0; i < COUNT(no); i++) {
		setenv("PSSH_FLAG", no[i], 1);
		READ("x");
		assert_false(settings.flag);
	}
	for (size_t i = 0; i < COUNT(yes); i++) {
		settings.flag = false;
		setenv("PSSH_FLAG", yes[i], 1);
		READ("x");
		assert_true(settings.flag);
	}
	/* A word of ours against pssh's. */
	settings.flag = false;
	setenv("CPSSH_FLAG", "no", 1);
	READ("x");
	assert_false(settings.flag);
}

static void
prefixes(void **state)
{
	(void)state;
	assert_int_equal(READ("--num", "9", "--fl"), 3);
	assert_int_equal(settings.number, 9);
	assert_true(settings.flag);
	READ("--nu=8");
	assert_int_equal(settings.number, 8);
	/* Ours begin so too, but pssh has only one of them. */
	assert_int_equal(READ("--pr", "x"), 1);
	assert_true(settings.other);
	settings.other = false;
	assert_int_equal(READ("--print", "x"), 1);
	assert_true(settings.other);
	READ("--printe", "y");
	assert_string_equal(settings.printer, "y");
	/* "--n": there are "number" and nothing else. */
	READ("--n", "2");
	assert_int_equal(settings.number, 2);
}

/* WORDS make the program exit: with what status, having SAID what on stdout
 * and stderr? */
static int
exit_status_of(const char *const *words, char *said, size_t size)
{
	int ends[2], status;
	size_t len = 0;
	ssize_t some;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		read_words(words);
		_exit(99);
	}
	close(ends[1]);
	while ((some = read(ends[0], said + len, size - 1 - len)) > 0)
		len += (size_t)some;
	said[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
refusals(void **state)
{
	static const struct {
		const char	*words[WORDS];
		const char	*said;
	} refused[] = {
		{ { "-z" }, "no such option: -z" },
		{ { "-fz" }, "no such option: -z" },
		{ { "--nonsense=1" }, "no such option: --nonsense=1" },
		{ { "--printa" }, "no such option: --printa" },
		{ { "-n" }, "-n option requires an argument" },
		{ { "--number" }, "--number option requires an argument" },
		{ { "--num" }, "--number option requires an argument" },
		{ { "--flag=1" }, "--flag option does not take a value" },
		{ { "--pr=1" }, "--print option does not take a value" },
		{ { "--printi=1" },
		    "--printing option does not take a value" },
		{ { "--s" }, "ambiguous option: --s (--seconds, --size?)" },
		{ { "--s=1" }, "ambiguous option: --s (--seconds, --size?)" },
		{ { "-n", "x" }, "option -n: invalid integer value: 'x'" },
		/* Named as it was given, if not as short. */
		{ { "--number=" },
		    "option --number: invalid integer value: ''" },
		{ { "--num", "x" },
		    "option --number: invalid integer value: 'x'" },
		{ { "-n", "1m" }, "option -n: invalid integer value: '1m'" },
		{ { "-n", "101" }, "option -n: 101 is more than 100" },
		{ { "-n0" }, "option -n: 0 is less than 1" },
		{ { "-t", "3x" }, "option -t: invalid integer value: '3x'" },
		{ { "-t", "5h" }, "option -t: 5h is more than 10000" },
		{ { "-s", "9q" }, "option -s: invalid size: '9q'" },
		{ { "-w", "'a" }, "-w: unbalanced quotes in \"'a\"" },
	};
	char said[512], expected[256];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		int status = exit_status_of(refused[i].words, said,
		    sizeof(said));

		snprintf(expected, sizeof(expected), "test: error: %s\n",
		    refused[i].said);
		assert_string_equal(said, expected);
		assert_int_equal(status, 2);
	}
	setenv("PSSH_NUMBER", "many", 1);
	assert_int_equal(exit_status_of((const char *const[]){ "x", NULL },
	    said, sizeof(said)), 2);
	assert_string_equal(said, "test: error: option PSSH_NUMBER: "
	    "invalid integer value: 'many'\n");
}

static void
help_and_version(void **state)
{
	const char *const help[] = { "--help", "-z", NULL };
	const char *const version[] = { "--vers", NULL };
	char said[8192];

	(void)state;
	assert_int_equal(exit_status_of(help, said, sizeof(said)), 0);
	assert_non_null(strstr(said, "Usage: test [OPTION...] OPERAND"));
	assert_non_null(strstr(said, "--printer"));
	assert_int_equal(exit_status_of(version, said, sizeof(said)), 0);
	assert_non_null(strstr(said, PACKAGE_VERSION));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, clear)
	const struct CMUnitTest tests[] = {
		TEST(kinds),
		TEST(first_operand_ends_options),
		TEST(environment),
		TEST(flags_from_the_environment),
		TEST(prefixes),
		TEST(refusals),
		TEST(help_and_version),
	};

	msg_init("test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
