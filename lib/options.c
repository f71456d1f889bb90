/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "options.h"
#include "options_help.h"
#include "quote.h"

#define LONG_ONLY 256	/* getopt's value of row N: LONG_ONLY + N */

/* All rows in one array, and the same for getopt_long(3). */
struct reader {
	const struct option_row **rows;
	size_t		 count;
	struct option	*longs;
	char		*shorts;
	void		*settings;
	int		 argc;
	char		**argv;
};

_Noreturn void
options_usage_error(const char *format, ...)
{
	struct buf words = { 0 };
	va_list args;

	va_start(args, format);
	buf_vaddf(&words, format, args);
	va_end(args);
	msg_die(2, "error: %s", buf_text(&words));
}

void
options_append(char ***list, const char *text)
{
	size_t count = 0;

	while (*list != NULL && (*list)[count] != NULL)
		count++;
	*list = mem_resize(*list, count + 2, sizeof(**list));
	(*list)[count] = mem_dup(text);
	(*list)[count + 1] = NULL;
}

static void
append_words(char ***list, const char *name, const char *text)
{
	char **words = quote_split(text);

	if (words == NULL)
		options_usage_error("%s: unbalanced quotes in \"%s\"", name,
		    text);
	for (char **word = words; *word != NULL; word++)
		options_append(list, *word);
	mem_free_all(words);
}

static void
set_number(const struct option_row *row, void *at, const char *name,
    const char *text)
{
	long value;
	bool well = num_parse(text, LONG_MIN, LONG_MAX, &value);

	if (!well && row->kind == OPTION_SECONDS)
		well = num_seconds(text, &value);
	if (!well)
		options_usage_error("option %s: invalid integer value: '%s'",
		    name, text);
	if (value < row->least)
		options_usage_error("option %s: %s is less than %ld", name,
		    text, row->least);
	if (value > row->most)
		options_usage_error("option %s: %s is more than %ld", name,
		    text, row->most);
	memcpy(at, &value, sizeof(value));
}

/* NAME is how the user gave it: "-t", "--timeout" or an environment name. */
static void
set_value(void *settings, const struct option_row *row, const char *name,
    const char *text)
{
	char *at = (char *)settings + row->offset;
	uint64_t size;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		break;
	case OPTION_NUMBER:
	case OPTION_SECONDS:
		set_number(row, at, name, text);
		break;
	case OPTION_SIZE:
		if (!num_size(text, &size))
			options_usage_error("option %s: invalid size: '%s'",
			    name, text);
		memcpy(at, &size, sizeof(size));
		break;
	case OPTION_TEXT:
		free(*(char **)at);
		*(char **)at = mem_dup(text);
		break;
	case OPTION_LIST:
		options_append((char ***)at, text);
		break;
	case OPTION_WORDS:
		append_words((char ***)at, name, text);
		break;
	default:
		break;
	}
}

static bool
is_false(const char *text)
{
	return strcmp(text, "0") == 0 || strcasecmp(text, "no") == 0 ||
	    strcasecmp(text, "false") == 0 || strcasecmp(text, "off") == 0;
}

/* CPSSH_NAME comes before PSSH_NAME; an empty one is none. */
static void
read_environment(const struct reader *reader)
{
	for (size_t i = 0; i < reader->count; i++) {
		const struct option_row *row = reader->rows[i];
		char *name;
		const char *value;

		if (row->env == NULL)
			continue;
		name = mem_print("CPSSH_%s", row->env);
		value = getenv(name);
		if (value == NULL || *value == '\0') {
			memmove(name, name + 1, strlen(name));
			value = getenv(name);
		}
		if (value != NULL && *value != '\0' &&
		    !(row->kind == OPTION_FLAG && is_false(value)))
			set_value(reader->settings, row, name, value);
		free(name);
	}
}

static void
gather(struct reader *reader, const struct option_rows *rows)
{
	struct buf shorts = { 0 };

	buf_adds(&shorts, "+:");	/* end at the first operand */
	for (size_t t = 0; rows->tables[t] != NULL; t++) {
		const struct option_row *row = rows->tables[t];

		for (; row->name != NULL; row++) {
			size_t n = reader->count++;

			reader->rows = mem_resize(reader->rows, n + 1,
			    sizeof(*reader->rows));
			reader->longs = mem_resize(reader->longs, n + 2,
			    sizeof(*reader->longs));
			reader->rows[n] = row;
			reader->longs[n] = (struct option){
				.name = row->name,
				.has_arg = row->metavar != NULL,
				.val = LONG_ONLY + (int)n,
			};
			reader->longs[n + 1] = (struct option){ 0 };
			if (row->letter != '\0')
				buf_addc(&shorts, row->letter);
			if (row->letter != '\0' && row->metavar != NULL)
				buf_addc(&shorts, ':');
		}
	}
	reader->shorts = buf_release(&shorts);
}

