/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "mem.h"

#define AT(member) offsetof(struct asked, member)

static const struct option_row options[] = {
	{ '\0', "tag", "K=V", "globs, V,V", OPTION_LIST, AT(tags) },
	{ '\0', "name", "V", "the tag Name", OPTION_LIST, AT(names) },
	{ '\0', "state", "V", "or any", OPTION_LIST, AT(states) },
	{ '\0', "id", "ID", "instances", OPTION_LIST, AT(ids) },
	{ '\0', "sg", "V", "security group", OPTION_LIST, AT(groups) },
	{ '\0', "subnet", "ID", "subnet", OPTION_LIST, AT(subnets) },
	{ '\0', "vpc", "ID", "network", OPTION_LIST, AT(vpcs) },
	{ '\0', "az", "V", "zone", OPTION_LIST, AT(zones) },
	{ '\0', "type", "V", "its size", OPTION_LIST, AT(types) },
	{ '\0', "ami", "ID", "image", OPTION_LIST, AT(amis) },
	{ '\0', "filter", "N=V", "any of AWS's", OPTION_LIST, AT(filters) },
	{ '\0', "exclude-self", NULL, "not this one", OPTION_FLAG,
	    AT(exclude_self) },
	{ '\0', "all-regions", NULL, "at once", OPTION_FLAG,
	    AT(all_regions) },
	{ '\0', "address", "LIST", "first of these", OPTION_TEXT,
	    AT(address) },
	{ '\0', "user", "NAME", "to log in as", OPTION_TEXT, AT(user) },
	{ '\0', "user-tag", "KEY", "that has it", OPTION_TEXT, AT(user_tag) },
	{ '\0', "extra", "LIST", "as variables", OPTION_TEXT, AT(extra) },
	{ '\0', "sort", "BY", "launch-time ...", OPTION_TEXT, AT(sort) },
	{ '\0', "format", "TEXT", "with {names}", OPTION_TEXT, AT(format) },
	{ '\0', "json", NULL, "all there is", OPTION_FLAG, AT(json) },
	{ '\0', "output", "FORM", "ssh_config", OPTION_TEXT, AT(output) },
	{ '\0', "group-by", "NAME", "group: host", OPTION_TEXT,
	    AT(group_by) },
	{ '\0', "group", "NAME", "this one", OPTION_TEXT, AT(group) },
	{ '\0', "groups", NULL, "their names", OPTION_FLAG,
	    AT(list_groups) },
	{ '\0', "cache", "SECS", "kept that long", OPTION_SECONDS, AT(cache),
	    0, INT_MAX },
	{ '\0', "wait", "N", "for so many", OPTION_NUMBER, AT(wait), 1,
	    INT_MAX },
	{ '\0', "for", "STATE", "running, or ssh", OPTION_TEXT, AT(ready) },
	{ '\0', "timeout", "SECS", "wait no longer", OPTION_SECONDS,
	    AT(timeout), 1, 86400 },
	{ '\0', "port", "PORT", "of ssh", OPTION_NUMBER, AT(port), 1, 65535 },
	{ '\0', "known-hosts", "FILE", "for their keys", OPTION_TEXT,
	    AT(known_hosts) },
	{ '\0', "fail-empty", NULL, "none: exit 1", OPTION_FLAG,
	    AT(fail_empty) },
	{ .name = NULL },
};

static const struct option_row *const tables[] = {
	options, common_options, NULL
};

static const struct option_rows rows = {
	.tables = tables,
	.usage = "[OPTIONS]",
	.summary = "Print the instances of an EC2 account, as hosts for "
	    "cpssh.",
};

static void
add_each(struct filters *filters, const char *name, char *const *values)
{
	for (; values != NULL && *values != NULL; values++)
		filters_add(filters, name, *values);
}

/* What is wrong with an option's value: refuse it. */
static void
need(const char *option, char *wrong)
{
	if (wrong != NULL)
		options_usage_error("--%s: %s", option, wrong);
}

static void
add_states(struct filters *filters, char *const *states, bool wait)
{
	if (states == NULL)
		filters_add(filters, "instance-state-name", wait ?
		    "pending,running" : "running");
	for (char *const *state = states; state != NULL && *state != NULL;
	    state++)
		if (strcmp(*state, "any") == 0)
			return;
	add_each(filters, "instance-state-name", states);
}

static struct filters *
make_filters(const struct asked *asked)
{
	struct filters *filters = filters_new();

	for (char **tag = asked->tags; tag != NULL && *tag != NULL; tag++)
		need("tag", filters_tag(filters, *tag));
	add_each(filters, "tag:Name", asked->names);
	for (char **sg = asked->groups; sg != NULL && *sg != NULL; sg++)
		filters_group(filters, *sg);
	add_each(filters, "subnet-id", asked->subnets);
	add_each(filters, "vpc-id", asked->vpcs);
	add_each(filters, "availability-zone", asked->zones);
	add_each(filters, "instance-type", asked->types);
	add_each(filters, "image-id", asked->amis);
	add_each(filters, "instance-id", asked->ids);
	for (char **raw = asked->filters; raw != NULL && *raw != NULL;
	    raw++)
		need("filter", filters_raw(filters, *raw));
	add_states(filters, asked->states, asked->wait > 0);
	return filters;
}

