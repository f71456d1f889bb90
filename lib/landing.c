/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One descriptor stands in the directory that the last entry went to.  From
 * there the way to the next leads up by "..", as far as the two have their
 * names in common, and down again, so nothing grows with the depth of a tree
 * but a row of levels.  What a directory is to have in the end is given to it
 * on the way up, when nothing is left to be put there; whoever comes back
 * leaves it as it was.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "landing.h"
#include "landing_priv.h"
#include "mem.h"

#define TRIES 100
#define BITS (S_IRWXU | S_IRWXG | S_IRWXO)
#define INTO LANDING_INTO

char *
landing_cannot(const char *what, const char *path)
{
	return mem_print("cannot %s %s: %s", what, path, strerror(errno));
}

/* By what a directory gets: asking for it would set it for a moment. */
static bool
learn_mask(struct landing *landing)
{
	struct stat status;
	bool known = mkdirat(landing->root, "mask", BITS) == 0 &&
	    fstatat(landing->root, "mask", &status, AT_SYMLINK_NOFOLLOW) == 0;

	if (known)
		landing->mask = ~status.st_mode & BITS;
	return unlinkat(landing->root, "mask", AT_REMOVEDIR) == 0 && known;
}

static bool
make_temporary(struct landing *landing)
{
	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t number;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return false;
		snprintf(landing->name, sizeof(landing->name), ".cpssh-%012llx",
		    (unsigned long long)(number & 0xffffffffffff));
		if (mkdirat(landing->dir, landing->name, S_IRWXU) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

struct landing *
landing_new(int dir, bool exact, char **why)
{
	struct landing *landing = mem_zero(sizeof(*landing));

	landing->dir = dir;
	landing->exact = exact;
	landing->root = landing->at = -1;
	if (!make_temporary(landing)) {
		*why = landing_cannot("make", "a temporary directory");
		free(landing);
		return NULL;
	}
	landing->root = openat(dir, landing->name, INTO);
	if (landing->root >= 0 && learn_mask(landing))
		landing->at = fcntl(landing->root, F_DUPFD_CLOEXEC, 3);
	if (landing->at >= 0)
		return landing;
	*why = landing_cannot("use", "a temporary directory");
	free(landing_free(landing));
	return NULL;
}

char *
landing_clean(struct buf *path, const char *name)
{
	buf_clear(path);
	if (*name == '/')
		return mem_print("the host sent a name that leads out: %s",
		    name);
	for (const char *at = name; *at != '\0';) {
		size_t len = strcspn(at, "/");

		if (len == 2 && at[0] == '.' && at[1] == '.')
			return mem_print("the host sent a name that leads "
			    "out: %s", name);
		if (len > 0 && !(len == 1 && at[0] == '.')) {
			if (path->len > 0)
				buf_addc(path, '/');
			buf_add(path, at, len);
		}
		at += len + (at[len] == '/');
	}
	if (path->len >= PATH_MAX)
		return mem_print("the host sent a name of %zu bytes",
		    path->len);
	return NULL;
}

static bool
give(int fd, const struct landing_traits *traits)
{
	const struct timespec times[] = {
		{ .tv_nsec = UTIME_OMIT }, traits->time,
	};

	return fchmod(fd, traits->mode & BITS) == 0 && futimens(fd, times) == 0;
}

/* Go one level up. */
static char *
leave(struct landing *landing)
{
	const struct level *level = &landing->levels[--landing->depth];
	size_t above = landing->depth > 0 ? level[-1].len : 0;
	int up = landing->depth > 0 ? openat(landing->at, "..", INTO) :
	    fcntl(landing->root, F_DUPFD_CLOEXEC, 3);
	char *words = NULL;

	if (up < 0 || (level->set && !give(landing->at, &level->traits)))
		words = landing_cannot("finish", buf_text(&landing->path));
	close(landing->at);
	landing->at = up;
	landing->path.len = above;
	return words;
}

/* Make NAME, a directory in the present one, unless it is there.  FRESH: it
 * was not.  Returns its descriptor, or -1. */
static int
open_or_make(struct landing *landing, const char *name, mode_t mode,
    bool *fresh)
{
	int fd = openat(landing->at, name, INTO);

	*fresh = fd < 0 && errno == ENOENT;
	if (*fresh && mkdirat(landing->at, name, mode) == 0)
		return openat(landing->at, name, INTO);
	return fd;
}

/* Let its owner into a directory that was left with fewer rights. */
static int
open_closed(int at, const char *name, mode_t *mode)
{
	struct stat status;

	if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(status.st_mode) ||
	    fchmodat(at, name, S_IRWXU, AT_SYMLINK_NOFOLLOW) != 0)
		return -1;
	*mode = status.st_mode;
	return openat(at, name, INTO);
}

static bool
remember(struct landing *landing, struct level *level, mode_t mode)
{
	struct stat status;

	if (!landing->exact)
		return true;
	if (fstat(landing->at, &status) != 0)
		return false;
	if (mode == 0)
		mode = status.st_mode;
	level->set = true;
	level->traits.mode = mode;
	level->traits.time = status.st_mtim;
	return (status.st_mode & S_IRWXU) == S_IRWXU ||
	    fchmod(landing->at, S_IRWXU) == 0;
}

/* Go one level down, to the directory whose path is the first LEN bytes of
 * PATH. */
static char *
enter(struct landing *landing, const char *path, size_t len, mode_t mode,
    bool *fresh)
{
	size_t above = landing->path.len;
	struct level level = { .len = len };
	const char *name;
	mode_t was = 0;
	int fd;

	buf_add(&landing->path, path + above, len - above);
	name = buf_text(&landing->path) + above + (above > 0);
	fd = open_or_make(landing, name, mode, fresh);
	if (fd < 0 && errno == EACCES)
		fd = open_closed(landing->at, name, &was);
	if (fd >= 0) {
		close(landing->at);
		landing->at = fd;
	}
	if (fd < 0 || (!*fresh && !remember(landing, &level, was))) {
		char *words = landing_cannot("enter", name);

		if (fd < 0)
			landing->path.len = above;
		return words;
	}
	if (landing->depth == landing->room) {
		landing->room = landing->room * 2 + 8;
		landing->levels = mem_resize(landing->levels, landing->room,
		    sizeof(level));
	}
	landing->levels[landing->depth++] = level;
	return NULL;
}

/* Go to the directory whose path is the first LEN bytes of PATH.  What is
 * missing is made, the last one with MODE.  FRESH: that one was. */
static char *
go_to(struct landing *landing, const char *path, size_t len, mode_t mode,
    bool *fresh)
{
	char *words = NULL;

	*fresh = false;
	while (words == NULL && landing->depth > 0 &&
	    (landing->path.len > len ||
	    memcmp(landing->path.data, path, landing->path.len) != 0 ||
	    (landing->path.len < len && path[landing->path.len] != '/')))
		words = leave(landing);
	while (words == NULL && landing->path.len < len) {
		size_t at = landing->path.len;
		const char *slash;

		at += at > 0;
		slash = memchr(path + at, '/', len - at);
		at = slash != NULL ? (size_t)(slash - path) : len;
		words = enter(landing, path, at, at == len ? mode : BITS,
		    fresh);
	}
	return words;
}

char *
landing_directory(struct landing *landing, const char *path,
    const struct landing_traits *traits)
{
	mode_t mode = landing->exact ? S_IRWXU :
	    (traits->mode & BITS) | S_IRWXU;
	bool fresh;
	char *words = go_to(landing, path, strlen(path), mode, &fresh);

	if (words != NULL)
		return words;
	if (landing->exact) {
		struct level *level = &landing->levels[landing->depth - 1];

		level->set = true;
		level->traits = *traits;
	} else if (!fresh && fchmod(landing->at, mode & ~landing->mask) != 0) {
		return landing_cannot("finish", path);
	}
	return NULL;
}

/* Go to where PATH is to be; its own NAME there. */
static char *
go_above(struct landing *landing, const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	bool fresh;

	*name = slash != NULL ? slash + 1 : path;
	return go_to(landing, path, slash != NULL ? (size_t)(slash - path) : 0,
	    BITS, &fresh);
}

char *
landing_create(struct landing *landing, const char *path,
    const struct landing_traits *traits, int *fd)
{
	mode_t mode = landing->exact ? S_IRUSR | S_IWUSR : traits->mode & BITS;
	const char *name;
	char *words = go_above(landing, path, &name);

	if (words != NULL)
		return words;
	*fd = openat(landing->at, name, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, mode);
	return *fd >= 0 ? NULL : landing_cannot("create", path);
}

char *
landing_close(struct landing *landing, int fd,
    const struct landing_traits *traits)
{
	bool given = !landing->exact || give(fd, traits);
	char *words = given ? NULL : landing_cannot("finish", "a file");

	/* Network file systems tell of a full disk here. */
	if (close(fd) != 0 && words == NULL)
		words = landing_cannot("finish", "a file");
	return words;
}

char *
landing_link(struct landing *landing, const char *path, const char *target)
{
	struct stat status;
	const char *name;
	char *words = go_above(landing, path, &name);

	if (words != NULL)
		return words;
	if (fstatat(landing->root, target, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return landing_cannot("link to", target);
	if (!S_ISREG(status.st_mode))
		return mem_print("the host sent a link to %s, which is no file",
		    target);
	return linkat(landing->root, target, landing->at, name, 0) == 0 ? NULL :
	    landing_cannot("create", path);
}

char *
landing_settle(struct landing *landing)
{
	bool fresh;

	return go_to(landing, "", 0, 0, &fresh);
}

char *
landing_free(struct landing *landing)
{
	char *words;

	if (landing == NULL)
		return NULL;
	if (landing->at >= 0)
		close(landing->at);
	if (landing->root >= 0)
		close(landing->root);
	words = landing_remove(landing->dir, landing->name);
	buf_free(&landing->path);
	free(landing->levels);
	free(landing);
	return words;
}
