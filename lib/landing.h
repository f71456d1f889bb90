/* SPDX-License-Identifier: BSD-2-Clause */
/* Where what a host sends is laid down: a temporary directory beside the place
 * that it is for, entered by nobody else, and moved into place when it is
 * complete.
 *
 * This is archive_write_disk(3) for a program with threads.  That one asks for
 * the umask by setting it, with each entry, and changes the working directory
 * for long names; its rules (ARCHIVE_EXTRACT_SECURE_SYMLINKS, _NODOTDOT,
 * _NOABSOLUTEPATHS) are kept here, and more: names are walked a component at
 * a time from the temporary directory, there are no symbolic links in it, no
 * special files and no set-user-ID bits, and nothing is ever overwritten.
 *
 * All calls may block, so they are a thread's.  Paths are relative, to the
 * temporary directory, with single slashes and neither "." nor ".." in them:
 * landing_clean() makes them so.  Calls return NULL, or what is wrong in fresh
 * memory. */
#ifndef LANDING_H
#define LANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "buf.h"

struct landing;

/* What an entry is to have in the end.  Permission bits only are taken. */
struct landing_traits {
	mode_t		 mode;
	struct timespec	 time;		/* of the last change */
};

/* Make one in the directory DIR, which stays the caller's and outlives it.
 * EXACT: modes and times are as given; else the umask and the clock have their
 * say, and directories can always be entered by their owner.  NULL: WHY. */
struct landing *landing_new(int dir, bool exact, char **why);

/* NAME as a path, put into PATH; "." is an empty one. */
char	*landing_clean(struct buf *path, const char *name);

/* A directory; one that is there already is taken.  Parents are made. */
char	*landing_directory(struct landing *, const char *path,
	    const struct landing_traits *);

/* A new regular file, open for writing in FD: landing_close() it. */
char	*landing_create(struct landing *, const char *path,
	    const struct landing_traits *, int *fd);
char	*landing_close(struct landing *, int fd,
	    const struct landing_traits *);

/* A second name for the regular file TARGET. */
char	*landing_link(struct landing *, const char *path, const char *target);

/* Nothing more will be laid down: give directories what they are to have. */
char	*landing_settle(struct landing *);

/* Move the top level's NAME to the name TO in DIR.  What has that name is
 * replaced at once, if it is of the same kind: a tree as a whole. */
char	*landing_place(struct landing *, const char *name, const char *to);

/* Call EACH for every name of the top level, until it returns words. */
char	*landing_list(struct landing *, char *(*each)(void *context,
	    const char *name), void *context);

/* Remove the temporary directory with all that is left in it, and free this. */
char	*landing_free(struct landing *);

/* The file or tree NAME in DIR, links not followed. */
char	*landing_remove(int dir, const char *name);

#endif
