/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "filters.h"
#include "mem.h"

struct filter {
	char		*name;
	char		**values;
	size_t		 count;
};

struct filters {
	struct filter	*list;
	size_t		 count;
};

struct filters *
filters_new(void)
{
	return mem_zero(sizeof(struct filters));
}

static struct filter *
find(struct filters *filters, const char *name)
{
	for (size_t i = 0; i < filters->count; i++)
		if (strcmp(filters->list[i].name, name) == 0)
			return &filters->list[i];
	filters->list = mem_resize(filters->list, filters->count + 1,
	    sizeof(*filters->list));
	filters->list[filters->count] = (struct filter){
		.name = mem_dup(name),
	};
	return &filters->list[filters->count++];
}

static void
add_value(struct filter *filter, char *value)
{
	filter->values = mem_resize(filter->values, filter->count + 1,
	    sizeof(*filter->values));
	filter->values[filter->count++] = value;
}

void
filters_add(struct filters *filters, const char *name, const char *values)
{
	struct filter *filter = find(filters, name);
	struct buf value = { 0 };

	for (;; values++) {
		if (values[0] == '\\' && values[1] == ',') {
			buf_addc(&value, *++values);
		} else if (*values == ',' || *values == '\0') {
			add_value(filter, buf_release(&value));
			if (*values == '\0')
				return;
		} else {
			buf_addc(&value, *values);
		}
	}
}

char *
filters_raw(struct filters *filters, const char *text)
{
	const char *equals = strchr(text, '=');
	char *name;

	if (equals == NULL || equals == text)
		return mem_print("\"%s\" is not of the form Name=Value", text);
	name = mem_ndup(text, (size_t)(equals - text));
	filters_add(filters, name, equals + 1);
	free(name);
	return NULL;
}

char *
filters_tag(struct filters *filters, const char *text)
{
	const char *equals = strchr(text, '=');
	char *raw, *wrong;

	if (*text == '\0' || equals == text)
		return mem_print("\"%s\" is not of the form Key=Value", text);
	if (equals == NULL) {
		filters_add(filters, "tag-key", text);
		return NULL;
	}
	raw = mem_print("tag:%s", text);
	wrong = filters_raw(filters, raw);
	free(raw);
	return wrong;
}

void
filters_group(struct filters *filters, const char *values)
{
	bool ids = strncmp(values, "sg-", 3) == 0;

	filters_add(filters, ids ? "instance.group-id" :
	    "instance.group-name", values);
}

void
filters_query(const struct filters *filters, struct query *query)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct filter *filter = &filters->list[i];

		query_addf(query, filter->name, "Filter.%zu.Name", i + 1);
		for (size_t j = 0; j < filter->count; j++)
			query_addf(query, filter->values[j],
			    "Filter.%zu.Value.%zu", i + 1, j + 1);
	}
}

void
filters_free(struct filters *filters)
{
	if (filters == NULL)
		return;
	for (size_t i = 0; i < filters->count; i++) {
		struct filter *filter = &filters->list[i];

		for (size_t j = 0; j < filter->count; j++)
			free(filter->values[j]);
		free(filter->values);
		free(filter->name);
	}
	free(filters->list);
	free(filters);
}
