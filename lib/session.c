/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "greeting.h"
#include "kexinit.h"
#include "link.h"
#include "loop.h"
#include "mem.h"
#include "session.h"
#include "session_priv.h"

/* Reads shorter than this come from the buffer that is read ahead into:
 * libssh2 takes the server's banner a byte at a time. */
#define SMALL_READ 1024
#define AHEAD 4096
#define FAREWELL 256	/* bytes kept of what a server says, disconnecting */
#define TURN (256 * 1024)	/* received before others have theirs */
#define OUT_MOST (4 * SESSION_ENOUGH)	/* answers that nobody reads */
#define VAIN_MOST (1 << 20)	/* asked in one turn: for ever */
#define LOGIN_MOST (1 << 20)	/* until then: libssh2 may keep all */

static ssize_t
receive(struct session *session, void *data, size_t len)
{
	ssize_t got = session->link->ops->receive(session->link, data, len);

	session->unread = false;
	/* When nothing is left, what sending has learnt is the end. */
	if (got <= 0 && session->error == 0)
		session->error = session->unsendable;
	if (got < 0) {
		bool again = errno == EAGAIN || errno == EINTR;

		/* One call of libssh2 must not find, and queue for another
		 * stream or channel, what none of those before it could see. */
		session->drained |= again;
		if (session->error == 0 && again)
			return -EAGAIN;
		if (session->error == 0)
			session->error = errno;
		return -session->error;
	}
	session->closed = got == 0;
	if (session->unsendable != 0)
		loop_later(session->loop, &session->wake);
	kexinit_add(session->theirs, data, (size_t)got);
	session->received += (uint64_t)got;
	session->turn += (size_t)got;
	greeting_add(&session->greeting, data, (size_t)got);
	session->drained = (size_t)got < len || session->turn >= TURN;
	if (session->received > LOGIN_MOST &&
	    !libssh2_userauth_authenticated(session->ssh))
		return -(session->error = EMSGSIZE);
	return got;
}

static ssize_t
receive_ahead(struct session *session, void *data, size_t len)
{
	size_t left = session->ahead_len - session->ahead_at;
	ssize_t got;

	if (left == 0) {
		if (session->ahead == NULL)
			session->ahead = mem_zero(AHEAD);
		got = receive(session, session->ahead, AHEAD);
		if (got <= 0)
			return got;
		session->ahead_at = 0;
		session->ahead_len = left = (size_t)got;
	}
	len = len < left ? len : left;
	memcpy(data, session->ahead + session->ahead_at, len);
	session->ahead_at += len;
	return (ssize_t)len;
}

bool
session_ended(struct session *session)
{
	size_t left = session->ahead_len - session->ahead_at;
	ssize_t got;

	if (session->ahead == NULL)
		session->ahead = mem_zero(AHEAD);
	memmove(session->ahead, session->ahead + session->ahead_at, left);
	session->ahead_at = 0;
	session->ahead_len = left;
	while (session->ahead_len < AHEAD && (got = receive(session,
	    session->ahead + session->ahead_len,
	    AHEAD - session->ahead_len)) > 0)
		session->ahead_len += (size_t)got;
	return session->closed || session->error != 0;
}

static LIBSSH2_RECV_FUNC(on_receive)
{
	struct session *session = *abstract;

	(void)socket;
	(void)flags;
	if (session->dead)
		return -ECONNRESET;
	if (session->error == ENOBUFS)
		return -ENOBUFS;
	if (session->ahead_at < session->ahead_len)
		return receive_ahead(session, buffer, length);
	if (session->drained && !session->closed && session->error == 0)
		return ++session->vain <= VAIN_MOST ? -EAGAIN :
		    -(session->error = EPROTO);
	if (length < SMALL_READ)
		return receive_ahead(session, buffer, length);
	free(session->ahead);
	session->ahead = NULL;
	return receive(session, buffer, length);
}

static LIBSSH2_SEND_FUNC(on_send)
{
	struct session *session = *abstract;

	(void)socket;
	(void)flags;
	if (session->dead)
		return -ECONNRESET;
	if (session->out.len > OUT_MOST) {
		if (session->error == 0)
			session->error = ENOBUFS;
		return -session->error;
	}
	session->spoken = true;
	kexinit_add(session->ours, buffer, length);
	buf_add(&session->out, buffer, length);
	return (ssize_t)length;
}

static LIBSSH2_DISCONNECT_FUNC(on_disconnect)
{
	struct session *self = *abstract;

	(void)session;
	(void)language;
	(void)language_len;
	self->too_many = reason == SSH_DISCONNECT_TOO_MANY_CONNECTIONS;
	if (self->farewell == NULL && message_len > 0)
		self->farewell = mem_ndup(message, message_len < FAREWELL ?
		    (size_t)message_len : FAREWELL);
}

static void
woken(void *context)
{
	struct session *session = context;

	/* No event need follow one that sending has used up. */
	if (session->unsendable != 0)
		session->drained = false;
	session->poke(session->context);
}

