/* SPDX-License-Identifier: BSD-2-Clause */
/* What user-data tells a machine: key=value pairs, each on a line of its own or
 * joined by '|'.  One module for both ends: ec2-launch joins, the machine that
 * was launched reads.  Memory that held values is overwritten. */
#ifndef USERDATA_H
#define USERDATA_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* What EC2 takes, before it is encoded. */
#define USERDATA_MOST (16 * 1024)

/* The key of what a worker proves with that it is one that was launched. */
#define USERDATA_SECRET "workersecret"

struct userdata_pair {
	char	*key;
	char	*value;
};

struct userdata {
	struct userdata_pair *pairs;	/* in their order */
	size_t		 count, room;
};

/* Is KEY a plain name: of letters, digits, '.', '_' and '-', beginning with a
 * letter, a digit or '_', of no more than 64 bytes? */
bool	 userdata_is_key(const char *key, size_t len);

/* Is KEY's value for nobody else to read: is it USERDATA_SECRET, or one of the
 * NULL-terminated SECRETS (NULL: none)? */
bool	 userdata_is_secret(const char *key, char *const *secrets);

/* Read the file PATH ("-": stdin) into TEXT, which is empty: no more of it than
 * USERDATA_MOST bytes and one, which tells that it is too long, and without any
 * copies of it elsewhere.  False: errno says why not. */
bool	 userdata_load(struct buf *text, const char *path);

/* Add KEY with VALUE.  NULL, or in fresh memory why not: no plain name, a key
 * that is there already, or control bytes or a '|' in VALUE. */
char	*userdata_add(struct userdata *, const char *key, const char *value,
	    size_t len);

/* Add all pairs in the LEN bytes at TEXT; blank lines mean nothing.  NULL, or
 * in fresh memory what is wrong with them, without showing any value. */
char	*userdata_read(struct userdata *, const char *text, size_t len);

/* "key=value|key=value", in fresh memory.  NULL if there are no pairs. */
char	*userdata_join(const struct userdata *);

/* The value of KEY, or NULL. */
const char *userdata_value(const struct userdata *, const char *key);

/* Overwrite and free all pairs; it is empty then. */
void	 userdata_wipe(struct userdata *);

#endif
