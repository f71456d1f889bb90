/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameters of a request, as a form: the body of the POST. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* { 0 } is an empty one. */
struct query {
	struct buf	 form;
};

/* Append NAME=VALUE, encoded.  query_addf: the name is what printf makes of
 * FORMAT and what follows: query_addf(q, "web", "Filter.%d.Value.%d", 1, 1). */
void	 query_add(struct query *, const char *name, const char *value);
void	 query_addf(struct query *, const char *value, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));

/* Append all that FROM has. */
void	 query_join(struct query *, const struct query *from);

/* Overwrite and free it. */
void	 query_clear(struct query *);

#endif
