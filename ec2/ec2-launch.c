/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-launch: begin machines on EC2, and say which when they are ready. */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "await.h"
#include "common.h"
#include "hostline.h"
#include "launch.h"
#include "mem.h"
#include "msg.h"
#include "muster.h"
#include "payload.h"
#include "runname.h"
#include "vouch.h"

#define MOST_TOKEN 60			/* EC2 takes 64, batches are numbered */
#define TIMEOUT 600

struct settings {
	struct common	 common;
	long		 count, least;
	char		*ami, *type, *key, *subnet, *zone, *profile, *price;
	char		**groups, **tags;
	char		*run, *token;
	char		**data, **data_self;
	char		*user_data;
	bool		 spot, dry, wait;
	char		*ready;
	long		 timeout, port;
	char		*address, *user, *user_tag, *extra;
	char		*known_hosts;

	/* Not options: */
	struct hostline	 hostline;
	struct vouch	*vouch;
	size_t		 shown;
};

#define AT(member) offsetof(struct settings, member)

static const struct option_row launch_options[] = {
	{ 'n', "count", "N", "how many", OPTION_NUMBER, AT(count), 1, 1000 },
	{ '\0', "min", "N", "rather none",
	    OPTION_NUMBER, AT(least), 1, 1000 },
	{ '\0', "ami", "AMI", "of this image", OPTION_TEXT, AT(ami) },
	{ '\0', "type", "TYPE", "as t3.micro", OPTION_TEXT, AT(type) },
	{ '\0', "key-pair", "NAME", "who may log in", OPTION_TEXT, AT(key) },
	{ '\0', "sg", "GROUP", "security group", OPTION_LIST,
	    AT(groups) },
	{ '\0', "subnet", "ID", "a subnet", OPTION_TEXT, AT(subnet) },
	{ '\0', "az", "ZONE", "in this zone", OPTION_TEXT, AT(zone) },
	{ '\0', "iam-profile", "NAME", "their role", OPTION_TEXT,
	    AT(profile) },
	{ '\0', "spot", NULL, "spot instances", OPTION_FLAG, AT(spot) },
	{ '\0', "max-price", "PRICE", "dollars an hour",
	    OPTION_TEXT, AT(price) },
	{ '\0', "tag", "KEY=VALUE", "set this tag", OPTION_LIST, AT(tags) },
	{ '\0', "run", "ID", "the run's name", OPTION_TEXT,
	    AT(run) },
	{ '\0', "data", "KEY=VALUE", "tell them",
	    OPTION_LIST, AT(data) },
	{ '\0', "data-self", "KEY", "tell our name",
	    OPTION_LIST, AT(data_self) },
	{ '\0', "user-data", "FILE", "tell just this", OPTION_TEXT,
	    AT(user_data) },
	{ '\0', "client-token", "TOKEN", "launch only once",
	    OPTION_TEXT, AT(token) },
	{ '\0', "dry-run", NULL, "only ask",
	    OPTION_FLAG, AT(dry) },
	{ .name = NULL },
};

static const struct option_row wait_options[] = {
	{ '\0', "wait", NULL, "for hosts",
	    OPTION_FLAG, AT(wait) },
	{ '\0', "for", "STATE", "running, or ssh",
	    OPTION_TEXT, AT(ready) },
	{ '\0', "timeout", "SECS", "wait no longer",
	    OPTION_SECONDS, AT(timeout), 1, 86400 },
	{ '\0', "port", "PORT", "of ssh",
	    OPTION_NUMBER, AT(port), 1, 65535 },
	{ '\0', "known-hosts", "FILE", "for their keys",
	    OPTION_TEXT, AT(known_hosts) },
	{ '\0', "address", "LIST", "first there is",
	    OPTION_TEXT, AT(address) },
	{ '\0', "user", "USER", "goes before it", OPTION_TEXT,
	    AT(user) },
	{ '\0', "user-tag", "KEY", "has the user", OPTION_TEXT,
	    AT(user_tag) },
	{ '\0', "extra", "LIST", "goes behind it", OPTION_TEXT,
	    AT(extra) },
	{ .name = NULL },
};

