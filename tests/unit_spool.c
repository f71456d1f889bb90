/* SPDX-License-Identifier: BSD-2-Clause */
/* spool: bytes kept for later, in memory and out of it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mem.h"
#include "spool.h"

static char root[] = "/tmp/unit_spool.XXXXXX";

/* Bytes of which each tells where it belongs. */
static void
fill(char *data, size_t len, uint64_t offset)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (char)((offset + i) * 2654435761U >> 11);
}

/* SPOOL holds SIZE of fill()'s bytes, read in pieces of PIECE. */
static void
assert_holds(const struct spool *spool, uint64_t size, size_t piece)
{
	char *got = mem_zero(piece), *expected = mem_zero(piece);
	uint64_t at = 0;
	ssize_t len;

	assert_int_equal(spool_size(spool), size);
	while ((len = spool_read(spool, at, got, piece)) > 0) {
		fill(expected, (size_t)len, at);
		assert_memory_equal(got, expected, (size_t)len);
		at += (uint64_t)len;
	}
	assert_int_equal(len, 0);
	assert_int_equal(at, size);
	free(got);
	free(expected);
}

static int
add(struct spool *spool, uint64_t offset, size_t len)
{
	char *data = mem_zero(len);
	int result;

	fill(data, len, offset);
	result = spool_add(spool, data, len);
	free(data);
	return result;
}

/* How many names there are in the root. */
static int
names(void)
{
	char *command = mem_print("exit $(ls -A %s | wc -l)", root);
	int status = system(command);

	free(command);
	return WEXITSTATUS(status);
}

static void
stays_in_memory_while_small(void **state)
{
	struct spool *spool = spool_new(100, 0);

	(void)state;
	assert_holds(spool, 0, 10);
	assert_int_equal(spool_add(spool, NULL, 0), 0);
	assert_int_equal(add(spool, 0, 60), 0);
	assert_int_equal(add(spool, 60, 40), 0);
	assert_int_equal(spool_fd(spool), -1);
	assert_holds(spool, 100, 7);
	assert_int_equal(add(spool, 100, 1), 0);
	assert_true(spool_fd(spool) >= 0);
	assert_holds(spool, 101, 7);
	assert_int_equal(spool_dropped(spool), 0);
	spool_free(spool);
	spool_free(NULL);
}

static void
any_memory_and_any_piece(void **state)
{
	static const size_t memories[] = { 0, 1, 63, 4096, 1 << 20, SIZE_MAX };
	static const size_t pieces[] = { 1, 13, 1000, 70000 };

	(void)state;
	for (size_t m = 0; m < 6; m++) {
		for (size_t p = 0; p < 4; p++) {
			struct spool *spool = spool_new(memories[m], 0);
			uint64_t at = 0;

			for (int i = 0; i < 30; i++) {
				assert_int_equal(add(spool, at, pieces[p]), 0);
				at += pieces[p];
			}
			assert_int_equal(spool_fd(spool) >= 0,
			    at > memories[m]);
			assert_holds(spool, at, 3001);
			spool_free(spool);
		}
	}
}

