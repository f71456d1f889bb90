/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that libssh2 uses: it frees packets with passwords in them as
 * they are. */
#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "session_priv.h"

LIBSSH2_ALLOC_FUNC(session_alloc)
{
	const struct session *session = *abstract;

	return session->starved ? NULL : malloc(count);
}

LIBSSH2_FREE_FUNC(session_free)
{
	const struct session *session = *abstract;

	if (ptr != NULL && session->guarded)
		explicit_bzero(ptr, malloc_usable_size(ptr));
	free(ptr);
}

LIBSSH2_REALLOC_FUNC(session_realloc)
{
	const struct session *session = *abstract;
	size_t old = ptr != NULL ? malloc_usable_size(ptr) : 0;
	void *new;

	if (!session->guarded)
		return realloc(ptr, count);
	new = session_alloc(count, abstract);
	if (new == NULL || ptr == NULL)
		return new;
	memcpy(new, ptr, old < count ? old : count);
	session_free(ptr, abstract);
	return new;
}

void
session_guard(struct session *session, bool guard)
{
	session->guarded = guard;
}

void
session_starve(struct session *session, bool starve)
{
	session->starved = starve;
}