static const struct option_row *const tables[] = {
	launch_options, wait_options, common_options, NULL,
};

static const struct option_rows options = {
	.tables = tables,
	.usage = "-n N [OPTIONS]",
	.summary = "Launch machines on EC2; print their ids or, with --wait, "
	    "hosts.",
};

/* --- what is asked for --- */

static void
check_settings(struct settings *settings)
{
	const char *ready = settings->ready;

	if (settings->count == 0)
		options_usage_error("how many? (-n N)");
	if (settings->least > settings->count)
		options_usage_error("--min %ld is more than -n %ld",
		    settings->least, settings->count);
	if (settings->least == 0)
		settings->least = settings->count;
	if (settings->price != NULL && !settings->spot)
		options_usage_error("--max-price is for --spot");
	if (ready != NULL && strcmp(ready, "running") != 0 &&
	    strcmp(ready, "ssh") != 0)
		options_usage_error("--for %s: neither running nor ssh",
		    ready);
	if (ready != NULL && !settings->wait)
		options_usage_error("--for is for --wait");
	if (settings->known_hosts != NULL && !settings->wait)
		options_usage_error("--known-hosts is for --wait");
	if (settings->known_hosts != NULL &&
	    strcmp(settings->known_hosts, "-") == 0)
		options_usage_error("--known-hosts needs a file: stdout is "
		    "for hosts");
	if (settings->timeout == 0)
		settings->timeout = TIMEOUT;
	if (settings->run != NULL)
		runname_check("run", settings->run, RUNNAME_MOST);
	if (settings->token != NULL)
		runname_check("client-token", settings->token, MOST_TOKEN);
	runname_check_tags(settings->tags);
	if (settings->common.regions != NULL &&
	    settings->common.regions[0] != NULL &&
	    settings->common.regions[1] != NULL)
		options_usage_error("machines are launched in one region");
}

static char **
read_names(const char *option, const char *text)
{
	char **names = NULL;
	char *wrong = hostline_names(&names, text);

	if (wrong != NULL)
		options_usage_error("--%s: %s", option, wrong);
	return names;
}

static void
read_hostline(struct settings *settings)
{
	settings->hostline = (struct hostline){
		.address = read_names("address", settings->address != NULL ?
		    settings->address : HOSTLINE_ADDRESS),
		.user = settings->user,
		.user_tag = settings->user_tag,
		.extra = settings->extra == NULL ? NULL :
		    read_names("extra", settings->extra),
	};
}

/*
 * A token that was given without a run must name the same run every time: the
 * tag is part of what is asked for.
 */
static void
name_run(struct settings *settings)
{
	if (settings->run == NULL && settings->token != NULL)
		settings->run = mem_dup(settings->token);
	if (settings->token == NULL)
		settings->token = runname_new();
	if (settings->run == NULL)
		settings->run = mem_dup(settings->token);
}

/* The option, or what our own file says. */
static void
or_own(struct settings *settings, char **option, const char *name)
{
	if (*option == NULL)
		*option = mem_dup(awsconf_own(settings->common.conf, name));
}

static void
or_own_groups(struct settings *settings)
{
	const char *own = awsconf_own(settings->common.conf, "securitygroups");

	if (settings->groups != NULL)
		return;
	while (own != NULL && own[strspn(own, ", ")] != '\0') {
		char *group;

		own += strspn(own, ", ");
		group = mem_ndup(own, strcspn(own, ", "));
		options_append(&settings->groups, group);
		own += strlen(group);
		free(group);
	}
}

