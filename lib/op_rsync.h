/* SPDX-License-Identifier: BSD-2-Clause */
/* The real rsync here, and the real one on the host, through our session. */
#ifndef OP_RSYNC_H
#define OP_RSYNC_H

#include "step.h"

/* Runs rsync with plan->rsync_args here; a place on the host begins with
 * OP_RSYNC_HOST.  Where plan->localdir is set, the host's directory there is
 * the last argument. */
extern const struct op op_rsync;

#define OP_RSYNC_HOST "host:"

#endif
