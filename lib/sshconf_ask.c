/* SPDX-License-Identifier: BSD-2-Clause */
/* One host's way through the lines of the configuration. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pattern.h"
#include "sshconf_priv.h"
#include "target.h"

void
sshconf_fail(struct sshconf_query *query, char *message)
{
	if (query->failure == NULL)
		query->failure = message;
	else
		free(message);
}

const char *
sshconf_text(const struct sshconf_query *query, enum sshconf_id id)
{
	return query->found[id] == NULL ? NULL : query->found[id]->text;
}

long
sshconf_long(const struct sshconf_query *query, enum sshconf_id id,
    long fallback)
{
	return query->found[id] == NULL ? fallback : query->found[id]->value;
}

const char *
sshconf_user(const struct sshconf_query *query)
{
	const char *set = sshconf_text(query, ID_USER);

	if (query->target->user != NULL)
		return query->target->user;
	if (query->conf->user != NULL)
		return query->conf->user;
	return set == NULL ? query->conf->local_user : set;
}

int
sshconf_query_port(const struct sshconf_query *query)
{
	if (query->target->port > 0)
		return query->target->port;
	return (int)sshconf_long(query, ID_PORT, 22);
}

char *
sshconf_hostname(struct sshconf_query *query)
{
	const char *text = sshconf_text(query, ID_HOSTNAME);
	struct sshconf_facts facts = { .host = query->target->host };
	char *error, *host;

	if (query->host != NULL)
		return mem_dup(query->host);
	if (text == NULL)
		return mem_dup(query->target->host);
	host = sshconf_expand(&facts, text, "h", false, &error);
	if (host != NULL)
		return host;
	sshconf_fail(query, mem_print("HostName %s: %s", text, error));
	free(error);
	return mem_dup(text);
}

/* The command of a Match exec, its tokens expanded by what is known now. */
static char *
exec_command(struct sshconf_query *query, const char *text, char *host)
{
	const char *alias = sshconf_text(query, ID_HOSTKEYALIAS);
	const char *jump = sshconf_text(query, ID_PROXYJUMP);
	struct sshconf_facts facts = {
		.conf = query->conf, .host = host,
		.original = query->target->host,
		.user = sshconf_user(query), .port = sshconf_query_port(query),
		.alias = alias == NULL ? host : alias,
		.jump = jump == NULL || strcmp(jump, "none") == 0 ? "" : jump,
	};
	char *error, *command;

	command = sshconf_expand(&facts, text, TOKENS_USUAL, false, &error);
	if (command == NULL)
		sshconf_fail(query, mem_print("Match exec \"%s\": %s", text,
		    error));
	free(error);
	return command;
}

/* Is TEXT taken by one of the PATTERNS, and by none that has a '!'?  FOLD:
 * letters match in either case. */
static bool
match_patterns(char *const *patterns, const char *text, bool fold)
{
	bool found = false;

	for (; *patterns != NULL; patterns++) {
		const char *pattern = *patterns;
		bool negated = *pattern == '!';

		pattern += negated;
		/* Most do not even begin the same. */
		if (*pattern != *text && *pattern != '*' && *pattern != '?' &&
		    (!fold || tolower((unsigned char)*pattern) !=
		    tolower((unsigned char)*text)))
			continue;
		if (!pattern_match(pattern, text, fold))
			continue;
		if (negated)
			return false;
		found = true;
	}
	return found;
}

static bool
match_hostname(struct sshconf_query *query, char *const *patterns)
{
	bool plain = query->host == NULL &&
	    query->found[ID_HOSTNAME] == NULL;
	char *host = plain ? NULL : sshconf_hostname(query);
	bool met = match_patterns(patterns, plain ? query->target->host :
	    host, true);

	free(host);
	return met;
}

/* Does the host meet this criterion?  Not for TEST_EXEC. */
static bool
meets(struct sshconf_query *query, const struct sshconf_test *test)
{
	const char *tag = sshconf_text(query, ID_TAG);

	switch (test->what) {
	case TEST_CANONICAL:
	case TEST_FINAL:
		return query->final;
	case TEST_HOST:
		return match_hostname(query, test->patterns);
	case TEST_ORIGINALHOST:
		return match_patterns(test->patterns, query->target->host,
		    true);
	case TEST_USER:
		return match_patterns(test->patterns, sshconf_user(query),
		    false);
	case TEST_LOCALUSER:
		return match_patterns(test->patterns, query->conf->local_user,
		    false);
	case TEST_TAGGED:
		return match_patterns(test->patterns, tag == NULL ? "" : tag,
		    false);
	default:
		return true;
	}
}

