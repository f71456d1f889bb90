/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request's way:
 *
 * - it waits in its agent's queue;
 * - in the loop's next turn, a free connection takes it, a new one if all are
 *   busy and there are not too many;
 * - its answer, or the failure of its connection, puts it among the answered;
 * - in the loop's next turn, its callback is called and it is gone.
 *
 * So no callback comes while somebody is in here, and wherever a request is,
 * cancelling it is taking it out of the ring that it is in.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "agent_message.h"
#include "agent_work.h"
#include "mem.h"

static struct agent_request *
request_new(struct agent *agent, struct ring *ring, void *context)
{
	struct agent_request *request = mem_zero(sizeof(*request));

	request->agent = agent;
	request->context = context;
	ring_add(ring, &request->ring);
	loop_later(agent->all->loop, &agent->later);
	return request;
}

static void
tell(struct agent_request *request)
{
	struct agent *agent = request->agent;

	ring_remove(&request->ring);
	if (request->signed_ != NULL)
		request->signed_(request->context, request->signature,
		    request->signature_len, request->error);
	else
		request->listed(request->context, agent->keys,
		    agent->key_count, agent->list_error);
	agent_work_free(request);
}

static void agents_free(struct agents *);

static void
turn(void *context)
{
	struct agent *agent = context;
	struct agents *all = agent->all;
	struct ring *element, telling;

	/* Those that are answered meanwhile are for the next turn. */
	ring_move(&telling, &agent->answered);
	all->telling = true;
	while ((element = ring_first(&telling)) != NULL) {
		if (all->released)
			agent_work_free((struct agent_request *)element);
		else
			tell((struct agent_request *)element);
	}
	all->telling = false;
	if (all->released)
		agents_free(all);
	else
		agent_work_start(agent);
}

struct agents *
agents_new(uv_loop_t *loop)
{
	struct agents *all = mem_zero(sizeof(*all));

	all->loop = loop;
	return all;
}

struct agent *
agent_get(struct agents *all, const char *path)
{
	struct agent *agent;

	for (agent = all->first; agent != NULL; agent = agent->next) {
		if (strcmp(agent->path, path) == 0)
			return agent;
	}
	agent = mem_zero(sizeof(*agent));
	agent->all = all;
	agent->path = mem_dup(path);
	ring_init(&agent->queue);
	ring_init(&agent->listeners);
	ring_init(&agent->answered);
	for (size_t i = 0; i < AGENT_LINKS; i++)
		agent->slots[i].agent = agent;
	agent->later.call = turn;
	agent->later.context = agent;
	agent->next = all->first;
	all->first = agent;
	return agent;
}

static void
ask_list(struct agent *agent, uint64_t patience)
{
	agent->asking = request_new(agent, &agent->queue, NULL);
	agent_message_ask_list(&agent->asking->message);
	agent_work_hurry(agent, patience);
}

struct agent_request *
agent_list(struct agent *agent, uint64_t patience, agent_listed *listed,
    void *context)
{
	struct agent_request *request;

	if (!agent->listed && agent->asking == NULL)
		ask_list(agent, patience);
	request = request_new(agent, agent->listed ? &agent->answered :
	    &agent->listeners, context);
	request->listed = listed;
	return request;
}

/* An answer that is on its way may be older than what it is asked for anew. */
static void
stop_asking(struct agent *agent)
{
	struct agent_request *asking = agent->asking;

	agent->asking = NULL;
	agent_cancel(asking);
	alarm_drop(agent->alarm);
	agent->alarm = NULL;
}

/* Those whom the answer is for wait again, if they have not been told. */
static void
take_back(struct agent *agent)
{
	struct ring *at, *next;

	for (at = agent->answered.next; at != &agent->answered; at = next) {
		struct agent_request *request = (struct agent_request *)at;

		next = at->next;
		if (request->listed == NULL)
			continue;
		ring_remove(at);
		ring_add(&agent->listeners, at);
	}
}

void
agent_ask_anew(struct agent *agent)
{
	stop_asking(agent);
	take_back(agent);
	agent_message_free_list(agent->keys, agent->key_count);
	agent->keys = NULL;
	agent->key_count = 0;
	free(agent->list_error);
	agent->list_error = NULL;
	agent->listed = false;
	if (ring_first(&agent->listeners) != NULL)
		ask_list(agent, agent->patience);
}

struct agent_request *
agent_sign(struct agent *agent, const void *blob, size_t blob_len,
    const void *data, size_t len, uint32_t flags, agent_signed *signed_,
    void *context)
{
	struct agent_request *request = request_new(agent, &agent->queue,
	    context);

	request->signed_ = signed_;
	agent_message_ask_signature(&request->message, blob, blob_len, data,
	    len, flags);
	return request;
}

void
agent_cancel(struct agent_request *request)
{
	if (request == NULL)
		return;
	/* The agent may be at it, even asking its user: only hanging up makes
	 * it stop, and frees the place for another request. */
	if (request->slot != NULL) {
		agent_work_close(request->slot);
		loop_later(request->agent->all->loop, &request->agent->later);
	}
	agent_work_free(request);
}

static void
free_ring(struct ring *head)
{
	struct ring *element;

	while ((element = ring_first(head)) != NULL)
		agent_work_free((struct agent_request *)element);
}

static void
agent_free(struct agent *agent)
{
	free_ring(&agent->queue);
	free_ring(&agent->listeners);
	free_ring(&agent->answered);
	agent_message_free_list(agent->keys, agent->key_count);
	alarm_drop(agent->alarm);
	free(agent->list_error);
	free(agent->path);
	free(agent);
}

static void
agents_free(struct agents *all)
{
	struct agent *agent, *next;

	for (agent = all->first; agent != NULL; agent = next) {
		next = agent->next;
		agent_free(agent);
	}
	free(all);
}

void
agents_release(struct agents *all)
{
	if (all == NULL)
		return;
	for (struct agent *agent = all->first; agent != NULL;
	    agent = agent->next) {
		loop_forget(all->loop, &agent->later);
		for (size_t i = 0; i < AGENT_LINKS; i++) {
			struct agent_request *request =
			    agent->slots[i].request;

			agent_work_close(&agent->slots[i]);
			if (request != NULL)
				agent_work_free(request);
		}
	}
	all->released = true;
	if (!all->telling)
		agents_free(all);
}
