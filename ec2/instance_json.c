/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "instance.h"
#include "json.h"
#include "mem.h"

static void
add_member(struct buf *to, const char *name, const char *value)
{
	if (to->len == 0 || to->data[to->len - 1] != '{')
		buf_addc(to, ',');
	json_add(to, name);
	buf_addc(to, ':');
	json_add(to, value);
}

static void
add_pairs(struct buf *to, const char *name, const struct instance_pair *pairs,
    size_t count)
{
	buf_addc(to, ',');
	json_add(to, name);
	buf_adds(to, ":{");
	for (size_t i = 0; i < count; i++)
		add_member(to, pairs[i].key, pairs[i].value);
	buf_addc(to, '}');
}

void
instance_json(struct buf *to, const struct instance *instance,
    const char *const *more)
{
	buf_addc(to, '{');
	for (int i = 0; i < INSTANCE_FIELDS; i++)
		if (instance->fields[i] != NULL)
			add_member(to, instance_name(i), instance->fields[i]);
	for (; more != NULL && more[0] != NULL; more += 2)
		add_member(to, more[0], more[1]);
	add_pairs(to, "security_groups", instance->groups,
	    instance->group_count);
	add_pairs(to, "tags", instance->tags, instance->tag_count);
	buf_addc(to, '}');
}

static void
take_tag(void *context, const char *key, const char *value)
{
	instance_add_tag(context, key, value);
}

static void
take_group(void *context, const char *key, const char *value)
{
	instance_add_group(context, key, value);
}

bool
instance_from_json(struct instance *instance, const char *text, size_t len)
{
	struct json *json = json_parse(text, len);

	*instance = (struct instance){ 0 };
	if (json == NULL)
		return false;
	for (int i = 0; i < INSTANCE_FIELDS; i++)
		instance->fields[i] = mem_dup(json_text(json,
		    instance_name(i)));
	json_each(json, "security_groups", take_group, instance);
	json_each(json, "tags", take_tag, instance);
	json_free(json);
	return instance->fields[INSTANCE_ID] != NULL;
}
