/* SPDX-License-Identifier: BSD-2-Clause */
/* EC2 is asked how far they are. */
#include "config.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "await_priv.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "query.h"

#define LONGEST_PAUSE 5000
#define CALL_SECONDS 60
#define MOST_FILTERED 200		/* AWS's limit */

int
await_compare(const void *one, const void *other)
{
	const struct record *a = one, *b = other;

	return strcmp(a->instance.fields[INSTANCE_ID],
	    b->instance.fields[INSTANCE_ID]);
}

/* Does it make sense to ask once more? */
static bool
is_passing(const struct api_error *error)
{
	return api_is(error, "InvalidInstanceID.NotFound") || error->passing;
}

static void
hear_api(void *context, const struct api_error *error)
{
	struct wait *wait = context;
	char *words;

	wait->asking = false;
	if (error != NULL && http_now() < wait->end &&
	    !api_is(error, "InvalidInstanceID.NotFound")) {
		words = api_words(error);
		msg_warn("%s", words);
		free(words);
	}
	if (error != NULL && !is_passing(error))
		wait->failed = true;
	await_look(wait);
	if (wait->over)
		return;
	http_after(api_http(wait->api), wait->pause, await_ask, wait);
	wait->pause += wait->pause / 2;
	if (wait->pause > LONGEST_PAUSE)
		wait->pause = LONGEST_PAUSE;
}

/* Those that nothing final is known of yet. */
static char **
ids_left(const struct wait *wait, size_t *count)
{
	char **left = NULL;

	*count = 0;
	for (char **id = wait->plan->describe.ids; *id != NULL; id++) {
		struct record key = { .instance.fields[INSTANCE_ID] = *id };
		struct record **found = tfind(&key, &wait->records,
		    await_compare);

		if (found == NULL || (!(*found)->ready && !(*found)->lost)) {
			options_append(&left, *id);
			++*count;
		}
	}
	return left;
}

/*
 * Asked for by id, one that EC2 does not show yet hides all others.  A filter
 * shows those that there are, but takes no more than so many.
 */
static void
describe_left(struct wait *wait, struct describe *describe)
{
	struct query filters = { 0 };
	size_t count;
	char **ids = ids_left(wait, &count);

	if (count <= MOST_FILTERED) {
		query_add(&filters, "Filter.1.Name", "instance-id");
		for (size_t i = 0; i < count; i++)
			query_addf(&filters, ids[i], "Filter.1.Value.%zu",
			    i + 1);
		describe->filters = &filters;
		describe->ids = NULL;
	} else {
		describe->ids = ids;
	}
	describe_start(wait->api, describe);
	query_clear(&filters);
	mem_free_all(ids);
}

void
await_ask(void *context)
{
	struct wait *wait = context;
	struct describe describe = wait->plan->describe;
	long long left = (wait->end - http_now()) / 1000 + 1;

	describe.found = await_take;
	describe.again = NULL;		/* what was seen was so */
	describe.done = hear_api;
	describe.context = wait;
	describe.seconds = left < CALL_SECONDS ? (long)left : CALL_SECONDS;
	wait->asking = true;
	if (describe.ids != NULL)
		describe_left(wait, &describe);
	else
		describe_start(wait->api, &describe);
}
