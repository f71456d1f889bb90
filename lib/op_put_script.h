/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_put.h: what runs on the host. */
#ifndef OP_PUT_SCRIPT_H
#define OP_PUT_SCRIPT_H

#include <stdbool.h>

struct plan;

/* The entry of the tar stream that says that it is whole, and the lines that
 * the script prints before it changes anything, having all that it needs, and
 * when everything is in its place. */
#define OP_PUT_END "end"
#define OP_PUT_HELLO "cpssh-41\n"
#define OP_PUT_DONE "cpssh-42\n"

/* Is it one file, sent as it is without tar? */
bool	 op_put_is_plain(const struct plan *);

/* The script for what PLAN sends and where to, in fresh memory. */
char	*op_put_script(const struct plan *);

/* The command that reads so much of its input as a script, for any login
 * shell, in fresh memory. */
char	*op_put_command(const char *script);

#endif
