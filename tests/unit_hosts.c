/* SPDX-License-Identifier: BSD-2-Clause */
/* hosts: a host list, whatever pieces it arrives in. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "buf.h"
#include "hosts.h"
#include "msg.h"
#include "target.h"

static struct buf told;

static void
tell(const char *line, size_t len)
{
	buf_add(&told, line, len);
}

/* "0:label{name=value} ..." */
static void
receive(void *context, struct target *target)
{
	struct buf *out = context;
	char *label = target_label(target, NULL);

	buf_addf(out, "%u:%s", target->number, label);
	for (size_t i = 0; i < target->var_count; i++)
		buf_addf(out, "{%s=%s}", target->vars[i].name,
		    target->vars[i].value);
	buf_addc(out, ' ');
	free(label);
	target_free(target);
}

static void
feed_in_chunks(struct hosts *hosts, const char *name, const char *text,
    size_t len, size_t chunk)
{
	for (size_t at = 0; at < len; at += chunk) {
		size_t size = chunk < len - at ? chunk : len - at;
		/* Its own memory, so that reading past it is seen. */
		char *copy = malloc(size);

		assert_non_null(copy);
		memcpy(copy, text + at, size);
		hosts_feed(hosts, name, copy, size);
		free(copy);
	}
	hosts_end(hosts, name);
}

static void
assert_list_len(const char *text, size_t len, const char *expected,
    const char *messages)
{
	for (size_t chunk = 1; chunk < 40; chunk++) {
		struct buf out = { 0 };
		struct hosts *hosts = hosts_new(NULL, receive, &out);

		buf_clear(&told);
		feed_in_chunks(hosts, "list", text, len, chunk);
		assert_string_equal(buf_text(&out), expected);
		assert_string_equal(buf_text(&told), messages);
		hosts_free(hosts);
		buf_free(&out);
	}
}

static void
assert_list(const char *text, const char *expected, const char *messages)
{
	assert_list_len(text, strlen(text), expected, messages);
}

static void
lists(void **state)
{
	(void)state;
	assert_list("", "", "");
	assert_list("\n\n \n\t\n#\n # x\n", "", "");
	assert_list("a\nb\n", "0:a 1:b ", "");
	assert_list("a\nb", "0:a 1:b ", "");
	assert_list("a\na\na\n", "0:a 1:a 2:a ", "");
	assert_list("  a\n\tb  \n", "0:a 1:b ", "");
	assert_list("a\r\nb\r\n\r\nc", "0:a 1:b 2:c ", "");
	assert_list("a # one\nb#two\n#c\n", "0:a 1:b ", "");
	assert_list("a root # one\n", "0:root@a ", "");
	assert_list("# caf\303\251 \001 \377\na\n", "0:a ", "");
	assert_list("a:2222 root role=db\n", "0:root@a:2222{role=db} ", "");
	assert_list("w[1-2]:22 u a=b\n", "0:u@w1:22{a=b} 1:u@w2:22{a=b} ", "");
	assert_list("u@[::1]:22\n::1\n", "0:u@[::1]:22 1:::1 ", "");
}

static void
byte_order_mark(void **state)
{
	(void)state;
	assert_list("\357\273\277a\nb\n", "0:a 1:b ", "");
	assert_list("\357\273\277# x\na\n", "0:a ", "");
	assert_list("\357\273\277", "", "");
	/* Elsewhere it is a character like any other. */
	assert_list("a\n\357\273\277b\n", "0:a 1:\357\273\277b ", "");
	assert_list("\357\273", "",
	    "cpssh: list:1: Bad line: \"\\xef\\xbb\": control characters\n");
}

