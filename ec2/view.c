/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "view.h"

/* So many instances without an address are told of by name. */
#define TOLD 10

static const char *
or_none(const char *text)
{
	return text != NULL ? text : "";
}

static char *
json_text(const struct view *view, const struct instance *instance)
{
	char *address = hostline_address(&view->hostline, instance);
	char *user = hostline_user(&view->hostline, instance);
	const char *more[5] = { NULL };
	struct buf text = { 0 };
	size_t count = 0;

	if (address != NULL) {
		more[count++] = "address";
		more[count++] = address;
	}
	if (user != NULL) {
		more[count++] = "user";
		more[count++] = user;
	}
	instance_json(&text, instance, more);
	free(address);
	free(user);
	return buf_release(&text);
}

/* The lines below "Host".  An address from a tag may have a port. */
static char *
config_text(const struct view *view, const struct instance *instance)
{
	char *address = hostline_address(&view->hostline, instance), *user;
	struct buf text = { 0 };
	char *colon;

	if (address == NULL)
		return NULL;
	colon = strchr(address, ':');
	if (colon != NULL && strchr(colon + 1, ':') == NULL)
		*colon = '\0';
	else
		colon = NULL;
	buf_addf(&text, "\tHostName %s\n", address);
	if (colon != NULL)
		buf_addf(&text, "\tPort %s\n", colon + 1);
	user = hostline_user(&view->hostline, instance);
	if (user != NULL)
		buf_addf(&text, "\tUser %s\n", user);
	free(user);
	free(address);
	return buf_release(&text);
}

static char *
render(const struct view *view, const struct instance *instance)
{
	switch (view->kind) {
	case VIEW_FORMAT:
		return hostline_format(&view->hostline, instance,
		    view->format);
	case VIEW_JSON:
		return json_text(view, instance);
	case VIEW_SSH_CONFIG:
		return config_text(view, instance);
	default:
		return hostline_text(&view->hostline, instance);
	}
}

static void
tell_skipped(struct view *view, const struct instance *instance)
{
	struct buf names = { 0 };

	if (view->skipped++ >= TOLD)
		return;
	for (char **name = view->hostline.address; *name != NULL; name++)
		buf_join(&names, ", ", *name);
	msg_host(instance->fields[INSTANCE_ID], "skipped: it has none of %s "
	    "that could be an address", buf_text(&names));
	buf_free(&names);
}

/* What it is sorted by, its group first. */
static char *
sort_key(const struct view *view, const struct instance *instance,
    const char *group)
{
	const char *name = instance_tag(instance, "Name");
	char *address = NULL, *key;

	switch (view->order) {
	case VIEW_BY_NAME:
		/* Those without one come last. */
		key = mem_print("%s %s%s", or_none(group),
		    name != NULL ? "" : "~", or_none(name));
		break;
	case VIEW_BY_ADDRESS:
		address = hostline_address(&view->hostline, instance);
		key = mem_print("%s %s", or_none(group), or_none(address));
		break;
	default:
		key = mem_print("%s %s %s", or_none(group),
		    or_none(instance->fields[INSTANCE_LAUNCH_TIME]),
		    or_none(instance->fields[INSTANCE_LAUNCH_INDEX]));
	}
	free(address);
	return key;
}

/* The name of its group; of ssh_config's entry its own. */
static char *
group_of(const struct view *view, const struct instance *instance)
{
	const char *by = view->kind == VIEW_SSH_CONFIG ? "name" :
	    view->group_by;
	char *value = by != NULL ? instance_value(instance, by) : NULL;
	char *word = value != NULL ? hostline_word(value) : NULL;

	free(value);
	return word;
}

void
view_add(struct view *view, struct roster *roster,
    const struct instance *instance)
{
	struct roster_entry entry = { .id = instance->fields[INSTANCE_ID] };
	char *text, *group, *sort;

	if (view->self != NULL && strcmp(view->self, entry.id) == 0)
		return;
	group = group_of(view, instance);
	if (view->group_by != NULL && group == NULL) {
		msg_chat(entry.id, "is in no group");
		return;
	}
	text = render(view, instance);
	if (text == NULL) {
		tell_skipped(view, instance);
		free(group);
		return;
	}
	sort = sort_key(view, instance, view->group_by != NULL ? group : NULL);
	entry.sort = sort;
	entry.group = group;
	if (!roster_add(roster, &entry, text))
		msg_die(3, "cannot keep the list in a temporary file: %s",
		    strerror(errno));
	free(text);
	free(group);
	free(sort);
}

