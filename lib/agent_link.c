/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "agent_link.h"
#include "mem.h"

struct agent_link {
	uv_pipe_t	 pipe;		/* first: libuv hands it back */
	uv_connect_t	 connect;
	uv_write_t	 write;
	agent_link_answered *answered;
	agent_link_broken *broken;
	void		*context;
	struct buf	 out;		/* the request */
	struct buf	 in;		/* the beginning of an answer */
	bool		 connected;
	bool		 asked;		/* an answer is due */
	bool		 writing;	/* libuv has `out` in its hands */
	bool		 failed;
	bool		 closing;
};

static void
fail(struct agent_link *link, const char *why)
{
	if (link->failed || link->closing)
		return;
	link->failed = true;
	link->broken(link->context, link->connected, why);
}

/* Hand on the answer if all of it is there. */
static void
take_answer(struct agent_link *link)
{
	struct wire in = {
		(unsigned char *)link->in.data, link->in.len
	};
	struct wire message;
	struct buf kept;
	uint32_t len;

	if (!link->asked) {
		fail(link, "answered before it was asked");
		return;
	}
	message = in;
	if (!wire_u32(&message, &len))
		return;
	if (len == 0 || len > AGENT_LONGEST) {
		fail(link, "sent a message of impossible length");
		return;
	}
	if (!wire_string(&in, &message))
		return;
	if (in.left > 0) {
		fail(link, "sent more than it was asked");
		return;
	}
	/* All is written if there is an answer, but libuv tells later. */
	if (link->writing)
		return;
	/* The callback may send, or close us: leave nothing to be done. */
	kept = link->in;
	link->in = (struct buf){ 0 };
	link->asked = false;
	link->answered(link->context, message);
	buf_free(&kept);
}

static void
written(uv_write_t *write, int status)
{
	struct agent_link *link = write->data;

	link->writing = false;
	if (status != 0)
		fail(link, uv_strerror(status));
	else if (link->in.len > 0 && !link->failed && !link->closing)
		take_answer(link);
}

static void
send_request(struct agent_link *link)
{
	uv_buf_t bytes = uv_buf_init(link->out.data,
	    (unsigned)link->out.len);
	int error;

	link->write.data = link;
	error = uv_write(&link->write, (uv_stream_t *)&link->pipe, &bytes, 1,
	    written);
	if (error != 0) {
		fail(link, uv_strerror(error));
		return;
	}
	link->writing = true;
}

static void
give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
	/* What is read is used up before anything else is. */
	static char shared[16384];

	(void)handle;
	(void)wanted;
	*room = uv_buf_init(shared, sizeof(shared));
}

static void
received(uv_stream_t *stream, ssize_t len, const uv_buf_t *bytes)
{
	struct agent_link *link = (struct agent_link *)stream;

	if (link->failed || link->closing || len == 0)
		return;
	if (len < 0) {
		uv_read_stop(stream);
		fail(link, len == UV_EOF ? "closed the connection" :
		    uv_strerror((int)len));
		return;
	}
	buf_add(&link->in, bytes->base, (size_t)len);
	take_answer(link);
}

static void
connected(uv_connect_t *connect, int status)
{
	struct agent_link *link = connect->data;

	if (link->closing)
		return;
	if (status == 0)
		status = uv_read_start((uv_stream_t *)&link->pipe, give_room,
		    received);
	if (status != 0) {
		fail(link, uv_strerror(status));
		return;
	}
	link->connected = true;
	if (link->asked)
		send_request(link);
}

struct agent_link *
agent_link_open(uv_loop_t *loop, const char *path,
    agent_link_answered *answered, agent_link_broken *broken, void *context)
{
	struct agent_link *link = mem_zero(sizeof(*link));

	link->answered = answered;
	link->broken = broken;
	link->context = context;
	link->connect.data = link;
	uv_pipe_init(loop, &link->pipe, 0);
	/* Whoever waits for an answer keeps the loop going; nobody else has
	 * a reason to. */
	uv_unref((uv_handle_t *)&link->pipe);
	uv_pipe_connect(&link->connect, &link->pipe, path, connected);
	return link;
}

void
agent_link_send(struct agent_link *link, const struct buf *message)
{
	buf_clear(&link->out);
	buf_add(&link->out, message->data, message->len);
	link->asked = true;
	if (link->connected)
		send_request(link);
}

static void
closed(uv_handle_t *handle)
{
	struct agent_link *link = (struct agent_link *)handle;

	buf_free(&link->out);
	buf_free(&link->in);
	free(link);
}

void
agent_link_close(struct agent_link *link)
{
	link->closing = true;
	uv_close((uv_handle_t *)&link->pipe, closed);
}
