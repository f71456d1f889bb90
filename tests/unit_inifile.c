/* SPDX-License-Identifier: BSD-2-Clause */
/* inifile: files as AWS's tools write them, with lines of any length. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "inifile.h"

static struct inifile *
parse(const char *text, int expected)
{
	int line;
	struct inifile *file = inifile_parse(text, strlen(text), &line);

	assert_int_equal(line, expected);
	return file;
}

static void
is(const struct inifile *file, const char *section, const char *key,
    const char *value)
{
	const char *found = inifile_get(file, section, key);

	if (value == NULL) {
		assert_null(found);
	} else {
		assert_non_null(found);
		assert_string_equal(found, value);
	}
}

static void
plain(void **state)
{
	struct inifile *file = parse("\xef\xbb\xbf" "a = 1\n# no = comment\n"
	    "; this = neither\n\n[default]\nregion=eu-west-1\r\n"
	    "  output = text\n[profile two]\nregion = us-east-1\n"
	    "region = us-west-2", 0);

	(void)state;
	is(file, "", "a", "1");
	is(file, "default", "no", NULL);
	is(file, "default", "region", "eu-west-1\noutput = text");
	is(file, "profile two", "region", "us-west-2");
	is(file, "profile two", "a", NULL);
	is(file, "three", "region", NULL);
	assert_true(inifile_has(file, "default"));
	assert_true(inifile_has(file, "profile two"));
	assert_false(inifile_has(file, "two"));
	inifile_free(file);
}

/* What follows "key =" further in belongs to the key. */
static void
nested(void **state)
{
	struct inifile *file = parse("[services x]\nec2 =\n"
	    "  endpoint_url = http://localhost:1\n\tmore = b\nsts =\n"
	    " endpoint_url = http://localhost:2\n  [no section]\n"
	    "  [section]\nk = v\n[last]\n  [indented]\n k = w\n", 0);

	(void)state;
	is(file, "services x", "ec2",
	    "\nendpoint_url = http://localhost:1\nmore = b");
	is(file, "services x", "k", "v");
	assert_false(inifile_has(file, "section"));
	is(file, "indented", "k", "w");
	inifile_free(file);
}

static void
semicolons(void **state)
{
	struct inifile *file = parse("[a]\n"
	    "credential_process = sh -c \"one ; two # three\" ;x\n", 0);

	(void)state;
	is(file, "a", "credential_process",
	    "sh -c \"one ; two # three\" ;x");
	inifile_free(file);
}

/* Of every length around those at which lines are cut, with a blank anywhere. */
static void
long_lines(void **state)
{
	char value[2001], section[301];

	(void)state;
	for (size_t len = 1; len < 2000; len += len < 700 ? 1 : 97) {
		struct buf text = { 0 };
		struct inifile *file;

		for (size_t i = 0; i < len; i++)
			value[i] = "abcdefghijklmnopqrstuvwxyz;#=:[]/+"[i % 34];
		if (len > 10)
			value[len / 2] = ' ';
		if (len > 160)
			value[137] = value[138] = value[149] = ' ';
		if (value[len - 1] == ' ')
			value[len - 1] = '.';
		value[len] = '\0';
		memset(section, 's', sizeof(section));
		section[len % 300] = '\0';
		buf_addf(&text, "# %s\n[profile %s]\nkey = %s\nnext=1\n", value,
		    section, value);
		file = parse(buf_text(&text), 0);
		buf_clear(&text);
		buf_addf(&text, "profile %s", section);
		is(file, buf_text(&text), "key", value);
		is(file, buf_text(&text), "next", "1");
		inifile_free(file);
		buf_free(&text);
	}
}

static void
wrong(void **state)
{
	char text[400];

	(void)state;
	inifile_free(parse("a=1\nnonsense\nb=2\n", 2));
	inifile_free(parse("[open\n", 1));
	inifile_free(parse("a=1\nb=\001\nc=1\n", 2));
	inifile_free(parse("", 0));
	/* A long line before it is several pieces, and still one line. */
	memset(text, 'x', sizeof(text));
	memcpy(text, "key = ", 6);
	memcpy(text + sizeof(text) - 12, "\nnonsense", 10);
	inifile_free(parse(text, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(nested),
		cmocka_unit_test(semicolons),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
