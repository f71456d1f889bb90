/* SPDX-License-Identifier: BSD-2-Clause */
/* From a request in the queue to one that is answered. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "agent_link.h"
#include "agent_message.h"
#include "agent_work.h"
#include "mem.h"
#include "msg.h"

void
agent_work_free(struct agent_request *request)
{
	ring_remove(&request->ring);
	buf_free(&request->message);
	free(request->signature);
	free(request->error);
	free(request);
}

/* The request is answered, or ERROR says why it never will be. */
static void
settle(struct agent_request *request, const char *error)
{
	struct agent *agent = request->agent;

	if (error != NULL)
		request->error = mem_print("agent %s: %s", agent->path, error);
	ring_remove(&request->ring);
	ring_add(&agent->answered, &request->ring);
	loop_later(agent->all->loop, &agent->later);
}

/* The list has come, or ERROR instead: whoever waits for it is answered. */
static void
settle_list(struct agent *agent, const char *error)
{
	struct ring *element;

	agent_work_free(agent->asking);
	agent->asking = NULL;
	alarm_drop(agent->alarm);
	agent->alarm = NULL;
	agent->listed = true;
	if (error != NULL) {
		agent->list_error = mem_print("agent %s: %s", agent->path,
		    error);
		msg_chat(NULL, "%s", agent->list_error);
	}
	while ((element = ring_first(&agent->listeners)) != NULL)
		settle((struct agent_request *)element, NULL);
}

static void
finish(struct agent_request *request, const char *error)
{
	if (request == request->agent->asking)
		settle_list(request->agent, error);
	else
		settle(request, error);
}

static void
too_late(void *context)
{
	struct agent *agent = context;
	struct agent_slot *slot = agent->asking->slot;
	char *why = mem_print("has not answered for %g s",
	    (double)agent->patience / 1000);

	agent->alarm = NULL;
	if (slot != NULL)
		agent_work_close(slot);
	settle_list(agent, why);
	free(why);
}

void
agent_work_hurry(struct agent *agent, uint64_t patience)
{
	agent->patience = patience;
	if (patience > 0)
		agent->alarm = alarm_set(agent->all->loop, patience, too_late,
		    agent);
}

void
agent_work_close(struct agent_slot *slot)
{
	if (slot->link == NULL)
		return;
	agent_link_close(slot->link);
	slot->link = NULL;
	slot->request = NULL;
}

static void
link_answered(void *context, struct wire message)
{
	struct agent_slot *slot = context;
	struct agent *agent = slot->agent;
	struct agent_request *request = slot->request;
	const char *error;

	slot->request = NULL;
	request->slot = NULL;
	if (request == agent->asking)
		error = agent_message_list(message, &agent->keys,
		    &agent->key_count);
	else
		error = agent_message_signature(message, &request->signature,
		    &request->signature_len);
	finish(request, error);
	loop_later(agent->all->loop, &agent->later);
}

static bool
has_links(const struct agent *agent)
{
	for (size_t i = 0; i < AGENT_LINKS; i++) {
		if (agent->slots[i].link != NULL)
			return true;
	}
	return false;
}

static void
link_broken(void *context, bool reached, const char *why)
{
	struct agent_slot *slot = context;
	struct agent *agent = slot->agent;
	struct agent_request *request = slot->request;

	agent_work_close(slot);
	if (request != NULL) {
		request->slot = NULL;
		if (!reached && has_links(agent)) {
			/* Others got through: let them do it. */
			agent->crowded = true;
			ring_push(&agent->queue, &request->ring);
		} else {
			finish(request, why);
		}
	}
	loop_later(agent->all->loop, &agent->later);
}

/* A slot whose connection is free, or that has none yet.  NULL: wait. */
static struct agent_slot *
free_slot(struct agent *agent)
{
	struct agent_slot *unused = NULL;

	for (size_t i = 0; i < AGENT_LINKS; i++) {
		struct agent_slot *slot = &agent->slots[i];

		if (slot->link == NULL && unused == NULL)
			unused = slot;
		if (slot->link != NULL && slot->request == NULL)
			return slot;
	}
	return agent->crowded && has_links(agent) ? NULL : unused;
}

void
agent_work_start(struct agent *agent)
{
	struct agent_slot *slot;
	struct ring *element;

	while ((element = ring_first(&agent->queue)) != NULL &&
	    (slot = free_slot(agent)) != NULL) {
		struct agent_request *request =
		    (struct agent_request *)element;

		if (strlen(agent->path) >=
		    sizeof(((struct sockaddr_un *)NULL)->sun_path)) {
			finish(request, "path of the socket is too long");
			continue;
		}
		if (slot->link == NULL)
			slot->link = agent_link_open(agent->all->loop,
			    agent->path, link_answered, link_broken, slot);
		ring_remove(&request->ring);
		slot->request = request;
		request->slot = slot;
		agent_link_send(slot->link, &request->message);
	}
}
