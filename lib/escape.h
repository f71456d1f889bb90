/* SPDX-License-Identifier: BSD-2-Clause */
/* Making text from outside safe to show on a terminal. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Append TEXT with every byte that is not part of printable UTF-8 written as
 * \xHH (\n, \r and \t as such): C0 and C1 control characters, DEL, broken
 * UTF-8.  KEEP lists bytes below 0x20 to pass through, such as "\n\t"; with \n
 * passes a \r before it, as hosts' terminals end lines. */
void	 escape_add(struct buf *, const char *text, size_t len,
	    const char *keep);

/* How many bytes at the end of TEXT begin a UTF-8 character without ending it,
 * or are a \r (0 to 3): a caller with more to come holds them back. */
size_t	 escape_unfinished(const char *text, size_t len);

#endif
