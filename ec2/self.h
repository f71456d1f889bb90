/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that this runs on, if it is an instance of EC2's. */
#ifndef SELF_H
#define SELF_H

#include "imds.h"

/* As imds_get(), for one thing alone and without patience. */
enum imds_answer self_ask(const char *path, struct buf *said, char **why);

/* Its id, in fresh memory.  NULL: it is none, or why that cannot be told comes
 * in fresh memory in *WHY, which is NULL otherwise. */
char	*self_id(char **why);

#endif
