/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetching files and trees where no command is run: what op_get.h does, by
 * SFTP.  What is found there is made the tar stream that a script would have
 * sent, so that it is laid down, and looked at, by what does that anyway. */
#ifndef COLLECT_H
#define COLLECT_H

#include "step.h"

/* Fetches plan->remotes. */
extern const struct op collect;

#endif
