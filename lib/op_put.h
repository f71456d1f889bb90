/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending files and trees to the host.
 *
 * A script there takes them from its standard input, a single file as it is,
 * trees as a tar stream that libarchive writes, into a directory beside the
 * target that no one else looks into, and moves them to their names when all
 * is there.  Where no script runs it is done by SFTP (deliver.h). */
#ifndef OP_PUT_H
#define OP_PUT_H

#include "step.h"

struct plan;

/* Sends plan->tree to plan->target. */
extern const struct op op_put;

/* Before the run, when the tree is complete: make plan->command and
 * plan->script, and choose plan->op. */
void	 op_put_prepare(struct plan *);

#endif
