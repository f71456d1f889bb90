/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel as a link.  Reading from one channel has libssh2 take all that has
 * come for the session, and keep what is for the others; so whoever reads
 * wakes the lane, which tells the others.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "jump_priv.h"
#include "mem.h"
#include "session.h"
#include "wire.h"

#define PACKET (32 * 1024)	/* RFC 4253, section 6.1: all must take it */

/* More than the session within may have in flight, so that its own window is
 * what slows it down. */
#define WINDOW_MORE (64 * 1024)

/* RFC 4254, section 7.2.  Where the connection comes from is nowhere. */
static struct buf
request_of(const struct jump_wish *wish)
{
	struct buf message = { 0 };

	wire_add_string(&message, wish->host, strlen(wish->host));
	wire_add_u32(&message, (uint32_t)wish->port);
	wire_add_string(&message, "127.0.0.1", 9);
	wire_add_u32(&message, 65535);
	return message;
}

static const char type[] = "direct-tcpip";

int
jump_open(struct jump_request *self)
{
	LIBSSH2_SESSION *ssh = session_ssh(self->lane->job->session);
	uint32_t window = self->lane->job->run->window + WINDOW_MORE;
	struct buf message = request_of(&self->wish);
	int error = 0;

#ifdef HAVE_LIBSSH2_CHANNEL_OPEN_BEGIN
	if (self->half == NULL)
		self->half = libssh2_channel_open_begin(ssh, type,
		    sizeof(type) - 1, window, PACKET, message.data,
		    (unsigned)message.len);
	error = self->half == NULL ? libssh2_session_last_errno(ssh) :
	    libssh2_channel_open_end(self->half);
	if (error == 0)
		self->channel = self->half;
#else
	self->channel = libssh2_channel_open_ex(ssh, type, sizeof(type) - 1,
	    window, PACKET, message.data, (unsigned)message.len);
	if (self->channel == NULL)
		error = libssh2_session_last_errno(ssh);
#endif
	buf_free(&message);
	if (error != LIBSSH2_ERROR_EAGAIN)
		self->half = NULL;
	return error;
}

static ssize_t
fail_with(int error)
{
	errno = error;
	return -1;
}

/* Something that has come, and is not read yet. */
static unsigned long
waiting(const struct jump_request *self)
{
	unsigned long bytes = 0;

	libssh2_channel_window_read_ex(self->channel, &bytes, NULL);
	return bytes;
}

/* Has something come, or the end? */
static bool
has_input(const struct jump_request *self)
{
	return waiting(self) > 0 || libssh2_channel_eof(self->channel);
}

/* A login that is lost is told apart from a connection that the host itself
 * has closed. */
static ssize_t
passage_receive(struct link *link, void *data, size_t len)
{
	struct jump_request *self = (struct jump_request *)link;
	ssize_t got;

	if (self->lane == NULL)
		return fail_with(ENETRESET);
	got = libssh2_channel_read(self->channel, data, len);
	if (session_received(self->lane->job->session) != self->lane->heard)
		jump_wake(self->lane);
	if (got > 0)
		return got;
	/* A second stream has no place here (RFC 4254, section 7.2), and would
	 * be taken for something to read. */
	if (waiting(self) > 0)
		libssh2_channel_flush_ex(self->channel,
		    SSH_EXTENDED_DATA_STDERR);
	if (got == LIBSSH2_ERROR_EAGAIN ||
	    (got == 0 && !libssh2_channel_eof(self->channel)))
		return fail_with(EAGAIN);
	return got == 0 ? 0 : fail_with(ENETRESET);
}

static ssize_t
passage_send(struct link *link, const void *data, size_t len)
{
	struct jump_request *self = (struct jump_request *)link;
	ssize_t sent;

	if (self->lane == NULL)
		return fail_with(ECONNRESET);
	if (session_backlog(self->lane->job->session) >= SESSION_ENOUGH)
		return fail_with(EAGAIN);
	sent = libssh2_channel_write(self->channel, data, len);
	if (sent > 0) {
		jump_wake(self->lane);
		return sent;
	}
	return fail_with(sent == 0 || sent == LIBSSH2_ERROR_EAGAIN ? EAGAIN :
	    EPIPE);
}

static void
passage_watch(struct link *link, bool receive, bool send)
{
	struct jump_request *self = (struct jump_request *)link;

	self->receive = receive;
	self->send = send;
	if (self->lane != NULL && receive && has_input(self))
		jump_wake(self->lane);
}

static void
passage_quick(struct link *link)
{
	struct jump_request *self = (struct jump_request *)link;

	if (self->lane != NULL)
		session_quick(self->lane->job->session);
}

static char *
passage_words(struct link *link)
{
	struct jump_request *self = (struct jump_request *)link;

	return self->lost != NULL ? mem_dup(self->lost) : NULL;
}

static void
passage_close(struct link *link)
{
	struct jump_request *self = (struct jump_request *)link;

	if (self->lane == NULL) {
		jump_forget(self);
		return;
	}
	self->closed = true;
	self->receive = self->send = false;
	jump_wake(self->lane);
}

const struct link_ops jump_ops = {
	.receive = passage_receive,
	.send = passage_send,
	.watch = passage_watch,
	.quick = passage_quick,
	.words = passage_words,
	.close = passage_close,
};

void
jump_tell(struct jump_request *self)
{
	bool receive = self->receive && has_input(self);
	bool send = self->send &&
	    session_backlog(self->lane->job->session) < SESSION_ENOUGH &&
	    libssh2_channel_window_write(self->channel) > 0;

	if (receive || send)
		self->link.event(self->link.context, receive);
}
