/* SPDX-License-Identifier: BSD-2-Clause */
/* landing: what hosts send, laid down and moved into place. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "landing.h"
#include "mem.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_landing.XXXXXX";
static int dir;
static const struct landing_traits plain = { .mode = 0666 };

static void
assert_fine(char *words)
{
	if (words != NULL)
		fail_msg("%s", words);
}

static void
assert_says(char *words, const char *part)
{
	assert_non_null(words);
	if (strstr(words, part) == NULL)
		fail_msg("%s: not: %s", words, part);
	free(words);
}

static struct landing *
begin(bool exact)
{
	char *why = NULL;
	struct landing *landing = landing_new(dir, exact, &why);

	assert_fine(why);
	assert_non_null(landing);
	return landing;
}

static void
add_file(struct landing *landing, const char *path,
    const struct landing_traits *traits, const char *text)
{
	int fd;

	assert_fine(landing_create(landing, path, traits, &fd));
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_fine(landing_close(landing, fd, traits));
}

/* Only what is named is in the root. */
static void
assert_only(const char *names)
{
	char *command = mem_print("[ \"$(ls -A %s | tr '\\n' ' ')\" = '%s' ]",
	    root, names);

	if (system(command) != 0)
		fail_msg("not only: %s", names);
	free(command);
}

static struct stat
status_of(const char *name)
{
	struct stat status;

	assert_int_equal(fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW), 0);
	return status;
}

static void
names_are_cleaned(void **state)
{
	static const struct {
		const char *name, *path;	/* NULL: refused */
	} rows[] = {
		{ "a", "a" }, { "./a", "a" }, { "a/", "a" }, { ".", "" },
		{ "./", "" }, { "", "" }, { "a//b/./c/", "a/b/c" },
		{ "...", "..." }, { "..a/b..", "..a/b.." },
		{ "/", NULL }, { "/a", NULL }, { "//a", NULL }, { "..", NULL },
		{ "../a", NULL }, { "a/..", NULL }, { "a/../b", NULL },
		{ "./..", NULL }, { "a//..//b", NULL },
	};
	struct buf path = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *words = landing_clean(&path, rows[i].name);

		if (rows[i].path == NULL) {
			assert_says(words, "leads out");
		} else {
			assert_fine(words);
			assert_string_equal(buf_text(&path), rows[i].path);
		}
	}
	buf_free(&path);
}

static void
trees_are_laid_down_and_replaced(void **state)
{
	static const struct landing_traits open_dir = { .mode = 07777 };
	struct landing *landing;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		landing = begin(false);
		assert_fine(landing_directory(landing, "t/a/b", &open_dir));
		add_file(landing, "t/a/b/file", &plain, "text");
		add_file(landing, i == 0 ? "t/a/old" : "t/a/new", &plain, "");
		assert_fine(landing_link(landing, "t/c/link", "t/a/b/file"));
		assert_fine(landing_settle(landing));
		assert_fine(landing_place(landing, "t", "tree"));
		assert_fine(landing_free(landing));
		assert_only("tree ");
	}
	assert_int_equal(status_of("tree/a/b").st_mode & 07777, 0755);
	assert_int_equal(status_of("tree/a/b/file").st_mode & 07777, 0644);
	assert_int_equal(status_of("tree/c/link").st_nlink, 2);
	assert_int_equal(status_of("tree/a/new").st_size, 0);
	assert_int_not_equal(faccessat(dir, "tree/a/old", F_OK, 0), 0);
	assert_fine(landing_remove(dir, "tree"));
	assert_only("");
}

/* In whatever order things come, as some archivers have it. */
static void
traits_survive_what_comes_later(void **state)
{
	static const struct landing_traits traits = {
		.mode = 07555, .time = { .tv_sec = 1000, .tv_nsec = 5 },
	};
	struct landing *landing = begin(true);

	(void)state;
	assert_fine(landing_directory(landing, "t", &traits));
	assert_fine(landing_directory(landing, "t/a", &traits));
	add_file(landing, "t/file", &traits, "text");
	assert_fine(landing_directory(landing, "t/b", &traits));
	add_file(landing, "t/a/file", &traits, "text");
	add_file(landing, "t/b/c/file", &traits, "text");
	assert_fine(landing_settle(landing));
	assert_fine(landing_place(landing, "t", "tree"));
	assert_fine(landing_free(landing));
	assert_int_equal(status_of("tree/a").st_mtime, 1000);
	assert_int_equal(status_of("tree/a").st_mode & 07777, 0555);
	assert_int_equal(status_of("tree/a/file").st_mtim.tv_nsec, 5);
	assert_int_equal(status_of("tree").st_mtime, 1000);
	assert_int_equal(status_of("tree/b").st_mtime, 1000);
	assert_fine(landing_remove(dir, "tree"));
}

