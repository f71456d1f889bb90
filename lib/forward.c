/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent_link.h"
#include "buf.h"
#include "forward.h"
#include "mem.h"
#include "ring.h"
#include "session.h"
#include "wire.h"

#define TUBES_MOST 32	/* with those that the host has yet to close */
#define PIECE (16 * 1024)
#define ENOUGH (2 * AGENT_LONGEST)	/* bytes that wait, in one direction */

/* PKCS#11 providers are libraries that the agent loads. */
#define ADD_SMARTCARD_KEY 20
#define ADD_SMARTCARD_KEY_CONSTRAINED 26

struct forward {
	struct session	*session;
	uv_loop_t	*loop;
	char		*path;
	struct ring	 tubes;
	unsigned	 tube_count, open_count;
	void		(*poke)(void *);
	void		*context;
};

/* A channel and its connection. */
struct tube {
	struct ring	 in_forward;
	struct forward	*forward;	/* NULL: only the handle is left */
	LIBSSH2_CHANNEL	*channel;
	uv_pipe_t	 pipe;
	uv_connect_t	 connect;
	uv_write_t	 write;
	uv_shutdown_t	 shutdown;
	bool		 open;		/* counts, and has a pipe */
	bool		 connected, writing, reading;
	bool		 shut;		/* nothing more is sent to the agent */
	bool		 agent_gone;	/* nor comes anything from it */
	struct buf	 to_agent, in_hand;	/* libuv has the latter */
	struct buf	 to_host;
	unsigned char	 head[5];	/* length and type of a message */
	size_t		 head_len, body_left;
};

char *
forward_missing(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, error = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return mem_print("agent %s: %s", path, strerror(ENAMETOOLONG));
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* EAGAIN: it is there, and has much to do. */
	if (fd < 0 || (connect(fd, (struct sockaddr *)&address,
	    sizeof(address)) != 0 && errno != EAGAIN))
		error = errno;
	if (fd >= 0)
		close(fd);
	return error == 0 ? NULL :
	    mem_print("agent %s: %s", path, strerror(error));
}

static void
pipe_closed(uv_handle_t *handle)
{
	struct tube *tube = handle->data;

	buf_wipe(&tube->to_agent);
	buf_wipe(&tube->in_hand);
	buf_wipe(&tube->to_host);
	free(tube);
}

/* The agent's side is over; what it said can still go to the host. */
static void
leave_agent(struct tube *tube)
{
	if (tube->open && !tube->agent_gone) {
		tube->agent_gone = true;
		uv_read_stop((uv_stream_t *)&tube->pipe);
	}
}

static void
tube_free(struct tube *tube)
{
	struct forward *forward = tube->forward;

	ring_remove(&tube->in_forward);
	forward->tube_count--;
	tube->forward = NULL;
	if (tube->open) {
		forward->open_count--;
		uv_close((uv_handle_t *)&tube->pipe, pipe_closed);
	} else {
		free(tube);
	}
}

/* Something happened at the agent's side. */
static void
poke(struct tube *tube)
{
	if (tube->forward != NULL)
		tube->forward->poke(tube->forward->context);
}

static void
give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
	/* What is read is used up before anything else is. */
	static char shared[PIECE];

	(void)handle;
	(void)wanted;
	*room = uv_buf_init(shared, sizeof(shared));
}

static void
received(uv_stream_t *stream, ssize_t len, const uv_buf_t *bytes)
{
	struct tube *tube = stream->data;

	if (len < 0)
		leave_agent(tube);
	else
		buf_add(&tube->to_host, bytes->base, (size_t)len);
	if (len != 0)
		poke(tube);
}

static void
connected(uv_connect_t *connect, int status)
{
	struct tube *tube = connect->data;

	if (tube->forward == NULL)
		return;
	tube->connected = status == 0;
	if (status != 0)
		leave_agent(tube);
	poke(tube);
}

static void
written(uv_write_t *write, int status)
{
	struct tube *tube = write->data;

	tube->writing = false;
	if (tube->forward == NULL)
		return;
	if (status != 0)
		leave_agent(tube);
	poke(tube);
}

/* From within libssh2: only take note. */
static void
channel_opened(void *context, LIBSSH2_CHANNEL *channel)
{
	struct forward *forward = context;
	struct tube *tube = mem_zero(sizeof(*tube));

	tube->forward = forward;
	tube->channel = channel;
	ring_add(&forward->tubes, &tube->in_forward);
	forward->tube_count++;
	if (forward->open_count >= FORWARD_MOST)
		return;
	tube->open = true;
	forward->open_count++;
	uv_pipe_init(forward->loop, &tube->pipe, 0);
	tube->pipe.data = tube->connect.data = tube->write.data =
	    tube->shutdown.data = tube;
	/* It is the visit that keeps the loop going. */
	uv_unref((uv_handle_t *)&tube->pipe);
	uv_pipe_connect(&tube->connect, &tube->pipe, forward->path, connected);
}

