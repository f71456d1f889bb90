/* SPDX-License-Identifier: BSD-2-Clause */
/* known_hosts: is this the host we mean?  Every file is read once a run, when
 * the first host asks for it.  The format is in sshd(8), SSH_KNOWN_HOSTS FILE
 * FORMAT.  Nothing here waits, except for the lock when a key is added. */
#ifndef HOSTKEY_H
#define HOSTKEY_H

#include <stdbool.h>
#include <stddef.h>

struct hostconf;
struct hostkeys;	/* the run's known_hosts files */

struct hostkeys *hostkeys_new(void);
void	 hostkeys_free(struct hostkeys *);

/* LIST, host key algorithms in order of preference with commas between them,
 * reordered so that those come first for which the files have a key of the
 * host; as ssh, unchanged if the first one is among these.  The caller frees
 * it. */
char	*hostkey_algorithms(struct hostkeys *, const struct hostconf *,
	    const char *list);

enum hostkey_verdict {
	HOSTKEY_KNOWN,		/* the files have this key for the host */
	HOSTKEY_NEW,		/* they have no key for the host */
	HOSTKEY_ONLY_CA,	/* only @cert-authority lines are for it */
	HOSTKEY_CHANGED,	/* they have another key, of whatever type */
	HOSTKEY_REVOKED,	/* @revoked, whatever else is there */
	HOSTKEY_BROKEN,		/* what the server sent is no key we know */
};

enum hostkey_ruling {		/* what StrictHostKeyChecking makes of it */
	HOSTKEY_ACCEPT,		/* go on; tell `message` if there is one */
	HOSTKEY_ASK,		/* `message` is a question; yes is ACCEPT */
	HOSTKEY_REFUSE,		/* the visit is over; `message` says why */
};

struct hostkey_answer {
	enum hostkey_verdict verdict;
	enum hostkey_ruling ruling;
	bool	 add;		/* once accepted, call hostkey_add() */
	bool	 unsafe;	/* accepted although changed: as ssh, send no
				 * password and forward no agent */
	char	*message;	/* one line without the host's label, or NULL */

	char	*name;		/* looked up as: "web3", "[web3]:2222" */
	const char *type;	/* as ssh prints it: "ED25519", "RSA" */
	char	*fingerprint;	/* "SHA256:..." */

	/* The line that decided: the known, changed, revoked or CA one. */
	const char *file;	/* NULL if none did; lent by the hostkeys */
	unsigned line;
	const char *known_type;
	char	*known_fingerprint;
};

/* Judge the public key BLOB (RFC 4253, section 6.6) that the host showed.
 * MAY_ASK is false where nobody can answer: then StrictHostKeyChecking=ask
 * means yes.  The answer's strings are freed by hostkey_clear(). */
void	 hostkey_check(struct hostkeys *, const struct hostconf *,
	    const void *blob, size_t len, bool may_ask,
	    struct hostkey_answer *);
void	 hostkey_clear(struct hostkey_answer *);

/* Append the key to the first of the user's known_hosts files; the rest of the
 * run knows it at once, written or not.  Returns NULL, or a warning in fresh
 * memory, which need not end the visit. */
char	*hostkey_add(struct hostkeys *, const struct hostconf *,
	    const void *blob, size_t len);

#endif
