/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"
#include "mem.h"
#include "namelist.h"
#include "options.h"
#include "target.h"

#define LONGEST 65536

struct list {
	char		***names;
	struct lines	 lines;
	unsigned long	 number;	/* of the line */
};

static void
add(char ***names, const char *text, const char *where)
{
	struct target target;
	char *wrong = target_parse(&target, text);

	if (wrong != NULL)
		options_usage_error("%s%s (nothing is done)", where, wrong);
	options_append(names, target.host);
	target_clear(&target);
}

void
namelist_add(char ***names, const char *operand)
{
	if (*operand == '-')
		options_usage_error("%s: options stand before names (nothing "
		    "is done)", operand);
	add(names, operand, "");
}

static void
take_line(void *context, const char *line, size_t len)
{
	struct list *list = context;
	char *text = mem_ndup(line, len), *where;
	size_t end = strcspn(text, "#");

	list->number++;
	if (list->lines.cut || memchr(line, '\0', len) != NULL)
		options_usage_error("stdin: line %lu is no name (nothing is "
		    "done)", list->number);
	while (end > 0 && strchr(" \t\r", text[end - 1]) != NULL)
		end--;
	text[end] = '\0';
	where = mem_print("stdin: line %lu: ", list->number);
	if (text[strspn(text, " \t")] != '\0')
		add(list->names, text + strspn(text, " \t"), where);
	free(where);
	free(text);
}

void
namelist_read(char ***names)
{
	struct list list = { .names = names, .lines.longest = LONGEST };
	char text[4096];
	ssize_t got;

	while ((got = read(STDIN_FILENO, text, sizeof(text))) != 0) {
		if (got > 0)
			lines_feed(&list.lines, text, (size_t)got, take_line,
			    &list);
		else if (errno != EINTR)
			options_usage_error("stdin: %s", strerror(errno));
	}
	lines_end(&list.lines, take_line, &list);
	buf_free(&list.lines.part);
}
