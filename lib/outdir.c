/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "escape.h"
#include "mem.h"
#include "msg.h"
#include "outdir.h"

struct outdir {
	int	 fd;
	bool	 append;
	void	*names;		/* a tsearch(3) tree of struct visited */
};

/* A file name that is taken. */
struct visited {
	char	*name;
	unsigned again;		/* the suffix that was given last */
};

static int
compare(const void *a, const void *b)
{
	const struct visited *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void
free_visited(void *memory)
{
	struct visited *visited = memory;

	free(visited->name);
	free(visited);
}

/* What mkdir() has said, EROFS or EACCES, it says of what is there as well. */
static bool
is_there(const char *path)
{
	int error = errno;
	bool there = error == EEXIST || access(path, F_OK) == 0;

	errno = error;
	return there;
}

/* mkdir -p */
static bool
make_path(const char *path)
{
	char *part = mem_dup(path);
	bool made = true;

	for (char *at = part; made && *at != '\0';) {
		char slash;

		at += strspn(at, "/");
		at += strcspn(at, "/");
		slash = *at;
		*at = '\0';
		made = *part == '\0' || mkdir(part, 0777) == 0 ||
		    is_there(part);
		*at = slash;
	}
	free(part);
	return made;
}

struct outdir *
outdir_open(const char *path, bool append)
{
	struct outdir *outdir = mem_zero(sizeof(*outdir));

	outdir->append = append;
	outdir->fd = -1;
	if (make_path(path))
		outdir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (outdir->fd >= 0 &&
	    faccessat(outdir->fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return outdir;
	msg_warn("cannot write to directory %s: %s", path, strerror(errno));
	outdir_free(outdir);
	return NULL;
}

static bool
is_safe(const char *name)
{
	struct buf shown = { 0 };
	bool same;

	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL)
		return false;
	escape_add(&shown, name, strlen(name), "");
	same = strcmp(buf_text(&shown), name) == 0;
	buf_free(&shown);
	return same;
}

int
outdir_create(struct outdir *outdir, const char *name)
{
	struct stat status;
	int fd;

	if (!is_safe(name)) {
		errno = EINVAL;
		return -1;
	}
	/*
	 * The umask decides who may read, as it does for a shell's ">" and for
	 * pssh: output directories are shared by teams.  O_NONBLOCK: a FIFO
	 * that waits there for a reader must not stop everyone.  O_APPEND:
	 * -o and -e may name one directory, and so one file for both streams.
	 */
	fd = openat(outdir->fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW |
	    O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
	    O_APPEND | (outdir->append ? 0 : O_TRUNC), 0666);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

/* The directory NAME in DIR, made where it is missing. */
static int
step_into(int dir, const char *name, unsigned *made)
{
	if (mkdirat(dir, name, 0777) == 0)
		++*made;
	else if (errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
}

int
outdir_enter(const struct outdir *outdir, const char *name, const char *below,
    unsigned *made)
{
	int fd;

	*made = 0;
	if (!is_safe(name)) {
		errno = EINVAL;
		return -1;
	}
	fd = step_into(outdir->fd, name, made);
	while (fd >= 0 && *below != '\0') {
		char *part = mem_ndup(below, strcspn(below, "/"));
		int next = step_into(fd, part, made);

		below += strlen(part);
		below += strspn(below, "/");
		free(part);
		close(fd);
		fd = next;
	}
	return fd;
}

void
outdir_retreat(const struct outdir *outdir, const char *name,
    const char *below, unsigned made)
{
	char *path = mem_print("%s/%s", name, below), *slash;
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		path[--len] = '\0';
	while (made-- > 0 &&
	    unlinkat(outdir->fd, path, AT_REMOVEDIR) == 0 &&
	    (slash = strrchr(path, '/')) != NULL)
		*slash = '\0';
	free(path);
}

/* Mark NAME as taken.  NULL if it was. */
static struct visited *
visit(struct outdir *outdir, char *name)
{
	struct visited *visited = mem_zero(sizeof(*visited));
	void *node;

	visited->name = name;
	node = tsearch(visited, &outdir->names, compare);
	if (node == NULL)
		msg_die(1, "out of memory");
	if (*(struct visited **)node == visited)
		return visited;
	free_visited(visited);
	return NULL;
}

char *
outdir_name(struct outdir *outdir, const char *label)
{
	struct visited key = { .name = (char *)label }, *visited, *again;

	if (outdir == NULL)
		return NULL;
	visited = visit(outdir, mem_dup(label));
	if (visited != NULL)
		return mem_dup(label);
	visited = *(struct visited **)tfind(&key, &outdir->names, compare);
	/* A host that is really called "web1.1" may hold the name already. */
	do {
		again = visit(outdir, mem_print("%s.%u", label,
		    ++visited->again));
	} while (again == NULL);
	return mem_dup(again->name);
}

void
outdir_free(struct outdir *outdir)
{
	if (outdir == NULL)
		return;
	if (outdir->fd >= 0)
		close(outdir->fd);
	tdestroy(outdir->names, free_visited);
	free(outdir);
}
