/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of ssh-add(1), which asks for the passphrase on a terminal that we
 * make for it: so the passphrase is in no argument, environment or file. */
#ifndef UNLOCK_ADD_H
#define UNLOCK_ADD_H

#include <uv.h>

struct unlock_add;

/* Add the key in the file PATH to the agent at SOCKET.  ASKS is called when a
 * passphrase is wanted, the first time or again because it was wrong, ENDED
 * with NULL when the key is there, or with what ssh-add said (lent for the
 * call): that ends it.  None is called before this returns. */
struct unlock_add *unlock_add_start(uv_loop_t *, const char *path,
	    const char *socket, void (*asks)(void *context),
	    void (*ended)(void *context, const char *error), void *context);

/* The answer, which is not kept; NULL makes it give up. */
void	 unlock_add_answer(struct unlock_add *, const char *passphrase);

/* Kill it: nothing is called any more.  NULL is ignored. */
void	 unlock_add_drop(struct unlock_add *);

#endif
