/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of landing.h. */
#ifndef LANDING_PRIV_H
#define LANDING_PRIV_H

#include "landing.h"

/* How directories are opened. */
#define LANDING_INTO (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* A directory that is entered. */
struct level {
	size_t		 len;		/* of its path */
	bool		 set;		/* it is to have these */
	struct landing_traits traits;
};

struct landing {
	int		 dir;		/* the place is in */
	char		 name[24];	/* of the temporary directory there */
	int		 root;		/* this */
	mode_t		 mask;		/* the umask */
	bool		 exact;
	int		 at;		/* the last level, or the root */
	struct buf	 path;		/* of it */
	struct level	*levels;
	size_t		 depth, room;
};

/* "cannot WHAT PATH: " and what errno says, in fresh memory. */
char	*landing_cannot(const char *what, const char *path);

#endif
