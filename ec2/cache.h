/* SPDX-License-Identifier: BSD-2-Clause */
/* What an earlier run was told of instances: files of mode 0600, one for each
 * question, in $XDG_CACHE_HOME/cpssh or ~/.cache/cpssh. */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>

#include "instance.h"

struct cache;

/* The one for the question KEY, which names all that the answer hangs on.  NULL
 * if nothing can be kept, which is told. */
struct cache *cache_open(const char *key);

/* How old what it has is, in seconds; -1: it has nothing. */
long	 cache_age(const struct cache *);

/* Call FOUND for each instance that it has.  False: it has nothing, or what it
 * has is damaged, and FOUND may have been called for some. */
bool	 cache_read(struct cache *, void (*found)(void *context,
	    const struct instance *), void *context);

/* Write what is told of instances anew: all of them, one after the other.  What
 * was added since the last cache_mark() is taken back by cache_again().  With
 * cache_keep() they take the place of the old ones, which stay until then. */
void	 cache_add(struct cache *, const struct instance *);
void	 cache_mark(struct cache *);
void	 cache_again(struct cache *);
void	 cache_keep(struct cache *);

/* Let go of it.  NULL is ignored. */
void	 cache_free(struct cache *);

#endif
