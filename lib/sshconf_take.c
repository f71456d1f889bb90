/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking the value of a line that is for the host. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pattern.h"
#include "sshconf_priv.h"

#define MOST_KEY_FILES 100	/* as OpenSSH */

static void
add_to_list(struct sshconf_query *query, struct sshconf_list *list,
    const struct sshconf_line *line)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->lines[i]->id == line->id &&
		    list->lines[i]->from_user == line->from_user &&
		    strcmp(list->lines[i]->text, line->text) == 0)
			return;
	if (list->count == MOST_KEY_FILES && (line->id == ID_IDENTITYFILE ||
	    line->id == ID_CERTIFICATEFILE)) {
		sshconf_fail(query, mem_print("%s line %u: Too many %s "
		    "specified (max %d).", line->file, line->number,
		    line->id == ID_IDENTITYFILE ? "identity files" :
		    "certificate files", MOST_KEY_FILES));
		return;
	}
	list->lines = mem_resize(list->lines, list->count + 1,
	    sizeof(*list->lines));
	list->lines[list->count++] = line;
}

/* SendEnv adds names, and "-NAME" takes away what was added so far. */
static void
send_env(struct sshconf_query *query, char **words)
{
	for (; *words != NULL; words++) {
		size_t kept = 0;

		if (**words != '-') {
			query->send_env = sshconf_add_word(query->send_env,
			    &query->send_count, *words);
			continue;
		}
		for (size_t i = 0; i < query->send_count; i++) {
			if (pattern_match(*words + 1, query->send_env[i],
			    false))
				free(query->send_env[i]);
			else
				query->send_env[kept++] = query->send_env[i];
		}
		if (query->send_env != NULL)
			query->send_env[kept] = NULL;
		query->send_count = kept;
	}
}

static void
first_wins(struct sshconf_query *query, enum sshconf_id id,
    const struct sshconf_line *line)
{
	if (query->found[id] == NULL)
		query->found[id] = line;
}

void
sshconf_take(struct sshconf_query *query, const struct sshconf_line *line)
{
	switch (line->id) {
	case ID_IDENTITYFILE:
		add_to_list(query, &query->identities, line);
		break;
	case ID_CERTIFICATEFILE:
		add_to_list(query, &query->certificates, line);
		break;
	case ID_LOCALFORWARD:
	case ID_REMOTEFORWARD:
	case ID_DYNAMICFORWARD:
		add_to_list(query, &query->forwards, line);
		break;
	case ID_UNSUPPORTED:
		add_to_list(query, &query->notes, line);
		break;
	case ID_SENDENV:
		send_env(query, line->words);
		break;
	case ID_PROXYCOMMAND:
	case ID_PROXYJUMP:
		/* Whichever of the two comes first. */
		if (query->found[ID_PROXYCOMMAND] == NULL &&
		    query->found[ID_PROXYJUMP] == NULL)
			query->found[line->id] = line;
		break;
	case ID_AGENTPATH:
		first_wins(query, ID_FORWARDAGENT, line);
		first_wins(query, ID_AGENTPATH, line);
		break;
	case ID_REKEYLIMIT:
		first_wins(query, ID_REKEYLIMIT, line);
		if (line->words != NULL)
			first_wins(query, ID_REKEYTIME, line);
		break;
	case ID_CANONICALIZEHOSTNAME:
	case ID_CANONICALIZEMAXDOTS:
	case ID_CANONICALIZEFALLBACKLOCAL:
		/* They have served their purpose before the last pass. */
		if (!query->final)
			first_wins(query, line->id, line);
		break;
	default:
		first_wins(query, line->id, line);
	}
}

void
sshconf_take_unknown(struct sshconf_query *query,
    const struct sshconf_line *line)
{
	const char *ignored = sshconf_text(query, ID_IGNOREUNKNOWN);

	if (ignored == NULL ||
	    pattern_list(ignored, line->words[0], true) != 1)
		sshconf_fail(query, mem_dup(line->text));
}
