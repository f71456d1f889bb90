/* SPDX-License-Identifier: BSD-2-Clause */
/* Moving what is complete into its place, in one step. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "landing_priv.h"
#include "mem.h"

#define OLD ".old"	/* what was replaced, where it cannot be exchanged */

/* NAME, a tree, for TO, another. */
static bool
exchange(struct landing *landing, const char *name, const char *to)
{
	if (renameat2(landing->root, name, landing->dir, to,
	    RENAME_EXCHANGE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	/* Not every file system can; there it is gone for a moment. */
	if (renameat(landing->dir, to, landing->root, OLD) != 0)
		return false;
	if (renameat(landing->root, name, landing->dir, to) == 0)
		return true;
	renameat(landing->root, OLD, landing->dir, to);
	return false;
}

static bool
move(struct landing *landing, const char *name, const char *to, bool replace)
{
	return replace ? exchange(landing, name, to) :
	    renameat(landing->root, name, landing->dir, to) == 0;
}

/* A directory that its owner may not write to cannot be moved: "..", in it,
 * changes.  Returns the mode that it had; 0 if there is none. */
static mode_t
open_up(int at, const char *name)
{
	struct stat status;

	if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(status.st_mode) ||
	    fchmodat(at, name, status.st_mode | S_IRWXU,
	    AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return status.st_mode;
}

static bool
move_opened(struct landing *landing, const char *name, const char *to,
    bool replace)
{
	mode_t new = open_up(landing->root, name);
	mode_t old = replace ? open_up(landing->dir, to) : 0;
	bool moved = move(landing, name, to, replace);
	int error = errno;

	if (moved)
		return fchmodat(landing->dir, to, new,
		    AT_SYMLINK_NOFOLLOW) == 0;
	if (old == 0 || fchmodat(landing->dir, to, old,
	    AT_SYMLINK_NOFOLLOW) == 0)
		errno = error;
	return false;
}

char *
landing_place(struct landing *landing, const char *name, const char *to)
{
	struct stat new, old;
	bool replace = false, moved;

	if (fstatat(landing->root, name, &new, AT_SYMLINK_NOFOLLOW) != 0)
		return landing_cannot("find", name);
	if (fstatat(landing->dir, to, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISDIR(old.st_mode) && !S_ISDIR(new.st_mode))
			return mem_print("%s is a directory here: it is not "
			    "replaced by a file", to);
		if (!S_ISDIR(old.st_mode) && S_ISDIR(new.st_mode))
			return mem_print("%s is no directory here: it is not "
			    "replaced by one", to);
		replace = S_ISDIR(new.st_mode);
	} else if (errno != ENOENT) {
		return landing_cannot("look at", to);
	}
	moved = move(landing, name, to, replace);
	if (!moved && errno == EACCES && S_ISDIR(new.st_mode))
		moved = move_opened(landing, name, to, replace);
	return moved ? NULL : landing_cannot("replace", to);
}

char *
landing_list(struct landing *landing, char *(*each)(void *context,
    const char *name), void *context)
{
	DIR *dir = fdopendir(openat(landing->root, ".", LANDING_INTO));
	struct dirent *entry;
	char **names = NULL, *words = NULL;
	size_t count = 0;

	if (dir == NULL)
		return landing_cannot("read", "the temporary directory");
	/* Whoever is called may move them. */
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		names = mem_resize(names, count + 2, sizeof(*names));
		names[count++] = mem_dup(entry->d_name);
		names[count] = NULL;
	}
	closedir(dir);
	for (size_t i = 0; words == NULL && i < count; i++)
		words = each(context, names[i]);
	mem_free_all(names);
	return words;
}
