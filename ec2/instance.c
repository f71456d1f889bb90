/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "instance.h"
#include "mem.h"

static const char *const names[INSTANCE_FIELDS] = {
	[INSTANCE_ID] = "id",
	[INSTANCE_STATE] = "state",
	[INSTANCE_PUBLIC_DNS] = "public_dns",
	[INSTANCE_PUBLIC_IP] = "public_ip",
	[INSTANCE_PRIVATE_DNS] = "private_dns",
	[INSTANCE_PRIVATE_IP] = "private_ip",
	[INSTANCE_IPV6] = "ipv6",
	[INSTANCE_TYPE] = "type",
	[INSTANCE_AMI] = "ami",
	[INSTANCE_AZ] = "az",
	[INSTANCE_VPC] = "vpc",
	[INSTANCE_SUBNET] = "subnet",
	[INSTANCE_KEY_NAME] = "key_name",
	[INSTANCE_LAUNCH_TIME] = "launch_time",
	[INSTANCE_LAUNCH_INDEX] = "launch_index",
	[INSTANCE_LIFECYCLE] = "lifecycle",
	[INSTANCE_ARCHITECTURE] = "architecture",
	[INSTANCE_REASON] = "reason",
	[INSTANCE_OWNER] = "owner",
	[INSTANCE_RESERVATION] = "reservation",
	[INSTANCE_REGION] = "region",
};

const char *
instance_name(enum instance_field field)
{
	return names[field];
}

/* Names are the same with '-' for '_'. */
static bool
same_name(const char *one, const char *other)
{
	for (; *one != '\0' || *other != '\0'; one++, other++)
		if ((*one == '-' ? '_' : *one) != (*other == '-' ? '_' :
		    *other))
			return false;
	return true;
}

/* INSTANCE_FIELDS: it is none. */
static enum instance_field
field_named(const char *name)
{
	enum instance_field field = 0;

	while (field < INSTANCE_FIELDS && !same_name(name, names[field]))
		field++;
	return field;
}

const char *
instance_tag(const struct instance *instance, const char *key)
{
	for (size_t i = 0; i < instance->tag_count; i++)
		if (strcmp(instance->tags[i].key, key) == 0)
			return instance->tags[i].value;
	return NULL;
}

static char *
filled(const char *text)
{
	return text != NULL && *text != '\0' ? mem_dup(text) : NULL;
}

static char *
group_names(const struct instance *instance)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < instance->group_count; i++)
		buf_join(&list, ",", instance->groups[i].value);
	if (list.len == 0) {
		buf_free(&list);
		return NULL;
	}
	return buf_release(&list);
}

char *
instance_value(const struct instance *instance, const char *name)
{
	enum instance_field field = field_named(name);

	if (field < INSTANCE_FIELDS)
		return filled(instance->fields[field]);
	if (strncmp(name, "tag:", 4) == 0)
		return filled(instance_tag(instance, name + 4));
	if (strcmp(name, "name") == 0)
		return filled(instance_tag(instance, "Name"));
	return strcmp(name, "sg") == 0 ? group_names(instance) : NULL;
}

bool
instance_knows(const char *name)
{
	return field_named(name) < INSTANCE_FIELDS ||
	    (strncmp(name, "tag:", 4) == 0 && name[4] != '\0') ||
	    strcmp(name, "name") == 0 || strcmp(name, "sg") == 0;
}

static void
add_pair(struct instance_pair **pairs, size_t *count, const char *key,
    const char *value)
{
	*pairs = mem_resize(*pairs, *count + 1, sizeof(**pairs));
	(*pairs)[(*count)++] = (struct instance_pair){
		.key = mem_dup(key),
		.value = mem_dup(value),
	};
}

void
instance_add_tag(struct instance *instance, const char *key, const char *value)
{
	add_pair(&instance->tags, &instance->tag_count, key, value);
}

void
instance_add_group(struct instance *instance, const char *id, const char *name)
{
	add_pair(&instance->groups, &instance->group_count, id, name);
}

void
instance_copy(struct instance *to, const struct instance *from)
{
	*to = (struct instance){ 0 };
	for (int i = 0; i < INSTANCE_FIELDS; i++)
		to->fields[i] = mem_dup(from->fields[i]);
	for (size_t i = 0; i < from->group_count; i++)
		instance_add_group(to, from->groups[i].key,
		    from->groups[i].value);
	for (size_t i = 0; i < from->tag_count; i++)
		instance_add_tag(to, from->tags[i].key, from->tags[i].value);
}

static void
free_pairs(struct instance_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(pairs[i].key);
		free(pairs[i].value);
	}
	free(pairs);
}

void
instance_clear(struct instance *instance)
{
	for (int i = 0; i < INSTANCE_FIELDS; i++)
		free(instance->fields[i]);
	free_pairs(instance->groups, instance->group_count);
	free_pairs(instance->tags, instance->tag_count);
	*instance = (struct instance){ 0 };
}
