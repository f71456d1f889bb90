/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the criteria of a Match line. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "sshconf_priv.h"

static const struct {
	const char *name;
	enum sshconf_criterion what;
	bool	 alone;		/* takes no argument */
} criteria[] = {
	{ "canonical", TEST_CANONICAL, true },
	{ "final", TEST_FINAL, true },
	{ "host", TEST_HOST, false },
	{ "originalhost", TEST_ORIGINALHOST, false },
	{ "user", TEST_USER, false },
	{ "localuser", TEST_LOCALUSER, false },
	{ "tagged", TEST_TAGGED, false },
	{ "exec", TEST_EXEC, false },
};

static bool
is_criterion(const char *name)
{
	name += *name == '!';
	for (size_t i = 0; i < sizeof(criteria) / sizeof(*criteria); i++)
		if (strcasecmp(name, criteria[i].name) == 0)
			return !criteria[i].alone;
	return false;
}

/* The entries of the comma-separated LIST. */
static char **
split_list(const char *list)
{
	char **patterns = NULL;
	size_t count = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		char *entry = mem_ndup(list, len);

		patterns = sshconf_add_word(patterns, &count, entry);
		free(entry);
		if (list[len] == '\0')
			return patterns;
		list += len + 1;
	}
}

static void
add_test(struct sshconf_line *line, enum sshconf_criterion what,
    bool negated, const char *arg)
{
	struct sshconf_test *test;

	line->tests = mem_resize(line->tests, line->test_count + 1,
	    sizeof(*line->tests));
	test = &line->tests[line->test_count++];
	*test = (struct sshconf_test){ .what = what, .negated = negated };
	if (what == TEST_EXEC)
		test->command = mem_dup(arg);
	else if (arg != NULL)
		test->patterns = split_list(arg);
}

/* "all" must be the last, and may follow one criterion at most. */
static char *
read_all(struct sshconf_line *line, bool negated, char *const *after)
{
	if (line->test_count > 1 ||
	    (*after != NULL && **after != '\0' && **after != '#'))
		return mem_dup("'all' cannot be combined with other Match "
		    "attributes");
	add_test(line, TEST_ALL, negated, NULL);
	return NULL;
}

/* Read the criterion that begins at **TOKENS and move behind it. */
static char *
read_test(struct sshconf_line *line, char ***tokens)
{
	const char *name = *(*tokens)++, *arg = NULL;
	bool negated = *name == '!';

	name += negated;
	for (size_t i = 0; i < sizeof(criteria) / sizeof(*criteria); i++) {
		if (strcasecmp(name, criteria[i].name) != 0)
			continue;
		if (!criteria[i].alone) {
			arg = **tokens;
			if (arg == NULL || *arg == '\0' || *arg == '#')
				return mem_print("missing criteria for %s",
				    name);
			++*tokens;
		}
		add_test(line, criteria[i].what, negated, arg);
		return NULL;
	}
	return mem_print("unsupported attribute %s", name);
}

static char *
read_tests(struct sshconf_line *line, char **tokens)
{
	char *wrong = NULL;

	while (wrong == NULL && *tokens != NULL && **tokens != '#') {
		if (strcasecmp(*tokens, "all") == 0 ||
		    strcasecmp(*tokens, "!all") == 0)
			return read_all(line, **tokens == '!', tokens + 1);
		wrong = read_test(line, &tokens);
	}
	if (wrong == NULL && line->test_count == 0)
		wrong = mem_dup("one or more attributes required");
	return wrong;
}

/* The tokens of a Match line as OpenSSH has read them up to 9.8. */
static char **
old_tokens(const char *text)
{
	char **tokens = mem_zero(sizeof(*tokens));
	char *copy = mem_dup(text), *rest = copy, *token;
	size_t count = 0;

	while ((token = sshconf_token(&rest)) != NULL &&
	    (*token != '\0' || rest != NULL))
		tokens = sshconf_add_word(tokens, &count, token);
	free(copy);
	return tokens;
}

/* The same since then: words, of which some are "name=argument". */
static char **
new_tokens(const char *text)
{
	char **words = sshconf_split(text);
	char **tokens = mem_zero(sizeof(*tokens));
	size_t count = 0;

	for (char **word = words; word != NULL && *word != NULL; word++) {
		size_t len = strcspn(*word, "=");
		char *name = mem_ndup(*word, len);

		/* An argument may have a '=' too, but no name before it. */
		if ((*word)[len] == '=' && is_criterion(name)) {
			tokens = sshconf_add_word(tokens, &count, name);
			tokens = sshconf_add_word(tokens, &count,
			    *word + len + 1);
		} else {
			tokens = sshconf_add_word(tokens, &count, *word);
		}
		free(name);
	}
	mem_free_all(words);
	return tokens;
}

/* Both ways of reading agree on most lines; where the old one cannot read a
 * line, it may be meant for a newer ssh. */
char *
sshconf_parse_match(struct sshconf_where *where, const char *text)
{
	struct sshconf_line *line =
	    sshconf_add_line(where->conf, LINE_MATCH, ID_MATCH);
	char **tokens = old_tokens(text);
	char *wrong = read_tests(line, tokens), *again, *full;

	if (wrong != NULL) {
		mem_free_all(tokens);
		sshconf_clear_line(line);
		line->op = LINE_MATCH;
		line->id = ID_MATCH;
		tokens = new_tokens(text);
		again = read_tests(line, tokens);
		if (again == NULL) {
			free(wrong);
			wrong = NULL;
		}
		free(again);
	}
	mem_free_all(tokens);
	for (size_t i = 0; i < line->test_count; i++)
		if (line->tests[i].what == TEST_FINAL)
			where->conf->two_passes = true;
	where->conditional = where->outer || line->test_count != 1 ||
	    line->tests[0].what != TEST_ALL || line->tests[0].negated;
	if (wrong == NULL)
		return NULL;
	full = mem_print("Bad Match condition: %s", wrong);
	free(wrong);
	return full;
}
