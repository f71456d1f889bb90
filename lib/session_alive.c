/* SPDX-License-Identifier: BSD-2-Clause */
/* Signs of life, asked for when nothing comes. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "mem.h"
#include "session.h"
#include "session_priv.h"

static void
ask_alive(uv_timer_t *timer)
{
	struct session *session = timer->data;
	int next;

	/* Nobody is to blame for what we do not read. */
	if (session->received != session->received_then || session->deaf ||
	    session->unread)
		session->missed = 0;
	else if (session->missed++ >= session->missed_most)
		session->silent = true;
	if (session->silent && session->error == 0)
		session->error = ETIMEDOUT;
	session->received_then = session->received;
	if (session->error != 0) {
		uv_timer_stop(timer);
		session->poke(session->context);
		return;
	}
	libssh2_keepalive_send(session->ssh, &next);
	session_settle(session);
}

void
session_keep_alive(struct session *session, int interval, int missed)
{
	uint64_t ms = (uint64_t)interval * 1000;

	session->alive = mem_zero(sizeof(*session->alive));
	uv_timer_init(session->loop, session->alive);
	session->alive->data = session;
	session->missed_most = missed;
	/* libssh2 counts seconds since it last sent: ours is the one clock. */
	libssh2_keepalive_config(session->ssh, 1, 1);
	uv_timer_start(session->alive, ask_alive, ms, ms);
}

static void
alive_closed(uv_handle_t *handle)
{
	free(handle);
}

void
session_alive_end(struct session *session)
{
	if (session->alive != NULL)
		uv_close((uv_handle_t *)session->alive, alive_closed);
	session->alive = NULL;
}

void
session_cut(struct session *session)
{
	session->dead = true;
}
