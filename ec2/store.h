/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory with one file for each key of the user-data.  All files are
 * written beside their names first and renamed when the last one is complete:
 * nothing is half-written, and nobody ever reads half a value.  The file
 * ".ec2-userdata" there lists the keys, of earlier times too, a line each, from
 * before the first of them is there; and what is written beside has names that
 * begin so: whoever makes an image of the machine finds all that was kept. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "userdata.h"

/* Bring the files of the directory PATH, which is made if it is missing, in
 * line with DATA: each key's file has its value and a newline, mode 0600 for
 * SECRETS and the framework's own secret, else 0644.  Files that are right
 * already are left alone.  NULL, or in fresh memory why not; until the first
 * rename nothing has changed then. */
char	*store_write(const char *path, const struct userdata *,
	    char *const *secrets);

#endif
