/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "describe.h"
#include "mem.h"
#include "pick.h"

#define MOST_VALUES 200			/* AWS's limit, of all filters */

/* One region is asked. */
struct asked {
	const struct place *place;
	struct picks	 found;
	size_t		 sure;		/* of those, on complete pages */
	char		*why;
};

static void
add(struct picks *picks, const struct place *place,
    const struct instance *instance)
{
	struct pick *pick;

	picks->list = mem_resize(picks->list, picks->count + 1,
	    sizeof(*picks->list));
	pick = &picks->list[picks->count++];
	*pick = (struct pick){ .place = place };
	instance_copy(&pick->instance, instance);
}

static void
take_instance(void *context, const struct instance *instance)
{
	struct asked *asked = context;

	if (instance->fields[INSTANCE_ID] != NULL &&
	    instance->fields[INSTANCE_STATE] != NULL)
		add(&asked->found, asked->place, instance);
}

static void
end_page(void *context)
{
	struct asked *asked = context;

	asked->sure = asked->found.count;
}

static void
forget_page(void *context)
{
	struct asked *asked = context;

	while (asked->found.count > asked->sure)
		pick_drop(&asked->found, asked->found.count - 1);
}

static void
end_all(void *context, const struct api_error *error)
{
	struct asked *asked = context;
	char *words;

	if (error == NULL)
		return;
	words = api_words(error);
	asked->why = mem_print("%s: %s", asked->place->region, words);
	free(words);
}

/* The region's instances are those of all. */
static void
join(struct picks *picks, struct picks *more)
{
	if (more->count > 0) {
		picks->list = mem_resize(picks->list,
		    picks->count + more->count, sizeof(*picks->list));
		memcpy(picks->list + picks->count, more->list,
		    more->count * sizeof(*more->list));
		picks->count += more->count;
	}
	free(more->list);
	*more = (struct picks){ 0 };
}

char *
pick_all(struct api *api, const struct place *places, size_t place_count,
    const struct query *filters, struct picks *picks)
{
	struct asked *asked = mem_zero(place_count * sizeof(*asked));
	char *why = NULL;

	for (size_t i = 0; i < place_count; i++) {
		struct describe describe = {
			.place = &places[i], .filters = filters,
			.found = take_instance, .page = end_page,
			.again = forget_page, .done = end_all,
			.context = &asked[i],
		};

		asked[i].place = &places[i];
		describe_start(api, &describe);
	}
	http_run(api_http(api));
	for (size_t i = 0; i < place_count; i++) {
		if (why == NULL)
			why = asked[i].why;
		else
			free(asked[i].why);
	}
	for (size_t i = 0; i < place_count; i++) {
		if (why == NULL)
			join(picks, &asked[i].found);
		else
			pick_clear(&asked[i].found);
	}
	free(asked);
	return why;
}

char *
pick_ids(struct api *api, const struct place *places, size_t place_count,
    char *const *ids, struct picks *picks)
{
	char *why = NULL;

	/* A filter has no objection to ids that there are not. */
	while (*ids != NULL && why == NULL) {
		struct query query = { 0 };

		query_add(&query, "Filter.1.Name", "instance-id");
		for (int i = 1; *ids != NULL && i <= MOST_VALUES; i++)
			query_addf(&query, *ids++, "Filter.1.Value.%d", i);
		why = pick_all(api, places, place_count, &query, picks);
		query_clear(&query);
	}
	return why;
}

bool
pick_is_called(const struct pick *pick, const char *name)
{
	static const enum instance_field fields[] = {
		INSTANCE_ID, INSTANCE_PUBLIC_DNS, INSTANCE_PUBLIC_IP,
		INSTANCE_PRIVATE_DNS, INSTANCE_PRIVATE_IP, INSTANCE_IPV6,
	};
	const char *tag = instance_tag(&pick->instance, "Name");

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		const char *value = pick->instance.fields[fields[i]];

		if (value != NULL && strcasecmp(value, name) == 0)
			return true;
	}
	return tag != NULL && strcmp(tag, name) == 0;
}

bool
pick_stays(const struct pick *pick)
{
	const char *state = pick->instance.fields[INSTANCE_STATE];

	return strcmp(state, "shutting-down") != 0 &&
	    strcmp(state, "terminated") != 0;
}

void
pick_drop(struct picks *picks, size_t i)
{
	instance_clear(&picks->list[i].instance);
	picks->count--;
	memmove(&picks->list[i], &picks->list[i + 1],
	    (picks->count - i) * sizeof(*picks->list));
}

void
pick_clear(struct picks *picks)
{
	while (picks->count > 0)
		pick_drop(picks, picks->count - 1);
	free(picks->list);
	*picks = (struct picks){ 0 };
}
