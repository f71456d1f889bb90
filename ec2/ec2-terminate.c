/* SPDX-License-Identifier: BSD-2-Clause */
/* ec2-terminate: end instances, and only those that are meant. */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "escape.h"
#include "filters.h"
#include "finish.h"
#include "hook.h"
#include "mem.h"
#include "msg.h"
#include "namelist.h"
#include "parting.h"
#include "pick.h"
#include "runname.h"
#include "self.h"

#define TIMEOUT 600
#define LOOKS 3				/* what is new may be seen late */
#define MASTER SYSCONFDIR "/cpssh/master.conf"
#define GONE LIBEXECDIR "/workers-gone"
#define ALIVE "pending,running,stopping,stopped"

struct settings {
	struct common	 common;
	char		**runs, **tags;
	char		*hook;
	bool		 yes, include_self, dry, wait;
	long		 timeout;

	/* Not options: */
	char		**names;	/* of instances; NULL: by filters */
	char		**ended;	/* ids */
};

#define AT(member) offsetof(struct settings, member)

static const struct option_row terminate_options[] = {
	{ '\0', "run", "ID", "launched in it", OPTION_LIST, AT(runs) },
	{ '\0', "tag", "KEY=VALUE", "globs, V,V", OPTION_LIST, AT(tags) },
	{ '\0', "yes", NULL, "do not ask", OPTION_FLAG, AT(yes) },
	{ '\0', "include-self", NULL, "this one, too", OPTION_FLAG,
	    AT(include_self) },
	{ '\0', "dry-run", NULL, "only ask EC2", OPTION_FLAG, AT(dry) },
	{ '\0', "wait", NULL, "until they are", OPTION_FLAG, AT(wait) },
	{ '\0', "timeout", "SECS", "wait no longer", OPTION_SECONDS,
	    AT(timeout), 1, 86400 },
	{ '\0', "hook", "PROGRAM", "hears of them", OPTION_TEXT, AT(hook) },
	{ .name = NULL },
};

static const struct option_row *const tables[] = {
	terminate_options, common_options, NULL,
};

static const struct option_rows options = {
	.tables = tables,
	.usage = "[OPTIONS] [ID|HOST...]",
	.summary = "Terminate instances of EC2: those named here or on stdin, "
	    "or of a run.",
};

/* --- which --- */

/* Without any selector nothing is meant, and least of all everything. */
static void
read_names(struct settings *settings, char **operands, int count)
{
	bool select = settings->runs != NULL || settings->tags != NULL;

	if (select && count > 0)
		options_usage_error("instances are named, or selected by --run "
		    "and --tag: not both");
	for (int i = 0; i < count; i++) {
		if (strcmp(operands[i], "-") == 0)
			namelist_read(&settings->names);
		else
			namelist_add(&settings->names, operands[i]);
	}
	if (!select && count == 0 && !isatty(STDIN_FILENO))
		namelist_read(&settings->names);
	if (!select && settings->names == NULL)
		options_usage_error("which instances? (ids or hosts, here or "
		    "on stdin, or --run ID, or --tag KEY=VALUE)");
}

static void
make_filters(const struct settings *settings, struct query *query)
{
	struct filters *filters = filters_new();

	for (char **run = settings->runs; run != NULL && *run != NULL; run++) {
		runname_check("run", *run, RUNNAME_MOST);
		filters_add(filters, "tag:" RUNNAME_TAG, *run);
	}
	for (char **tag = settings->tags; tag != NULL && *tag != NULL; tag++) {
		char *wrong = filters_tag(filters, *tag);

		if (wrong != NULL)
			options_usage_error("--tag: %s", wrong);
	}
	/* Names are looked for among the ended, too: to tell. */
	if (settings->names == NULL)
		filters_add(filters, "instance-state-name", ALIVE);
	filters_query(filters, query);
	filters_free(filters);
}

static bool
are_ids(char *const *names)
{
	for (; *names != NULL; names++)
		if (strncmp(*names, "i-", 2) != 0)
			return false;
	return true;
}

