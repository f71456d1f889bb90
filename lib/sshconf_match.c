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
	{ "canonical", TEST_FINAL, true },
	{ "final", TEST_FINAL, true },
	{ "host", TEST_HOST, false },
	{ "originalhost", TEST_ORIGINALHOST, false },
	{ "user", TEST_USER, false },
	{ "localuser", TEST_LOCALUSER, false },
	{ "tagged", TEST_TAGGED, false },
	{ "exec", TEST_EXEC, false },
};

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
read_all(struct sshconf_line *line, bool negated, char **text)
{
	const char *after = sshconf_token(text);

	if (line->test_count > 1 ||
	    (after != NULL && *after != '\0' && *after != '#'))
		return mem_dup("'all' cannot be combined with other Match "
		    "attributes");
	add_test(line, TEST_ALL, negated, NULL);
	*text = NULL;
	return NULL;
}

/* Read the criterion called NAME, its argument from *TEXT. */
static char *
read_test(struct sshconf_where *where, struct sshconf_line *line,
    const char *name, char **text)
{
	bool negated = *name == '!';
	const char *arg = NULL;

	name += negated;
	if (strcasecmp(name, "all") == 0)
		return read_all(line, negated, text);
	for (size_t i = 0; i < sizeof(criteria) / sizeof(*criteria); i++) {
		if (strcasecmp(name, criteria[i].name) != 0)
			continue;
		if (!criteria[i].alone) {
			arg = sshconf_token(text);
			if (arg == NULL || *arg == '\0' || *arg == '#')
				return mem_print("missing criteria for %s",
				    name);
		}
		if (strcasecmp(name, "final") == 0)
			where->conf->two_passes = true;
		add_test(line, criteria[i].what, negated, arg);
		return NULL;
	}
	return mem_print("unsupported attribute %s", name);
}

char *
sshconf_parse_match(struct sshconf_where *where, char *text)
{
	struct sshconf_line *line =
	    sshconf_add_line(where->conf, LINE_MATCH, ID_MATCH);
	char *name, *wrong = NULL, *full;

	while (wrong == NULL && (name = sshconf_token(&text)) != NULL &&
	    *name != '\0') {
		if (*name == '#') {
			text = NULL;
			break;
		}
		wrong = read_test(where, line, name, &text);
	}
	if (wrong == NULL && text != NULL && *text != '\0')
		wrong = mem_dup("extra arguments at end of line");
	if (wrong == NULL && line->test_count == 0)
		wrong = mem_dup("one or more attributes required");
	where->conditional = where->outer || line->test_count != 1 ||
	    line->tests[0].what != TEST_ALL || line->tests[0].negated;
	if (wrong == NULL)
		return NULL;
	full = mem_print("Bad Match condition: %s", wrong);
	free(wrong);
	return full;
}
