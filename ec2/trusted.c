/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"
#include "trusted.h"

struct candidate {
	struct trusted	*trusted;
	const struct place *place;
	struct instance	 instance;
	bool		 known;
	struct candidate *next;
};

struct trusted {
	struct http	*http;
	struct vouch	*vouch;
	struct candidate *first, **end;
	size_t		 left;		/* that nothing is known of yet */
};

struct trusted *
trusted_new(void)
{
	struct trusted *trusted = mem_zero(sizeof(*trusted));

	trusted->end = &trusted->first;
	return trusted;
}

static struct candidate *
find(struct trusted *trusted, const char *id)
{
	struct candidate *candidate = trusted->first;

	while (candidate != NULL && strcmp(id,
	    candidate->instance.fields[INSTANCE_ID]) != 0)
		candidate = candidate->next;
	return candidate;
}

void
trusted_add(struct trusted *trusted, const struct place *place,
    const struct instance *instance)
{
	struct candidate *candidate;

	if (instance->fields[INSTANCE_ID] == NULL)
		return;
	candidate = find(trusted, instance->fields[INSTANCE_ID]);
	if (candidate == NULL) {
		candidate = mem_zero(sizeof(*candidate));
		*trusted->end = candidate;
		trusted->end = &candidate->next;
	}
	candidate->trusted = trusted;
	candidate->place = place;
	instance_clear(&candidate->instance);
	instance_copy(&candidate->instance, instance);
}

static void
stop(void *context)
{
	struct trusted *trusted = context;

	http_stop(trusted->http);
}

static void
out_of_time(void *context)
{
	struct trusted *trusted = context;

	if (vouch_stop(trusted->vouch, stop, trusted))
		stop(trusted);
}

static void
heard(void *context, bool known)
{
	struct candidate *candidate = context;
	struct trusted *trusted = candidate->trusted;

	candidate->known = known;
	if (--trusted->left == 0)
		stop(trusted);
}

size_t
trusted_wait(struct trusted *trusted, struct vouch *vouch, struct http *http,
    long seconds, void (*each)(void *context, const struct instance *instance),
    void *context)
{
	size_t missing = 0;

	trusted->http = http;
	trusted->vouch = vouch;
	for (struct candidate *c = trusted->first; c != NULL; c = c->next) {
		trusted->left++;
		vouch_ask(vouch, c->place, &c->instance, heard, c);
	}
	if (trusted->left > 0) {
		http_after(http, seconds * 1000, out_of_time, trusted);
		http_run(http);
		http_drop(http, trusted);
	}
	for (struct candidate *c = trusted->first; c != NULL; c = c->next) {
		if (c->known) {
			each(context, &c->instance);
			continue;
		}
		missing++;
		msg_warn("%s is left out: its host keys are not known",
		    c->instance.fields[INSTANCE_ID]);
	}
	return missing;
}

void
trusted_free(struct trusted *trusted)
{
	if (trusted == NULL)
		return;
	while (trusted->first != NULL) {
		struct candidate *candidate = trusted->first;

		trusted->first = candidate->next;
		instance_clear(&candidate->instance);
		free(candidate);
	}
	free(trusted);
}
