/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "mem.h"

struct listing {
	char		**names;
	size_t		 count;
	void		(*found)(void *context, const char *region);
	void		(*done)(void *context, const struct api_error *error);
	void		*context;
};

static void
closed(void *context, const char *path, const char *text)
{
	struct listing *listing = context;

	if (strcmp(path, "regionInfo/item/regionName") != 0)
		return;
	listing->names = mem_resize(listing->names, listing->count + 1,
	    sizeof(*listing->names));
	listing->names[listing->count++] = mem_dup(text);
}

static void
again(void *context)
{
	struct listing *listing = context;

	while (listing->count > 0)
		free(listing->names[--listing->count]);
}

static void
done(void *context, const struct api_error *error)
{
	struct listing *listing = context;

	for (size_t i = 0; error == NULL && i < listing->count; i++)
		listing->found(listing->context, listing->names[i]);
	listing->done(listing->context, error);
	again(listing);
	free(listing->names);
	free(listing);
}

void
describe_regions(struct api *api, const struct place *place,
    void (*found)(void *context, const char *region),
    void (*finished)(void *context, const struct api_error *error),
    void *context)
{
	struct listing *listing = mem_zero(sizeof(*listing));
	struct api_call call = {
		.action = "DescribeRegions",
		.place = place,
		.closed = closed,
		.again = again,
		.done = done,
		.context = listing,
	};

	listing->found = found;
	listing->done = finished;
	listing->context = context;
	api_start(api, &call);
}
