/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a visit between the configuration and the session: a connection,
 * whichever way. */
#ifndef VISIT_CONNECT_H
#define VISIT_CONNECT_H

#include <stdint.h>

#include "step.h"

struct job;

/* The step: there is a session when it ends. */
enum step visit_connect(struct job *);

/* The connect limit in ms, 0 for none. */
uint64_t visit_connect_limit(const struct job *);

/* Let go of whatever it waits for. */
void	 visit_connect_let_go(struct job *);

#endif
