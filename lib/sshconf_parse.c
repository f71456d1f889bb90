/* SPDX-License-Identifier: BSD-2-Clause */
/* From lines of text to lines of the configuration. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pattern.h"
#include "sshconf_priv.h"

#define BLANKS " \t\r\n"

struct sshconf_line *
sshconf_add_line(struct sshconf *conf, enum sshconf_op op, enum sshconf_id id)
{
	struct sshconf_line *line;

	/* Grow by doubling; the room is the next power of two. */
	if ((conf->count & (conf->count - 1)) == 0)
		conf->lines = mem_resize(conf->lines,
		    conf->count == 0 ? 1 : conf->count * 2,
		    sizeof(*conf->lines));
	line = &conf->lines[conf->count++];
	*line = (struct sshconf_line){ .op = op, .id = id };
	return line;
}

void
sshconf_clear_line(struct sshconf_line *line)
{
	free(line->text);
	mem_free_all(line->words);
	for (size_t i = 0; i < line->test_count; i++) {
		mem_free_all(line->tests[i].patterns);
		free(line->tests[i].command);
	}
	free(line->tests);
	*line = (struct sshconf_line){ .id = ID_IGNORED };
}

/* A word that is not in the table: an error, unless an earlier IgnoreUnknown
 * has it for every host.  If one has it for some hosts only, it depends. */
static char *
unknown_word(struct sshconf_where *where, const char *word)
{
	struct sshconf *conf = where->conf;
	char *error = mem_print("%s: line %u: Bad configuration option: %s",
	    where->file, where->number, word);
	const struct sshconf_line *first = NULL;
	struct sshconf_line *line;
	size_t count = 0;
	bool found = false;

	for (size_t i = conf->first_ignore; i < conf->count && !found; i++) {
		if (conf->lines[i].op != LINE_VALUE ||
		    conf->lines[i].id != ID_IGNOREUNKNOWN)
			continue;
		if (first == NULL)
			first = &conf->lines[i];
		found = pattern_list(conf->lines[i].text, word, true) == 1;
		if (found && &conf->lines[i] == first && first->value == 0) {
			free(error);
			return NULL;
		}
		/* Nothing after one that holds for all can count. */
		if (conf->lines[i].value == 0)
			break;
	}
	if (!found)
		return error;
	line = sshconf_add_line(conf, LINE_UNKNOWN, ID_UNKNOWN);
	line->text = error;
	line->words = sshconf_add_word(NULL, &count, word);
	return NULL;
}

/* The open block ends before the line that comes next. */
static void
end_block(struct sshconf_where *where)
{
	if (where->block != 0)
		where->conf->lines[where->block].end = where->conf->count;
}

static char *
parse_host(struct sshconf_where *where, struct sshconf_args *args)
{
	struct sshconf_line *line =
	    sshconf_add_line(where->conf, LINE_HOST, ID_HOST);
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		if (*word == '\0')
			return mem_print("keyword %s empty argument",
			    args->keyword);
		line->words = sshconf_add_word(line->words, &count, word);
	}
	if (count == 0)
		line->words = mem_zero(sizeof(*line->words));
	where->conditional = where->outer || count != 1 ||
	    strcmp(line->words[0], "*") != 0;
	return NULL;
}

/* Host and Match: a block begins. */
static char *
parse_block(struct sshconf_where *where, enum sshconf_id id,
    struct sshconf_args *args, const char *rest)
{
	if (where->option)
		return mem_print("%s directive not supported as a "
		    "command-line option", id == ID_INCLUDE ? "Include" :
		    "Host");
	if (id == ID_INCLUDE)
		return sshconf_include(where, args->words);
	end_block(where);
	where->block = where->conf->count;
	if (id == ID_HOST)
		return parse_host(where, args);
	return sshconf_parse_match(where, rest);
}

static char *
parse_option(struct sshconf_where *where, enum sshconf_id id,
    struct sshconf_args *args)
{
	struct sshconf_line *line =
	    sshconf_add_line(where->conf, LINE_VALUE, id);
	char *wrong;

	line->from_user = where->user;
	line->number = where->number;
	line->file = where->file;
	wrong = sshconf_value(line, args);
	if (wrong == NULL && sshconf_next(args) != NULL)
		wrong = mem_print("keyword %s extra arguments at end of line",
		    args->keyword);
	if (wrong == NULL && where->option && id == ID_USER &&
	    !sshconf_good_user(line->text))
		wrong = mem_dup("remote username contains invalid "
		    "characters");
	if (id == ID_IGNOREUNKNOWN) {
		line->value = where->conditional;
		if (where->conf->first_ignore == 0)
			where->conf->first_ignore = where->conf->count - 1;
	}
	if (wrong != NULL || line->id == ID_IGNORED) {
		sshconf_clear_line(line);
		where->conf->count--;
	}
	return wrong;
}

/* Put the place in front of what is wrong, unless it is there already. */
static char *
with_place(const struct sshconf_where *where, char *wrong)
{
	char *full;

	if (wrong == NULL)
		return NULL;
	full = mem_print("%s line %u: %s", where->file, where->number, wrong);
	free(wrong);
	return full;
}

static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

char *
sshconf_parse_line(struct sshconf_where *where, char *text)
{
	size_t len = strlen(text);
	char *keyword, *wrong, **words;
	struct sshconf_args args;
	enum sshconf_id id;

	while (len > 1 && strchr(BLANKS "\f", text[len - 1]) != NULL)
		text[--len] = '\0';
	keyword = sshconf_token(&text);
	if (keyword != NULL && *keyword == '\0')
		keyword = sshconf_token(&text);
	if (keyword == NULL || *keyword == '\0' || *keyword == '#')
		return NULL;
	lower(keyword);
	if (text != NULL)
		text += strspn(text, BLANKS);
	if (text == NULL || *text == '\0')
		return with_place(where, mem_print("no argument after "
		    "keyword \"%s\"", keyword));
	id = sshconf_find(keyword);
	words = sshconf_split(text);
	if (words == NULL)
		return with_place(where, mem_dup("invalid quotes"));
	args = (struct sshconf_args){
		.keyword = keyword, .words = words, .rest = text
	};
	if (id == ID_UNKNOWN)
		wrong = unknown_word(where, keyword);
	else if (sshconf_keywords[id].kind != KIND_BLOCK)
		wrong = with_place(where, parse_option(where, id, &args));
	else if (id == ID_INCLUDE && !where->option)
		wrong = parse_block(where, id, &args, text);
	else
		wrong = with_place(where, parse_block(where, id, &args,
		    text));
	mem_free_all(words);
	return wrong;
}
