/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "tree.h"

struct tree *
tree_new(void)
{
	return mem_zero(sizeof(struct tree));
}

void
tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	for (size_t i = 0; i < tree->source_count; i++)
		free(tree->sources[i].name);
	for (size_t i = 0; i < tree->count; i++)
		free(tree->entries[i].path);
	free(tree->sources);
	free(tree->entries);
	free(tree);
}

/* The length of PATH without slashes at its end. */
static size_t
trimmed(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return len;
}

/* The last part of PATH.  What has no name of its own is the target itself. */
static char *
last_part(const char *path)
{
	size_t len = trimmed(path);
	const char *start;

	for (start = path + len; start > path && start[-1] != '/'; start--)
		;
	len -= (size_t)(start - path);
	if (len == 0 || (len == 2 && strncmp(start, "..", 2) == 0))
		return mem_dup(".");
	return mem_ndup(start, len);
}

static struct tree_entry *
add_entry(struct tree *tree, const FTSENT *found)
{
	const struct stat *status = found->fts_statp;
	struct tree_entry *entry;

	if (tree->count == tree->room) {
		tree->room = tree->room > 0 ? tree->room * 2 : 64;
		tree->entries = mem_resize(tree->entries, tree->room,
		    sizeof(*tree->entries));
	}
	entry = &tree->entries[tree->count++];
	*entry = (struct tree_entry){
		.source = tree->source_count - 1,
		.path = mem_dup(found->fts_path),
		.mode = status->st_mode,
		.device = status->st_dev,
		.inode = status->st_ino,
		.mtime = status->st_mtim,
	};
	return entry;
}

static char *
cannot_read(const FTSENT *found, int error)
{
	return mem_print("%s: %s", found->fts_path, strerror(error));
}

static char *
add_directory(struct tree *tree, const FTSENT *found, bool recursive)
{
	if (!recursive)
		return mem_print("%s: is a directory (-r copies those)",
		    found->fts_path);
	if (found->fts_level == FTS_ROOTLEVEL)
		tree->sources[tree->source_count - 1].is_dir = true;
	add_entry(tree, found);
	return NULL;
}

/* The kernel's own files hold something and have no size. */
static bool
is_empty(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char byte;
	bool empty = fd < 0 || read(fd, &byte, 1) <= 0;

	if (fd >= 0)
		close(fd);
	return empty;
}

static char *
add_file(struct tree *tree, const FTSENT *found)
{
	struct tree_entry *entry;

	if (faccessat(AT_FDCWD, found->fts_path, R_OK, AT_EACCESS) != 0)
		return cannot_read(found, errno);
	if (found->fts_statp->st_size == 0 && !is_empty(found->fts_path))
		return mem_print("%s: holds more than its size says",
		    found->fts_path);
	entry = add_entry(tree, found);
	entry->size = (uint64_t)found->fts_statp->st_size;
	tree->bytes += entry->size;
	tree->files++;
	return NULL;
}

static char *
add_found(struct tree *tree, const FTSENT *found, bool recursive)
{
	switch (found->fts_info) {
	case FTS_D:
		return add_directory(tree, found, recursive);
	case FTS_DP:
		add_entry(tree, found)->again = true;
		return NULL;
	case FTS_F:
		return add_file(tree, found);
	case FTS_SLNONE:
		return mem_print("%s: a symbolic link that leads nowhere",
		    found->fts_path);
	case FTS_DC:
		return mem_print("%s: leads back to a directory that it is in",
		    found->fts_path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return cannot_read(found, found->fts_errno);
	default:
		return mem_print("%s: neither a file nor a directory",
		    found->fts_path);
	}
}

static void
add_source(struct tree *tree, const char *path)
{
	if (tree->source_count == tree->source_room) {
		tree->source_room = tree->source_room * 2 + 8;
		tree->sources = mem_resize(tree->sources, tree->source_room,
		    sizeof(*tree->sources));
	}
	tree->sources[tree->source_count++] = (struct tree_source){
		.name = last_part(path),
		.first = tree->count,
	};
}

/* In an order that does not depend on the file system. */
static int
by_name(const FTSENT **one, const FTSENT **other)
{
	return strcmp((*one)->fts_name, (*other)->fts_name);
}

char *
tree_add(struct tree *tree, const char *path, bool recursive)
{
	size_t len = trimmed(path);
	char *paths[] = { mem_ndup(path, len), NULL }, *why = NULL;
	FTS *walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	FTSENT *found;

	add_source(tree, path);
	if (walk == NULL)
		why = mem_print("%s: %s", path, strerror(errno));
	while (why == NULL && (errno = 0, found = fts_read(walk)) != NULL) {
		why = add_found(tree, found, recursive);
		if (why == NULL) {
			struct tree_entry *entry =
			    &tree->entries[tree->count - 1];

			entry->below = len + strspn(entry->path + len, "/");
		}
	}
	if (why == NULL && errno != 0)
		why = mem_print("%s: %s", path, strerror(errno));
	if (walk != NULL)
		fts_close(walk);
	free(paths[0]);
	return why;
}

bool
tree_same(const struct tree_entry *entry, int fd)
{
	struct stat now;

	return fstat(fd, &now) == 0 && S_ISREG(now.st_mode) &&
	    now.st_dev == entry->device && now.st_ino == entry->inode &&
	    (uint64_t)now.st_size == entry->size &&
	    now.st_mtim.tv_sec == entry->mtime.tv_sec &&
	    now.st_mtim.tv_nsec == entry->mtime.tv_nsec;
}

int
tree_open(const struct tree_entry *entry, char **why)
{
	/* It may have become a pipe that nobody writes to. */
	int fd = open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK);

	if (fd < 0) {
		*why = mem_print("%s: %s", entry->path, strerror(errno));
		return -1;
	}
	if (tree_same(entry, fd))
		return fd;
	close(fd);
	*why = mem_print("%s: has changed since it was listed", entry->path);
	return -1;
}
