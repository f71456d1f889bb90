/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_get.h: what runs on the host. */
#ifndef OP_GET_SCRIPT_H
#define OP_GET_SCRIPT_H

#include <stdbool.h>

/* What it says first of all, before the archive. */
#define OP_GET_HELLO "cpssh sends\n"

/* The script that sends what REMOTES names, TREES too; ONE: it is to be one
 * thing.  In fresh memory. */
char	*op_get_script(char *const *remotes, bool trees, bool one);

#endif
