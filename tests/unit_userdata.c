/* SPDX-License-Identifier: BSD-2-Clause */
/* userdata, store, hook: what a machine is told, and what it does with it. */
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

#include "hook.h"
#include "mem.h"
#include "msg.h"
#include "scratch.h"
#include "store.h"
#include "userdata.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_userdata.XXXXXX";

static struct userdata
data_of(const char *text)
{
	struct userdata data = { 0 };
	char *why = userdata_read(&data, text, strlen(text));

	assert_null(why);
	return data;
}

static void
pairs_are_read(void **state)
{
	struct userdata data = data_of("L2ip=10.0.0.1|role=lg\r\n\n"
	    "path=/a=b |empty=||tab=a\tb\n");
	char *joined = userdata_join(&data);

	(void)state;
	assert_int_equal(data.count, 5);
	assert_string_equal(userdata_value(&data, "L2ip"), "10.0.0.1");
	assert_string_equal(userdata_value(&data, "role"), "lg");
	assert_string_equal(userdata_value(&data, "path"), "/a=b ");
	assert_string_equal(userdata_value(&data, "empty"), "");
	assert_string_equal(userdata_value(&data, "tab"), "a\tb");
	assert_null(userdata_value(&data, "l2ip"));
	assert_string_equal(joined,
	    "L2ip=10.0.0.1|role=lg|path=/a=b |empty=|tab=a\tb");
	free(joined);
	userdata_wipe(&data);
	assert_null(userdata_join(&data));
}

static void
what_is_wrong_is_told(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "../etc/passwd=x", "\"../etc/passwd\" is no name" },
		{ "a/b=x", "is no name" },
		{ "..=x", "is no name" },
		{ ".hidden=x", "is no name" },
		{ "-v=x", "is no name" },
		{ "=x", "\"\" is no name" },
		{ "a b=x", "is no name" },
		{ "a\x01=x", "is no name" },
		{ "\xc3\xa4=x", "is no name" },
		{ "ok=1|hunter2", "pair 2 has no '='" },
		{ "a=1|a=2", "a is there twice" },
		{ "a=hunter2\x1b[2J", "the value of a has a control" },
		{ "#!/bin/sh\na=1", "it is a script" },
		{ "#cloud-config\na=1", "cloud-init" },
		{ "Content-Type: multipart/mixed", "cloud-init" },
		{ "\x1f\x8b\x08", "compressed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct userdata data = { 0 };
		char *why = userdata_read(&data, rows[i].text,
		    strlen(rows[i].text));

		assert_non_null(why);
		if (strstr(why, rows[i].words) == NULL)
			fail_msg("\"%s\" gave \"%s\"", rows[i].text, why);
		assert_null(strstr(why, "hunter2"));
		free(why);
		userdata_wipe(&data);
	}
}

static void
names_have_an_end(void **state)
{
	char name[66];

	(void)state;
	memset(name, 'k', sizeof(name));
	assert_true(userdata_is_key(name, 64));
	assert_false(userdata_is_key(name, 65));
	assert_false(userdata_is_key("a\0b", 3));
}

static void
pairs_to_send_are_checked(void **state)
{
	struct userdata data = { 0 };
	char *why = userdata_add(&data, "a", "x|y", 3);

	(void)state;
	assert_non_null(strstr(why, "'|'"));
	free(why);
	why = userdata_add(&data, "a", "x\ny", 3);
	assert_non_null(strstr(why, "newline"));
	free(why);
	assert_null(userdata_add(&data, "a", "xy", 2));
	assert_int_equal(data.count, 1);
	userdata_wipe(&data);
}

