/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 (RFC 4648, section 4). */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* The LEN bytes at DATA, in fresh memory, on one line. */
char	*base64_encode(const void *data, size_t len);

/* Append what TEXT stands for; blanks and newlines in it mean nothing.  False:
 * it is not base64, and nothing was appended. */
bool	 base64_decode(struct buf *, const char *text);

#endif
