/* SPDX-License-Identifier: BSD-2-Clause */
/* From operands to what every host is asked for. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "collect.h"
#include "mem.h"
#include "op_get.h"
#include "op_get_script.h"
#include "plan.h"

#define COMMAND "exec sh"	/* for any login shell */

/* What NAME is called without what leads to it, in fresh memory. */
static char *
own_name(const char *name)
{
	size_t len = strlen(name), start;

	while (len > 0 && name[len - 1] == '/')
		len--;
	start = len;
	while (start > 0 && name[start - 1] != '/')
		start--;
	return mem_ndup(name + start, len - start);
}

/* Take over NAME for those that what comes may have. */
static void
add_name(struct plan *plan, char *name)
{
	size_t count = 0;

	while (plan->get_names != NULL && plan->get_names[count] != NULL)
		count++;
	plan->get_names = mem_resize(plan->get_names, count + 2,
	    sizeof(*plan->get_names));
	plan->get_names[count] = name;
	plan->get_names[count + 1] = NULL;
}

/* "~" or "~user", by itself. */
static bool
is_home(const char *name)
{
	size_t len = strcspn(name, "/");

	return *name == '~' && name[len + strspn(name + len, "/")] == '\0';
}

static char *
take_remote(struct plan *plan, const char *remote)
{
	char *own;

	if (*remote == '\0')
		return mem_dup("an empty name means nothing on a host");
	if (plan->get_as != NULL)
		return NULL;
	own = own_name(remote);
	if (*own != '\0' && strcmp(own, ".") != 0 && strcmp(own, "..") != 0 &&
	    !is_home(remote)) {
		add_name(plan, own);
		return NULL;
	}
	free(own);
	return mem_print("%s: there is no name in it to keep", remote);
}

/* Split LOCAL into where, and by what name. */
static char *
take_local(struct plan *plan, const char *local)
{
	struct buf below = { 0 };
	const char *last = NULL;

	if (*local == '/')
		return mem_print("%s: it must be relative, to each host's "
		    "directory (see -L)", local);
	for (const char *at = local; *at != '\0';) {
		size_t len = strcspn(at, "/");

		if (len == 2 && memcmp(at, "..", 2) == 0) {
			buf_free(&below);
			return mem_print("%s: it must not lead out of each "
			    "host's directory", local);
		}
		last = NULL;
		if (len > 0 && !(len == 1 && *at == '.')) {
			if (at[len] == '\0')
				last = at;
			else
				buf_addf(&below, "%s%.*s",
				    below.len > 0 ? "/" : "", (int)len, at);
		}
		at += len + (at[len] == '/');
	}
	plan->get_as = mem_dup(last);
	plan->get_below = buf_release(&below);
	return NULL;
}

char *
op_get_prepare(struct plan *plan, const char *local)
{
	char *words = take_local(plan, local != NULL ? local : "");

	for (char **remote = plan->remotes; words == NULL && *remote != NULL;
	    remote++)
		words = take_remote(plan, *remote);
	if (words != NULL)
		return words;
	plan->op = plan->sftp ? &collect : &op_get;
	plan->command = mem_dup(COMMAND);
	plan->input_text = op_get_script(plan->remotes, plan->recursive,
	    plan->get_as != NULL);
	return NULL;
}
