/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes kept for later: in memory while they are few, then in a temporary
 * file that has no name.  Appended at the end, read anywhere. */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct spool;

/* An empty spool that keeps up to MEMORY bytes in memory and moves to an
 * unlinked file (mode 0600, close-on-exec) in $TMPDIR, or /tmp, when more
 * come.  MOST bytes are taken in all; 0: as many as the disk holds. */
struct spool *spool_new(size_t memory, uint64_t most);

/* The rest of the regular file open on FD, from its present offset to its
 * present end, without copying it.  Read-only: spool_add() is refused with
 * EBADF.  FD stays the caller's; neither its offset nor its flags change.
 * NULL with errno if FD is no regular file. */
struct spool *spool_of_file(int fd);

/* Append the LEN bytes at DATA.  0 if all were taken; 1 if the bound cut some
 * off: these, and all that come after, are dropped and counted; -1 with errno
 * if they could not be stored (disk full and the like): what was stored before
 * the call stays readable, nothing of DATA was taken.  A limit on file sizes
 * (RLIMIT_FSIZE) is an error like that only where SIGXFSZ is ignored. */
int	 spool_add(struct spool *, const void *data, size_t len);

/* How many bytes can be read, and how many the bound has dropped. */
uint64_t spool_size(const struct spool *);
uint64_t spool_dropped(const struct spool *);

/* Up to LEN bytes from OFFSET (0: the first byte added), as pread(2) does:
 * 0 at the end, -1 with errno; EIO if the file has become shorter. */
ssize_t	 spool_read(const struct spool *, uint64_t offset, void *data,
	    size_t len);

/* The file, if the bytes are in one, or -1; and where in it byte 0 is.  Use it
 * with positioned reads only. */
int	 spool_fd(const struct spool *);
uint64_t spool_base(const struct spool *);

/* Forget it all; NULL is ignored. */
void	 spool_free(struct spool *);

#endif
