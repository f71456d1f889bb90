/* SPDX-License-Identifier: BSD-2-Clause */
/* Local files and directories that are to be sent: listed once, then read by
 * every host for itself.  Symbolic links are followed, as scp(1) does. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What the user named. */
struct tree_source {
	char		*name;		/* what it is called at the other end:
					 * its last part, "." for "..", "/" */
	bool		 is_dir;
	size_t		 first;		/* its own entry, then those below */
};

/* A file or a directory.  A directory stands in front of what it holds, and
 * then once more. */
struct tree_entry {
	size_t		 source;
	char		*path;		/* to open it by */
	size_t		 below;		/* where in it what follows the source's
					 * path begins, without its slash */
	mode_t		 mode;		/* and type */
	bool		 again;		/* the second time */
	uint64_t	 size;		/* of a file, or 0 */
	dev_t		 device;
	ino_t		 inode;
	struct timespec	 mtime;
};

struct tree {
	struct tree_source *sources;
	size_t		 source_count, source_room;
	struct tree_entry *entries;
	size_t		 count, room;
	uint64_t	 bytes;		/* in all files */
	size_t		 files;
};

/* An empty one. */
struct tree *tree_new(void);

/* Add the source at PATH, with all that is below it if RECURSIVE.  Returns
 * NULL, or in fresh memory why not: it is missing or cannot be read, a
 * directory although RECURSIVE is false, neither file nor directory, a symbolic
 * link that leads back, or a file of the kernel's that has no size. */
char	*tree_add(struct tree *, const char *path, bool recursive);

/* Open the file ENTRY for reading.  -1, and
 * in fresh memory why not in *WHY, if that fails or it is not what was listed
 * any more. */
int	 tree_open(const struct tree_entry *, char **why);

/* Is the file open at FD still what was listed? */
bool	 tree_same(const struct tree_entry *, int fd);

/* NULL is ignored. */
void	 tree_free(struct tree *);

#endif