static void
the_file_is_ours_alone(void **state)
{
	struct spool *spool = spool_new(0, 0);
	struct stat status;
	char byte = 'x';

	(void)state;
	assert_int_equal(add(spool, 0, 10), 0);
	assert_int_equal(fstat(spool_fd(spool), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_nlink, 0);
	assert_int_equal(status.st_size, 10);
	assert_int_not_equal(fcntl(spool_fd(spool), F_GETFD) & FD_CLOEXEC, 0);
	assert_int_equal(spool_base(spool), 0);
	assert_int_equal(names(), 0);
	assert_int_equal(spool_read(spool, UINT64_MAX, &byte, 1), 0);
	assert_int_equal(spool_read(spool, 10, &byte, 1), 0);
	assert_int_equal(spool_read(spool, 9, &byte, 1), 1);
	assert_int_equal(spool_read(spool, 0, &byte, 0), 0);
	spool_free(spool);
}

static void
the_bound_cuts_once_for_all(void **state)
{
	static const size_t memories[] = { 0, 50, 1000 };

	(void)state;
	for (size_t m = 0; m < 3; m++) {
		struct spool *spool = spool_new(memories[m], 100);

		assert_int_equal(add(spool, 0, 70), 0);
		assert_int_equal(add(spool, 70, 50), 1);
		assert_holds(spool, 100, 9);
		assert_int_equal(spool_dropped(spool), 20);
		assert_int_equal(add(spool, 120, 5), 1);
		assert_int_equal(spool_dropped(spool), 25);
		assert_int_equal(spool_add(spool, NULL, 0), 0);
		assert_holds(spool, 100, 9);
		spool_free(spool);

		spool = spool_new(memories[m], 100);
		assert_int_equal(add(spool, 0, 100), 0);
		assert_int_equal(spool_dropped(spool), 0);
		assert_int_equal(add(spool, 100, 1), 1);
		assert_holds(spool, 100, 9);
		spool_free(spool);
	}
}

/* Endless output costs no memory and no disk once the bound is reached. */
static void
endless_output(void **state)
{
	struct spool *spool = spool_new(4096, 1 << 20);
	static char data[65536];
	struct stat status;

	(void)state;
	for (int i = 0; i < 1000; i++)
		spool_add(spool, data, sizeof(data));
	assert_int_equal(spool_size(spool), 1 << 20);
	assert_int_equal(spool_dropped(spool), 1000 * 65536 - (1 << 20));
	assert_int_equal(fstat(spool_fd(spool), &status), 0);
	assert_int_equal(status.st_size, 1 << 20);
	spool_free(spool);
}

static void
existing_file(void **state)
{
	char *path = mem_print("%s/file", root), data[1000];
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct spool *spool;

	(void)state;
	assert_true(fd >= 0);
	memset(data, 'h', 100);
	fill(data + 100, 900, 0);
	assert_int_equal(write(fd, data, sizeof(data)), sizeof(data));
	assert_int_equal(lseek(fd, 100, SEEK_SET), 100);
	spool = spool_of_file(fd);
	assert_non_null(spool);
	assert_int_equal(spool_fd(spool), fd);
	assert_int_equal(spool_base(spool), 100);
	assert_holds(spool, 900, 77);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 100);
	/* What is appended later is not ours. */
	assert_int_equal(pwrite(fd, "more", 4, 1000), 4);
	assert_holds(spool, 900, 77);
	errno = 0;
	assert_int_equal(spool_add(spool, "x", 1), -1);
	assert_int_equal(errno, EBADF);
	spool_free(spool);
	assert_int_not_equal(fcntl(fd, F_GETFD), -1);

	assert_int_equal(lseek(fd, 5000, SEEK_SET), 5000);
	spool = spool_of_file(fd);
	assert_holds(spool, 0, 10);
	spool_free(spool);
	close(fd);
	unlink(path);
	free(path);
}

static void
what_is_no_file(void **state)
{
	int pair[2];

	(void)state;
	assert_int_equal(pipe(pair), 0);
	errno = 0;
	assert_null(spool_of_file(pair[0]));
	assert_int_equal(errno, EINVAL);
	close(pair[0]);
	close(pair[1]);
	errno = 0;
	assert_null(spool_of_file(pair[0]));
	assert_int_equal(errno, EBADF);
}

static void
no_place_for_the_file(void **state)
{
	struct spool *spool = spool_new(10, 0);

	(void)state;
	assert_int_equal(add(spool, 0, 10), 0);
	setenv("TMPDIR", "/nonexistent", 1);
	errno = 0;
	assert_int_equal(add(spool, 10, 1), -1);
	assert_int_equal(errno, ENOENT);
	assert_holds(spool, 10, 3);
	setenv("TMPDIR", root, 1);
	assert_int_equal(add(spool, 10, 1), 0);
	assert_holds(spool, 11, 3);
	spool_free(spool);
}

/* Add until it fails with EXPECTED; what was there before is there still. */
static void
fill_up(int expected)
{
	struct spool *spool = spool_new(1000, 0);
	uint64_t at = 0;

	for (;;) {
		errno = 0;
		if (add(spool, at, 30000) != 0)
			break;
		at += 30000;
		assert_true(at < 10000000);
	}
	assert_int_equal(errno, expected);
	assert_true(at > 0);
	assert_int_equal(spool_dropped(spool), 0);
	assert_holds(spool, at, 4096);
	/* A smaller piece may still fit, and comes right behind. */
	if (add(spool, at, 1) == 0)
		at++;
	assert_holds(spool, at, 4096);
	spool_free(spool);
}

static void
limit_on_file_sizes(void **state)
{
	struct rlimit limit, small;
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = limit;
	small.rlim_cur = 100000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	fill_up(EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, old);
}

/* A file system of our own, seen by nobody else; false where we may not. */
static bool
mount_tiny(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tmpfs", root, "tmpfs", 0, "size=256k") == 0;
}

static void
disk_full(void **state)
{
	int status;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (!mount_tiny())
			_exit(77);
		fill_up(ENOSPC);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("no right to mount a full disk here; "
		    "limit_on_file_sizes goes the same way\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int
make_root(void **state)
{
	(void)state;
	return mkdtemp(root) == NULL ? -1 : setenv("TMPDIR", root, 1);
}

static int
remove_root(void **state)
{
	(void)state;
	/* Fails if anything was left there. */
	return rmdir(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_in_memory_while_small),
		cmocka_unit_test(any_memory_and_any_piece),
		cmocka_unit_test(the_file_is_ours_alone),
		cmocka_unit_test(the_bound_cuts_once_for_all),
		cmocka_unit_test(endless_output),
		cmocka_unit_test(existing_file),
		cmocka_unit_test(what_is_no_file),
		cmocka_unit_test(no_place_for_the_file),
		cmocka_unit_test(limit_on_file_sizes),
		cmocka_unit_test(disk_full),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
