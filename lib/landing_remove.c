/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Removing a tree of any depth with one descriptor: down into the first
 * directory that is met, and up again by ".." when it is empty.  What ".."
 * leads to must be what we came from: others may be moving things in a tree
 * that was here before.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "landing_priv.h"
#include "mem.h"

/* A directory on the way down. */
struct above {
	char		*name;		/* of the next one, in it */
	dev_t		 dev;
	ino_t		 ino;
};

struct removal {
	DIR		*dir;		/* where we are */
	struct above	*way;
	size_t		 depth, room;
};

/* A directory that can be emptied, whatever its mode: NULL if there is none. */
static DIR *
open_writable(int at, const char *name)
{
	struct stat status;
	int fd = openat(at, name, LANDING_INTO);

	if (fd < 0 && errno == EACCES && fstatat(at, name, &status,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) &&
	    fchmodat(at, name, S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(at, name, LANDING_INTO);
	if (fd >= 0 && fstat(fd, &status) == 0 &&
	    (status.st_mode & S_IRWXU) != S_IRWXU)
		fchmod(fd, S_IRWXU);
	return fd < 0 ? NULL : fdopendir(fd);
}

static bool
down(struct removal *removal, const char *name)
{
	struct above above = { 0 };
	struct stat status;
	DIR *dir;

	if (fstat(dirfd(removal->dir), &status) != 0)
		return false;
	dir = open_writable(dirfd(removal->dir), name);
	if (dir == NULL)
		return false;
	above.name = mem_dup(name);
	above.dev = status.st_dev;
	above.ino = status.st_ino;
	if (removal->depth == removal->room) {
		removal->room = removal->room * 2 + 8;
		removal->way = mem_resize(removal->way, removal->room,
		    sizeof(above));
	}
	removal->way[removal->depth++] = above;
	closedir(removal->dir);
	removal->dir = dir;
	return true;
}

static bool
up(struct removal *removal)
{
	struct above *above = &removal->way[--removal->depth];
	struct stat status;
	int fd = openat(dirfd(removal->dir), "..", LANDING_INTO);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	bool gone = false;

	if (dir != NULL && fstat(fd, &status) == 0) {
		if (status.st_dev == above->dev && status.st_ino == above->ino)
			gone = unlinkat(fd, above->name, AT_REMOVEDIR) == 0;
		else
			errno = ESTALE;
		closedir(removal->dir);
		removal->dir = dir;
	}
	free(above->name);
	return gone;
}

/* The next thing in the present directory, or NULL. */
static const struct dirent *
next(DIR *dir)
{
	const struct dirent *entry;

	do
		entry = readdir(dir);
	while (entry != NULL && (strcmp(entry->d_name, ".") == 0 ||
	    strcmp(entry->d_name, "..") == 0));
	return entry;
}

static bool
empty(struct removal *removal)
{
	for (;;) {
		const struct dirent *entry = next(removal->dir);

		if (entry == NULL && removal->depth == 0)
			return true;
		if (entry == NULL) {
			if (!up(removal))
				return false;
		} else if (unlinkat(dirfd(removal->dir), entry->d_name,
		    0) != 0) {
			if ((errno != EISDIR && errno != EPERM) ||
			    !down(removal, entry->d_name))
				return false;
		}
	}
}

char *
landing_remove(int dir, const char *name)
{
	struct removal removal = { 0 };
	bool gone;
	int error;

	if (unlinkat(dir, name, 0) == 0)
		return NULL;
	removal.dir = open_writable(dir, name);
	gone = removal.dir != NULL && empty(&removal);
	error = errno;
	while (removal.depth > 0)
		free(removal.way[--removal.depth].name);
	free(removal.way);
	if (removal.dir != NULL)
		closedir(removal.dir);
	errno = error;
	if (gone)
		gone = unlinkat(dir, name, AT_REMOVEDIR) == 0;
	return gone ? NULL : landing_cannot("remove", name);
}
