/* SPDX-License-Identifier: BSD-2-Clause */
/* One host as the user wrote it.  What ssh_config says of it comes later. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* The longest host name or user name taken. */
#define TARGET_NAME_MAX 1024

/* As much of a line as a message about it shows. */
#define TARGET_SHOWN 200

/* A host variable: "role=db" after the host on its line. */
struct target_var {
	char	*name;
	char	*value;
};

struct target {
	char	*user;		/* NULL if the line names none */
	char	*host;		/* as written, case kept, no brackets */
	int	 port;		/* 0 if the line names none */
	unsigned number;	/* PSSH_NODENUM: place in the list, from 0 */
	struct target_var *vars;
	size_t	 var_count;
};

/* Read one entry, "[user@]host[:port]", of pssh 2.3.6's form with IPv6 right
 * ("::1", "[::1]:22"), and after it the fields of a host file's line: pssh's
 * old user field and key=value variables, where key is letters, digits and
 * any of "_.:/-", beginning with a letter or '_'.  A bare address with two or
 * more colons has no port.  The user ends at the last '@', as ssh(1) has it.
 * Names are refused that ssh(1) refuses: those that begin with '-' and those
 * with characters that a shell would read something into.  Ranges in HOST are
 * not expanded here.  Returns NULL, or what is wrong with TEXT in fresh memory
 * (it quotes TEXT, cut short when long); *TARGET is empty then. */
char	*target_parse(struct target *, const char *text);

/* How reports and -o files name it: "[user@]host[:port]", brackets around
 * an IPv6 address that has a port; "user@" only if it is not DEFAULT_USER
 * (may be NULL).  The caller frees it. */
char	*target_label(const struct target *, const char *default_user);

/* The value of the host variable NAME, or NULL.  The last one on the line
 * counts. */
const char *target_var(const struct target *, const char *name);

/* A deep copy, and the end of one; target_free(NULL) is nothing. */
struct target *target_copy(const struct target *);
void	 target_clear(struct target *);
void	 target_free(struct target *);

#endif
