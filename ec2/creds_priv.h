/* SPDX-License-Identifier: BSD-2-Clause */
/* creds's own: one function for each place where credentials come from. */
#ifndef CREDS_PRIV_H
#define CREDS_PRIV_H

#include "creds.h"

#define CREDS_TOKEN_MOST 16384
#define CREDS_ANSWER_MOST 65536

enum creds_found {
	CREDS_NONE,		/* nothing is there; look on */
	CREDS_FOUND,
	CREDS_FAILED,		/* something is, but it cannot be used */
};

struct creds_search {
	const struct awsconf *conf;
	const char	*region;
	struct creds	*creds;		/* to be filled */
	char		*why;		/* for CREDS_FAILED */
	int		 depth;		/* profiles that name each other */
};

/* Fill in the keys; TOKEN may be NULL or empty. */
enum creds_found creds_set(struct creds_search *, const char *id,
	    const char *key, const char *token, const char *source);

/* Remember why. */
enum creds_found creds_failed(struct creds_search *, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* Fill them in from a JSON object, whose session token is called TOKEN. */
enum creds_found creds_json(struct creds_search *, const char *text,
	    size_t len, const char *token, const char *source);

/* "2026-11-22T17:18:00Z", with a fraction or "+00:00" also; 0: no time. */
time_t	 creds_time(const char *text);

/* The file PATH's contents without the newline at their end, or NULL and why in
 * the search. */
struct secret *creds_secret_file(struct creds_search *, const char *path);

/* What the program COMMAND writes. */
enum creds_found creds_process(struct creds_search *, const char *command);

/* A role: with keys that are already in the search's creds, and are replaced,
 * or with a file that has a token of somebody whom AWS trusts. */
enum creds_found creds_assume(struct creds_search *, const char *profile,
	    const char *role);
enum creds_found creds_web(struct creds_search *, const char *profile,
	    const char *role, const char *token_file);

/* The endpoint that a container's environment names; the role of the instance
 * that this runs on. */
enum creds_found creds_container(struct creds_search *);
enum creds_found creds_instance(struct creds_search *);

#endif
