/* SPDX-License-Identifier: BSD-2-Clause */
/* cpssh: run a command on many hosts at once. */
#include "config.h"

#include <stddef.h>

#include "front.h"
#include "op_exec.h"

#define AT(member) offsetof(struct plan, member)

static const struct option_row options[] = {
	{ '\0', "inline-stdout", NULL, "without stderr",
	    OPTION_FLAG, AT(inline_stdout), .pssh = true },
	{ 'P', "print", NULL, "live, by line", OPTION_FLAG, AT(print),
	    .env = "PRINT", .pssh = true },
	{ 'I', "send-input", NULL, "send stdin to all",
	    OPTION_FLAG, AT(send_input), .pssh = true },
	{ '\0', "input", "FILE", "send FILE to all", OPTION_TEXT, AT(input) },
	{ 'G', "print-config", NULL, "print, as ssh -G",
	    OPTION_FLAG, AT(print_config) },
	{ .name = NULL },
};

/* -G prints configurations one after the other and nothing else. */
static void
only_print_config(struct plan *plan)
{
	plan->par = 1;
	plan->timeout = 0;
	plan->print = plan->inline_out = false;
	plan->inline_stdout = plan->no_headers = plan->no_progress = true;
	plan->max_output = 0;
}

static void
take_operands(struct plan *plan, char **operands, int count)
{
	plan->op = &op_exec;
	if (plan->print_config)
		only_print_config(plan);
	else if (count > 0)
		plan->command = front_join(operands, count);
	else if (!plan->send_input && plan->input == NULL)
		options_usage_error("Command not specified.");
}

static const struct command cpssh = {
	.name = "cpssh",
	.usage = "[OPTIONS] command [arg...]",
	.summary = "Run a command on many hosts at once.",
	.options = options,
	.timeout = 60,
	.take_operands = take_operands,
};

int
main(int argc, char **argv)
{
	return front_main(&cpssh, argc, argv);
}
