/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cache.h"
#include "describe.h"
#include "gather.h"
#include "mem.h"
#include "msg.h"

struct region {
	const struct gather *gather;
	const struct place *place;
	struct roster	*roster;
	struct cache	*cache;		/* NULL: none */
	bool		 failed;
};

static void
found(void *context, const struct instance *instance)
{
	struct region *region = context;

	if (region->cache != NULL)
		cache_add(region->cache, instance);
	region->gather->found(region->gather->context, region->roster,
	    instance);
}

static void
found_in_cache(void *context, const struct instance *instance)
{
	struct region *region = context;

	region->gather->found(region->gather->context, region->roster,
	    instance);
}

static void
page(void *context)
{
	struct region *region = context;

	roster_mark(region->roster);
	if (region->cache != NULL)
		cache_mark(region->cache);
}

static void
again(void *context)
{
	struct region *region = context;

	roster_again(region->roster);
	if (region->cache != NULL)
		cache_again(region->cache);
}

/* Fill the roster from the cache; false: it is as it was before any of it. */
static bool
use_cache(struct region *region)
{
	if (cache_read(region->cache, found_in_cache, region))
		return true;
	roster_again(region->roster);
	return false;
}

/* Too much was asked for: what is old is better than nothing. */
static bool
use_stale(struct region *region)
{
	struct roster *fresh = region->roster;
	long age;

	if (region->cache == NULL)
		return false;
	age = cache_age(region->cache);
	if (age < 0)
		return false;
	region->roster = roster_new();
	if (!use_cache(region)) {
		roster_free(region->roster);
		region->roster = fresh;
		return false;
	}
	roster_free(fresh);
	msg_host(region->place->region, "too many calls for this account; "
	    "this is what was known %ld seconds ago", age);
	return true;
}

static void
done(void *context, const struct api_error *error)
{
	struct region *region = context;
	char *words;

	if (error == NULL) {
		if (region->cache != NULL)
			cache_keep(region->cache);
		return;
	}
	if (error->throttled && use_stale(region))
		return;
	words = api_words(error);
	msg_host(region->place->region, "%s", words);
	free(words);
	region->failed = true;
}

static struct cache *
cache_for(struct api *api, const struct gather *gather,
    const struct place *place)
{
	struct buf key = { 0 };
	struct cache *cache;

	buf_addf(&key, "%s\n%s\n%s\n", place->url, place->region,
	    api_key_id(api));
	buf_add(&key, gather->filters->form.data, gather->filters->form.len);
	cache = cache_open(buf_text(&key));
	buf_free(&key);
	return cache;
}

static void
begin(struct api *api, struct region *region, const struct gather *gather,
    const struct place *place)
{
	struct describe describe = {
		.place = place,
		.filters = gather->filters,
		.found = found,
		.page = page,
		.again = again,
		.done = done,
		.context = region,
	};
	long age;

	region->gather = gather;
	region->place = place;
	region->roster = roster_new();
	if (gather->cache > 0)
		region->cache = cache_for(api, gather, place);
	age = region->cache != NULL ? cache_age(region->cache) : -1;
	if (age >= 0 && age < gather->cache && use_cache(region)) {
		msg_chat(place->region, "known since %ld seconds", age);
		return;
	}
	describe_start(api, &describe);
}

struct roster *
gather_all(struct api *api, const struct gather *gather)
{
	struct region *regions = mem_zero(gather->place_count *
	    sizeof(*regions));
	struct roster *all = roster_new();

	for (size_t i = 0; i < gather->place_count; i++)
		begin(api, &regions[i], gather, &gather->places[i]);
	http_run(api_http(api));
	for (size_t i = 0; i < gather->place_count; i++) {
		if (all != NULL && !regions[i].failed)
			roster_take(all, regions[i].roster);
		if (regions[i].failed) {
			roster_free(all);
			all = NULL;
		}
		roster_free(regions[i].roster);
		cache_free(regions[i].cache);
	}
	free(regions);
	return all;
}