/* Go on with the Match at LINE.  False if a command has to be run first. */
static bool
match_tests(struct sshconf_query *query, const struct sshconf_line *line)
{
	for (; query->test < line->test_count; query->test++) {
		const struct sshconf_test *test = &line->tests[query->test];
		bool met;

		/* Nothing that follows can make it match again. */
		if (!query->matched)
			break;
		if (test->what != TEST_EXEC) {
			met = meets(query, test);
		} else if (query->answered) {
			met = query->answer;
			query->answered = false;
		} else {
			char *host = sshconf_hostname(query);

			free(query->command);
			query->command = exec_command(query, test->command,
			    host);
			free(host);
			if (query->command != NULL)
				return false;
			met = false;
		}
		query->matched = met != test->negated;
	}
	query->test = 0;
	return true;
}

/* Walk on.  False if a command has to be run first. */
static bool
walk(struct sshconf_query *query)
{
	const struct sshconf *conf = query->conf;
	const char *host = query->host == NULL ? query->target->host :
	    query->host;

	while (query->next < conf->count) {
		const struct sshconf_line *line = &conf->lines[query->next];

		switch (line->op) {
		case LINE_VALUE:
			sshconf_take(query, line);
			break;
		case LINE_UNKNOWN:
			sshconf_take_unknown(query, line);
			break;
		case LINE_HOST:
			/* Unlike all else about names, this heeds case. */
			if (!match_patterns(line->words, host, false)) {
				query->next = line->end;
				continue;
			}
			break;
		case LINE_MATCH:
			if (!match_tests(query, line))
				return false;
			if (!query->matched)
				query->next = line->end;
			else
				query->next++;
			query->matched = true;
			continue;
		default:
			break;
		}
		query->next++;
	}
	return true;
}

/* What came from a host list must not be able to mean more than a name. */
static void
check_names(struct sshconf_query *query)
{
	const char *user = query->target->user != NULL ?
	    query->target->user : query->conf->user;

	if (!sshconf_good_host(query->target->host))
		sshconf_fail(query,
		    mem_dup("hostname contains invalid characters"));
	if (user != NULL && !sshconf_good_user(user))
		sshconf_fail(query,
		    mem_dup("remote username contains invalid characters"));
}

struct sshconf_query *
sshconf_ask(const struct sshconf *conf, const struct target *target)
{
	struct sshconf_query *query = mem_zero(sizeof(*query));

	query->conf = conf;
	query->target = target;
	query->matched = true;
	check_names(query);
	return query;
}

enum sshconf_state
sshconf_step(struct sshconf_query *query)
{
	while (!query->done) {
		/* What is doomed asks no questions. */
		if (query->failure == NULL && !walk(query))
			return SSHCONF_ASK;
		if (query->failure == NULL && query->conf->two_passes &&
		    !query->final) {
			char *host = sshconf_settle_host(query);

			query->host = host;
			query->final = true;
			query->next = query->conf->options;
			continue;
		}
		sshconf_finish(query);
		query->done = true;
	}
	return SSHCONF_DONE;
}

const char *
sshconf_command(const struct sshconf_query *query)
{
	return query->command;
}

void
sshconf_answer(struct sshconf_query *query, bool matched)
{
	query->answered = true;
	query->answer = matched;
}

const char *
sshconf_failure(const struct sshconf_query *query)
{
	return query->failure;
}

struct hostconf *
sshconf_result(struct sshconf_query *query)
{
	struct hostconf *result = query->result;

	query->result = NULL;
	return result;
}

void
sshconf_query_free(struct sshconf_query *query)
{
	if (query == NULL)
		return;
	free(query->identities.lines);
	free(query->certificates.lines);
	free(query->forwards.lines);
	free(query->notes.lines);
	mem_free_all(query->send_env);
	free(query->command);
	free(query->host);
	free(query->failure);
	hostconf_free(query->result);
	free(query);
}