static mode_t
mode_of(const char *name)
{
	char *path = mem_print("%s/%s", root, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_mode & 07777;
}

static void
assert_file(const char *name, const char *expected)
{
	char *text = scratch_read(root, name, NULL);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static char *
store(const char *text, char *const *secrets)
{
	struct userdata data = data_of(text);
	char *path = mem_print("%s/store", root), *why;

	why = store_write(path, &data, secrets);
	free(path);
	userdata_wipe(&data);
	return why;
}

static void
values_become_files(void **state)
{
	char *secrets[] = { (char *)"pin", NULL };
	mode_t old = umask(077);

	(void)state;
	assert_null(store("L2ip=10.0.0.1|pin=1234|workersecret=s", secrets));
	umask(old);
	assert_file("store/L2ip", "10.0.0.1\n");
	assert_file("store/pin", "1234\n");
	assert_int_equal(mode_of("store/L2ip"), 0644);
	assert_int_equal(mode_of("store/pin"), 0600);
	assert_int_equal(mode_of("store/workersecret"), 0600);
	assert_file("store/.ec2-userdata", "L2ip\npin\nworkersecret\n");
	assert_int_equal(scratch_run(root, "[ $(ls -A store | wc -l) = 4 ]"),
	    0);
}

/* Whoever is to remove all that was ever kept can. */
static void
keys_are_listed_for_ever(void **state)
{
	(void)state;
	assert_null(store("a=1|b=2", NULL));
	assert_null(store("b=3|c=4", NULL));
	assert_file("store/.ec2-userdata", "a\nb\nc\n");
	scratch_run(root, "printf 'x/y\n../z\n\nb\nd' >store/.ec2-userdata");
	assert_null(store("b=3|a=1", NULL));
	assert_file("store/.ec2-userdata", "b\nd\na\n");
	scratch_run(root, "echo mine >target; ln -sf ../target "
	    "store/.ec2-userdata");
	assert_null(store("a=1", NULL));
	assert_file("store/.ec2-userdata", "a\n");
	assert_file("target", "mine\n");
}

/* A second run with the same changes nothing, not even a time. */
static void
what_is_right_stays(void **state)
{
	(void)state;
	assert_null(store("a=1|b=2", NULL));
	assert_int_equal(scratch_run(root, "stat -c %i%y store/* store/.e* >before"), 0);
	assert_null(store("a=1|b=2", NULL));
	assert_int_equal(scratch_run(root,
	    "stat -c %i%y store/* store/.e* | cmp - before"), 0);
	assert_int_equal(scratch_run(root, "chmod 666 store/a"), 0);
	assert_null(store("a=1|b=3", NULL));
	assert_int_equal(mode_of("store/a"), 0644);
	assert_file("store/b", "3\n");
}

/* A link in the way is replaced, and what it leads to is not written to. */
static void
links_are_not_followed(void **state)
{
	(void)state;
	scratch_run(root, "mkdir store; echo mine >target;"
	    "ln -s ../target store/a");
	assert_null(store("a=1", NULL));
	assert_file("target", "mine\n");
	assert_file("store/a", "1\n");
}

static void
all_or_nothing(void **state)
{
	char *why;

	(void)state;
	scratch_run(root, "mkdir -p store/z");
	why = store("a=1|z=2", NULL);
	assert_non_null(strstr(why, "store/z: Is a directory"));
	free(why);
	assert_int_equal(scratch_run(root, "[ \"$(ls -A store)\" = z ]"), 0);
}

static bool
hook(const char *text)
{
	char *secrets[] = { (char *)"pin", NULL };
	struct userdata data = data_of(text);
	char *path = mem_print("%s/hooks", root);
	bool well = hook_run(path, &data, secrets);

	free(path);
	userdata_wipe(&data);
	return well;
}

static void
hooks_are_run(void **state)
{
	(void)state;
	scratch_run(root, "mkdir hooks; cd hooks;"
	    "printf '#!/bin/sh\\necho \"$#:$1:$(cat)\" >>\"${0%%/*}/../out\"'"
	    " >L2ip; chmod +x L2ip; cp L2ip pin");
	assert_true(hook("other=x|pin=12 34|L2ip=a b"));
	assert_file("out", "0::12 34\n1:a b:\n");
}

static void
hooks_that_fail_are_told(void **state)
{
	(void)state;
	scratch_run(root, "mkdir hooks; cd hooks;"
	    "printf '#!/bin/sh\\nexit 3' >a; printf '#!/bin/sh\\nkill $$' >b;"
	    "printf '#!/bin/sh\\n>\"${0%%/*}/../ran\"' >c; chmod +x a b c;"
	    "echo >d");
	assert_false(hook("a=1|c=1"));
	assert_file("ran", "");
	assert_false(hook("b=1"));
	assert_false(hook("d=1"));
	assert_true(hook("c=1"));
}

static void
silence(const char *line, size_t len)
{
	(void)line;
	(void)len;
}

static int
set_up(void **state)
{
	(void)state;
	msg_init("unit_userdata");
	msg_set_writer(silence);
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
		cmocka_unit_test(pairs_are_read),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(names_have_an_end),
		cmocka_unit_test(pairs_to_send_are_checked),
		IN_ROOT(values_become_files),
		IN_ROOT(keys_are_listed_for_ever),
		IN_ROOT(what_is_right_stays),
		IN_ROOT(links_are_not_followed),
		IN_ROOT(all_or_nothing),
		IN_ROOT(hooks_are_run),
		IN_ROOT(hooks_that_fail_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
