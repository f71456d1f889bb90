/* SPDX-License-Identifier: BSD-2-Clause */
/* Agent forwarding (draft-ietf-sshm-ssh-agent, section 4; the names are
 * OpenSSH's): what a command connects to on its host as the agent comes out
 * here as channels, and each is given a connection of its own to our agent.
 *
 * The bytes go through as they are, but a message of impossible length and a
 * request to load a PKCS#11 provider end the connection: the agent cannot
 * know that it came from elsewhere, since libssh2 does not tell us what the
 * extension session-bind@openssh.com needs. */
#ifndef FORWARD_H
#define FORWARD_H

#include <stdbool.h>

#include <libssh2.h>
#include <uv.h>

struct forward;
struct session;

/* Connections at a time; more are accepted and closed at once. */
#define FORWARD_MOST 8

/* NULL, or in fresh memory why nobody answers at the socket PATH. */
char	*forward_missing(const char *path);

/* From here on the SESSION's host may connect to the agent at the socket PATH,
 * once it has been asked to offer it to a command, see forward_ask().  POKE is
 * called when forward_step() has something to do; never before this returns,
 * and it may free the forward. */
struct forward *forward_new(struct session *, uv_loop_t *, const char *path,
	    void (*poke)(void *context), void *context);

/* Ask the host to offer our agent to what will run on CHANNEL: 0, or an error
 * of libssh2; LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED if it does not want to. */
int	 forward_ask(struct forward *, LIBSSH2_CHANNEL *);

/* Copy what there is to copy; to be called whenever the session has something
 * new.  False: the host opens more than any honest one would. */
bool	 forward_step(struct forward *);

/* Close all connections.  The channels go with the session, which must be
 * closed next.  NULL is ignored. */
void	 forward_free(struct forward *);

#endif
