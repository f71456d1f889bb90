/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "escape.h"
#include "hostline.h"
#include "mem.h"

static char *
value_of(const struct hostline *line, const struct instance *instance,
    const char *name)
{
	if (strcmp(name, "address") == 0)
		return hostline_address(line, instance);
	if (strcmp(name, "user") == 0)
		return hostline_user(line, instance);
	return instance_value(instance, name);
}

static void
add_value(struct buf *text, const struct hostline *line,
    const struct instance *instance, const char *name)
{
	char *value = value_of(line, instance, name);

	if (value != NULL)
		escape_add(text, value, strlen(value), "");
	free(value);
}

/* What the name in braces at FORMAT is, in fresh memory, and where it ends;
 * NULL: there are no braces. */
static char *
braced(const char **format)
{
	const char *end;
	char *name;

	if (**format != '{' || (*format)[1] == '{')
		return NULL;
	end = strchr(*format, '}');
	if (end == NULL)
		return NULL;
	name = mem_ndup(*format + 1, (size_t)(end - *format) - 1);
	*format = end + 1;
	return name;
}

char *
hostline_format(const struct hostline *line, const struct instance *instance,
    const char *format)
{
	struct buf text = { 0 };

	while (*format != '\0') {
		char *name = braced(&format);

		if (name != NULL) {
			add_value(&text, line, instance, name);
			free(name);
		} else if (format[0] == '\\' && format[1] != '\0') {
			buf_addc(&text, format[1] == 't' ? '\t' :
			    format[1] == 'n' ? '\n' : format[1]);
			format += 2;
		} else {
			buf_addc(&text, *format);
			format += format[0] == '{' && format[1] == '{' ? 2 : 1;
		}
	}
	return buf_release(&text);
}

char *
hostline_format_fault(const char *format)
{
	while (*format != '\0') {
		char *name = braced(&format);

		if (name != NULL) {
			char *wrong = NULL;

			if (!instance_knows(name) &&
			    strcmp(name, "address") != 0 &&
			    strcmp(name, "user") != 0)
				wrong = mem_print("there is no {%s}", name);
			free(name);
			if (wrong != NULL)
				return wrong;
		} else if (format[0] == '{' && format[1] == '{') {
			format += 2;
		} else if (format[0] == '{') {
			return mem_dup("a brace is left open");
		} else {
			format += format[0] == '\\' && format[1] != '\0' ? 2 :
			    1;
		}
	}
	return NULL;
}
