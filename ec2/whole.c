/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "whole.h"

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t wrote = write(fd, data, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return false;
		data += wrote;
		len -= (size_t)wrote;
	}
	return true;
}

bool
whole_lay(int dir, const char *name, const void *data, size_t len, mode_t mode)
{
	int error, fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC, S_IRUSR | S_IWUSR);
	bool well;

	if (fd < 0)
		return false;
	well = write_all(fd, data, len) && fchmod(fd, mode) == 0 &&
	    fsync(fd) == 0;
	error = errno;
	if (close(fd) != 0 && well)
		return false;
	errno = error;
	return well;
}

char *
whole_write(const char *path, const void *data, size_t len, mode_t mode)
{
	const char *slash = strrchr(path, '/');
	int above = slash != NULL ? (int)(slash - path) + 1 : 0;
	char *why = NULL, *beside = mem_print("%.*s.%s.%ld", above, path,
	    path + above, (long)getpid());

	/* From an earlier process of our number that was killed. */
	unlink(beside);
	if (!whole_lay(AT_FDCWD, beside, data, len, mode) ||
	    rename(beside, path) != 0) {
		why = mem_print("cannot write %s: %s", path, strerror(errno));
		unlink(beside);
	}
	free(beside);
	return why;
}
