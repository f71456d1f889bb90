/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "query.h"

/* Append TEXT as forms have it, and byte for byte as AWS's own tools do: a
 * server may make the form anew before it looks at the signature. */
static void
add_encoded(struct buf *form, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_.~";

	for (; *text != '\0'; text++) {
		if (*text == ' ')
			buf_addc(form, '+');
		else if (strchr(plain, *text) != NULL)
			buf_addc(form, *text);
		else
			buf_addf(form, "%%%02X", (unsigned char)*text);
	}
}

void
query_add(struct query *query, const char *name, const char *value)
{
	/* A value that is a secret must not be left behind in memory. */
	struct buf grown = { 0 };

	buf_reserve(&grown, query->form.len + 3 * strlen(name) +
	    3 * strlen(value) + 2);
	buf_add(&grown, query->form.data, query->form.len);
	buf_wipe(&query->form);
	query->form = grown;
	buf_join(&query->form, "&", "");
	add_encoded(&query->form, name);
	buf_addc(&query->form, '=');
	add_encoded(&query->form, value);
}

void
query_addf(struct query *query, const char *value, const char *format, ...)
{
	struct buf name = { 0 };
	va_list args;

	va_start(args, format);
	buf_vaddf(&name, format, args);
	va_end(args);
	query_add(query, buf_text(&name), value);
	buf_free(&name);
}

void
query_join(struct query *query, const struct query *from)
{
	if (from->form.len == 0)
		return;
	buf_join(&query->form, "&", "");
	buf_add(&query->form, from->form.data, from->form.len);
}

void
query_clear(struct query *query)
{
	buf_wipe(&query->form);
}