static size_t
count_called(const struct picks *picks, const char *name, bool staying)
{
	size_t count = 0;

	for (size_t i = 0; i < picks->count; i++)
		if (pick_is_called(&picks->list[i], name) &&
		    (!staying || pick_stays(&picks->list[i])))
			count++;
	return count;
}

/* Is there anything that is still not seen? */
static bool
is_wanting(const struct settings *settings, const struct picks *picks)
{
	if (settings->names == NULL)
		return picks->count == 0;
	for (char **name = settings->names; *name != NULL; name++)
		if (count_called(picks, *name, false) == 0)
			return true;
	return false;
}

static void
stop(void *context)
{
	http_stop(context);
}

/* All that may be meant.  EC2 may need a moment until it shows what is new. */
static void
look(struct settings *settings, const struct query *filters,
    struct picks *picks)
{
	struct common *common = &settings->common;

	for (int tries = 1; ; tries++) {
		char *why;

		if (settings->names != NULL && are_ids(settings->names))
			why = pick_ids(common->api, common->places,
			    common->place_count, settings->names, picks);
		else
			why = pick_all(common->api, common->places,
			    common->place_count, filters, picks);
		if (why != NULL)
			msg_die(COMMON_FAILED, "%s", why);
		if (tries == LOOKS || !is_wanting(settings, picks))
			return;
		pick_clear(picks);
		http_after(common->http, 1000 * tries, stop, common->http);
		http_run(common->http);
	}
}

/* Tell of one name that does not name just one.  True: it does. */
static bool
is_clear(const struct picks *picks, const char *name)
{
	size_t staying = count_called(picks, name, true);

	if (staying == 1)
		return true;
	if (staying > 1)
		msg_warn("%s is the name of %zu instances: say which by id",
		    name, staying);
	else if (count_called(picks, name, false) > 0)
		msg_warn("%s has been ended already", name);
	else
		msg_warn("%s: there is no such instance", name);
	/* What has been ended is as it was wanted. */
	return staying == 0 && count_called(picks, name, false) > 0;
}

/* Is it meant by a name, and by one that means no other? */
static bool
is_meant(char *const *names, const struct picks *picks,
    const struct pick *pick)
{
	for (; *names != NULL; names++)
		if (pick_is_called(pick, *names) &&
		    count_called(picks, *names, true) == 1)
			return true;
	return false;
}

/* Only what stays and is meant remains.  False: a name is not clear. */
static bool
sift(const struct settings *settings, struct picks *picks)
{
	char **names = settings->names;
	bool *keep, clear = true;

	for (char **name = names; name != NULL && *name != NULL; name++)
		clear = is_clear(picks, *name) && clear;
	keep = mem_zero(picks->count + 1);
	for (size_t i = 0; i < picks->count; i++)
		keep[i] = pick_stays(&picks->list[i]) && (names == NULL ||
		    is_meant(names, picks, &picks->list[i]));
	for (size_t i = picks->count; i-- > 0;)
		if (!keep[i])
			pick_drop(picks, i);
	free(keep);
	return clear;
}

/* Take out the machine that we are on.  True: it was meant, too. */
static bool
spare_self(struct picks *picks)
{
	char *why, *self = self_id(&why);
	bool found = false;

	if (why != NULL)
		msg_die(COMMON_FAILED, "whether this machine is one of them "
		    "cannot be told (--include-self, if that does not "
		    "matter): %s", why);
	for (size_t i = picks->count; self != NULL && i-- > 0;) {
		if (strcmp(picks->list[i].instance.fields[INSTANCE_ID],
		    self) != 0)
			continue;
		msg_warn("%s is this machine: it stays (--include-self ends "
		    "it)", self);
		pick_drop(picks, i);
		found = true;
	}
	free(self);
	return found;
}

/* --- whether --- */

static const char *
or_dash(const char *text)
{
	return text != NULL && *text != '\0' ? text : "-";
}

