/* SPDX-License-Identifier: BSD-2-Clause */
/* hostset: ranges in host names. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "hostset.h"

static void
receive(void *context, const char *name)
{
	struct buf *out = context;

	buf_addf(out, "%s ", name);
}

static void
count(void *context, const char *name)
{
	size_t *names = context;

	(void)name;
	++*names;
}

static void
good_ranges(void **state)
{
	static const struct {
		const char *text, *names;
	} rows[] = {
		{ "web1", "web1 " },
		{ "", " " },
		{ "web[1-3]", "web1 web2 web3 " },
		{ "web[01-03,30]", "web01 web02 web03 web30 " },
		{ "web[08-11]", "web08 web09 web10 web11 " },
		{ "web[8-11]", "web8 web9 web10 web11 " },
		{ "web[098-101]", "web098 web099 web100 web101 " },
		{ "web[1,1]", "web1 web1 " },
		{ "web[3,1-2]", "web3 web1 web2 " },
		{ "web[007]", "web007 " },
		{ "web[0000000001]", "web0000000001 " },
		{ "web[5-5]", "web5 " },
		{ "web[0-0]", "web0 " },
		{ "web[1-010]", "web1 web2 web3 web4 web5 web6 web7 web8 web9 "
		    "web10 " },
		{ "web[1,02,003]", "web1 web02 web003 " },
		{ "r[1-2]n[3-4]", "r1n3 r1n4 r2n3 r2n4 " },
		{ "[1-2][3-4]", "13 14 23 24 " },
		{ "[1-2].x", "1.x 2.x " },
		{ "10.0.[0-1].[1-2]", "10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2 " },
		{ "n[999999998-999999999]", "n999999998 n999999999 " },
		{ "[::1]", "[::1] " },
		{ "[fe80::1%eth0]", "[fe80::1%eth0] " },
		{ "fe80::[1-2]", "fe80::1 fe80::2 " },
		{ "::1", "::1 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = { 0 };
		char *wrong = hostset_expand(rows[i].text, 100, receive, &out);

		if (wrong != NULL)
			fail_msg("%s: %s", rows[i].text, wrong);
		assert_string_equal(buf_text(&out), rows[i].names);
		buf_free(&out);
	}
}

static void
bad_ranges(void **state)
{
	static const char *const rows[] = {
		"web[3-1]", "web[10-9]", "web[]", "web[1-]", "web[-1]",
		"web[-]", "web[,]", "web[1,]", "web[,1]", "web[1--2]",
		"web[1-2-3]", "web[a-c]", "web[1-c]", "web[ 1]", "web[+1]",
		"web[1.2]", "web[", "web]", "web[1", "web1]", "web[1]]",
		"web[[1]]", "web[1[2]3]", "]web[", "web[1-2", "[1-2]x]",
		"web[1000000000]", "web[1-1000000000]",
		"web[99999999999999999999999999999]", "[::1]x", "[::1", "x[::]",
		"web[0-999999999]", "web[1-101]", "a[1-11]b[1-10]",
		"a[1-50,1-51]", "a[0-999999999][0-999999999][0-999999999]",
	};
	size_t names = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *wrong = hostset_expand(rows[i], 100, count, &names);

		if (wrong == NULL)
			fail_msg("%s was taken", rows[i]);
		assert_int_equal(names, 0);
		free(wrong);
	}
}

static void
as_many_as_allowed(void **state)
{
	size_t names = 0;

	(void)state;
	assert_null(hostset_expand("a[1-1000]b[000-999]", 1000000, count,
	    &names));
	assert_int_equal(names, 1000000);
	names = 0;
	assert_null(hostset_expand("a[1-10]b[1-10]", 100, count, &names));
	assert_int_equal(names, 100);
}

static void
many_ranges(void **state)
{
	struct buf text = { 0 };
	size_t names = 0;
	char *wrong;

	(void)state;
	for (int i = 0; i < 64; i++)
		buf_adds(&text, "[1]");
	assert_null(hostset_expand(buf_text(&text), 10, count, &names));
	assert_int_equal(names, 1);
	buf_adds(&text, "[1]");
	wrong = hostset_expand(buf_text(&text), 10, count, &names);
	assert_non_null(wrong);
	free(wrong);
	assert_int_equal(names, 1);
	buf_free(&text);
}

static void
what_a_range_is(void **state)
{
	(void)state;
	assert_true(hostset_is_range("1-2,3", 5));
	assert_true(hostset_is_range("1-2x", 3));
	assert_false(hostset_is_range("1-2x", 4));
	assert_false(hostset_is_range("", 0));
	assert_false(hostset_is_range("1\0", 2));
	assert_false(hostset_is_range("::1", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ranges),
		cmocka_unit_test(bad_ranges),
		cmocka_unit_test(as_many_as_allowed),
		cmocka_unit_test(many_ranges),
		cmocka_unit_test(what_a_range_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
