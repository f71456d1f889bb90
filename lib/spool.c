/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "spool.h"

struct spool {
	struct buf	 memory;	/* everything, while fd is -1 */
	size_t		 memory_most;
	int		 fd;		/* everything, once it is not */
	bool		 borrowed;	/* fd is someone else's */
	uint64_t	 base;		/* where in the file byte 0 is */
	uint64_t	 size;
	uint64_t	 most;
	uint64_t	 dropped;
};

struct spool *
spool_new(size_t memory, uint64_t most)
{
	struct spool *spool = mem_zero(sizeof(*spool));

	spool->memory_most = memory;
	spool->fd = -1;
	spool->most = most > 0 ? most : UINT64_MAX;
	return spool;
}

struct spool *
spool_of_file(int fd)
{
	struct stat status;
	struct spool *spool;
	off_t offset;

	if (fstat(fd, &status) != 0)
		return NULL;
	if (!S_ISREG(status.st_mode)) {
		errno = EINVAL;
		return NULL;
	}
	offset = lseek(fd, 0, SEEK_CUR);
	if (offset < 0)
		return NULL;
	spool = spool_new(0, 0);
	spool->fd = fd;
	spool->borrowed = true;
	spool->base = (uint64_t)offset;
	if (status.st_size > offset)
		spool->size = (uint64_t)(status.st_size - offset);
	return spool;
}

/* A file without a name, as not every file system makes one in one go. */
static int
open_unlinked(const char *directory)
{
	char *path;
	int fd;

	fd = open(directory, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	path = mem_print("%s/cpssh.XXXXXX", directory);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

/* Write all LEN bytes at OFFSET.  False with errno. */
static bool
write_at(int fd, const char *data, size_t len, uint64_t offset)
{
	while (len > 0) {
		ssize_t wrote = pwrite(fd, data, len, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		data += wrote;
		len -= (size_t)wrote;
		offset += (uint64_t)wrote;
	}
	return true;
}

/* Move from memory to a file.  False with errno; the memory is kept then. */
static bool
spill(struct spool *spool)
{
	const char *directory = getenv("TMPDIR");
	int fd, saved;

	if (directory == NULL || *directory == '\0')
		directory = "/tmp";
	fd = open_unlinked(directory);
	if (fd < 0)
		return false;
	if (!write_at(fd, spool->memory.data, spool->memory.len, 0)) {
		saved = errno;
		close(fd);
		errno = saved;
		return false;
	}
	buf_free(&spool->memory);
	spool->fd = fd;
	return true;
}

static bool
store(struct spool *spool, const char *data, size_t len)
{
	if (spool->fd < 0 && len <= spool->memory_most &&
	    spool->size <= spool->memory_most - len) {
		buf_add(&spool->memory, data, len);
		return true;
	}
	return (spool->fd >= 0 || spill(spool)) &&
	    write_at(spool->fd, data, len, spool->size);
}

int
spool_add(struct spool *spool, const void *data, size_t len)
{
	size_t taken = len;

	if (spool->borrowed) {
		errno = EBADF;
		return -1;
	}
	/* Once full, for good: what follows a gap would mislead. */
	if (taken > spool->most - spool->size)
		taken = (size_t)(spool->most - spool->size);
	if (taken > 0 && !store(spool, data, taken))
		return -1;
	spool->size += taken;
	spool->dropped += len - taken;
	return taken < len ? 1 : 0;
}

uint64_t
spool_size(const struct spool *spool)
{
	return spool->size;
}

uint64_t
spool_dropped(const struct spool *spool)
{
	return spool->dropped;
}

ssize_t
spool_read(const struct spool *spool, uint64_t offset, void *data, size_t len)
{
	ssize_t got;

	if (offset >= spool->size)
		return 0;
	if (len > spool->size - offset)
		len = (size_t)(spool->size - offset);
	if (len == 0)
		return 0;
	if (spool->fd < 0) {
		memcpy(data, spool->memory.data + offset, len);
		return (ssize_t)len;
	}
	do {
		got = pread(spool->fd, data, len,
		    (off_t)(spool->base + offset));
	} while (got < 0 && errno == EINTR);
	if (got == 0) {
		errno = EIO;
		return -1;
	}
	return got;
}

int
spool_fd(const struct spool *spool)
{
	return spool->fd;
}

uint64_t
spool_base(const struct spool *spool)
{
	return spool->base;
}

void
spool_free(struct spool *spool)
{
	if (spool == NULL)
		return;
	if (spool->fd >= 0 && !spool->borrowed)
		close(spool->fd);
	buf_free(&spool->memory);
	free(spool);
}