/* The names of all entries, sorted. */
struct names {
	const char	**list;
	size_t		 count;
};

static int
compare(const void *one, const void *other)
{
	const char *const *a = one, *const *b = other;

	return strcmp(*a, *b);
}

static void
find_names(struct names *names, const struct roster *roster)
{
	struct roster_entry entry;

	names->list = mem_zero(roster_count(roster) * sizeof(*names->list));
	for (size_t i = 0; i < roster_count(roster); i++) {
		roster_entry(roster, i, &entry);
		if (entry.group != NULL)
			names->list[names->count++] = entry.group;
	}
	qsort(names->list, names->count, sizeof(*names->list), compare);
}

/* Have several that name? */
static bool
is_shared(const struct names *names, const char *name)
{
	const char **at = bsearch(&name, names->list, names->count,
	    sizeof(*names->list), compare);
	size_t i = (size_t)(at - names->list);

	return (i > 0 && strcmp(names->list[i - 1], name) == 0) ||
	    (i + 1 < names->count && strcmp(names->list[i + 1], name) == 0);
}

/* A pattern's characters would make it stand for others. */
static bool
is_alias(const char *name)
{
	return *name != '-' && name[strcspn(name, "*?!,\"'")] == '\0';
}

/* "Host" and what it goes by: its id, and its name, behind which stands the id
 * if others have it too. */
static void
print_config_head(const struct names *names, const struct roster_entry *entry)
{
	printf("Host %s", entry->id);
	if (entry->group != NULL && is_alias(entry->group)) {
		printf(" %s", entry->group);
		if (is_shared(names, entry->group))
			printf("-%s", entry->id);
	}
	putchar('\n');
}

static bool
is_wanted(const struct view *view, const struct roster_entry *entry,
    const struct roster_entry *before)
{
	if (view->groups)
		return before == NULL || strcmp(entry->group, before->group) !=
		    0;
	return view->group == NULL || strcmp(entry->group, view->group) == 0;
}

static void
print_entry(const struct view *view, const struct names *names, bool first,
    const struct roster_entry *entry, const char *text)
{
	switch (view->kind) {
	case VIEW_JSON:
		printf("%s%s", first ? "" : ",\n", text);
		break;
	case VIEW_SSH_CONFIG:
		print_config_head(names, entry);
		fputs(text, stdout);
		break;
	default:
		if (view->groups)
			puts(entry->group);
		else if (view->group_by != NULL && view->group == NULL)
			printf("%s: %s\n", entry->group, text);
		else
			puts(text);
	}
}

bool
view_print(const struct view *view, const struct roster *roster)
{
	struct roster_entry entry, before;
	struct names names = { 0 };
	bool well = true;

	if (view->kind == VIEW_SSH_CONFIG)
		find_names(&names, roster);
	if (view->skipped > TOLD)
		msg_warn("%zu more are skipped likewise",
		    view->skipped - TOLD);
	if (view->kind == VIEW_JSON)
		puts("[");
	for (size_t i = 0; well && i < roster_count(roster); i++) {
		char *text;

		roster_entry(roster, i, &entry);
		if (!is_wanted(view, &entry, i > 0 ? &before : NULL))
			continue;
		before = entry;
		text = roster_text(roster, i);
		well = text != NULL;
		if (well)
			print_entry(view, &names, i == 0, &entry, text);
		free(text);
	}
	if (view->kind == VIEW_JSON)
		puts("\n]");
	free(names.list);
	return well;
}

void
view_print_one(struct view *view, const struct instance *instance)
{
	char *text = render(view, instance);

	if (text == NULL)
		tell_skipped(view, instance);
	else
		puts(text);
	fflush(stdout);
	free(text);
}
