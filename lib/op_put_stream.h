/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of op_put.h: what one host is sent, made while it is sent. */
#ifndef OP_PUT_STREAM_H
#define OP_PUT_STREAM_H

#include <stddef.h>
#include <sys/types.h>

struct plan;
struct put_stream;

/* The script, then the files of PLAN. */
struct put_stream *op_put_stream_new(const struct plan *);

/* The next bytes, lent until op_put_stream_took(), and their number; 0 when
 * that was all.  -1, and in fresh memory why in *WHY, when a file cannot be
 * read or has changed: the stream breaks off there. */
ssize_t	 op_put_stream_next(struct put_stream *, const char **data,
	    char **why);

/* LEN of these bytes need not be lent again. */
void	 op_put_stream_took(struct put_stream *, size_t len);

/* NULL is ignored. */
void	 op_put_stream_free(struct put_stream *);

#endif
