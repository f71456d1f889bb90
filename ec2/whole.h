/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are there whole or not at all. */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Make the file NAME in the directory DIR, which has no such file, of the LEN
 * bytes at DATA, with just that MODE, and see it to the disk.  False: errno
 * says why, and there may be a part of it. */
bool	 whole_lay(int dir, const char *name, const void *data, size_t len,
	    mode_t mode);

/* The same beside PATH, whose place it then takes.  What PATH leads to, if it
 * is a symbolic link, stays as it is.  NULL, or in fresh memory why not: then
 * PATH is as it was, and nothing is left. */
char	*whole_write(const char *path, const void *data, size_t len,
	    mode_t mode);

#endif