static void
fill_launch(struct settings *settings, struct launch *launch)
{
	or_own(settings, &settings->ami, "workerami");
	or_own(settings, &settings->type, "instancetype");
	or_own(settings, &settings->key, "keypair");
	or_own(settings, &settings->subnet, "subnet");
	or_own(settings, &settings->profile, "iamprofile");
	or_own_groups(settings);
	if (settings->ami == NULL)
		options_usage_error("of which image? (--ami AMI)");
	if (settings->type == NULL)
		options_usage_error("of which type? (--type TYPE)");
	launch->place = settings->common.places;
	launch->ami = settings->ami;
	launch->type = settings->type;
	launch->key = settings->key;
	launch->subnet = settings->subnet;
	launch->zone = settings->zone;
	launch->profile = settings->profile;
	launch->price = settings->price;
	launch->groups = settings->groups;
	launch->tags = settings->tags;
	launch->run = settings->run;
	launch->spot = settings->spot;
	launch->dry = settings->dry;
}

/* --- until they are ready --- */

/* Its exit status. */
static int
judge(const struct settings *settings, enum launch_outcome outcome,
    size_t count)
{
	if (outcome == LAUNCH_WOULD)
		return COMMON_DONE;
	if (outcome == LAUNCH_REFUSED || outcome == LAUNCH_UNKNOWN)
		return COMMON_FAILED;
	return count < (size_t)settings->count ? COMMON_SHORT : COMMON_DONE;
}

static void
show_host(void *context, const struct instance *instance)
{
	struct settings *settings = context;
	char *line = hostline_text(&settings->hostline, instance);

	if (line == NULL) {
		msg_warn("%s has no address of those that are wanted "
		    "(--address)", instance->fields[INSTANCE_ID]);
		return;
	}
	settings->shown++;
	printf("%s\n", line);
	fflush(stdout);
	free(line);
}

static int
wait_for(struct settings *settings, const struct launched *all)
{
	struct await await = {
		.describe.place = settings->common.places,
		.hostline = &settings->hostline,
		.seconds = settings->timeout,
		.ssh = settings->ready != NULL &&
		    strcmp(settings->ready, "ssh") == 0,
		.port = (int)settings->port, .vouch = settings->vouch,
		.found = show_host, .context = settings,
	};
	char **ids = NULL;
	bool failed = false, late;

	for (size_t i = 0; i < all->count; i++)
		options_append(&ids, all->list[i].fields[INSTANCE_ID]);
	await.describe.ids = ids;
	await_wait(settings->common.api, &await, &failed, &late);
	mem_free_all(ids);
	if (settings->shown == all->count)
		return COMMON_DONE;
	msg_warn("%zu of %zu are ready", settings->shown, all->count);
	return failed ? COMMON_FAILED : COMMON_SHORT;
}

int
main(int argc, char **argv)
{
	struct settings settings = { 0 };
	struct launch launch = { 0 };
	struct muster muster = { .launch = &launch };
	struct launched all = { 0 };
	enum launch_outcome outcome;
	char *user_data;
	int status, waited;

	common_begin("ec2-launch");
	if (options_read(&options, &settings, argc, argv) < argc)
		options_usage_error("%s: there are no operands",
		    argv[argc - 1]);
	check_settings(&settings);
	read_hostline(&settings);
	name_run(&settings);
	user_data = payload_make(settings.data, settings.data_self,
	    settings.user_data);
	common_connect(&settings.common);
	fill_launch(&settings, &launch);
	/* Before there is anything that costs. */
	settings.vouch = vouch_new(settings.common.api, settings.known_hosts,
	    &settings.hostline, (int)settings.port);
	launch.user_data = user_data;
	muster.api = settings.common.api;
	muster.least = settings.least;
	muster.most = settings.count;
	muster.token = settings.token;
	muster.print = !settings.wait;
	outcome = muster_all(&muster, &all);
	status = judge(&settings, outcome, all.count);
	mem_wipe(user_data, user_data != NULL ? strlen(user_data) : 0);
	if (settings.wait && all.count > 0) {
		waited = wait_for(&settings, &all);
		if (waited > status)
			status = waited;
	}
	launch_clear(&all);
	vouch_free(settings.vouch);
	mem_free_all(settings.hostline.address);
	mem_free_all(settings.hostline.extra);
	options_free(launch_options, &settings);
	options_free(wait_options, &settings);
	return common_end(&settings.common, status);
}
