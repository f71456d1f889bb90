/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of the keywords, one reader a kind. */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "mem.h"
#include "sshconf_priv.h"

#define MOST_HOSTS_FILES 32	/* as OpenSSH */

static char *
missing(void)
{
	return mem_dup("missing argument.");
}

/* The next word, if it is there and not empty. */
static char *
need(struct sshconf_args *args)
{
	char *word = sshconf_next(args);

	return word == NULL || *word == '\0' ? NULL : word;
}

static char *
parse_choice(struct sshconf_line *line, struct sshconf_args *args)
{
	const struct sshconf_choice *choice =
	    sshconf_keywords[line->id].choices;
	const char *word = need(args);

	if (word == NULL)
		return missing();
	for (; choice->word != NULL; choice++) {
		if (strcasecmp(choice->word, word) == 0) {
			line->value = choice->number;
			line->text = mem_dup(choice->shown);
			return NULL;
		}
	}
	return mem_print("unsupported option \"%s\".", word);
}

static char *
parse_int(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *wrong = sshconf_number(sshconf_next(args), INT_MAX,
	    &line->value);

	if (wrong != NULL)
		return mem_print("integer value %s.", wrong);
	line->text = mem_print("%ld", line->value);
	return NULL;
}

static char *
parse_time(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = need(args);

	if (word == NULL)
		return mem_dup("missing time value.");
	if (strcmp(word, "none") == 0) {
		/* The same as not having been set, so a later line may. */
		line->id = ID_IGNORED;
		return NULL;
	}
	if (!sshconf_seconds(word, &line->value))
		return mem_dup("invalid time value.");
	line->text = mem_print("%ld", line->value);
	return NULL;
}

static char *
parse_string(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = need(args);

	if (word == NULL)
		return missing();
	line->text = mem_dup(word);
	return NULL;
}

/* The rest of the line as it stands: a shell will read it. */
static char *
parse_command(struct sshconf_line *line, struct sshconf_args *args)
{
	line->text = mem_dup(args->rest + strspn(args->rest, " \t\r\n="));
	while (sshconf_next(args) != NULL)
		continue;
	return NULL;
}

static char *
parse_port(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = need(args);

	if (word == NULL)
		return missing();
	line->value = sshconf_port(word);
	if (line->value <= 0)
		return mem_print("Bad port '%s'.", word);
	line->text = mem_print("%ld", line->value);
	return NULL;
}

static char *
parse_words(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		if (*word == '\0')
			return mem_print("keyword %s empty argument",
			    args->keyword);
		if (strcasecmp(word, "none") == 0 &&
		    (count > 0 || *args->words != NULL))
			return mem_print("keyword %s \"none\" argument must "
			    "appear alone.", args->keyword);
		if (line->id != ID_LOGVERBOSE && count == MOST_HOSTS_FILES)
			return mem_print("too many %s entries.",
			    args->keyword);
		line->words = sshconf_add_word(line->words, &count, word);
	}
	/* Nothing but a comment sets nothing. */
	if (count == 0)
		line->id = ID_IGNORED;
	return NULL;
}

static char *
parse_algorithms(struct sshconf_line *line, struct sshconf_args *args)
{
	enum algorithms kind = sshconf_keywords[line->id].algorithms;
	const char *word = need(args);

	if (word == NULL)
		return missing();
	line->text = algorithms_assemble(kind, word);
	line->reordered = *word != '+' && *word != '-';
	if (line->text != NULL)
		return NULL;
	switch (kind) {
	case ALGORITHMS_CIPHER:
		return mem_print("Bad SSH2 cipher spec '%s'.", word);
	case ALGORITHMS_MAC:
		return mem_print("Bad SSH2 MAC spec '%s'.", word);
	case ALGORITHMS_KEX:
		return mem_print("Bad SSH2 KexAlgorithms '%s'.", word);
	default:
		return mem_print("Bad key types '%s'.", word);
	}
}

static char *
parse_sendenv(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		if (*word == '\0' || strchr(word, '=') != NULL)
			return mem_dup("Invalid environment name.");
		line->words = sshconf_add_word(line->words, &count, word);
	}
	if (count == 0)
		line->id = ID_IGNORED;
	return NULL;
}

