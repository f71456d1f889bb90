/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "target.h"

char *
target_label(const struct target *target, const char *default_user)
{
	bool named = target->user != NULL && (default_user == NULL ||
	    strcmp(target->user, default_user) != 0);
	const char *user = named ? target->user : "";
	const char *at = named ? "@" : "";

	if (target->port == 0)
		return mem_print("%s%s%s", user, at, target->host);
	if (strchr(target->host, ':') != NULL)
		return mem_print("%s%s[%s]:%d", user, at, target->host,
		    target->port);
	return mem_print("%s%s%s:%d", user, at, target->host, target->port);
}

const char *
target_var(const struct target *target, const char *name)
{
	for (size_t i = target->var_count; i-- > 0;) {
		if (strcmp(target->vars[i].name, name) == 0)
			return target->vars[i].value;
	}
	return NULL;
}

struct target *
target_copy(const struct target *target)
{
	struct target *copy = mem_zero(sizeof(*copy));

	copy->user = mem_dup(target->user);
	copy->host = mem_dup(target->host);
	copy->port = target->port;
	copy->number = target->number;
	if (target->var_count == 0)
		return copy;
	copy->vars = mem_resize(NULL, target->var_count, sizeof(*copy->vars));
	for (size_t i = 0; i < target->var_count; i++) {
		copy->vars[i].name = mem_dup(target->vars[i].name);
		copy->vars[i].value = mem_dup(target->vars[i].value);
	}
	copy->var_count = target->var_count;
	return copy;
}

void
target_clear(struct target *target)
{
	free(target->user);
	free(target->host);
	for (size_t i = 0; i < target->var_count; i++) {
		free(target->vars[i].name);
		free(target->vars[i].value);
	}
	free(target->vars);
	*target = (struct target){ 0 };
}

void
target_free(struct target *target)
{
	if (target == NULL)
		return;
	target_clear(target);
	free(target);
}