/* May these bytes go to the agent?  Follows messages by their lengths. */
static bool
admit(struct tube *tube, const char *data, size_t len)
{
	while (len > 0) {
		struct wire head = { tube->head, sizeof(tube->head) };
		size_t part;
		uint32_t size;

		if (tube->body_left > 0) {
			part = len < tube->body_left ? len : tube->body_left;
			tube->body_left -= part;
			data += part;
			len -= part;
			continue;
		}
		tube->head[tube->head_len++] = (unsigned char)*data++;
		len--;
		if (tube->head_len < sizeof(tube->head))
			continue;
		tube->head_len = 0;
		if (!wire_u32(&head, &size) || size == 0 ||
		    size > AGENT_LONGEST ||
		    tube->head[4] == ADD_SMARTCARD_KEY ||
		    tube->head[4] == ADD_SMARTCARD_KEY_CONSTRAINED)
			return false;
		tube->body_left = size - 1;
	}
	return true;
}

/* Take what the host sent.  All of it, at once: it must not stay in libssh2,
 * which has room for 2 MB a channel. */
static void
take(struct tube *tube)
{
	char piece[PIECE];
	ssize_t got;

	libssh2_channel_flush_ex(tube->channel, SSH_EXTENDED_DATA_STDERR);
	while (!tube->agent_gone && (got = libssh2_channel_read(tube->channel,
	    piece, sizeof(piece))) > 0) {
		buf_add(&tube->to_agent, piece, (size_t)got);
		if (!admit(tube, piece, (size_t)got) ||
		    tube->to_agent.len > ENOUGH)
			leave_agent(tube);
	}
}

static void
hand_to_agent(struct tube *tube)
{
	uv_stream_t *stream = (uv_stream_t *)&tube->pipe;
	struct buf used = tube->in_hand;
	uv_buf_t bytes;

	if (tube->writing || tube->shut || !tube->connected ||
	    tube->agent_gone)
		return;
	if (tube->to_agent.len > 0) {
		buf_clear(&used);
		tube->in_hand = tube->to_agent;
		tube->to_agent = used;
		bytes = uv_buf_init(tube->in_hand.data,
		    (unsigned)tube->in_hand.len);
		tube->writing = uv_write(&tube->write, stream, &bytes, 1,
		    written) == 0;
		if (!tube->writing)
			leave_agent(tube);
	} else if (libssh2_channel_eof(tube->channel)) {
		tube->shut = true;
		uv_shutdown(&tube->shutdown, stream, NULL);
	}
}

/* An answer of the agent goes on its way; the next is not read before. */
static void
hand_to_host(struct tube *tube)
{
	bool room;

	while (tube->to_host.len > 0) {
		ssize_t sent = libssh2_channel_write(tube->channel,
		    tube->to_host.data, tube->to_host.len);

		if (sent < 0 && sent != LIBSSH2_ERROR_EAGAIN) {
			buf_clear(&tube->to_host);
			leave_agent(tube);
		}
		if (sent <= 0)
			break;
		buf_skip(&tube->to_host, (size_t)sent);
	}
	room = tube->to_host.len < ENOUGH && tube->connected &&
	    !tube->agent_gone;
	if (room && !tube->reading)
		uv_read_start((uv_stream_t *)&tube->pipe, give_room, received);
	else if (!room && tube->reading)
		uv_read_stop((uv_stream_t *)&tube->pipe);
	tube->reading = room;
}

/* Has the host closed it, or is nothing more to come from here? */
static bool
is_over(struct tube *tube)
{
	if (!tube->open || (tube->agent_gone && tube->to_host.len == 0))
		return true;
	return libssh2_channel_eof(tube->channel) &&
	    libssh2_channel_wait_closed(tube->channel) == 0;
}

static void
tube_step(struct tube *tube)
{
	if (tube->open) {
		take(tube);
		hand_to_agent(tube);
		hand_to_host(tube);
	}
	if (!is_over(tube))
		return;
	/* The host may go on sending until it has closed its side. */
	libssh2_channel_flush_ex(tube->channel, LIBSSH2_CHANNEL_FLUSH_ALL);
	if (libssh2_channel_free(tube->channel) != LIBSSH2_ERROR_EAGAIN)
		tube_free(tube);
}

struct forward *
forward_new(struct session *session, uv_loop_t *loop, const char *path,
    void (*poke_user)(void *context), void *context)
{
	struct forward *forward = mem_zero(sizeof(*forward));

	forward->session = session;
	forward->loop = loop;
	forward->path = mem_dup(path);
	forward->poke = poke_user;
	forward->context = context;
	ring_init(&forward->tubes);
	session_take_agents(session, channel_opened, forward);
	return forward;
}

int
forward_ask(struct forward *forward, LIBSSH2_CHANNEL *channel)
{
	(void)forward;
	return libssh2_channel_request_auth_agent(channel);
}

bool
forward_step(struct forward *forward)
{
	struct ring *at, *next;

	for (at = forward->tubes.next; at != &forward->tubes; at = next) {
		next = at->next;
		tube_step(ring_outer(at, struct tube, in_forward));
	}
	return forward->tube_count <= TUBES_MOST;
}

void
forward_free(struct forward *forward)
{
	struct ring *at;

	if (forward == NULL)
		return;
	session_take_agents(forward->session, NULL, NULL);
	while ((at = ring_first(&forward->tubes)) != NULL)
		tube_free(ring_outer(at, struct tube, in_forward));
	free(forward->path);
	free(forward);
}
