/* SPDX-License-Identifier: BSD-2-Clause */
/* cpslurp: copy a file or tree from many hosts at once. */
#include "config.h"

#include <stddef.h>

#include "front.h"
#include "mem.h"
#include "op_get.h"

#define AT(member) offsetof(struct plan, member)

static const struct option_row options[] = {
	{ 'r', "recursive", NULL, "copy trees", OPTION_FLAG, AT(recursive),
	    .env = "RECURSIVE", .pssh = true },
	{ 'L', "localdir", "DIR", "where to: here", OPTION_TEXT,
	    AT(localdir_path), .env = "LOCALDIR", .pssh = true },
	{ '\0', "preserve", NULL, "modes and times", OPTION_FLAG,
	    AT(preserve) },
	{ .name = NULL },
};

static void
take_operands(struct plan *plan, char **operands, int count)
{
	if (count == 0)
		options_usage_error("Paths not specified.");
	if (count == 1)
		options_usage_error("Local path not specified.");
	if (count > 2)
		options_usage_error(
		    "Extra arguments given after the local path.");
	if (*operands[1] == '\0')
		options_usage_error("the local path is empty");
	options_append(&plan->remotes, operands[0]);
	plan->target = mem_dup(operands[1]);
	if (plan->localdir_path == NULL)
		plan->localdir_path = mem_dup(".");
}

static void
prepare(struct plan *plan)
{
	char *words = op_get_prepare(plan, plan->target);

	if (words != NULL)
		options_usage_error("%s", words);
}

static const struct command cpslurp = {
	.name = "cpslurp",
	.usage = "[OPTIONS] remote local",
	.summary = "Copy a file or tree from many hosts at once.",
	.options = options,
	.language = SSHARGS_SCP,
	.take_operands = take_operands,
	.prepare = prepare,
};

int
main(int argc, char **argv)
{
	return front_main(&cpslurp, argc, argv);
}