static void
bad_lines_are_told_and_skipped(void **state)
{
	(void)state;
	assert_list("a\nb c d\ne\n", "0:a 1:e ",
	    "cpssh: list:2: Bad line: \"b c d\". Format should be "
	    "[user@]host[:port] [user]\n");
	assert_list("\n\nu@a b # x\n", "",
	    "cpssh: list:3: User specified twice in line: \"u@a b\"\n");
	assert_list("  a:x  \r\nb:0", "",
	    "cpssh: list:1: Bad line: \"a:x\": bad port \"x\"\n"
	    "cpssh: list:2: Bad line: \"b:0\": bad port \"0\"\n");
	assert_list("w[2-1]\n", "",
	    "cpssh: list:1: Bad line: \"w[2-1]\": bad range \"[2-1]\"\n");
	assert_list("w[0-999999]x[0-1]\na", "0:a ",
	    "cpssh: list:1: Bad line: \"w[0-999999]x[0-1]\": "
	    "\"w[0-999999]x[0-1]\" is more than 1000000 names\n");
	assert_list("a\033[31m\n", "", "cpssh: list:1: "
	    "Bad line: \"a\\x1b[31m\": control characters\n");
	assert_list_len("a\0b\nc\0\n\0\nd", 10, "0:d ",
	    "cpssh: list:1: Bad line: control characters\n"
	    "cpssh: list:2: Bad line: control characters\n"
	    "cpssh: list:3: Bad line: control characters\n");
}

/* A line that never ends is bad once, and what follows it is good. */
static void
too_long_lines(void **state)
{
	static char text[200000];
	static const size_t lengths[] = { 65537, 131072, 131073, 190000 };

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i];
		struct buf out = { 0 };
		struct hosts *hosts = hosts_new(NULL, receive, &out);

		buf_clear(&told);
		memcpy(text + len, "\nb\n", 3);
		feed_in_chunks(hosts, "list", text, len + 3, 1 + 7919 * i);
		feed_in_chunks(hosts, "two", text, len, 4096);
		feed_in_chunks(hosts, "three", "c c c", 5, 5);
		memset(text + len, 'x', 3);
		assert_string_equal(buf_text(&out), "0:b ");
		assert_string_equal(buf_text(&told),
		    "cpssh: list:1: Bad line: too long\n"
		    "cpssh: two:1: Bad line: too long\n"
		    "cpssh: three:1: Bad line: \"c c c\". Format should be "
		    "[user@]host[:port] [user]\n");
		hosts_free(hosts);
		buf_free(&out);
	}
}

/* A comment may fill a line of just the greatest length. */
static void
longest_line(void **state)
{
	static char text[65536];
	struct buf out = { 0 };
	struct hosts *hosts = hosts_new(NULL, receive, &out);

	(void)state;
	buf_clear(&told);
	memset(text, '#', sizeof(text));
	text[0] = 'a';
	feed_in_chunks(hosts, "list", text, sizeof(text), sizeof(text));
	assert_string_equal(buf_text(&out), "0:a ");
	assert_int_equal(told.len, 0);
	hosts_free(hosts);
	buf_free(&out);
}

/* A target is handed on as soon as its line has ended. */
static void
work_starts_while_lines_arrive(void **state)
{
	struct buf out = { 0 };
	struct hosts *hosts = hosts_new(NULL, receive, &out);

	(void)state;
	hosts_feed(hosts, "-", "a\nb", 3);
	assert_string_equal(buf_text(&out), "0:a ");
	hosts_feed(hosts, "-", "c\n", 2);
	assert_string_equal(buf_text(&out), "0:a 1:bc ");
	hosts_end(hosts, "-");
	hosts_free(hosts);
	buf_free(&out);
}

static void
several_lists_and_words(void **state)
{
	struct buf out = { 0 };
	struct hosts *hosts = hosts_new(NULL, receive, &out);

	(void)state;
	buf_clear(&told);
	feed_in_chunks(hosts, "one", "a\nb:x", 5, 2);
	feed_in_chunks(hosts, "two", "\357\273\277c:x\nd", 8, 3);
	hosts_words(hosts, " e  u@f:22\t[::1]\nw[1-2] #g h=i -j ");
	hosts_words(hosts, "");
	assert_string_equal(buf_text(&out), "0:a 1:d 2:e 3:u@f:22 4:::1 5:w1 "
	    "6:w2 7:#g ");
	assert_string_equal(buf_text(&told),
	    "cpssh: one:2: Bad line: \"b:x\": bad port \"x\"\n"
	    "cpssh: two:1: Bad line: \"c:x\": bad port \"x\"\n"
	    "cpssh: -H: Bad line: \"h=i\": bad host name \"h=i\"\n"
	    "cpssh: -H: Bad line: \"-j\": bad host name \"-j\"\n");
	hosts_free(hosts);
	hosts_free(NULL);
	buf_free(&out);
}

