/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of instances, of which those are left that the cloud vouches for. */
#ifndef TRUSTED_H
#define TRUSTED_H

#include <stddef.h>

#include "http.h"
#include "instance.h"
#include "place.h"
#include "vouch.h"

struct trusted;

struct trusted *trusted_new(void);

/* Add INSTANCE, or what has become of it since it was added.  It is copied;
 * PLACE stays. */
void	 trusted_add(struct trusted *, const struct place *place,
	    const struct instance *instance);

/* Wait, no longer than so many seconds, until the keys of all are known; then
 * call EACH for those whose keys are, in order.  Who is left out is told.
 * Returns how many are. */
size_t	 trusted_wait(struct trusted *, struct vouch *, struct http *,
	    long seconds, void (*each)(void *context,
	    const struct instance *instance), void *context);

/* NULL is ignored. */
void	 trusted_free(struct trusted *);

#endif
