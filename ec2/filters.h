/* SPDX-License-Identifier: BSD-2-Clause */
/* Which instances are asked for.  AWS does the matching: '*' and '?' are
 * wildcards there, and '\' takes that from the next byte. */
#ifndef FILTERS_H
#define FILTERS_H

#include "query.h"

struct filters;

struct filters *filters_new(void);

/* NAME is one of VALUES, which has commas between values ("\," is a comma).
 * What is added for the same NAME later is one more value. */
void	 filters_add(struct filters *, const char *name, const char *values);

/* "Name=Value,Value".  NULL, or in fresh memory what is wrong. */
char	*filters_raw(struct filters *, const char *text);

/* "Key=Value,Value", or "Key" for any value. */
char	*filters_tag(struct filters *, const char *text);

/* Security groups: ids, or names. */
void	 filters_group(struct filters *, const char *values);

/* Append them all to a request. */
void	 filters_query(const struct filters *, struct query *);

/* NULL is ignored. */
void	 filters_free(struct filters *);

#endif
