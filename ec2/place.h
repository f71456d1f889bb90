/* SPDX-License-Identifier: BSD-2-Clause */
/* A region, and where its EC2 is reached. */
#ifndef PLACE_H
#define PLACE_H

#include "awsconf.h"

struct place {
	char		*region;
	char		*url;		/* ends in '/' */
};

/* The region to use when none was named: AWS_REGION, AWS_DEFAULT_REGION, our
 * own file, the profile, the instance's own.  In fresh memory, or NULL. */
char	*place_region(const struct awsconf *);

/* Where REGION's SERVICE ("ec2", "sts") is.  ENDPOINT is what the command line
 * says of it, or NULL; then AWS_ENDPOINT_URL_SERVICE, AWS_ENDPOINT_URL, the
 * profile's, and last what the region's name makes of it.  NULL, or in fresh
 * memory what is wrong. */
char	*place_find(struct place *, const struct awsconf *,
	    const char *service, const char *region, const char *endpoint);

/* Free what it holds; { 0 } then. */
void	 place_clear(struct place *);

#endif
