/* SPDX-License-Identifier: BSD-2-Clause */
/* The data types of the SSH protocols (RFC 4251, section 5), read with bounds
 * checked and written at the end of a buffer. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct wire {			/* what is left to read; lent memory */
	const unsigned char *at;
	size_t	 left;
};

/* Each takes one item off the front; false, with nothing taken, if there is
 * not all of it. */
bool	 wire_byte(struct wire *, uint8_t *byte);
bool	 wire_u32(struct wire *, uint32_t *number);
bool	 wire_string(struct wire *, struct wire *string);
bool	 wire_skip(struct wire *, size_t len);

/* Is it, all of it, the string TEXT? */
bool	 wire_is(const struct wire *, const char *text);

void	 wire_add_u32(struct buf *, uint32_t number);
void	 wire_add_string(struct buf *, const void *data, size_t len);

#endif
