/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"

static void *
or_die(void *memory)
{
	if (memory == NULL)
		msg_die(1, "out of memory");
	return memory;
}

void *
mem_zero(size_t size)
{
	return or_die(calloc(1, size > 0 ? size : 1));
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		msg_die(1, "out of memory");
	return or_die(realloc(old, count * size > 0 ? count * size : 1));
}

char *
mem_dup(const char *text)
{
	return text == NULL ? NULL : or_die(strdup(text));
}

char *
mem_ndup(const char *text, size_t len)
{
	char *copy = or_die(malloc(len + 1));

	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_print(const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return or_die(text);
}

void
mem_free_all(char **list)
{
	if (list == NULL)
		return;
	for (char **entry = list; *entry != NULL; entry++)
		free(*entry);
	free(list);
}

void
mem_wipe(void *secret, size_t len)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, len);
	free(secret);
}
