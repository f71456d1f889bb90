/* SPDX-License-Identifier: BSD-2-Clause */
/* Any number of machines, launched batch by batch, and told as they come:
 * whatever goes wrong later, or ends us, the user knows what runs and costs. */
#ifndef MUSTER_H
#define MUSTER_H

#include <stdbool.h>

#include "launch.h"

struct muster {
	struct api	*api;
	const struct launch *launch;
	const char	*token;		/* of the first batch, if there are
					 * others with its number behind it */
	long		 least, most;	/* so many */
	bool		 print;		/* their ids on stdout, not on stderr */
};

/* Launch them; those that were launched come in *ALL, which is empty.  How the
 * last batch went: what was wrong has been told. */
enum launch_outcome muster_all(const struct muster *, struct launched *all);

#endif
