/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending files and trees where no command is run: what op_put.h does, by
 * SFTP.  Nothing of ours runs there, so all of it is done from here, and when
 * the connection breaks nobody clears away what has come. */
#ifndef DELIVER_H
#define DELIVER_H

#include "step.h"

/* Sends plan->tree to plan->target. */
extern const struct op deliver;

#endif
