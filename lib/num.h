/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as users write them, strictly: no blanks, no signs, no leftovers. */
#ifndef NUM_H
#define NUM_H

#include <stdbool.h>
#include <stdint.h>

/* TEXT as a whole number from LEAST to MOST.  False leaves *VALUE alone. */
bool	 num_parse(const char *text, long least, long most, long *value);

/* A TCP port, 1 to 65535. */
bool	 num_port(const char *text, int *port);

/* A time as ssh_config(5) writes it ("90", "1m30s", "2h"), in seconds. */
bool	 num_seconds(const char *text, long *seconds);

/* A size with an optional suffix k, M or G (powers of 1024), in bytes. */
bool	 num_size(const char *text, uint64_t *bytes);

#endif
