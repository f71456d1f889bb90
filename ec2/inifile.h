/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of [sections] with "key = value" lines, as AWS's tools write them, read
 * by inih.  Lines and names may be of any length. */
#ifndef INIFILE_H
#define INIFILE_H

#include <stdbool.h>
#include <stddef.h>

struct inifile;

/* Read the LEN bytes at TEXT.  If a line is no such line, *LINE is its number;
 * else 0. */
struct inifile *inifile_parse(const char *text, size_t len, int *line);

/* The value of KEY in SECTION ("" before the first), or NULL.  The last one
 * counts.  A value that goes on in lines further in has them one a line. */
const char *inifile_get(const struct inifile *, const char *section,
	    const char *key);

/* Has it such a section? */
bool	 inifile_has(const struct inifile *, const char *section);

/* Overwrite and free it all.  NULL is ignored. */
void	 inifile_free(struct inifile *);

#endif