static void
link_event(void *context, bool receive)
{
	struct session *session = context;

	if (receive)
		session->unread = true;
	session->drained = false;
	session->turn = session->vain = 0;
	session->poke(session->context);
}

struct session *
session_open(uv_loop_t *loop, struct link *link,
    void (*poke)(void *context), void *context)
{
	struct session *session = mem_zero(sizeof(*session));

	session->ssh = libssh2_session_init_ex(session_alloc, session_free,
	    session_realloc, session);
	if (session->ssh == NULL)
		mem_zero(SIZE_MAX);	/* out of memory: says so and ends */
	libssh2_session_set_blocking(session->ssh, 0);
	/* Its own clock gives up after 60 s; the job has better ones. */
	libssh2_session_set_read_timeout(session->ssh, LONG_MAX);
	libssh2_session_banner_set(session->ssh,
	    "SSH-2.0-cpssh_" PACKAGE_VERSION);
	session_callback(session->ssh, LIBSSH2_CALLBACK_RECV,
	    (libssh2_cb_generic *)on_receive);
	session_callback(session->ssh, LIBSSH2_CALLBACK_SEND,
	    (libssh2_cb_generic *)on_send);
	session_callback(session->ssh, LIBSSH2_CALLBACK_DISCONNECT,
	    (libssh2_cb_generic *)on_disconnect);
	session_told_begin(session->ssh);
	session->ours = kexinit_new();
	session->theirs = kexinit_new();
	session->link = link;
	link->event = link_event;
	link->context = session;
	session->poke = poke;
	session->context = context;
	session->loop = loop;
	session->wake = (struct later){ .call = woken, .context = session };
	return session;
}

LIBSSH2_SESSION *
session_ssh(struct session *session)
{
	return session->ssh;
}

static void
forget_offers(struct session *session)
{
	kexinit_free(session->ours);
	kexinit_free(session->theirs);
	session->ours = session->theirs = NULL;
}

int
session_shake(struct session *session)
{
	int result = libssh2_session_handshake(session->ssh,
	    session->link->fd);

	if (result == 0)
		forget_offers(session);
	return result;
}

char *
session_mismatch(const struct session *session)
{
	return kexinit_mismatch(session->ours, session->theirs);
}

static void
flush(struct session *session)
{
	while (session->out.len > 0) {
		ssize_t sent = session->link->ops->send(session->link,
		    session->out.data, session->out.len);

		if (sent >= 0) {
			buf_skip(&session->out, (size_t)sent);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			/* libssh2 is told when all has been read. */
			session->unsendable = errno;
			buf_free(&session->out);
			loop_later(session->loop, &session->wake);
			return;
		}
	}
	if (session->out.room > SMALL_READ)
		buf_free(&session->out);
}

void
session_settle(struct session *session)
{
	bool full = session->out.len >= SESSION_ENOUGH;

	if (session->dead)
		return;
	session->vain = 0;
	flush(session);
	/* Whoever has stopped writing because of that may go on; when all was
	 * sent at once, the link has nothing more to tell. */
	if (full && session->out.len < SESSION_ENOUGH)
		loop_later(session->loop, &session->wake);
	/* Who waits for something else reads when that has come. */
	session->link->ops->watch(session->link,
	    !session->deaf && !session->unread, session->out.len > 0);
}

void
session_listen(struct session *session, bool listen)
{
	session->deaf = !listen;
}

size_t
session_backlog(const struct session *session)
{
	return session->out.len;
}

uint64_t
session_received(const struct session *session)
{
	return session->received;
}

int
session_fd(const struct session *session)
{
	return session->link->fd;
}

void
session_quick(struct session *session)
{
	session->link->ops->quick(session->link);
}

bool
session_broken(const struct session *session)
{
	return session->farewell != NULL || session->error != 0 ||
	    session->closed;
}

bool
session_dismissed(const struct session *session)
{
	return session->farewell != NULL;
}

bool
session_dropped(struct session *session, bool *full)
{
	*full = session->too_many || greeting_is_full(session_said(session));
	return session->too_many || (session->farewell == NULL &&
	    (session->closed || session->error == ECONNRESET ||
	    session->error == EPIPE));
}

void
session_close(struct session *session, bool polite)
{
	if (session == NULL)
		return;
	if (polite && !session->dead && session->spoken &&
	    session->error == 0 && session->unsendable == 0 &&
	    !session->closed) {
		libssh2_session_disconnect(session->ssh,
		    "disconnected by user");
		flush(session);
	}
	session->dead = true;
	loop_forget(session->loop, &session->wake);
	libssh2_session_free(session->ssh);
	session_alive_end(session);
	session->link->ops->close(session->link);
	forget_offers(session);
	buf_free(&session->out);
	free(session->ahead);
	free(session->farewell);
	greeting_free(&session->greeting);
	free(session);
}
