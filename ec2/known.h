/* SPDX-License-Identifier: BSD-2-Clause */
/* The known_hosts file of a run, for ssh's and cpssh's UserKnownHostsFile:
 * whose keys are known by the cloud's word.  It is read at first, changed in
 * memory, and written as a whole beside its name and renamed. */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct known {
	struct buf	 text;		/* whole lines */
};

/* What is in the file PATH; a missing one is empty.  NULL, or in fresh memory
 * why it cannot be read. */
char	*known_read(struct known *, const char *path);

/* From now on the host that is called NAMES (NULL-terminated; with another
 * port than 22 as "[NAME]:PORT") has the COUNT keys TEXTS, each "TYPE BASE64",
 * and nobody else has one of these names: clouds give addresses to others when
 * they are free again. */
void	 known_set(struct known *, char *const *names, char *const *texts,
	    size_t count);

/* Write it to PATH, mode 0600.  NULL, or in fresh memory why not: then the file
 * is as it was. */
char	*known_write(struct known *, const char *path);

void	 known_free(struct known *);

#endif
