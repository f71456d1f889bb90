/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON: small documents of which a few members are wanted, and strings. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

struct json;

/* Read the LEN bytes at TEXT, which must be an object.  NULL: they are none. */
struct json *json_parse(const char *text, size_t len);

/* The string that its member NAME is, or NULL; valid as long as it is. */
const char *json_text(const struct json *, const char *name);

/* Call EACH for the members of its member NAME that are strings, in their
 * order. */
void	 json_each(const struct json *, const char *name,
	    void (*each)(void *context, const char *key, const char *value),
	    void *context);

/* Overwrite and free it.  NULL is ignored. */
void	 json_free(struct json *);

/* Append TEXT as a JSON string, in quotes. */
void	 json_add(struct buf *, const char *text);

#endif
