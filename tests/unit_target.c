/* SPDX-License-Identifier: BSD-2-Clause */
/* target: one entry of a host list. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "target.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* TARGET in one line: "user|host|port|name=value;..." */
static void
describe(struct buf *out, const struct target *target)
{
	buf_addf(out, "%s|%s|%d|", target->user != NULL ? target->user : "-",
	    target->host, target->port);
	for (size_t i = 0; i < target->var_count; i++)
		buf_addf(out, "%s=%s;", target->vars[i].name,
		    target->vars[i].value);
}

static void
good_entries(void **state)
{
	static const struct {
		const char *text, *target;
	} rows[] = {
		{ "web1", "-|web1|0|" },
		{ "Web1.Example.ORG", "-|Web1.Example.ORG|0|" },
		{ "u@web1", "u|web1|0|" },
		{ "web1:22", "-|web1|22|" },
		{ "web1:00022", "-|web1|22|" },
		{ "web1:1", "-|web1|1|" },
		{ "web1:65535", "-|web1|65535|" },
		{ "u@web1:2222", "u|web1|2222|" },
		{ "u@corp.example@web1", "u@corp.example|web1|0|" },
		{ "10.0.0.1:22", "-|10.0.0.1|22|" },
		{ "::1", "-|::1|0|" },
		{ "::", "-|::|0|" },
		{ "[::1]", "-|::1|0|" },
		{ "[::1]:22", "-|::1|22|" },
		{ "u@::1", "u|::1|0|" },
		{ "u@[::1]:22", "u|::1|22|" },
		{ "fe80::1%eth0", "-|fe80::1%eth0|0|" },
		{ "[fe80::1%eth0]:22", "-|fe80::1%eth0|22|" },
		{ "fe80::1:22", "-|fe80::1:22|0|" },
		{ "::ffff:10.0.0.1", "-|::ffff:10.0.0.1|0|" },
		{ "2001:DB8::1", "-|2001:DB8::1|0|" },
		{ "[web1]", "-|web1|0|" },
		{ "[web1]:22", "-|web1|22|" },
		{ "web1,web2", "-|web1,web2|0|" },
		{ "web[1-3]:22", "-|web[1-3]|22|" },
		{ "[1-3]", "-|[1-3]|0|" },
		{ "[1-3]:22", "-|[1-3]|22|" },
		{ "[1-3]n[4,5]", "-|[1-3]n[4,5]|0|" },
		{ "fe80::[1-5]", "-|fe80::[1-5]|0|" },
		{ "a.b-c_d", "-|a.b-c_d|0|" },
		{ "h\303\274lle", "-|h\303\274lle|0|" },
		{ "web1 root", "root|web1|0|" },
		{ "web1:22\t root", "root|web1|22|" },
		{ "web1 u@corp", "u@corp|web1|0|" },
		{ "  web1  ", "-|web1|0|" },
		{ "web1 role=db", "-|web1|0|role=db;" },
		{ "web1 root role=db", "root|web1|0|role=db;" },
		{ "web1 role=db root", "root|web1|0|role=db;" },
		{ "u@web1 a=1 b=2", "u|web1|0|a=1;b=2;" },
		{ "web1 tag:role=db", "-|web1|0|tag:role=db;" },
		{ "web1 tag:a.b/c-d=x", "-|web1|0|tag:a.b/c-d=x;" },
		{ "web1 _=", "-|web1|0|_=;" },
		{ "web1 a=b=c", "-|web1|0|a=b=c;" },
		{ "web1 a=\"x", "-|web1|0|a=\"x;" },
		{ "web1 root=yes", "-|web1|0|root=yes;" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf out = { 0 };
		struct target target, *copy;
		char *wrong = target_parse(&target, rows[i].text);

		if (wrong != NULL)
			fail_msg("%s", wrong);
		describe(&out, &target);
		assert_string_equal(buf_text(&out), rows[i].target);
		copy = target_copy(&target);
		target_clear(&target);
		buf_clear(&out);
		describe(&out, copy);
		assert_string_equal(buf_text(&out), rows[i].target);
		target_free(copy);
		buf_free(&out);
	}
	target_free(NULL);
}

static void
bad_entries(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{ "", "empty host name" },
		{ "u@", "empty host name" },
		{ ":22", "empty host name" },
		{ "[]", "empty host name" },
		{ "[]:22", "empty host name" },
		{ "@web1", "empty user name" },
		{ "web1:", "bad port \"\"" },
		{ "web1:ssh", "bad port \"ssh\"" },
		{ "web1:0", "bad port \"0\"" },
		{ "web1:65536", "bad port \"65536\"" },
		{ "web1:-1", "bad port \"-1\"" },
		{ "web1:+1", "bad port \"+1\"" },
		{ "web1:22x", "bad port \"22x\"" },
		{ "web1:99999999999999999999", "bad port" },
		{ "[::1]:", "bad port \"\"" },
		{ "[::1]:x", "bad port \"x\"" },
		{ "[web1]:", "bad port \"\"" },
		{ "web1:22:33", "bad IPv6 address" },
		{ "[a:b]:22", "bad IPv6 address" },
		{ "12345::1", "bad IPv6 address" },
		{ ":::1", "bad IPv6 address" },
		{ "fe80::1%", "bad IPv6 address" },
		{ "1:2:3:4:5:6:7:8:9", "bad IPv6 address" },
		{ "-oProxyCommand=x", "bad host name" },
		{ "-x", "bad host name" },
		{ "u@-x", "bad host name" },
		{ "[-x]", "bad host name" },
		{ "-u@web1", "bad user name" },
		{ "web1 -u", "bad user name" },
		{ "a;b", "bad host name" },
		{ "$(id)", "bad host name" },
		{ "a`id`", "bad host name" },
		{ "a\\b", "bad host name" },
		{ "a|b", "bad host name" },
		{ "role=db", "bad host name" },
		{ "u'x@web1", "bad user name" },
		{ "web1 $USER", "bad user name" },
		{ "web1 1a=b", "bad variable" },
		{ "web1 =b", "bad variable" },
		{ "web1 a\303\274=b", "bad variable" },
		{ "web1 a,b=c", "bad variable" },
		{ "web\001", "control characters" },
		{ "web1\177", "control characters" },
		{ "web1 a=\033[31m", "control characters" },
		{ "web1\rweb2", "control characters" },
		{ "web\377", "control characters" },
		{ "web\302\205", "control characters" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *expected = mem_print("Bad line: \"%s\": %s",
		    rows[i].text, rows[i].reason);
		struct target target;
		char *wrong = target_parse(&target, rows[i].text);

		if (wrong == NULL)
			fail_msg("\"%s\" was taken", rows[i].text);
		if (strncmp(wrong, expected, strlen(expected)) != 0)
			fail_msg("got: %s; not: %s", wrong, expected);
		assert_null(target.host);
		assert_null(target.user);
		assert_null(target.vars);
		free(wrong);
		free(expected);
	}
}

static void
pssh_messages(void **state)
{
	struct target target;
	char *wrong;

	(void)state;
	wrong = target_parse(&target, "web1 root extra");
	assert_string_equal(wrong, "Bad line: \"web1 root extra\". Format "
	    "should be [user@]host[:port] [user]");
	free(wrong);
	wrong = target_parse(&target, "u@web1 root");
	assert_string_equal(wrong,
	    "User specified twice in line: \"u@web1 root\"");
	free(wrong);
	wrong = target_parse(&target, "u@web1 a=b root c=d");
	assert_string_equal(wrong,
	    "User specified twice in line: \"u@web1 a=b root c=d\"");
	free(wrong);
}

/* Messages do not grow with the line. */
static void
long_names(void **state)
{
	char text[TARGET_NAME_MAX + 2];
	struct target target;
	char *wrong;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[TARGET_NAME_MAX] = '\0';
	assert_null(target_parse(&target, text));
	target_clear(&target);
	text[TARGET_NAME_MAX] = 'a';
	text[TARGET_NAME_MAX + 1] = '\0';
	wrong = target_parse(&target, text);
	assert_non_null(wrong);
	assert_non_null(strstr(wrong, "too long"));
	assert_true(strlen(wrong) < TARGET_SHOWN + 100);
	free(wrong);
	text[TARGET_NAME_MAX] = '@';
	wrong = target_parse(&target, text);
	assert_non_null(wrong);
	free(wrong);
}

static void
labels(void **state)
{
	static const struct {
		const char *text, *default_user, *label;
	} rows[] = {
		{ "web1", NULL, "web1" },
		{ "web1:22", "u", "web1:22" },
		{ "u@web1", NULL, "u@web1" },
		{ "u@web1", "u", "web1" },
		{ "u@web1", "U", "u@web1" },
		{ "web1:22 root", "u", "root@web1:22" },
		{ "::1", NULL, "::1" },
		{ "[::1]", NULL, "::1" },
		{ "u@[::1]:22", NULL, "u@[::1]:22" },
		{ "[::1]:22", NULL, "[::1]:22" },
		{ "[web1]:22", NULL, "web1:22" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target target;
		char *label;

		assert_null(target_parse(&target, rows[i].text));
		label = target_label(&target, rows[i].default_user);
		assert_string_equal(label, rows[i].label);
		free(label);
		target_clear(&target);
	}
}

static void
variables(void **state)
{
	struct target target;

	(void)state;
	assert_null(target_parse(&target, "web1 a=1 A=2 a=3 b="));
	assert_string_equal(target_var(&target, "a"), "3");
	assert_string_equal(target_var(&target, "A"), "2");
	assert_string_equal(target_var(&target, "b"), "");
	assert_null(target_var(&target, "c"));
	assert_null(target_var(&target, ""));
	target_clear(&target);
	assert_null(target_var(&target, "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_entries),
		cmocka_unit_test(bad_entries),
		cmocka_unit_test(pssh_messages),
		cmocka_unit_test(long_names),
		cmocka_unit_test(labels),
		cmocka_unit_test(variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
