/* SPDX-License-Identifier: BSD-2-Clause */
/* A call of the EC2 API: signed, sent, tried again when that may help, its
 * answer read as it streams in.  One call is one small function elsewhere,
 * which fills a struct api_call. */
#ifndef API_H
#define API_H

#include <stdbool.h>

#include "awsconf.h"
#include "http.h"
#include "place.h"
#include "query.h"

struct api;

/* Credentials are found at once: the program ends with status 3 if there are
 * none.  REGION is where STS is asked, if it must be. */
struct api *api_new(struct http *, struct awsconf *, const char *region);
void	 api_free(struct api *);

struct http *api_http(const struct api *);

/* The access key's id, for what must be kept apart by account. */
const char *api_key_id(const struct api *);

/* Why a call failed. */
struct api_error {
	long		 status;	/* HTTP's, 0: nothing came */
	const char	*code;		/* "InvalidInstanceID.NotFound"; "" if
					 * the failure is not the API's */
	const char	*message;
	const char	*request;	/* its id, or "" */
	bool		 throttled;
	bool		 passing;	/* it may go well in a while */
};

struct api_call {
	const char	*action;	/* "DescribeInstances" */
	const struct query *query;	/* without Action, Version; or NULL */
	const struct place *place;	/* stays until done() */

	const char	*const *paths;	/* NULL, or all that closed() wants of
					 * it, see xml_only(); stays */
	const char	*const *unread;	/* NULL, or what need not be read, see
					 * xml_leave_out(); stays */

	/* An element of the answer has closed, see xml.h.  Comes for good
	 * answers only.  NULL: nothing is wanted of it. */
	void		(*closed)(void *context, const char *path,
			    const char *text);

	/* What closed() was told is void: it is tried again.  May be NULL if
	 * closed() bears to be told twice. */
	void		(*again)(void *context);

	/* It is over; ERROR is NULL if all went well, and valid until this
	 * returns. */
	void		(*done)(void *context, const struct api_error *error);
	void		*context;
	long		 seconds;	/* for all tries; 0: 60 */
};

/* Begin the call; all but the place is copied.  Nothing is called before this
 * returns; http_run() does the work. */
void	 api_start(struct api *, const struct api_call *);

/* Is CODE the error's? */
bool	 api_is(const struct api_error *, const char *code);

/* "Code: Message (request ID)", and what the user can do about it if that is
 * known, in fresh memory. */
char	*api_words(const struct api_error *);

#endif
