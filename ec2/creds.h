/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose keys to sign with, looked for where AWS's own tools look, in their
 * order: the profile that was named (then not the environment); the
 * environment; the profile "default" of the two files, by role, web identity,
 * keys or credential_process; the container's endpoint; the instance's role.
 * Or from a file of the form accesskey=, secretkey= and nowhere else. */
#ifndef CREDS_H
#define CREDS_H

#include <stdbool.h>
#include <time.h>

#include "awsconf.h"
#include "secret.h"

struct creds {
	char		*id;		/* the access key's: no secret */
	struct secret	*key;
	struct secret	*token;		/* NULL: none */
	time_t		 expires;	/* 0: never */
	char		*source;	/* "the environment" */
};

/* Find them; CONF is what was decided of files and profile, REGION is where STS
 * is asked.  NULL, or in fresh memory why there are none. */
char	*creds_find(struct creds *, const struct awsconf *conf,
	    const char *region);

/* Is it time to find new ones? */
bool	 creds_old(const struct creds *);

/* Overwrite and free them; { 0 } then. */
void	 creds_clear(struct creds *);

#endif
