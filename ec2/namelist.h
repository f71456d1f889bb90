/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of instances as the user gives them: entries of a host file, of which
 * the host counts.  With a list that is not understood nothing is done: the
 * program ends with status 2. */
#ifndef NAMELIST_H
#define NAMELIST_H

/* Append what one operand names to a list as options_append() makes it. */
void	 namelist_add(char ***names, const char *operand);

/* Append what stands on stdin, a line each; '#' begins a comment. */
void	 namelist_read(char ***names);

#endif