static void
globs_choose_from_lists_only(void **state)
{
	static char *const globs[] = { "web*", "db[!2]", NULL };
	static char *const none[] = { NULL };
	static const char list[] = "u@web1:22\nWEB2\ndb1\ndb2\nx\nweb[3-4]\n";
	struct buf out = { 0 };
	struct hosts *hosts = hosts_new(globs, receive, &out);

	(void)state;
	feed_in_chunks(hosts, "list", list, strlen(list), 7);
	hosts_words(hosts, "x");
	assert_string_equal(buf_text(&out),
	    "0:u@web1:22 1:db1 2:web3 3:web4 4:x ");
	hosts_free(hosts);
	buf_clear(&out);
	hosts = hosts_new(none, receive, &out);
	feed_in_chunks(hosts, "list", "a\n", 2, 2);
	assert_string_equal(buf_text(&out), "0:a ");
	hosts_free(hosts);
	buf_free(&out);
}

static void
count(void *context, struct target *target)
{
	unsigned *counted = context;

	++*counted;
	target_free(target);
}

/* One line may not fill the memory. */
static void
variables_times_names_are_bounded(void **state)
{
	struct buf line = { 0 };
	unsigned counted = 0;
	struct hosts *hosts = hosts_new(NULL, count, &counted);

	(void)state;
	buf_clear(&told);
	buf_adds(&line, "w[0-99999] v=");
	while (line.len < 60000)
		buf_addc(&line, 'x');
	hosts_feed(hosts, "list", line.data, line.len);
	hosts_end(hosts, "list");
	assert_int_equal(counted, 0);
	assert_non_null(strstr(buf_text(&told), "is more than"));
	hosts_free(hosts);
	buf_free(&line);
}

/* Takes 3 ms; a list that costs its length squared would take seconds. */
static void
five_thousand_lines(void **state)
{
	struct buf list = { 0 };
	unsigned counted = 0;
	struct hosts *hosts = hosts_new(NULL, count, &counted);
	clock_t began, ended;

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_addf(&list, "deploy@host%04d.example.org:2222 role=web\n",
		    i);
	began = clock();
	for (size_t at = 0; at < list.len; at += 4096)
		hosts_feed(hosts, "list", list.data + at,
		    list.len - at < 4096 ? list.len - at : 4096);
	hosts_end(hosts, "list");
	ended = clock();
	assert_int_equal(counted, 5000);
	print_message("%.1f ms\n",
	    (double)(ended - began) * 1000 / CLOCKS_PER_SEC);
	assert_true(ended - began < CLOCKS_PER_SEC / 4);
	hosts_free(hosts);
	buf_free(&list);
}

static int
listen(void **state)
{
	(void)state;
	msg_set_writer(tell);
	return 0;
}

static int
forget(void **state)
{
	(void)state;
	msg_set_writer(NULL);
	buf_free(&told);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(byte_order_mark),
		cmocka_unit_test(bad_lines_are_told_and_skipped),
		cmocka_unit_test(too_long_lines),
		cmocka_unit_test(longest_line),
		cmocka_unit_test(work_starts_while_lines_arrive),
		cmocka_unit_test(several_lists_and_words),
		cmocka_unit_test(globs_choose_from_lists_only),
		cmocka_unit_test(variables_times_names_are_bounded),
		cmocka_unit_test(five_thousand_lines),
	};

	return cmocka_run_group_tests(tests, listen, forget);
}
