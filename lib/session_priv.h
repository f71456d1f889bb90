/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of session share. */
#ifndef SESSION_PRIV_H
#define SESSION_PRIV_H

#include <stdbool.h>

#include <libssh2.h>

#include "buf.h"
#include "greeting.h"
#include "loop.h"
#include "session.h"

struct session {
	LIBSSH2_SESSION	*ssh;
	struct link	*link;
	bool		 deaf;		/* not to be read from */
	size_t		 turn;		/* bytes received in this one */
	bool		 drained;	/* nothing is left, or no turn */
	bool		 unread;	/* nobody has read since the event */
	unsigned	 vain;		/* reads of nothing, this turn */
	bool		 dead;		/* both directions fail from now on */
	bool		 closed;	/* by the other side */
	int		 error;		/* errno of the first failed call */
	int		 unsendable;	/* errno of sending; not yet told */
	struct buf	 out;
	bool		 spoken;	/* the version was sent, first of all */
	struct kexinit	*ours, *theirs;	/* until keys are exchanged */
	char		*ahead;
	size_t		 ahead_at, ahead_len;
	uint64_t	 received;
	uv_timer_t	*alive;		/* asks for signs of life, or NULL */
	uint64_t	 received_then;	/* when it last fired */
	int		 missed, missed_most;
	bool		 silent;	/* too many were missed */
	struct greeting	 greeting;
	char		*farewell;	/* what the server said last */
	bool		 too_many;	/* and that was why */
	bool		 forced;	/* to run a command of its own */
	bool		 guarded;	/* what libssh2 frees is overwritten */
	bool		 starved;	/* and allocates: not now */
	void		(*agent)(void *context, LIBSSH2_CHANNEL *);
	void		*agent_context;
	uv_loop_t	*loop;
	struct later	 wake;		/* pokes when sending has failed, or
					 * there is room again */
	void		(*poke)(void *);
	void		*context;
};

/* session_told.c: listen to what the host tells or opens unasked. */
void	 session_told_begin(LIBSSH2_SESSION *);

/* Have libssh2 call CALLBACK for WHICH, in every version of it. */
void	 session_callback(LIBSSH2_SESSION *, int which,
	    libssh2_cb_generic *callback);

/* session_memory.c: for libssh2_session_init_ex(). */
LIBSSH2_ALLOC_FUNC(session_alloc);
LIBSSH2_FREE_FUNC(session_free);
LIBSSH2_REALLOC_FUNC(session_realloc);

/* session_alive.c: no more questions for signs of life. */
void	 session_alive_end(struct session *);

#endif
