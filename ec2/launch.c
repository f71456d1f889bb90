/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "launch.h"
#include "mem.h"
#include "runname.h"

#define LOOK_SECONDS 20

/* One request and what comes of it. */
struct request {
	struct instance_reader *reader;
	struct launched	 found;
	size_t		 sure;		/* of those, when pages come */
	enum launch_outcome outcome;
	char		*why;
	bool		 failed;
};

static void
keep(struct launched *all, const struct instance *instance)
{
	all->list = mem_resize(all->list, all->count + 1, sizeof(*all->list));
	all->list[all->count] = (struct instance){ 0 };
	instance_copy(&all->list[all->count++], instance);
}

static void
take_instance(void *context, const struct instance *instance)
{
	struct request *request = context;

	keep(&request->found, instance);
}

static void
take_element(void *context, const char *path, const char *text)
{
	struct request *request = context;

	instance_reader_closed(request->reader, path, text);
}

static void
take_again(void *context)
{
	struct request *request = context;

	instance_reader_again(request->reader);
	launch_clear(&request->found);
}

/*
 * An answer that never came, or an error of the server's own, may hide a launch
 * that was done: if not by the last try, by one before it.  Where capacity was
 * short nothing was done.
 */
static enum launch_outcome
judge(const struct api_error *error)
{
	if (error == NULL)
		return LAUNCH_DONE;
	if (api_is(error, "DryRunOperation"))
		return LAUNCH_WOULD;
	if (strncmp(error->code, "Insufficient", 12) == 0 ||
	    strstr(error->code, "LimitExceeded") != NULL)
		return error->throttled ? LAUNCH_UNKNOWN : LAUNCH_SCARCE;
	if (error->status == 0 || error->status >= 500 ||
	    error->status / 100 == 2)
		return LAUNCH_UNKNOWN;
	return LAUNCH_REFUSED;
}

static void
take_end(void *context, const struct api_error *error)
{
	struct request *request = context;

	request->outcome = judge(error);
	if (error != NULL && request->outcome != LAUNCH_WOULD)
		request->why = api_words(error);
}

static void
add_one(struct query *query, const char *name, const char *value)
{
	if (value != NULL)
		query_add(query, name, value);
}

static void
add_number(struct query *query, const char *name, long number)
{
	char *text = mem_print("%ld", number);

	query_add(query, name, text);
	free(text);
}

/* Ids and names are different parameters. */
static void
add_groups(struct query *query, char *const *groups)
{
	int ids = 0, names = 0;

	for (; groups != NULL && *groups != NULL; groups++) {
		if (strncmp(*groups, "sg-", 3) == 0)
			query_addf(query, *groups, "SecurityGroupId.%d",
			    ++ids);
		else
			query_addf(query, *groups, "SecurityGroup.%d",
			    ++names);
	}
}

static void
add_tag(struct query *query, int number, const char *key, const char *value)
{
	query_addf(query, key, "TagSpecification.1.Tag.%d.Key", number);
	query_addf(query, value, "TagSpecification.1.Tag.%d.Value", number);
}

/* At creation, so that no machine is ever there without them. */
static void
add_tags(struct query *query, const struct launch *launch)
{
	int number = 1;

	query_add(query, "TagSpecification.1.ResourceType", "instance");
	add_tag(query, number, RUNNAME_TAG, launch->run);
	for (char **tag = launch->tags; tag != NULL && *tag != NULL; tag++) {
		size_t len = strcspn(*tag, "=");
		char *key = mem_ndup(*tag, len);

		add_tag(query, ++number, key,
		    (*tag)[len] == '=' ? *tag + len + 1 : "");
		free(key);
	}
}

static void
add_spot(struct query *query, const struct launch *launch)
{
	if (!launch->spot)
		return;
	query_add(query, "InstanceMarketOptions.MarketType", "spot");
	add_one(query, "InstanceMarketOptions.SpotOptions.MaxPrice",
	    launch->price);
}

static void
fill_query(struct query *query, const struct launch *launch,
    const char *token, long least, long most)
{
	bool is_arn = launch->profile != NULL &&
	    strncmp(launch->profile, "arn:", 4) == 0;

	query_add(query, "ImageId", launch->ami);
	query_add(query, "InstanceType", launch->type);
	add_number(query, "MinCount", least);
	add_number(query, "MaxCount", most);
	query_add(query, "ClientToken", token);
	add_one(query, "KeyName", launch->key);
	add_one(query, "SubnetId", launch->subnet);
	add_one(query, "Placement.AvailabilityZone", launch->zone);
	add_one(query, is_arn ? "IamInstanceProfile.Arn" :
	    "IamInstanceProfile.Name", launch->profile);
	add_groups(query, launch->groups);
	add_spot(query, launch);
	add_tags(query, launch);
	add_one(query, "UserData", launch->user_data);
	if (launch->dry)
		query_add(query, "DryRun", "true");
}

static void
move_all(struct launched *all, struct launched *from)
{
	for (size_t i = 0; i < from->count; i++)
		keep(all, &from->list[i]);
	launch_clear(from);
}

enum launch_outcome
launch_run(struct api *api, const struct launch *launch, const char *token,
    long least, long most, struct launched *all, char **why)
{
	struct request request = { 0 };
	struct query query = { 0 };
	struct api_call call = {
		.action = "RunInstances", .query = &query,
		.place = launch->place, .closed = take_element,
		.again = take_again, .done = take_end, .context = &request,
	};

	request.reader = instance_reader_new(launch->place->region,
	    take_instance, &request);
	fill_query(&query, launch, token, least, most);
	api_start(api, &call);
	query_clear(&query);
	http_run(api_http(api));
	instance_reader_free(request.reader);
	if (request.outcome == LAUNCH_DONE)
		move_all(all, &request.found);
	launch_clear(&request.found);
	*why = request.why;
	return request.outcome;
}

static void
end_page(void *context)
{
	struct request *request = context;

	request->sure = request->found.count;
}

static void
forget_page(void *context)
{
	struct request *request = context;

	while (request->found.count > request->sure)
		instance_clear(&request->found.list[--request->found.count]);
}

static void
end_look(void *context, const struct api_error *error)
{
	struct request *request = context;

	request->failed = error != NULL;
}

bool
launch_look(struct api *api, const struct launch *launch, const char *token,
    struct launched *all)
{
	struct request request = { 0 };
	struct query filters = { 0 };
	struct describe describe = {
		.place = launch->place, .filters = &filters,
		.found = take_instance, .page = end_page,
		.again = forget_page, .done = end_look, .context = &request,
		.seconds = LOOK_SECONDS,
	};

	query_add(&filters, "Filter.1.Name", "client-token");
	query_add(&filters, "Filter.1.Value.1", token);
	describe_start(api, &describe);
	query_clear(&filters);
	http_run(api_http(api));
	if (!request.failed)
		move_all(all, &request.found);
	launch_clear(&request.found);
	return !request.failed;
}

void
launch_clear(struct launched *launched)
{
	for (size_t i = 0; i < launched->count; i++)
		instance_clear(&launched->list[i]);
	free(launched->list);
	*launched = (struct launched){ 0 };
}
