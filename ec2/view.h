/* SPDX-License-Identifier: BSD-2-Clause */
/* How a list of instances looks: each is rendered as it is found, and all are
 * printed when none is missing. */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "hostline.h"
#include "roster.h"

enum view_kind {
	VIEW_HOSTS,		/* lines of a host file */
	VIEW_FORMAT,
	VIEW_JSON,		/* an array, an object a line */
	VIEW_SSH_CONFIG,
};

enum view_order {
	VIEW_BY_LAUNCH,		/* time and index */
	VIEW_BY_NAME,
	VIEW_BY_ADDRESS,
};

struct view {
	enum view_kind	 kind;
	enum view_order	 order;
	struct hostline	 hostline;
	const char	*format;	/* of VIEW_FORMAT */
	const char	*group_by;	/* a name for instance_value(); NULL */
	const char	*group;		/* this one alone, without its name */
	bool		 groups;	/* the names of groups alone */
	const char	*self;		/* an instance that is left out */
	size_t		 skipped;	/* had no address */
};

/* Add to the roster what INSTANCE looks like.  Those without an address are
 * told and skipped where one is needed. */
void	 view_add(struct view *, struct roster *, const struct instance *);

/* Print a sorted roster.  False: it cannot be read again (errno). */
bool	 view_print(const struct view *, const struct roster *);

/* Print INSTANCE alone, at once. */
void	 view_print_one(struct view *, const struct instance *);

#endif
