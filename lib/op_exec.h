/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a command on the host: RFC 4254, section 6. */
#ifndef OP_EXEC_H
#define OP_EXEC_H

#include "step.h"

/* Runs plan->command, or the login shell if there is none. */
extern const struct op op_exec;

#endif
