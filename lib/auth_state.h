/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of auth.h: what the methods share. */
#ifndef AUTH_STATE_H
#define AUTH_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "agent.h"
#include "buf.h"
#include "step.h"

struct job;
struct key;

/* A key that may let us in: what the host is shown, and what signs. */
struct auth_key {
	const struct key *shown;	/* a certificate; or NULL: what the
					 * agent holds, or the file's half */
	const struct key *file;		/* of this file, or NULL */
	const struct agent_key *held;	/* by the agent, or NULL */
};

enum auth_signing {	/* where the signature is that libssh2 asked for */
	SIGN_IDLE,	/* not asked for */
	SIGN_PENDING,	/* the agent is at it */
	SIGN_READY,
	SIGN_FAILED,
};

struct login {
	struct job	*job;
	void		*self;		/* libssh2 wants a pointer to us */
	const char	*method;	/* where in the list of methods */
	bool		 refused;	/* by all: ask what would do */

	/* publickey */
	bool		 listed;	/* the agent has no more to say */
	const struct agent_key *held;
	size_t		 held_count;
	struct auth_key	*keys;		/* in the order of trying */
	size_t		 key_count, at;
	bool		 sorted;
	bool		 trying;	/* libssh2 has begun with it */
	bool		 left_behind;	/* the name of a type */

	enum auth_signing signing;
	char		*algorithm;	/* of the signature */
	unsigned char	*signature;
	size_t		 signature_len;
	struct agent_request *request;	/* to the agent, or NULL */

	struct buf	 tried;		/* "publickey (a, b)" */
	struct buf	 unusable;	/* "a: needs a passphrase" */
};

/* Note why something could not be tried; WORDS are copied. */
void	 auth_note(struct login *, const char *words);

/* The same, "KEY: WHY". */
void	 auth_note_key(struct login *, const struct auth_key *,
	    const char *why);

/* Note that the host refused the key, and what it may have against it. */
void	 auth_note_tried(struct login *, const struct auth_key *);

/* The publickey method: NEXT when in, FAIL when no key is left to try or
 * job_fail() was called. */
enum step auth_key(struct login *);

/* Sort the keys by OpenSSH's rules into login->keys, once the agent's are
 * known. */
void	 auth_order_keys(struct login *);

/* Why the type of the key, whose public half is known, rules it out (a
 * literal), or NULL. */
const char *auth_type_problem(const struct login *, const struct auth_key *);

/* Why the passphrase of a LOCKED file cannot be had (lent), or NULL. */
const char *auth_locked(const struct login *, const struct key *file);

/* What to call the key in messages, the caller's to free. */
char	*auth_key_name(const struct auth_key *);

/* PATH as its owner writes it, the caller's to free. */
char	*auth_short_path(const char *path);

/* What the host is to be shown; NULL if that is not known yet. */
const unsigned char *auth_key_blob(const struct auth_key *, size_t *len);

#endif
