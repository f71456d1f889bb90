/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that the user, or whoever made this machine a master or a worker,
 * wants to be run. */
#ifndef HOOK_H
#define HOOK_H

#include <stdbool.h>

#include "userdata.h"

/* Run the program PATH with WORDS as its operands and no input, and wait for
 * its end.  What fails is told.  Returns whether all went well. */
bool	 hook_tell(char *path, char *const *words);

/* Run DIRECTORY/KEY for each pair of DATA that has such a program, one after
 * the other, in the order of the pairs, with the value as its only argument;
 * for SECRETS and the framework's own secret, which must not stand in argv,
 * with no argument and the value, with a newline, as its standard input.  What
 * fails is told.  Returns whether all went well. */
bool	 hook_run(const char *directory, const struct userdata *data,
	    char *const *secrets);

#endif
