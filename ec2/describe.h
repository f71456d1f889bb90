/* SPDX-License-Identifier: BSD-2-Clause */
/* DescribeInstances: all pages of one region. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "api.h"
#include "instance.h"
#include "query.h"

struct describe {
	const struct place *place;	/* stays until done() */
	char		**ids;		/* these alone; NULL: all */
	const struct query *filters;	/* Filter.N.Name, Filter.N.Value.M; or
					 * NULL */

	/* An instance, as they come. */
	void		(*found)(void *context,
			    const struct instance *instance);

	/* A page is complete: what was found so far is so.  A page has to be
	 * read again: forget what was found since the last complete one.  May
	 * both be NULL if found() bears to be told twice. */
	void		(*page)(void *context);
	void		(*again)(void *context);

	/* All pages are in, or ERROR says why not. */
	void		(*done)(void *context, const struct api_error *error);
	void		*context;
	long		 seconds;	/* see api_call */
};

/* Begin; strings and filters are copied.  http_run() does the work. */
void	 describe_start(struct api *, const struct describe *);

/* Names of all regions that the account has: FOUND for each, then DONE. */
void	 describe_regions(struct api *, const struct place *,
	    void (*found)(void *context, const char *region),
	    void (*done)(void *context, const struct api_error *error),
	    void *context);

#endif
