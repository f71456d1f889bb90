/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-hosts's options, read and judged. */
#ifndef ASKED_H
#define ASKED_H

#include "common.h"
#include "filters.h"
#include "view.h"

struct asked {
	struct common	 common;
	bool		 all_regions;
	char		*address, *user, *user_tag, *extra;
	char		**tags, **states, **names, **groups, **subnets, **vpcs;
	char		**zones, **types, **amis, **ids, **filters;
	bool		 exclude_self, fail_empty, json, list_groups;
	char		*sort, *format, *output, *group_by, *group;
	long		 cache;
	long		 wait, timeout, port;
	char		*ready;
	char		*known_hosts;

	/* What they come to: */
	struct view	 view;
	struct filters	*wanted;
	char		**named;	/* ids, if nothing else was asked for */
};

/* Read the command line; what is wrong with it ends the program with status
 * 2. */
void	 asked_read(struct asked *, int argc, char **argv);

/* Free what the options hold, those of all commands aside. */
void	 asked_free(struct asked *);

#endif