/* getopt finds WORD, "--pr=x", ambiguous.  It is not if only one of pssh's
 * options begins so: what worked there works here, whatever we add. */
static const struct option_row *
pssh_meant(const struct reader *reader, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	const struct option_row *found = NULL;

	for (size_t i = 0; i < reader->count; i++) {
		const struct option_row *row = reader->rows[i];

		if (!row->pssh || strncmp(row->name, word + 2, len) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = row;
	}
	return found;
}

static const struct option_row *
by_letter(const struct reader *reader, int letter)
{
	for (size_t i = 0; i < reader->count; i++)
		if (reader->rows[i]->letter == letter && letter != '\0')
			return reader->rows[i];
	return NULL;
}

/* WORD begins no option, or more than one. */
_Noreturn static void
tell_unknown(const struct reader *reader, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	struct buf names = { 0 };

	for (size_t i = 0; i < reader->count; i++)
		if (strncmp(reader->rows[i]->name, word + 2, len) == 0)
			buf_addf(&names, "%s--%s", names.len > 0 ? ", " : "",
			    reader->rows[i]->name);
	if (names.len == 0)
		options_usage_error("no such option: %s", word);
	options_usage_error("ambiguous option: %.*s (%s?)", (int)len + 2, word,
	    buf_text(&names));
}

/* getopt has refused a word: take it as pssh would have, or say why not. */
static const struct option_row *
second_look(const struct reader *reader, int letter, const char **value)
{
	const char *word = reader->argv[optind - 1], *equals;
	const struct option_row *row;

	if (letter != 0 && letter < LONG_ONLY)
		options_usage_error("no such option: -%c", letter);
	if (letter >= LONG_ONLY)
		options_usage_error("--%s option does not take a value",
		    reader->rows[letter - LONG_ONLY]->name);
	row = pssh_meant(reader, word);
	if (row == NULL)
		tell_unknown(reader, word);
	equals = strchr(word, '=');
	if (row->metavar == NULL && equals != NULL)
		options_usage_error("--%s option does not take a value",
		    row->name);
	*value = equals == NULL ? NULL : equals + 1;
	if (row->metavar != NULL && equals == NULL) {
		if (optind >= reader->argc)
			options_usage_error("--%s option requires an argument",
			    row->name);
		*value = reader->argv[optind++];
	}
	return row;
}

static void
need_argument(const struct reader *reader, int letter)
{
	if (letter >= LONG_ONLY)
		options_usage_error("--%s option requires an argument",
		    reader->rows[letter - LONG_ONLY]->name);
	options_usage_error("-%c option requires an argument", letter);
}

static void
read_arguments(const struct reader *reader, const struct option_rows *rows)
{
	int said;

	opterr = 0;
	while ((said = getopt_long(reader->argc, reader->argv, reader->shorts,
	    reader->longs, NULL)) != -1) {
		const struct option_row *row;
		const char *value = optarg;
		char name[40];

		if (said == ':')
			need_argument(reader, optopt);
		if (said == '?')
			row = second_look(reader, optopt, &value);
		else if (said >= LONG_ONLY)
			row = reader->rows[said - LONG_ONLY];
		else
			row = by_letter(reader, said);
		if (row->kind == OPTION_HELP)
			options_help(rows);
		if (row->kind == OPTION_VERSION)
			options_version();
		if (said < LONG_ONLY && said != '?')
			snprintf(name, sizeof(name), "-%c", said);
		else
			snprintf(name, sizeof(name), "--%s", row->name);
		set_value(reader->settings, row, name, value);
	}
}

int
options_read(const struct option_rows *rows, void *settings, int argc,
    char **argv)
{
	struct reader reader = {
		.settings = settings,
		.argc = argc,
		.argv = argv,
	};

	gather(&reader, rows);
	read_environment(&reader);
	read_arguments(&reader, rows);
	free(reader.rows);
	free(reader.longs);
	free(reader.shorts);
	return optind;
}

void
options_free(const struct option_row *row, void *settings)
{
	for (; row->name != NULL; row++) {
		void *at = (char *)settings + row->offset;

		switch (row->kind) {
		case OPTION_TEXT:
			free(*(char **)at);
			break;
		case OPTION_LIST:
		case OPTION_WORDS:
			mem_free_all(*(char ***)at);
			break;
		default:
			break;
		}
	}
}