static void
nothing_is_written_twice_or_through(void **state)
{
	struct landing *landing = begin(false);
	int fd;

	(void)state;
	add_file(landing, "a", &plain, "text");
	assert_says(landing_create(landing, "a", &plain, &fd), "File exists");
	assert_says(landing_create(landing, "a/b", &plain, &fd), "enter");
	assert_says(landing_directory(landing, "a", &plain), "enter");
	assert_says(landing_link(landing, "b", "c"), "No such file");
	assert_fine(landing_directory(landing, "d", &plain));
	assert_says(landing_link(landing, "e", "d"), "is no file");
	assert_says(landing_link(landing, "a", "a"), "File exists");
	assert_fine(landing_free(landing));
	assert_only("");
}

static void
kinds_do_not_replace_each_other(void **state)
{
	struct landing *landing = begin(false);

	(void)state;
	assert_int_equal(mkdirat(dir, "there", 0700), 0);
	assert_int_equal(symlinkat("there", dir, "link"), 0);
	add_file(landing, "file", &plain, "text");
	assert_fine(landing_directory(landing, "tree", &plain));
	assert_fine(landing_settle(landing));
	assert_says(landing_place(landing, "file", "there"), "is a directory");
	assert_says(landing_place(landing, "tree", "link"), "no directory");
	assert_fine(landing_place(landing, "file", "link"));
	assert_true(S_ISREG(status_of("link").st_mode));
	assert_fine(landing_free(landing));
	assert_only("link there ");
	assert_fine(landing_remove(dir, "link"));
	assert_fine(landing_remove(dir, "there"));
}

static atomic_bool over;
static atomic_uint missed;

static void *
watch(void *context)
{
	while (!over)
		missed += faccessat(dir, "tree", F_OK, 0) != 0;
	return context;
}

/* Where the file system can. */
static bool
can_exchange(void)
{
	bool can;

	assert_int_equal(mkdirat(dir, "one", 0700), 0);
	assert_int_equal(mkdirat(dir, "other", 0700), 0);
	can = renameat2(dir, "one", dir, "other", RENAME_EXCHANGE) == 0;
	assert_fine(landing_remove(dir, "one"));
	assert_fine(landing_remove(dir, "other"));
	return can;
}

static void
a_tree_is_never_missing(void **state)
{
	pthread_t watcher;

	(void)state;
	if (!can_exchange())
		skip();
	assert_int_equal(mkdirat(dir, "tree", 0700), 0);
	assert_int_equal(pthread_create(&watcher, NULL, watch, NULL), 0);
	for (unsigned i = 0; i < 1000; i++) {
		struct landing *landing = begin(false);

		assert_fine(landing_directory(landing, "new", &plain));
		assert_fine(landing_settle(landing));
		assert_fine(landing_place(landing, "new", "tree"));
		assert_fine(landing_free(landing));
	}
	over = true;
	pthread_join(watcher, NULL);
	assert_int_equal(missed, 0);
	assert_fine(landing_remove(dir, "tree"));
}

static void
links_are_not_followed_in_removing(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(dir, "keep", 0700), 0);
	assert_int_equal(mkdirat(dir, "keep/this", 0700), 0);
	assert_int_equal(mkdirat(dir, "tree", 0700), 0);
	assert_int_equal(mkdirat(dir, "tree/sub", 0700), 0);
	assert_int_equal(symlinkat("../keep", dir, "tree/link"), 0);
	assert_int_equal(symlinkat("../../keep", dir, "tree/sub/link"), 0);
	assert_fine(landing_remove(dir, "tree"));
	assert_only("keep ");
	assert_true(S_ISDIR(status_of("keep/this").st_mode));
	assert_fine(landing_remove(dir, "keep"));
	assert_says(landing_remove(dir, "nothing"), "No such file");
}

static int
make_root(void **state)
{
	(void)state;
	umask(022);
	if (mkdtemp(root) == NULL)
		return -1;
	dir = open(root, O_RDONLY | O_DIRECTORY);
	return dir >= 0 ? 0 : -1;
}

static int
remove_root(void **state)
{
	(void)state;
	close(dir);
	return rmdir(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_cleaned),
		cmocka_unit_test(trees_are_laid_down_and_replaced),
		cmocka_unit_test(traits_survive_what_comes_later),
		cmocka_unit_test(nothing_is_written_twice_or_through),
		cmocka_unit_test(kinds_do_not_replace_each_other),
		cmocka_unit_test(a_tree_is_never_missing),
		cmocka_unit_test(links_are_not_followed_in_removing),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
