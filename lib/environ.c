/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "environ.h"
#include "job.h"
#include "mem.h"
#include "pattern.h"
#include "sshconf.h"
#include "target.h"

struct list {
	char	**entries;
	size_t	 count;
};

static void
add(struct list *list, char *entry)
{
	list->entries = mem_resize(list->entries, list->count + 2,
	    sizeof(*list->entries));
	list->entries[list->count++] = entry;
	list->entries[list->count] = NULL;
}

/* Does one of SendEnv's patterns want the variable ENTRY, "NAME=VALUE"? */
static bool
is_wanted(char *const *patterns, const char *entry)
{
	char *name = mem_ndup(entry, strcspn(entry, "="));
	bool wanted = false;

	for (; *patterns != NULL && !wanted; patterns++)
		wanted = pattern_match(*patterns, name, false);
	free(name);
	return wanted;
}

char **
environ_offered(const struct job *job)
{
	const struct run *run = job->run;
	struct list list = { NULL, 0 };

	for (char **set = job->conf->set_env; *set != NULL; set++)
		add(&list, mem_dup(*set));
	if (*job->conf->send_env != NULL)
		for (char **entry = environ; *entry != NULL; entry++)
			if (strchr(*entry, '=') != NULL &&
			    is_wanted(job->conf->send_env, *entry))
				add(&list, mem_dup(*entry));
	add(&list, mem_print("PSSH_NODENUM=%u", job->target->number));
	if (run->node_count > 0)
		add(&list, mem_print("PSSH_NUMNODES=%u", run->node_count));
	add(&list, mem_print("PSSH_HOST=%s", job->target->host));
	return list.entries;
}
