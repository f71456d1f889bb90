/* SPDX-License-Identifier: BSD-2-Clause */
/* What went wrong with a session, for messages. */
#include "config.h"

#include <string.h>

#include "greeting.h"
#include "link.h"
#include "mem.h"
#include "session.h"
#include "session_priv.h"

const char *
session_said(struct session *session)
{
	return greeting_text(&session->greeting);
}

static bool
had_long_packet(const struct session *session)
{
#ifdef HAVE_PATCHED_LIBSSH2
	return libssh2_session_long_packet(session->ssh);
#else
	(void)session;
	return false;
#endif
}

char *
session_words(struct session *session, int error)
{
	char *words = NULL, *why;
	int len = 0;

	if (session->farewell != NULL)
		return mem_print("disconnected by the host: %s",
		    session->farewell);
	if (session->silent)
		return mem_dup("the host has stopped answering "
		    "(ServerAliveInterval)");
	if (session->error == EMSGSIZE)
		return mem_dup("the host sends far more than a login needs");
	if (session->error == ENOBUFS)
		return mem_dup("the host asks much and reads no answer");
	if (had_long_packet(session))
		return mem_dup("the host has sent a packet longer than the "
		    "35000 bytes that SSH demands room for");
	why = session->error != 0 || session->closed ?
	    session->link->ops->words(session->link) : NULL;
	if (why != NULL)
		return why;
	if (session->error != 0)
		return mem_dup(strerror(session->error));
	if (session->closed)
		return mem_dup("connection closed by the host");
	libssh2_session_last_error(session->ssh, &words, &len, 0);
	if (words == NULL || len == 0)
		return mem_print("libssh2 error %d", error);
	return mem_print("%s (libssh2 error %d)", words, error);
}
