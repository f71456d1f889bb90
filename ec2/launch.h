/* SPDX-License-Identifier: BSD-2-Clause */
/* RunInstances: so many machines of one kind, told by a token from a launch
 * that was asked for before, so that asking again never launches twice. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"
#include "instance.h"

/* So many are asked for at once; AWS advises against more. */
#define LAUNCH_BATCH 100

struct launch {
	const struct place *place;
	const char	*ami;
	const char	*type;
	const char	*key;		/* pair; from here on NULL: none */
	const char	*subnet;
	const char	*zone;
	const char	*profile;	/* name or ARN of the instances' role */
	const char	*price;		/* the most, of spot instances */
	const char	*user_data;	/* base64 */
	char		**groups;	/* ids and names; NULL: none */
	char		**tags;		/* "KEY=VALUE"; NULL: none */
	const char	*run;		/* the tag cpssh:run */
	bool		 spot;
	bool		 dry;		/* only ask whether it would be done */
};

enum launch_outcome {
	LAUNCH_DONE,
	LAUNCH_WOULD,			/* dry: it would be done */
	LAUNCH_SCARCE,			/* there is no room for so many */
	LAUNCH_REFUSED,
	LAUNCH_UNKNOWN,			/* it may have been done */
};

struct launched {
	struct instance	*list;
	size_t		 count;
};

/* Launch LEAST to MOST instances and wait for the answer; those that were
 * launched are added to *ALL.  TOKEN has at most 64 characters.  What went
 * wrong comes in fresh memory in *WHY, unless it is LAUNCH_DONE or
 * LAUNCH_WOULD. */
enum launch_outcome launch_run(struct api *, const struct launch *,
	    const char *token, long least, long most, struct launched *all,
	    char **why);

/* Ask what was launched with TOKEN, after LAUNCH_UNKNOWN; adds it to *ALL.
 * False: that cannot be told. */
bool	 launch_look(struct api *, const struct launch *, const char *token,
	    struct launched *all);

void	 launch_clear(struct launched *);

#endif
