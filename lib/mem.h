/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation that succeeds or ends the program: at a thousand hosts there is
 * no sane partial answer to having no memory. */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/* SIZE zeroed bytes; the caller frees them. */
void	*mem_zero(size_t size);

/* OLD resized to COUNT elements of SIZE bytes, as reallocarray does. */
void	*mem_resize(void *old, size_t count, size_t size);

/* A copy of the string TEXT, or NULL if TEXT is NULL. */
char	*mem_dup(const char *text);

/* A terminated copy of the LEN bytes at TEXT. */
char	*mem_ndup(const char *text, size_t len);

/* What printf would print, in fresh memory. */
char	*mem_print(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* Free a NULL-terminated array of strings and the strings; NULL is ignored. */
void	 mem_free_all(char **list);

/* Overwrite LEN bytes at SECRET, then free it.  NULL is ignored. */
void	 mem_wipe(void *secret, size_t len);

#endif
