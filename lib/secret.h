/* SPDX-License-Identifier: BSD-2-Clause */
/* A password or passphrase, in memory of its own: not swapped out if that can
 * be had, in no core file, not in a child's memory, overwritten when it is no
 * longer needed.  From the first one on the program leaves no core file, and
 * nobody but root can look into its memory. */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* The longest one, without its NUL. */
#define SECRET_MOST 1023

struct secret;

/* An empty one; secret_roomy: with room for MOST bytes. */
struct secret *secret_new(void);
struct secret *secret_roomy(size_t most);

/* Append LEN bytes.  False: with them it would be too long, or they have a NUL
 * among them; nothing was appended. */
bool	 secret_add(struct secret *, const char *data, size_t len);

/* The string, valid until the secret is next changed, and its length. */
const char *secret_text(const struct secret *);
size_t	 secret_len(const struct secret *);

/* Take BYTE from its end, if it is there. */
void	 secret_chop(struct secret *, char byte);

/* Overwrite it; it is empty then. */
void	 secret_clear(struct secret *);

/* Overwrite and free it.  NULL is ignored. */
void	 secret_free(struct secret *);

#endif
