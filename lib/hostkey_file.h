/* SPDX-License-Identifier: BSD-2-Clause */
/* One known_hosts file: read once, indexed by name, appended to. */
#ifndef HOSTKEY_FILE_H
#define HOSTKEY_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct hostkey_file;
struct hostkey_hasher;
struct hostkey_line;

/* What the file PATH says now; one that cannot be read says nothing, as for
 * ssh. */
struct hostkey_file *hostkey_file_read(const char *path);
void	 hostkey_file_free(struct hostkey_file *);
const char *hostkey_file_path(const struct hostkey_file *);

/* How far to look: hashed names make it slow. */
enum hostkey_effort {
	FIND_SOME,	/* all @revoked lines, and a plain one if there is */
	FIND_ALL,
};

/* The COUNT lines for the host NAME, which is in lower case, of every marker.
 * Lent until the next call. */
struct hostkey_line *const *hostkey_file_find(struct hostkey_file *,
    const char *name, enum hostkey_effort, struct hostkey_hasher *,
    size_t *count);

/* From now on the file is taken to have a line with the key BLOB for the host
 * NAME, whether it has or not.  BLOB is copied. */
void	 hostkey_file_learn(struct hostkey_file *, const char *name,
	    const void *blob, size_t len);

/* Does the file PATH keep what is written to it, unlike /dev/null?  One that
 * could be a file but is not there does. */
bool	 hostkey_file_keeps(const char *path);

/* Append the LEN bytes of TEXT, whole lines, to the file, which is made if
 * there is none.  Returns NULL, or what went wrong in fresh memory. */
char	*hostkey_file_append(const char *path, const char *text, size_t len);

#endif
