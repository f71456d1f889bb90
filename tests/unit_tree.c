/* SPDX-License-Identifier: BSD-2-Clause */
/* tree: local sources, listed once. */
#include "config.h"

#include <fcntl.h>
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

#include "buf.h"
#include "mem.h"
#include "tree.h"

static char root[] = "/tmp/unit_tree.XXXXXX";

static void
make_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(mkdir("dir/sub", 0700), 0);
	make_file("one", "1");
	make_file("dir/b", "22");
	make_file("dir/a", "333");
	make_file("dir/sub/c", "");
	assert_int_equal(symlink("sub", "dir/z"), 0);
	return 0;
}

static int
tear_down(void **state)
{
	char *command = mem_print("rm -rf %s", root);

	(void)state;
	assert_int_equal(system(command), 0);
	free(command);
	return 0;
}

/* "SOURCE:BELOW" for each entry; directories have a slash, "." when they come
 * again. */
static char *
show(const struct tree *tree)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_entry *entry = &tree->entries[i];

		buf_addf(&text, "%s%zu:%s%s%s", i > 0 ? " " : "", entry->source,
		    entry->path + entry->below,
		    S_ISDIR(entry->mode) ? "/" : "", entry->again ? "." : "");
	}
	return buf_release(&text);
}

static void
assert_shows(const struct tree *tree, const char *expected)
{
	char *shown = show(tree);

	assert_string_equal(shown, expected);
	free(shown);
}

static void
lists(void **state)
{
	static const char *const same[] = {
		"dir", "dir/", "./dir//", "dir/.", "dir/sub/..",
	};
	struct tree *tree;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		tree = tree_new();
		assert_null(tree_add(tree, same[i], true));
		assert_shows(tree, "0:/ 0:a 0:b 0:sub/ 0:sub/c 0:sub/. "
		    "0:z/ 0:z/c 0:z/. 0:/.");
		assert_int_equal(tree->bytes, 5);
		assert_int_equal(tree->files, 4);
		assert_true(tree->sources[0].is_dir);
		tree_free(tree);
	}
	tree = tree_new();
	assert_null(tree_add(tree, "one", false));
	assert_null(tree_add(tree, "dir/sub", true));
	assert_shows(tree, "0: 1:/ 1:c 1:/.");
	assert_false(tree->sources[0].is_dir);
	tree_free(tree);
}

static void
names(void **state)
{
	static const char *const rows[][2] = {
		{ "one", "one" }, { "./one", "one" }, { "dir", "dir" },
		{ "dir/", "dir" }, { "dir///", "dir" }, { "dir/sub", "sub" },
		{ ".", "." }, { "./", "." }, { "..", "." }, { "../", "." },
		{ "dir/..", "." }, { "dir/.", "." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct tree *tree = tree_new();

		free(tree_add(tree, rows[i][0], false));
		assert_string_equal(tree->sources[0].name, rows[i][1]);
		tree_free(tree);
	}
}

static void
refuses(void **state)
{
	static const char *const rows[][2] = {
		{ "none", "none: No such file or directory" },
		{ "", ": No such file or directory" },
		{ "one/x", "one/x: Not a directory" },
		{ "pipe", "pipe: neither a file nor a directory" },
		{ "lost", "lost: a symbolic link that leads nowhere" },
		{ "round", "round/up/round: leads back to a directory that it "
		    "is in" },
	};

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("nowhere", "lost"), 0);
	assert_int_equal(mkdir("round", 0755), 0);
	assert_int_equal(mkdir("round/up", 0755), 0);
	assert_int_equal(symlink("..", "round/up/round"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct tree *tree = tree_new();
		char *why = tree_add(tree, rows[i][0], true);

		assert_non_null(why);
		assert_string_equal(why, rows[i][1]);
		free(why);
		tree_free(tree);
	}
}

static void
notices_changes(void **state)
{
	struct tree *tree = tree_new();
	char *why = NULL;
	int fd;

	(void)state;
	make_file("change", "before");
	assert_null(tree_add(tree, "change", false));
	fd = tree_open(&tree->entries[0], &why);
	assert_true(fd >= 0);
	assert_true(tree_same(&tree->entries[0], fd));
	make_file("change", "afterwards");
	assert_false(tree_same(&tree->entries[0], fd));
	close(fd);
	assert_int_equal(tree_open(&tree->entries[0], &why), -1);
	assert_string_equal(why, "change: has changed since it was listed");
	free(why);
	/* A pipe would hold us up. */
	assert_int_equal(unlink("change"), 0);
	assert_int_equal(mkfifo("change", 0600), 0);
	assert_int_equal(tree_open(&tree->entries[0], &why), -1);
	free(why);
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(names),
		cmocka_unit_test(refuses),
		cmocka_unit_test(notices_changes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
