/* SPDX-License-Identifier: BSD-2-Clause */
/* A growable byte buffer that is filled at its end and emptied at its front.
 * { 0 } is an empty one; out of memory ends the program. */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char	*data;		/* the first byte not yet taken */
	size_t	 len;		/* bytes from there that are in use */
	size_t	 room;		/* bytes from there that are allocated */
	char	*start;		/* what was allocated */
};

/* Append the LEN bytes at DATA. */
void	 buf_add(struct buf *, const void *data, size_t len);

/* Append the string TEXT without its NUL. */
void	 buf_adds(struct buf *, const char *text);

/* Append one byte. */
void	 buf_addc(struct buf *, char byte);

/* Append TEXT, with SEPARATOR before it unless it is the first. */
void	 buf_join(struct buf *, const char *separator, const char *text);

/* Append what printf would print. */
void	 buf_addf(struct buf *, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));
void	 buf_vaddf(struct buf *, const char *format, va_list)
	    __attribute__((format(printf, 2, 0)));

/* Room for LEN more bytes: write there, then add what was written to len. */
char	*buf_reserve(struct buf *, size_t len);

/* Forget the first LEN bytes, which must be there. */
void	 buf_skip(struct buf *, size_t len);

/* Forget everything; the memory is kept. */
void	 buf_clear(struct buf *);

/* The contents as a string, valid until the buffer is next changed. */
const char *buf_text(struct buf *);

/* The contents as a string that the caller frees; the buffer is empty then. */
char	*buf_release(struct buf *);

/* Free the memory; the buffer may be used again. */
void	 buf_free(struct buf *);

/* Overwrite the memory, then free it: for secrets.  A buffer that grew has
 * left copies behind unless buf_reserve() was called first for all of it. */
void	 buf_wipe(struct buf *);

#endif
