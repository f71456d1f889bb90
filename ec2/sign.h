/* SPDX-License-Identifier: BSD-2-Clause */
/* AWS's signature, version 4 ("Create a signed AWS API request" in the IAM user
 * guide), for requests without a query string. */
#ifndef SIGN_H
#define SIGN_H

#include <stddef.h>
#include <time.h>

#include "secret.h"

struct sign_header {
	const char	*name;		/* in small letters */
	const char	*value;
};

struct sign {
	const char	*method;
	const char	*path;		/* as it is sent */
	const struct sign_header *headers;	/* sorted by name */
	size_t		 header_count;
	const void	*body;
	size_t		 len;
	const char	*region, *service;
	const char	*id;		/* the access key's */
	const struct secret *key;
	time_t		 now;
};

/* What stands in the Authorization header, in fresh memory. */
char	*sign_authorization(const struct sign *);

/* NOW as the X-Amz-Date header has it: "20261122T171800Z". */
#define SIGN_DATE_SIZE 17
void	 sign_date(time_t now, char date[SIGN_DATE_SIZE]);

#endif