static enum view_order
order_named(const char *name)
{
	if (name == NULL || strcmp(name, "launch-time") == 0)
		return VIEW_BY_LAUNCH;
	if (strcmp(name, "name") == 0)
		return VIEW_BY_NAME;
	if (strcmp(name, "address") != 0)
		options_usage_error("--sort %s: not launch-time, name or "
		    "address", name);
	return VIEW_BY_ADDRESS;
}

static enum view_kind
kind_wanted(const struct asked *asked)
{
	bool config = asked->output != NULL &&
	    strcmp(asked->output, "ssh_config") == 0;

	if (asked->output != NULL && !config &&
	    strcmp(asked->output, "hosts") != 0)
		options_usage_error("--output %s: not hosts or ssh_config",
		    asked->output);
	if (config + asked->json + (asked->format != NULL) > 1)
		options_usage_error("--json, --format and --output are "
		    "different forms: use one of them");
	if (asked->json)
		return VIEW_JSON;
	if (asked->format != NULL)
		return VIEW_FORMAT;
	return config ? VIEW_SSH_CONFIG : VIEW_HOSTS;
}

static void
check_groups(const struct view *view)
{
	if (view->group_by == NULL) {
		if (view->group != NULL || view->groups)
			options_usage_error("--group and --groups need "
			    "--group-by");
		return;
	}
	if (!instance_knows(view->group_by))
		options_usage_error("--group-by: there is no \"%s\"",
		    view->group_by);
	if (view->group != NULL && view->groups)
		options_usage_error("--group names one, --groups all: use one "
		    "of them");
	if (view->kind == VIEW_JSON || view->kind == VIEW_SSH_CONFIG)
		options_usage_error("--group-by is for lines: neither for "
		    "--json nor for ssh_config");
}

static void
make_view(struct view *view, const struct asked *asked)
{
	struct hostline *line = &view->hostline;

	*view = (struct view){
		.kind = kind_wanted(asked),
		.order = order_named(asked->sort),
		.format = asked->format,
		.group_by = asked->group_by,
		.group = asked->group,
		.groups = asked->list_groups,
	};
	line->user = asked->user;
	line->user_tag = asked->user_tag;
	need("address", hostline_names(&line->address,
	    asked->address != NULL ? asked->address :
	    HOSTLINE_ADDRESS));
	if (asked->extra != NULL)
		need("extra", hostline_names(&line->extra, asked->extra));
	if (asked->format != NULL)
		need("format", hostline_format_fault(asked->format));
	check_groups(view);
}

static void
check_wait(const struct asked *asked)
{
	if (asked->ready != NULL && strcmp(asked->ready, "ssh") != 0 &&
	    strcmp(asked->ready, "running") != 0)
		options_usage_error("--for %s: not running or ssh",
		    asked->ready);
	if (asked->wait == 0) {
		if (asked->ready != NULL)
			options_usage_error("--for needs --wait");
		if (asked->timeout > 0 && asked->known_hosts == NULL)
			options_usage_error("--timeout needs --wait or "
			    "--known-hosts");
		return;
	}
	if (asked->view.kind == VIEW_JSON ||
	    asked->view.kind == VIEW_SSH_CONFIG ||
	    asked->group_by != NULL || asked->sort != NULL)
		options_usage_error("--wait prints each host when it is ready: "
		    "neither sorted nor grouped nor as JSON or ssh_config");
	if (asked->all_regions || (asked->common.regions != NULL &&
	    asked->common.regions[1] != NULL))
		options_usage_error("--wait is for one region");
	if (asked->cache > 0)
		options_usage_error("--wait asks for what is new: not with "
		    "--cache");
}

/*
 * Of those that are named one by one, and by nothing else, it can be told when
 * one will never be ready.
 */
static void
name_ids(struct asked *asked)
{
	char *const *others[] = {
		asked->tags, asked->states, asked->names, asked->groups,
		asked->subnets, asked->vpcs, asked->zones, asked->types,
		asked->amis, asked->filters,
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i] != NULL)
			return;
	for (char **ids = asked->ids; ids != NULL && *ids != NULL; ids++)
		if (strspn(*ids, "i-0123456789abcdef,") != strlen(*ids))
			return;
	for (char **ids = asked->ids; ids != NULL && *ids != NULL; ids++) {
		for (const char *id = *ids; *id != '\0';) {
			size_t len = strcspn(id, ",");
			char *one = mem_ndup(id, len);

			if (len > 0)
				options_append(&asked->named, one);
			free(one);
			id += len + (id[len] == ',');
		}
	}
}

void
asked_read(struct asked *asked, int argc, char **argv)
{
	if (options_read(&rows, asked, argc, argv) < argc)
		options_usage_error("it takes no operands (try --name or "
		    "--tag)");
	if (asked->all_regions && asked->common.regions != NULL)
		options_usage_error("--region and --all-regions name different "
		    "regions: use one of them");
	make_view(&asked->view, asked);
	check_wait(asked);
	asked->wanted = make_filters(asked);
	name_ids(asked);
}

void
asked_free(struct asked *asked)
{
	char *texts[] = {
		asked->address, asked->user, asked->user_tag, asked->extra,
		asked->sort, asked->format, asked->output, asked->group_by,
		asked->group, asked->ready, asked->known_hosts,
	};
	char **lists[] = {
		asked->tags, asked->states, asked->names, asked->groups,
		asked->subnets, asked->vpcs, asked->zones, asked->types,
		asked->amis, asked->ids, asked->filters,
		asked->named,
		asked->view.hostline.address, asked->view.hostline.extra,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		mem_free_all(lists[i]);
	filters_free(asked->wanted);
}
