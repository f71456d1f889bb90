/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "json.h"
#include "mem.h"
#include "msg.h"

/* What jansson asks for, with its size before it: what it read may be secret,
 * and is overwritten when it lets go of it. */
union block {
	size_t		 size;
	long double	 aligned;
};

static void *
allocate(size_t size)
{
	union block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->size = size;
	return block + 1;
}

static void
overwrite(void *memory)
{
	union block *block = memory;

	if (block == NULL)
		return;
	block--;
	mem_wipe(block, sizeof(*block) + block->size);
}

struct json *
json_parse(const char *text, size_t len)
{
	json_t *json;

	json_set_alloc_funcs(allocate, overwrite);
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json != NULL && !json_is_object(json)) {
		json_decref(json);
		json = NULL;
	}
	return (struct json *)json;
}

const char *
json_text(const struct json *json, const char *name)
{
	return json_string_value(json_object_get((const json_t *)json, name));
}

void
json_each(const struct json *json, const char *name,
    void (*each)(void *context, const char *key, const char *value),
    void *context)
{
	json_t *object = json_object_get((const json_t *)json, name);
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
		if (json_is_string(value))
			each(context, key, json_string_value(value));
}

void
json_free(struct json *json)
{
	json_decref((json_t *)json);
}

void
json_add(struct buf *buf, const char *text)
{
	buf_addc(buf, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_addf(buf, "\\%c", *text);
		else if (*text == '\n')
			buf_adds(buf, "\\n");
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			buf_addf(buf, "\\u%04x", (unsigned char)*text);
		else
			buf_addc(buf, *text);
	}
	buf_addc(buf, '"');
}
