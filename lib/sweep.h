/* SPDX-License-Identifier: BSD-2-Clause */
/* Ending what a command left running on the host, without the signal request:
 * a small script, run through a second channel of the same connection, looks
 * for the other processes that this connection's sshd has started.
 *
 * Each command of OpenSSH is the leader of a session of its own (setsid(2)),
 * and the process that serves the connection is its parent, as it is of the
 * script.  All processes of these sessions get SIGTERM and, half a second
 * later, SIGKILL.  Where the leader is gone already, so do the processes of
 * sessions without a leader that have our SSH_CONNECTION in their environment
 * and hold a pipe as their output. */
#ifndef SWEEP_H
#define SWEEP_H

struct session;
struct sweep;

enum sweep_state {
	SWEEP_BUSY,	/* go on when the session has something new */
	SWEEP_CLEAN,	/* nothing is left of what was found */
	SWEEP_LEFT,	/* something is */
	SWEEP_NOTHING,	/* nothing was found */
	SWEEP_FAILED,	/* it cannot be done here: no channel, no sh */
};

/* No other channel of the session may be opening. */
struct sweep *sweep_new(struct session *);

enum sweep_state sweep_step(struct sweep *);

/* Its channel goes with the session, and what runs there goes on. */
void	 sweep_free(struct sweep *);

#endif
