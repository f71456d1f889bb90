/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-hosts: the instances of an EC2 account, as hosts for cpssh. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "await.h"
#include "describe.h"
#include "gather.h"
#include "msg.h"
#include "self.h"
#include "trusted.h"
#include "vouch.h"

#define TIMEOUT 600

/* The instance that this runs on, in fresh memory; NULL: none. */
static char *
own_id(void)
{
	char *why, *id = self_id(&why);

	if (why != NULL)
		msg_warn("--exclude-self: %s", why);
	free(why);
	return id;
}

static void
add_region(void *context, const char *region)
{
	common_add_region(context, region);
}

static void
end_regions(void *context, const struct api_error *error)
{
	(void)context;
	if (error != NULL)
		common_fail(error);
}

static void
find_all_regions(struct common *common)
{
	struct place first = { 0 };
	char *wrong = place_find(&first, common->conf, "ec2",
	    common->places[0].region, common->endpoint);

	if (wrong != NULL)
		msg_die(COMMON_USAGE, "%s", wrong);
	describe_regions(common->api, &first, add_region, end_regions, common);
	http_run(common->http);
	place_clear(&first);
}

/* What one run of it goes by. */
struct listing {
	struct asked	*asked;
	struct vouch	*vouch;		/* NULL: keys are not asked for */
	struct trusted	*trusted;
	struct roster	*roster;
};

static const struct place *
place_of(const struct common *common, const struct instance *instance)
{
	const char *region = instance->fields[INSTANCE_REGION];

	for (size_t i = 0; i < common->place_count && region != NULL; i++) {
		if (strcmp(common->places[i].region, region) == 0)
			return &common->places[i];
	}
	return common->places;
}

static void
add(void *context, struct roster *roster, const struct instance *instance)
{
	struct listing *listing = context;
	struct asked *asked = listing->asked;
	const char *id = instance->fields[INSTANCE_ID];

	if (listing->vouch == NULL)
		view_add(&asked->view, roster, instance);
	else if (asked->view.self == NULL || id == NULL ||
	    strcmp(asked->view.self, id) != 0)
		trusted_add(listing->trusted, place_of(&asked->common,
		    instance), instance);
}

static void
add_trusted(void *context, const struct instance *instance)
{
	struct listing *listing = context;

	view_add(&listing->asked->view, listing->roster, instance);
}

/* All instances are known: print them.  The exit status. */
static int
print(const struct asked *asked, struct roster *roster)
{
	size_t count;

	roster_sort(roster);
	count = roster_count(roster);
	if (!view_print(&asked->view, roster))
		msg_die(COMMON_FAILED, "the list cannot be read again: %s",
		    strerror(errno));
	if (count == 0 && asked->view.skipped == 0)
		msg_warn("no %sinstance matches in %s%s",
		    asked->states == NULL ? "running " : "",
		    asked->common.places[0].region,
		    asked->common.place_count > 1 ? " and the others" : "");
	return count == 0 && asked->fail_empty ? COMMON_SHORT :
	    COMMON_DONE;
}

static bool
prints_keys(const struct asked *asked)
{
	return asked->known_hosts != NULL &&
	    strcmp(asked->known_hosts, "-") == 0;
}

static long
patience(const struct asked *asked)
{
	return asked->timeout > 0 ? asked->timeout : TIMEOUT;
}

/* Only hosts whose keys are known are good for anything.  The exit status. */
static int
print_trusted(struct listing *listing)
{
	struct asked *asked = listing->asked;
	size_t missing = trusted_wait(listing->trusted, listing->vouch,
	    asked->common.http, patience(asked), add_trusted, listing);
	int status;

	status = prints_keys(asked) ? COMMON_DONE :
	    print(asked, listing->roster);
	if (vouch_failed(listing->vouch))
		return COMMON_FAILED;
	return missing > 0 ? COMMON_SHORT : status;
}

static int
list(struct asked *asked, struct vouch *vouch)
{
	struct common *common = &asked->common;
	struct query query = { 0 };
	struct listing listing = { .asked = asked, .vouch = vouch };
	struct gather gather = {
		.filters = &query,
		.cache = asked->cache,
		.found = add,
		.context = &listing,
	};
	int status = COMMON_FAILED;

	if (asked->all_regions)
		find_all_regions(common);
	gather.places = common->places;
	gather.place_count = common->place_count;
	filters_query(asked->wanted, &query);
	listing.trusted = trusted_new();
	listing.roster = gather_all(common->api, &gather);
	query_clear(&query);
	if (listing.roster != NULL)
		status = vouch != NULL ? print_trusted(&listing) :
		    print(asked, listing.roster);
	roster_free(listing.roster);
	trusted_free(listing.trusted);
	return status;
}

static void
show_ready(void *context, const struct instance *instance)
{
	struct asked *asked = context;

	if (!prints_keys(asked))
		view_print_one(&asked->view, instance);
}

/* Print hosts as they become ready. */
static int
wait_for(struct asked *asked, struct vouch *vouch)
{
	struct query query = { 0 };
	struct await await = {
		.describe.place = asked->common.places,
		.describe.filters = asked->named != NULL ? NULL : &query,
		.describe.ids = asked->named,
		.hostline = &asked->view.hostline,
		.count = (size_t)asked->wait,
		.self = asked->view.self,
		.seconds = patience(asked),
		.vouch = vouch,
		.ssh = asked->ready != NULL &&
		    strcmp(asked->ready, "ssh") == 0,
		.port = (int)asked->port,
		.found = show_ready,
		.context = asked,
	};
	bool failed = false, late = false;
	size_t ready;

	filters_query(asked->wanted, &query);
	ready = await_wait(asked->common.api, &await, &failed, &late);
	query_clear(&query);
	if (ready >= await.count)
		return COMMON_DONE;
	msg_warn("%zu of %zu are ready%s", ready, await.count,
	    late ? ", and time is up" : "");
	return failed ? COMMON_FAILED : COMMON_SHORT;
}

int
main(int argc, char **argv)
{
	struct asked asked = { 0 };
	struct vouch *vouch;
	char *self = NULL;
	int status;

	common_begin("ec2-hosts");
	asked_read(&asked, argc, argv);
	common_connect(&asked.common);
	if (asked.exclude_self)
		asked.view.self = self = own_id();
	vouch = vouch_new(asked.common.api, asked.known_hosts,
	    &asked.view.hostline, (int)asked.port);
	status = asked.wait > 0 ? wait_for(&asked, vouch) :
	    list(&asked, vouch);
	vouch_free(vouch);
	free(self);
	asked_free(&asked);
	return common_end(&asked.common, status);
}
