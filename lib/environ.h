/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment that is offered to the remote command. */
#ifndef ENVIRON_H
#define ENVIRON_H

struct job;

/* What SetEnv and SendEnv say, and pssh's PSSH_NODENUM, PSSH_NUMNODES (if the
 * number is known) and PSSH_HOST, as "NAME=VALUE"; NULL-terminated.  The array
 * and its strings are the caller's to free. */
char	**environ_offered(const struct job *);

#endif
