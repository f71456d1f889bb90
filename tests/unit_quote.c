/* SPDX-License-Identifier: BSD-2-Clause */
/* quote: words for a shell, proved on the shells that are here. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "quote.h"

#define WORDS 700

static char *words[WORDS];

/* Every byte alone and among others, and mixtures of what shells care about. */
static int
make_words(void **state)
{
	static const char special[] = "'\"\\$`!*?[]{}()<>|&;#~ \t\n\r%=^-a";
	size_t count = 0;

	(void)state;
	words[count++] = mem_dup("");
	for (int byte = 1; byte < 256; byte++) {
		words[count++] = mem_print("%c", byte);
		words[count++] = mem_print("a%cb%c", byte, byte);
	}
	words[count++] = mem_dup("PATH=x");
	words[count++] = mem_dup("if");
	words[count++] = mem_dup("$(echo no)");
	srandom(2);
	while (count < WORDS) {
		char word[12];
		size_t len = (size_t)random() % sizeof(word);

		for (size_t i = 0; i < len; i++)
			word[i] = special[(size_t)random() %
			    (sizeof(special) - 1)];
		words[count++] = mem_ndup(word, len);
	}
	return 0;
}

static int
free_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS; i++)
		free(words[i]);
	return 0;
}

/* Have SHELL print the words, a NUL after each, and compare. */
static void
assert_shell_agrees(const char *shell)
{
	struct buf script = { 0 }, expected = { 0 };
	char path[] = "/tmp/unit_quote.XXXXXX", *command, *got;
	int fd = mkstemp(path);
	FILE *output;
	size_t len;

	assert_true(fd >= 0);
	buf_adds(&script, "printf '%s\\0'");
	for (size_t i = 0; i < WORDS; i++) {
		buf_addc(&script, ' ');
		quote_word(&script, words[i]);
		buf_add(&expected, words[i], strlen(words[i]) + 1);
	}
	buf_addc(&script, '\n');
	assert_int_equal(write(fd, script.data, script.len), script.len);
	close(fd);
	command = mem_print("%s %s", shell, path);
	output = popen(command, "r");
	assert_non_null(output);
	got = mem_zero(expected.len + 2);
	len = fread(got, 1, expected.len + 1, output);
	assert_int_equal(pclose(output), 0);
	unlink(path);
	assert_int_equal(len, expected.len);
	assert_memory_equal(got, expected.data, len);
	free(got);
	free(command);
	buf_free(&script);
	buf_free(&expected);
}

static void
shells_take_words_as_they_are(void **state)
{
	static const char *const shells[] = { "/bin/sh", "/bin/dash",
	    "/bin/bash", "/bin/ksh", "/bin/zsh" };
	(void)state;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (access(shells[i], X_OK) == 0)
			assert_shell_agrees(shells[i]);
		else if (i == 0)
			fail_msg("no /bin/sh");
		else
			print_message("%s is not here\n", shells[i]);
	}
}

static void
split_undoes_quote(void **state)
{
	struct buf line = { 0 };
	char **split;

	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		quote_word(&line, words[i]);
		buf_addc(&line, ' ');
	}
	split = quote_split(buf_text(&line));
	assert_non_null(split);
	for (size_t i = 0; i < WORDS; i++) {
		assert_non_null(split[i]);
		assert_string_equal(split[i], words[i]);
	}
	assert_null(split[WORDS]);
	mem_free_all(split);
	buf_free(&line);
}

static void
plain_words_stay_readable(void **state)
{
	static const struct {
		const char *word, *quoted;
	} rows[] = {
		{ "uptime", "uptime" }, { "/usr/bin/x-1.2_3", "/usr/bin/x-1.2_3" },
		{ "", "''" }, { "a b", "'a b'" }, { "it's", "'it'\\''s'" },
		{ "a=b", "'a=b'" }, { "%1", "'%1'" }, { "50%", "50%" },
		{ "~", "'~'" }, { "user@host:1", "user@host:1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = { 0 };

		quote_word(&out, rows[i].word);
		assert_string_equal(buf_text(&out), rows[i].quoted);
		buf_free(&out);
	}
}

/* What shlex.split() of Python 3 answers. */
static void
splits_as_shlex(void **state)
{
	static const struct {
		const char *text;
		const char *words;	/* each ended by '|'; NULL: refused */
	} rows[] = {
		{ "", "" }, { "  \t\r\n ", "" }, { "a", "a|" },
		{ " a  b\tc\nd\re ", "a|b|c|d|e|" },
		{ "'a b' \"c d\"", "a b|c d|" }, { "''", "|" },
		{ "\"\"", "|" }, { "a''b", "ab|" }, { "'' ''", "||" },
		{ "a\"b c\"d'e f'g", "ab cde fg|" },
		{ "\\a", "a|" }, { "a\\ b", "a b|" }, { "\\\\", "\\|" },
		{ "\\'", "'|" }, { "\\\"", "\"|" }, { "a\\\nb", "a\nb|" },
		{ "'a\\b'", "a\\b|" }, { "'a\\'", "a\\|" },
		{ "\"a\\b\"", "a\\b|" }, { "\"a\\\"b\"", "a\"b|" },
		{ "\"a\\\\b\"", "a\\b|" }, { "\"\\$x\\`\"", "\\$x\\`|" },
		{ "\"a'b\"", "a'b|" }, { "'a\"b'", "a\"b|" },
		{ "a#b #c", "a#b|#c|" }, { "$x *", "$x|*|" },
		{ "-o 'ProxyCommand=nc %h %p'",
		    "-o|ProxyCommand=nc %h %p|" },
		{ "\"a\\\nb\"", "a\\\nb|" }, { "a\vb", "a\vb|" },
		{ "'", NULL }, { "\"", NULL }, { "a 'b", NULL },
		{ "\\", NULL }, { "a\\", NULL }, { "\"\\", NULL },
		{ "\"\\\"", NULL }, { "'a'\"", NULL }, { "a b \\", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char **split = quote_split(rows[i].text);
		struct buf joined = { 0 };

		if ((split == NULL) != (rows[i].words == NULL))
			fail_msg("\"%s\"", rows[i].text);
		for (char **at = split; at != NULL && *at != NULL; at++)
			buf_addf(&joined, "%s|", *at);
		if (split != NULL)
			assert_string_equal(buf_text(&joined), rows[i].words);
		mem_free_all(split);
		buf_free(&joined);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shells_take_words_as_they_are),
		cmocka_unit_test(split_undoes_quote),
		cmocka_unit_test(plain_words_stay_readable),
		cmocka_unit_test(splits_as_shlex),
	};

	return cmocka_run_group_tests(tests, make_words, free_words);
}
