/* SPDX-License-Identifier: BSD-2-Clause */
/* The login step: the methods that ssh_config(5) and we have, in order, each
 * with what it has to offer, until the host lets us in. */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include "step.h"

struct job;

/* The step.  A failure's message says what was tried and what the host would
 * have liked. */
enum step auth_log_in(struct job *);

/* PATH as its owner writes it, for messages; the caller's to free. */
char	*auth_short_path(const char *path);

/* Has the host seen nothing yet that it could count as an attempt? */
bool	 auth_is_untried(const struct job *);

/* Free job->login, whatever it waits for.  Before the session is closed or
 * after, and at any point. */
void	 auth_let_go(struct job *);

#endif
