/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges in host names: "web[01-20,30]", "rack[1-4]n[1-9]". */
#ifndef HOSTSET_H
#define HOSTSET_H

#include <stdbool.h>
#include <stddef.h>

/* Is the LEN bytes at TEXT what may stand between the brackets of a range:
 * digits, '-' and ',' only? */
bool	 hostset_is_range(const char *text, size_t len);

/* Call RECEIVE once for each name that TEXT stands for, the last range turning
 * fastest; a name without ranges stands for itself.  The width of a range's
 * first number is kept by zero padding.  Brackets around an IPv6 address are
 * no range.  RECEIVE's NAME is lent for the call.  Returns NULL, or what is
 * wrong in fresh memory, and RECEIVE was not called then: a range that is
 * malformed or runs backwards, or more than MOST names. */
char	*hostset_expand(const char *text, size_t most,
	    void (*receive)(void *context, const char *name), void *context);

#endif