/* What its owner calls it is no more to be trusted than what others send. */
static void
show(const struct picks *picks)
{
	struct buf text = { 0 }, safe = { 0 };

	for (size_t i = 0; i < picks->count; i++) {
		char *const *fields = picks->list[i].instance.fields;

		buf_addf(&text, "%s  %s  %s  %s  %s\n", fields[INSTANCE_ID],
		    fields[INSTANCE_STATE],
		    or_dash(fields[INSTANCE_PRIVATE_IP]),
		    or_dash(fields[INSTANCE_LAUNCH_TIME]),
		    or_dash(instance_tag(&picks->list[i].instance, "Name")));
	}
	escape_add(&safe, text.data, text.len, "\n");
	fwrite(safe.data, 1, safe.len, stderr);
	buf_free(&text);
	buf_free(&safe);
}

static bool
agrees(size_t count)
{
	FILE *terminal = fopen("/dev/tty", "r+e");
	char answer[16] = "";

	if (terminal == NULL)
		options_usage_error("there is no terminal to ask on: --yes "
		    "ends them");
	fprintf(terminal, "Terminate %s%zu instance%s? [y/N] ",
	    count == 1 ? "this " : "these ", count, count == 1 ? "" : "s");
	fflush(terminal);
	if (fgets(answer, sizeof(answer), terminal) == NULL)
		fputc('\n', terminal);
	fclose(terminal);
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0;
}

static void
print_ended(void *context, const struct pick *pick)
{
	struct settings *settings = context;

	printf("%s\n", pick->instance.fields[INSTANCE_ID]);
	fflush(stdout);
	options_append(&settings->ended, pick->instance.fields[INSTANCE_ID]);
}

/* Whoever keeps account of them: on a master, Puppet and Munin.  False: it has
 * not been done, and that was told. */
static bool
tell_hook(const struct settings *settings)
{
	char gone[] = GONE, *hook = settings->hook;

	if (hook == NULL)
		hook = getenv("CPSSH_TERMINATE_HOOK");
	if (hook == NULL && access(MASTER, R_OK) == 0)
		hook = gone;
	if (hook == NULL || strcmp(hook, "none") == 0 ||
	    settings->ended == NULL)
		return true;
	return hook_tell(hook, settings->ended);
}

/* The exit status. */
static int
end_them(struct settings *settings, const struct picks *picks)
{
	struct finish finish = {
		.api = settings->common.api, .picks = picks,
		.dry = settings->dry, .ended = print_ended,
		.context = settings,
	};
	bool refused, told;
	size_t ended = finish_all(&finish, &refused), left;

	if (settings->dry && !refused)
		msg_warn("dry run: it would be done");
	told = tell_hook(settings);
	parting_set(NULL, NULL);
	parting_obey();
	if (refused || settings->dry)
		return refused ? COMMON_FAILED : COMMON_DONE;
	left = !settings->wait ? 0 :
	    finish_wait(settings->common.api, picks, settings->timeout);
	if (left == 0)
		return told ? COMMON_DONE : COMMON_SHORT;
	msg_warn("%zu of %zu are not terminated yet", left, ended);
	return COMMON_SHORT;
}

int
main(int argc, char **argv)
{
	struct settings settings = { .timeout = TIMEOUT };
	struct query filters = { 0 };
	struct picks picks = { 0 };
	int status = COMMON_DONE, operand;

	common_begin("ec2-terminate");
	operand = options_read(&options, &settings, argc, argv);
	read_names(&settings, argv + operand, argc - operand);
	make_filters(&settings, &filters);
	common_connect(&settings.common);
	look(&settings, &filters, &picks);
	if (picks.count == 0 && settings.names == NULL) {
		msg_warn("no instance that could be ended matches");
		status = COMMON_SHORT;
	}
	if (!sift(&settings, &picks))
		status = COMMON_SHORT;
	if (!settings.include_self && picks.count > 0 && spare_self(&picks) &&
	    settings.names != NULL)
		status = COMMON_SHORT;
	if (picks.count > 0 && !settings.yes && !settings.dry) {
		show(&picks);
		if (!agrees(picks.count)) {
			msg_warn("nothing is ended");
			status = COMMON_SHORT;
			pick_clear(&picks);
		}
	}
	if (picks.count > 0) {
		int ended = end_them(&settings, &picks);

		if (ended > status)
			status = ended;
	}
	pick_clear(&picks);
	query_clear(&filters);
	mem_free_all(settings.names);
	mem_free_all(settings.ended);
	options_free(terminate_options, &settings);
	return common_end(&settings.common, status);
}
