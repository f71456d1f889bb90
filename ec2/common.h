/* SPDX-License-Identifier: BSD-2-Clause */
/* What every EC2 command begins with: the options they share, and what those
 * set up. */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"
#include "options.h"

enum {
	COMMON_DONE = 0,
	COMMON_SHORT = 1,		/* not all that was asked for */
	COMMON_USAGE = 2,
	COMMON_FAILED = 3,		/* the API, or the credentials */
};

/* The first member of each command's settings. */
struct common {
	char		*profile;
	char		*creds;
	char		*endpoint;
	char		**regions;
	bool		 verbose;

	/* Not options: */
	struct awsconf	*conf;
	struct http	*http;
	struct api	*api;
	struct place	*places;	/* one for each region */
	size_t		 place_count;
};

/* Rows for --profile, --creds, --endpoint-url, --region, --verbose, --help,
 * --version: stand in the tables of each command that speaks to the API. */
extern const struct option_row common_options[];

/* The first call in main(): the program's name, its memory closed to others,
 * descriptors 0 to 2 open, SIGPIPE ignored.  Then options_read(). */
void	 common_begin(const char *name);

/* Find credentials, regions and endpoints as the options say.  Ends the program
 * with a message and status 2 or 3 if they are not to be had. */
void	 common_connect(struct common *);

/* One more region: add its place.  Ends the program with status 2 if it has
 * none. */
void	 common_add_region(struct common *, const char *region);

/* Say what is wrong with a call and end the program with COMMON_FAILED. */
_Noreturn void common_fail(const struct api_error *);

/* Flush stdout; an error there is told and ends the program with status 3.
 * Then let go of everything; returns STATUS. */
int	 common_end(struct common *, int status);

#endif
