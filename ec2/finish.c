/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a request is refused some of its instances may have been ended all the
 * same: one that is protected protects those of its zone only.  So after each
 * refusal it is looked what became of them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "finish.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "parting.h"

#define FIRST_PAUSE 500			/* ms between two looks */
#define LONGEST_PAUSE 5000

/* One request. */
struct request {
	bool		 done, would;
	char		*why;
};

static void
take_end(void *context, const struct api_error *error)
{
	struct request *request = context;

	request->done = error == NULL;
	request->would = api_is(error, "DryRunOperation");
	if (error != NULL && !request->would)
		request->why = api_words(error);
}

static char **
ids_of(const struct pick *picks, size_t count)
{
	char **ids = NULL;

	for (size_t i = 0; i < count; i++)
		options_append(&ids, picks[i].instance.fields[INSTANCE_ID]);
	return ids;
}

static void
send_request(const struct finish *finish, const struct pick *picks,
    size_t count, struct request *request)
{
	struct query query = { 0 };
	struct api_call call = {
		.action = "TerminateInstances", .query = &query,
		.place = picks->place, .done = take_end, .context = request,
	};

	for (size_t i = 0; i < count; i++)
		query_addf(&query, picks[i].instance.fields[INSTANCE_ID],
		    "InstanceId.%zu", i + 1);
	if (finish->dry)
		query_add(&query, "DryRun", "true");
	api_start(finish->api, &call);
	query_clear(&query);
	http_run(api_http(finish->api));
}

static const struct pick *
find(const struct picks *picks, const char *id)
{
	for (size_t i = 0; i < picks->count; i++)
		if (strcmp(picks->list[i].instance.fields[INSTANCE_ID],
		    id) == 0)
			return &picks->list[i];
	return NULL;
}

/* Which of them have been ended nevertheless?  Those that are not are told. */
static size_t
look_after(const struct finish *finish, const struct pick *picks, size_t count)
{
	char **ids = ids_of(picks, count);
	struct picks now = { 0 };
	char *why = pick_ids(finish->api, picks->place, 1, ids, &now);
	size_t ended = 0;

	if (why != NULL) {
		msg_warn("what became of %s%s is not known: %s", ids[0],
		    count > 1 ? " and the others" : "", why);
		free(why);
	}
	for (size_t i = 0; i < count && why == NULL; i++) {
		const struct pick *pick = find(&now, ids[i]);

		if (pick == NULL || !pick_stays(pick)) {
			finish->ended(finish->context, &picks[i]);
			ended++;
		} else {
			msg_warn("%s is not ended: it is %s", ids[i],
			    pick->instance.fields[INSTANCE_STATE]);
		}
	}
	pick_clear(&now);
	mem_free_all(ids);
	return ended;
}

static size_t
end_batch(const struct finish *finish, const struct pick *picks, size_t count,
    bool *refused)
{
	struct request request = { 0 };

	send_request(finish, picks, count, &request);
	if (request.done) {
		for (size_t i = 0; i < count; i++)
			finish->ended(finish->context, &picks[i]);
		return count;
	}
	if (request.would)
		return 0;
	msg_warn("%s", request.why);
	free(request.why);
	*refused = true;
	return finish->dry ? 0 : look_after(finish, picks, count);
}

size_t
finish_all(const struct finish *finish, bool *refused)
{
	const struct picks *picks = finish->picks;
	size_t ended = 0, from = 0;

	*refused = false;
	parting_set(PARTING_ASKED, "ended; which instances have been ended is "
	    "not known: the same command tells");
	while (from < picks->count && !parting_waits()) {
		const struct pick *first = &picks->list[from];
		size_t count = 1;

		while (from + count < picks->count && count < FINISH_BATCH &&
		    first[count].place == first->place)
			count++;
		ended += end_batch(finish, first, count, refused);
		from += count;
	}
	if (from < picks->count)
		msg_warn("%zu of %zu go on: they were not asked for",
		    picks->count - from, picks->count);
	return ended;
}

static void
stop(void *context)
{
	http_stop(context);
}

static void
sleep_for(struct api *api, long ms)
{
	http_after(api_http(api), ms, stop, api_http(api));
	http_run(api_http(api));
}

/* How many of one region's are not terminated; those that EC2 has forgotten
 * are. */
static size_t
count_left(struct api *api, const struct pick *picks, size_t count)
{
	char **ids = ids_of(picks, count);
	struct picks now = { 0 };
	char *why = pick_ids(api, picks->place, 1, ids, &now);
	size_t left = 0;

	if (why != NULL) {
		msg_warn("%s", why);
		free(why);
		left = count;
	}
	for (size_t i = 0; i < now.count && left < count; i++)
		if (strcmp(now.list[i].instance.fields[INSTANCE_STATE],
		    "terminated") != 0)
			left++;
	pick_clear(&now);
	mem_free_all(ids);
	return left;
}

static size_t
count_all_left(struct api *api, const struct picks *picks)
{
	size_t left = 0;

	for (size_t from = 0; from < picks->count;) {
		const struct pick *first = &picks->list[from];
		size_t count = 1;

		while (from + count < picks->count &&
		    first[count].place == first->place)
			count++;
		left += count_left(api, first, count);
		from += count;
	}
	return left;
}

size_t
finish_wait(struct api *api, const struct picks *picks, long seconds)
{
	long long end = http_now() + seconds * 1000;
	long pause = FIRST_PAUSE;
	size_t left;

	while ((left = count_all_left(api, picks)) > 0) {
		long long most = end - http_now();

		if (most <= 0)
			break;
		sleep_for(api, pause < most ? pause : (long)most);
		pause += pause / 2;
		if (pause > LONGEST_PAUSE)
			pause = LONGEST_PAUSE;
	}
	return left;
}
