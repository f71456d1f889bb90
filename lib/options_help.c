/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "msg.h"
#include "options.h"
#include "options_help.h"

/* Two columns, so that it fits a screen of 24 lines of 80. */
#define COLUMN 40
#define FLAGS 22

_Noreturn static void
printed(void)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die(1, "cannot write to stdout");
	exit(0);
}

static void
print_cell(const struct option_row *row, bool last)
{
	char *flags, *cell;

	if (row->letter != '\0')
		flags = mem_print("-%c, --%s %s", row->letter, row->name,
		    row->metavar != NULL ? row->metavar : "");
	else
		flags = mem_print("--%s %s", row->name,
		    row->metavar != NULL ? row->metavar : "");
	cell = mem_print("%-*s%s", FLAGS, flags, row->help);
	if (last)
		printf("%s\n", cell);
	else
		printf("%-*s", COLUMN, cell);
	free(flags);
	free(cell);
}

_Noreturn void
options_help(const struct option_rows *rows)
{
	const struct option_row *all[128];
	size_t count = 0, lines;

	for (size_t t = 0; rows->tables[t] != NULL; t++)
		for (const struct option_row *row = rows->tables[t];
		    row->name != NULL && count < 128; row++)
			all[count++] = row;
	printf("Usage: %s %s\n%s\n\n", msg_name(), rows->usage, rows->summary);
	lines = (count + 1) / 2;
	for (size_t i = 0; i < lines; i++) {
		bool two = i + lines < count;

		print_cell(all[i], !two);
		if (two)
			print_cell(all[i + lines], true);
	}
	printf("\nMore in %s(1); the whole family is in cpssh-tools(7).\n",
	    msg_name());
	printed();
}

_Noreturn void
options_version(void)
{
	printf("%s\n", PACKAGE_VERSION);	/* bare, as pssh's */
	printed();
}