/* Is the name before '=' in WORD one of those in WORDS? */
static bool
name_is_there(char **words, const char *word)
{
	size_t len = strcspn(word, "=") + 1;

	for (; words != NULL && *words != NULL; words++)
		if (strncmp(*words, word, len) == 0)
			return true;
	return false;
}

static char *
parse_setenv(struct sshconf_line *line, struct sshconf_args *args)
{
	size_t count = 0;
	char *word;

	while ((word = sshconf_next(args)) != NULL) {
		if (strchr(word, '=') == NULL)
			return mem_dup("Invalid SetEnv.");
		if (!name_is_there(line->words, word))
			line->words = sshconf_add_word(line->words, &count,
			    word);
	}
	if (count == 0)
		line->id = ID_IGNORED;
	return NULL;
}

/* The path of an agent's socket, or "$NAME" or "${NAME}". */
static char *
check_agent(const char *word)
{
	char *error = NULL;
	char *path = sshconf_expand(NULL, word, NULL, true, &error);

	free(error);
	if (path == NULL)
		return mem_print("Invalid environment expansion %s.", word);
	free(path);
	if (*word == '$' && word[1] != '{' && (word[1] == '\0' ||
	    word[1 + strspn(word + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0'))
		return mem_print("Invalid environment name %s.", word);
	return NULL;
}

static char *
parse_agent(struct sshconf_line *line, struct sshconf_args *args)
{
	const char *word = need(args);

	if (word == NULL)
		return missing();
	line->text = mem_dup(word);
	return check_agent(word);
}

/* Yes or no, or a path, which is a yes as well. */
static char *
parse_forward_agent(struct sshconf_line *line, struct sshconf_args *args)
{
	static const char *const words[] = { "no", "false", "yes", "true" };
	const char *word = need(args);

	if (word == NULL)
		return missing();
	for (int i = 0; i < 4; i++) {
		if (strcasecmp(word, words[i]) == 0) {
			line->value = i / 2;
			line->text = mem_dup(words[i / 2 * 2]);
			return NULL;
		}
	}
	line->id = ID_AGENTPATH;
	line->value = 1;
	line->text = mem_dup(word);
	return check_agent(word);
}

static char *
parse_ignored(struct sshconf_line *line, struct sshconf_args *args)
{
	line->id = ID_IGNORED;
	while (sshconf_next(args) != NULL)
		continue;
	return NULL;
}

static char *
parse_unsupported(struct sshconf_line *line, struct sshconf_args *args)
{
	line->text = mem_dup(args->keyword);
	while (sshconf_next(args) != NULL)
		continue;
	return NULL;
}

char *
sshconf_value(struct sshconf_line *line, struct sshconf_args *args)
{
	static sshconf_parser *const parsers[] = {
		[KIND_CHOICE] = parse_choice,
		[KIND_INT] = parse_int,
		[KIND_TIME] = parse_time,
		[KIND_STRING] = parse_string,
		[KIND_COMMAND] = parse_command,
		[KIND_PORT] = parse_port,
		[KIND_WORDS] = parse_words,
		[KIND_ALGORITHMS] = parse_algorithms,
		[KIND_SENDENV] = parse_sendenv,
		[KIND_SETENV] = parse_setenv,
		[KIND_FORWARDAGENT] = parse_forward_agent,
		[KIND_AGENT] = parse_agent,
		[KIND_JUMP] = sshconf_parse_jump,
		[KIND_FORWARD] = sshconf_parse_forward,
		[KIND_PERMITOPEN] = sshconf_parse_open,
		[KIND_IGNORED] = parse_ignored,
		[KIND_UNSUPPORTED] = parse_unsupported,
	};
	enum sshconf_kind kind = sshconf_keywords[line->id].kind;

	if (kind < sizeof(parsers) / sizeof(*parsers) &&
	    parsers[kind] != NULL)
		return parsers[kind](line, args);
	return sshconf_parse_rare(line, args);
}
