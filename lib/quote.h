/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for a POSIX shell. */
#ifndef QUOTE_H
#define QUOTE_H

#include "buf.h"

/* Append WORD so that a shell takes it as one argument, changed in nothing. */
void	 quote_word(struct buf *, const char *word);

/* Split TEXT into words as a POSIX shell would, without expanding anything:
 * quotes, backslashes and blanks mean what they mean there (in all of it,
 * Python's shlex.split(), which is what pssh uses).  The words are stored in a
 * NULL-terminated array for mem_free_all().  NULL if a quote is left open or
 * TEXT ends in a backslash. */
char	**quote_split(const char *text);

#endif
