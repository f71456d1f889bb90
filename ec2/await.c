/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The API is asked again and again, with growing pauses; each instance that it
 * names has a record:
 *
 *	pending -> running [-> asked for its greeting, again and again]
 *	      \                [-> its keys are asked for] -> ready
 *	       \-> lost
 *
 * All of it ends when enough are ready, when none is left to wait for, when
 * time is up, or when the API refuses.
 */
#include "config.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "await_priv.h"
#include "banner.h"
#include "mem.h"
#include "msg.h"
#include "vouch.h"

#define GREETING_SECONDS 5
#define GREETING_PAUSE 1000
#define MOST_CONNECTIONS 200

static bool
is_over(const struct wait *wait)
{
	if (wait->failed || wait->late || wait->ready >= wait->wanted)
		return true;
	return wait->named > 0 && wait->ready + wait->lost >= wait->named;
}

static void
vouch_idle(void *context)
{
	struct wait *wait = context;

	wait->vouching = false;
	if (!wait->asking)
		http_stop(api_http(wait->api));
}

/* A call of the API is waited for to its end; all else can be dropped. */
void
await_look(struct wait *wait)
{
	if (!wait->over && !is_over(wait))
		return;
	if (!wait->over && wait->plan->vouch != NULL)
		wait->vouching = !vouch_stop(wait->plan->vouch, vouch_idle,
		    wait);
	wait->over = true;
	if (!wait->asking && !wait->vouching)
		http_stop(api_http(wait->api));
}

static void
become_ready(struct record *record)
{
	struct wait *wait = record->wait;

	if (record->ready || wait->over)
		return;
	record->ready = true;
	wait->ready++;
	wait->plan->found(wait->plan->context, &record->instance);
}

static void
hear_keys(void *context, bool known)
{
	struct record *record = context;

	if (known)
		become_ready(record);
	else
		record->wait->failed = true;
	await_look(record->wait);
}

/* It runs, and greets if that is wanted. */
static void
be_up(struct record *record)
{
	struct wait *wait = record->wait;

	if (wait->plan->vouch == NULL) {
		become_ready(record);
	} else if (!record->vouched && !wait->over) {
		record->vouched = true;
		vouch_ask(wait->plan->vouch, wait->plan->describe.place,
		    &record->instance, hear_keys, record);
	}
}

static void	enter_gate(void *context);

static void
hear_greeting(void *context, bool greets)
{
	struct record *record = context;
	struct wait *wait = record->wait;

	record->banner = NULL;
	gate_leave(&wait->gate, &record->pass);
	if (record->lost)
		return;
	if (greets) {
		be_up(record);
		await_look(wait);
	} else {
		http_after(api_http(wait->api), GREETING_PAUSE, enter_gate,
		    record);
	}
}

/* In the gate: there is a descriptor for it. */
static void
ask_greeting(void *context)
{
	struct record *record = context;
	const struct await *plan = record->wait->plan;
	char *address = hostline_address(plan->hostline, &record->instance);

	if (address != NULL && !record->wait->over) {
		record->banner = banner_ask(api_http(record->wait->api),
		    address, plan->port > 0 ? plan->port : 22,
		    GREETING_SECONDS, hear_greeting, record);
	} else {
		/* It may get its address a moment later. */
		record->asked = false;
		gate_leave(&record->wait->gate, &record->pass);
	}
	free(address);
}

static void
enter_gate(void *context)
{
	struct record *record = context;

	record->pass.call = ask_greeting;
	record->pass.context = record;
	if (gate_enter(&record->wait->gate, &record->pass))
		ask_greeting(record);
}

static struct record *
find_record(struct wait *wait, const struct instance *instance)
{
	struct record *record = mem_zero(sizeof(*record)), **found;

	instance_copy(&record->instance, instance);
	found = tsearch(record, &wait->records, await_compare);
	if (found == NULL)
		msg_die(1, "out of memory");
	if (*found == record) {
		record->wait = wait;
		record->next = wait->list;
		wait->list = record;
		return record;
	}
	/* News of one that is known: its place in the tree is its id's. */
	instance_clear(&(*found)->instance);
	(*found)->instance = record->instance;
	free(record);
	return *found;
}

static bool
will_be(const char *state)
{
	return strcmp(state, "pending") == 0 || strcmp(state, "running") == 0;
}

static void
tell_lost(const struct instance *instance)
{
	const char *reason = instance->fields[INSTANCE_REASON];

	msg_warn("%s is %s%s%s", instance->fields[INSTANCE_ID],
	    instance->fields[INSTANCE_STATE], reason != NULL ? ": " : "",
	    reason != NULL ? reason : "");
}

void
await_take(void *context, const struct instance *instance)
{
	struct wait *wait = context;
	const char *state = instance->fields[INSTANCE_STATE];
	struct record *record;

	if (state == NULL || instance->fields[INSTANCE_ID] == NULL ||
	    wait->over)
		return;
	if (wait->plan->self != NULL &&
	    strcmp(instance->fields[INSTANCE_ID], wait->plan->self) == 0)
		return;
	record = find_record(wait, instance);
	if (record->ready || record->lost)
		return;
	if (!will_be(state)) {
		record->lost = true;
		wait->lost++;
		tell_lost(instance);
	} else if (strcmp(state, "running") == 0 && !wait->plan->ssh) {
		be_up(record);
	} else if (strcmp(state, "running") == 0 && !record->asked) {
		record->asked = true;
		enter_gate(record);
	}
	/* Now there may be enough; the answer is read to its end. */
}

static void
out_of_time(void *context)
{
	struct wait *wait = context;

	wait->late = true;
	await_look(wait);
}

static void
no_free(void *record)
{
	(void)record;
}

/* All that might call us back, then the records. */
static void
let_go(struct wait *wait)
{
	struct http *http = api_http(wait->api);

	http_drop(http, wait);
	for (struct record *r = wait->list; r != NULL; r = r->next) {
		http_drop(http, r);
		if (r->banner != NULL)
			banner_drop(r->banner);
	}
	tdestroy(wait->records, no_free);
	while (wait->list != NULL) {
		struct record *next = wait->list->next;

		instance_clear(&wait->list->instance);
		free(wait->list);
		wait->list = next;
	}
}

size_t
await_wait(struct api *api, const struct await *plan, bool *failed, bool *late)
{
	struct wait wait = {
		.api = api, .plan = plan, .pause = AWAIT_PAUSE,
		.gate = { .room = MOST_CONNECTIONS }, .wanted = plan->count,
		.end = http_now() + plan->seconds * 1000,
	};

	for (char **id = plan->describe.ids; id != NULL && *id != NULL; id++)
		wait.named++;
	if (plan->count == 0)
		wait.wanted = wait.named;
	if (!is_over(&wait)) {
		http_after(api_http(api), plan->seconds * 1000, out_of_time,
		    &wait);
		await_ask(&wait);
		http_run(api_http(api));
	}
	let_go(&wait);
	*failed = wait.failed;
	*late = wait.late;
	return wait.ready;
}
