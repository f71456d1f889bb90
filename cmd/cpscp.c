/* SPDX-License-Identifier: BSD-2-Clause */
/* cpscp: copy files and trees to many hosts at once. */
#include "config.h"

#include <stddef.h>

#include "front.h"
#include "mem.h"
#include "op_get.h"
#include "op_put.h"
#include "tree.h"

#define AT(member) offsetof(struct plan, member)

static const struct option_row options[] = {
	{ 'r', "recursive", NULL, "directories too", OPTION_FLAG,
	    AT(recursive), .env = "RECURSIVE", .pssh = true },
	{ '\0', "preserve", NULL, "modes and times", OPTION_FLAG,
	    AT(preserve) },
	{ '\0', "download", NULL, "from the hosts", OPTION_FLAG,
	    AT(download), .pssh = true },
	{ .name = NULL },
};

static void
take_operands(struct plan *plan, char **operands, int count)
{
	if (count == 0)
		options_usage_error("Paths not specified.");
	if (count == 1)
		options_usage_error(plan->download ?
		    "Local path not specified." :
		    "Remote path not specified.");
	if (plan->download) {
		for (int i = 0; i < count - 1; i++)
			options_append(&plan->remotes, operands[i]);
		plan->localdir_path = mem_dup(operands[count - 1]);
		return;
	}
	for (int i = 0; i < count - 1; i++)
		options_append(&plan->locals, operands[i]);
	plan->target = mem_dup(operands[count - 1]);
}

/* Whatever is wrong with the sources is wrong before any host is asked. */
static void
list_sources(struct plan *plan)
{
	plan->tree = tree_new();
	for (char **path = plan->locals; *path != NULL; path++) {
		char *why = tree_add(plan->tree, *path, plan->recursive);

		if (why != NULL)
			options_usage_error("%s", why);
	}
	op_put_prepare(plan);
}

static void
prepare(struct plan *plan)
{
	char *why;

	if (!plan->download) {
		list_sources(plan);
		return;
	}
	why = op_get_prepare(plan, NULL);
	if (why != NULL)
		options_usage_error("%s", why);
}

static const struct command cpscp = {
	.name = "cpscp",
	.usage = "[OPTIONS] local... remote",
	.summary = "Copy files and directories to many hosts at once.",
	.options = options,
	.copies = true,
	.language = SSHARGS_SCP,
	.take_operands = take_operands,
	.prepare = prepare,
};

int
main(int argc, char **argv)
{
	return front_main(&cpscp, argc, argv);
}
