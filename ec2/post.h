/* SPDX-License-Identifier: BSD-2-Clause */
/* A form that is posted to one of AWS's services, with what AWS wants to stand
 * in its headers. */
#ifndef POST_H
#define POST_H

#include <stdbool.h>
#include <time.h>

#include "creds.h"
#include "http.h"
#include "place.h"
#include "query.h"

struct post {
	struct http_request request;
	const char	*headers[6];
	struct secret	*token;		/* a header line */
	char		*lines[2];
};

/* A request with FORM as its body, which must stay as it is as long as the
 * request is used, for SERVICE at PLACE, signed with CREDS (NULL: not signed)
 * for the time that it is now. */
void	 post_make(struct post *, const char *service, const struct place *,
	    const struct creds *creds, const struct query *form);

/* Overwrite and free what it holds. */
void	 post_clear(struct post *);

/* The server's clock says THEN.  If ours is minutes off, all later requests are
 * signed for its time: true. */
bool	 post_learn(time_t then);

/* The service's clock, as far as is known. */
time_t	 post_now(void);

#endif
