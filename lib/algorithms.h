/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of algorithms: which we have, which we offer and in what order, and
 * how ssh_config(5) writes lists of them.
 *
 * What we have is what libssh2 has with OpenSSL.  Host certificates are not
 * among it: nobody here could check one.  Weak algorithms are offered only to
 * who names them, and what a library cannot do safely is never offered. */
#ifndef ALGORITHMS_H
#define ALGORITHMS_H

#include <stdbool.h>

enum algorithms {
	ALGORITHMS_KEX,
	ALGORITHMS_HOST_KEY,
	ALGORITHMS_CIPHER,
	ALGORITHMS_MAC,
	/* Of these only the names are known, for ssh_config(5): */
	ALGORITHMS_PUBKEY,	/* what signs a login */
	ALGORITHMS_CA,		/* what signs a certificate */
};

/* The libssh2 at hand has no strict key exchange (1.11.0): from now on never
 * offer what the Terrapin attack needs. */
void	 algorithms_without_strict_kex(void);

/* What to offer: the names in LIST that we have, in its order; what we think
 * best if LIST is NULL.  With commas, in fresh memory.  NULL if nothing is
 * left; *WHY (may be NULL) is then a line that says so, in fresh memory. */
char	*algorithms_offer(enum algorithms, const char *list, char **why);

/* Work out TEXT, a list as ssh_config(5) has it: "+list" and "^list" add to
 * the default, "-list" takes patterns away from it.  For what we can offer,
 * the default is ours, else it is OpenSSH's.  The result is in fresh memory
 * and may hold names that we do not have; it is NULL if a name is in TEXT
 * that OpenSSH does not know either. */
char	*algorithms_assemble(enum algorithms, const char *text);

#endif
