/* SPDX-License-Identifier: BSD-2-Clause */
/* outdir: the directories of -o and -e. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "outdir.h"
#include "scratch.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_outdir.XXXXXX";
static struct buf told;

static void
tell(const char *line, size_t len)
{
	buf_add(&told, line, len);
}

/* What the file NAME in the root holds; the caller frees it. */
static char *
contents(const char *name)
{
	char *path = mem_print("%s/%s", root, name);
	char text[256];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	free(path);
	return mem_ndup(text, len);
}

static void
assert_contents(const char *name, const char *expected)
{
	char *text = contents(name);

	assert_string_equal(text, expected);
	free(text);
}

/* Open the root's directory NAME, make the file FILE there and write TEXT. */
static void
put(const char *name, bool append, const char *file, const char *text)
{
	char *path = mem_print("%s/%s", root, name);
	struct outdir *outdir = outdir_open(path, append);
	int fd;

	assert_non_null(outdir);
	fd = outdir_create(outdir, file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	outdir_free(outdir);
	free(path);
}

static void
parents_are_made(void **state)
{
	struct stat status;
	char *path = mem_print("%s/umask/b", root);
	mode_t old = umask(027);

	(void)state;
	put("a//b/c/", false, "web1", "x");
	assert_contents("a/b/c/web1", "x");
	put("a/b/c", false, "web2", "y");
	put("umask/b", false, "web1", "x");
	umask(old);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0750);
	free(path);
	path = mem_print("%s/umask/b/web1", root);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	free(path);
}

static void
files_start_anew_or_grow(void **state)
{
	(void)state;
	put("o", false, "web1", "first");
	put("o", false, "web1", "2");
	assert_contents("o/web1", "2");
	put("o", true, "web1", "3");
	assert_contents("o/web1", "23");
	put("o", true, "new", "4");
	assert_contents("o/new", "4");
	/* A host that says nothing leaves an empty file, not an old one. */
	put("o", false, "web1", "");
	assert_contents("o/web1", "");
}

static void
assert_refused(struct outdir *outdir, const char *name, int reason)
{
	errno = 0;
	if (outdir_create(outdir, name) != -1 || errno != reason)
		fail_msg("\"%s\": %s", name, strerror(errno));
}

static void
unsafe_names_are_refused(void **state)
{
	static const char *const rows[] = { "", ".", "..", ".ssh", "a/b",
	    "../x", "/etc/x", "a\nb", "a\033b", "a\177", "a\377", "a\302\233" };
	static const char *const good[] = { "web1", "u@web1:22", "[::1]:22",
	    "fe80::1%eth0", "a..b", "h\303\274lle", "-x", "web1.1", "a b" };
	char *path = mem_print("%s/names", root), long_name[300];
	struct outdir *outdir = outdir_open(path, false);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(outdir, rows[i], EINVAL);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_refused(outdir, long_name, ENAMETOOLONG);
	for (size_t i = 0; i < COUNT(good); i++) {
		int fd = outdir_create(outdir, good[i]);

		assert_true(fd >= 0);
		assert_int_not_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
		close(fd);
	}
	outdir_free(outdir);
	free(path);
}

/* What waits in the directory is not followed, not waited for, not harmed. */
static void
traps(void **state)
{
	char *path = mem_print("%s/traps", root);
	struct outdir *outdir = outdir_open(path, false);
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	(void)state;
	put("victim", false, "file", "precious");
	assert_int_equal(symlinkat("../victim/file", directory, "link"), 0);
	assert_int_equal(symlinkat("nowhere", directory, "dangling"), 0);
	assert_int_equal(mkfifoat(directory, "fifo", 0600), 0);
	assert_int_equal(mkdirat(directory, "directory", 0700), 0);
	assert_refused(outdir, "link", ELOOP);
	assert_refused(outdir, "dangling", ELOOP);
	assert_refused(outdir, "directory", EISDIR);
	assert_refused(outdir, "fifo", ENXIO);
	fd = openat(directory, "fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_refused(outdir, "fifo", EEXIST);
	close(fd);
	assert_contents("victim/file", "precious");
	close(directory);
	outdir_free(outdir);
	free(path);
}

/* The directory stays the same one when its name goes elsewhere. */
static void
directory_is_held(void **state)
{
	char *path = mem_print("%s/held", root);
	char *moved = mem_print("%s/moved", root);
	struct outdir *outdir = outdir_open(path, false);
	int fd;

	(void)state;
	assert_int_equal(rename(path, moved), 0);
	fd = outdir_create(outdir, "web1");
	assert_true(fd >= 0);
	close(fd);
	assert_contents("moved/web1", "");
	outdir_free(outdir);
	free(path);
	free(moved);
}

static void
second_visits_get_numbers(void **state)
{
	static const char *const rows[][2] = {
		{ "web1", "web1" }, { "web2", "web2" }, { "web1", "web1.1" },
		{ "web1", "web1.2" }, { "web2", "web2.1" },
		{ "web1:22", "web1:22" }, { "web1.3", "web1.3" },
		/* web1.3 is another host's. */
		{ "web1", "web1.4" }, { "web1", "web1.5" },
		/* web1.1 is web1's second. */
		{ "web1.1", "web1.1.1" }, { "web1.1", "web1.1.2" },
	};
	char *path = mem_print("%s/numbers", root);
	struct outdir *outdir = outdir_open(path, false);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name = outdir_name(outdir, rows[i][0]);

		assert_string_equal(name, rows[i][1]);
		free(name);
	}
	for (int i = 0; i < 20000; i++)
		free(outdir_name(outdir, "same"));
	outdir_free(outdir);
	outdir_free(NULL);
	free(path);
}

static void
assert_no_directory(const char *name, const char *reason)
{
	char *path = mem_print("%s/%s", root, name);
	char *expected = mem_print("cpssh: cannot write to directory %s: %s\n",
	    path, reason);

	buf_clear(&told);
	assert_null(outdir_open(path, false));
	assert_string_equal(buf_text(&told), expected);
	free(expected);
	free(path);
}

static void
directories_that_cannot_be_had(void **state)
{
	(void)state;
	put("file", false, "f", "");
	assert_no_directory("file/f", "Not a directory");
	assert_no_directory("file/f/below", "Not a directory");
	buf_clear(&told);
	assert_null(outdir_open("", false));
	assert_int_not_equal(told.len, 0);
}

/* As another user where we are root, whom modes do not stop. */
static void
directory_that_is_not_ours(void **state)
{
	char *path = mem_print("%s/locked", root);
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(mkdir(path, 0555), 0);
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char *below = mem_print("%s/new", path);
		bool refused;

		if (geteuid() == 0 && seteuid(65534) != 0)
			_exit(2);
		refused = outdir_open(path, false) == NULL &&
		    outdir_open(below, false) == NULL;
		_exit(refused ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	free(path);
}

static int
make_root(void **state)
{
	(void)state;
	msg_set_writer(tell);
	if (mkdtemp(root) == NULL)
		return -1;
	return chmod(root, 0755);
}

static int
remove_root(void **state)
{
	(void)state;
	msg_set_writer(NULL);
	buf_free(&told);
	return scratch_remove(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_are_made),
		cmocka_unit_test(files_start_anew_or_grow),
		cmocka_unit_test(unsafe_names_are_refused),
		cmocka_unit_test(traps),
		cmocka_unit_test(directory_is_held),
		cmocka_unit_test(second_visits_get_numbers),
		cmocka_unit_test(directories_that_cannot_be_had),
		cmocka_unit_test(directory_that_is_not_ours),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
