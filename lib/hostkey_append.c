/* SPDX-License-Identifier: BSD-2-Clause */
/* Adding to a known_hosts file that others read and add to at the same time:
 * other runs of ours, ssh, editors. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "hostkey_file.h"
#include "mem.h"

#define LOCK_TRIES	100	/* a second, all in all */
#define LOCK_PAUSE	10	/* milliseconds */

bool
hostkey_file_keeps(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 || S_ISREG(status.st_mode);
}

/* As ssh, make ~/.ssh but no other directory. */
static void
make_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory;
	size_t len;

	if (slash == NULL)
		return;
	directory = mem_ndup(path, (size_t)(slash - path));
	len = strlen(directory);
	if (len >= 5 && strcmp(directory + len - 5, "/.ssh") == 0) {
		/* Usually there already; if not, open() tells. */
		int ignored = mkdir(directory, 0700);
		(void)ignored;
	}
	free(directory);
}

/* The lock is held for one write, but a stopped process could hold it for
 * ever, and our other hosts must not wait for that. */
static int
lock(int fd)
{
	const struct timespec pause = { 0, LOCK_PAUSE * 1000000L };

	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		nanosleep(&pause, NULL);
	}
	errno = EWOULDBLOCK;
	return -1;
}

/* Does the last line lack its newline? */
static bool
is_unfinished(int fd, const struct stat *status)
{
	char last;

	return S_ISREG(status->st_mode) && status->st_size > 0 &&
	    pread(fd, &last, 1, status->st_size - 1) == 1 && last != '\n';
}

static int
write_whole(int fd, const char *text, size_t len, const struct stat *before)
{
	ssize_t written = write(fd, text, len);
	struct stat after;

	if (written == (ssize_t)len)
		return 0;
	if (written < 0)
		return -1;
	/* No room for all of it: half a line would spoil the next one. */
	if (S_ISREG(before->st_mode) && fstat(fd, &after) == 0 &&
	    after.st_size == before->st_size + written &&
	    ftruncate(fd, before->st_size) != 0)
		return -1;
	errno = ENOSPC;
	return -1;
}

char *
hostkey_file_append(const char *path, const char *text, size_t len)
{
	struct stat status;
	struct buf whole = { 0 };
	char *error = NULL;
	int fd;

	make_directory(path);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
	    0600);
	if (fd < 0)
		return mem_print("%s: %s", path, strerror(errno));
	if (lock(fd) != 0 && errno == EWOULDBLOCK) {
		error = mem_print("%s: locked by another program", path);
	} else if (fstat(fd, &status) != 0) {
		error = mem_print("%s: %s", path, strerror(errno));
	} else {
		/* A file system without locks still appends in one piece. */
		if (is_unfinished(fd, &status))
			buf_addc(&whole, '\n');
		buf_add(&whole, text, len);
		if (write_whole(fd, whole.data, whole.len, &status) != 0)
			error = mem_print("%s: %s", path, strerror(errno));
		buf_free(&whole);
	}
	close(fd);
	return error;
}
