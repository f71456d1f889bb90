/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "session.h"
#include "session_priv.h"

void
session_callback(LIBSSH2_SESSION *ssh, int which, libssh2_cb_generic *callback)
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
	libssh2_session_callback_set2(ssh, which, callback);
#else
	/* 1.11.0 knows functions as data pointers only. */
	union {
		libssh2_cb_generic *function;
		void *pointer;
	} callback_of = { callback };

	libssh2_session_callback_set(ssh, which, callback_of.pointer);
#endif
}

/* Is WORD among the LEN bytes at TEXT, with a blank before it? */
static bool
has_word(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	for (const char *at = text; len > word_len; at++, len--) {
		if (*at == ' ' && memcmp(at + 1, word, word_len) == 0 &&
		    (len == word_len + 1 || at[word_len + 1] == ' '))
			return true;
	}
	return false;
}

/* OpenSSH says which options the key or certificate has that lets us in:
 * "/home/me/.ssh/authorized_keys:3: key options: command pty"; before 7.7 it
 * was "Forced command." */
static LIBSSH2_DEBUG_FUNC(on_debug)
{
	static const char options[] = "key options:";
	const char *found = NULL;
	struct session *self = *abstract;
	size_t len = message_len > 0 ? (size_t)message_len : 0;

	(void)session;
	(void)always_display;
	(void)language;
	(void)language_len;
	if (message == NULL)
		return;
	found = memmem(message, len, options, sizeof(options) - 1);
	if (found != NULL) {
		found += sizeof(options) - 1;
		len -= (size_t)(found - message);
		self->forced |= has_word(found, len, "command");
	} else if (memmem(message, len, "Forced command", 14) != NULL) {
		self->forced = true;
	}
}

void
session_told_begin(LIBSSH2_SESSION *ssh)
{
	session_callback(ssh, LIBSSH2_CALLBACK_DEBUG,
	    (libssh2_cb_generic *)on_debug);
}

bool
session_forced(struct session *session)
{
	return session->forced;
}

static LIBSSH2_AUTHAGENT_FUNC(on_agent)
{
	struct session *self = *abstract;

	(void)session;
	self->agent(self->agent_context, channel);
}

void
session_take_agents(struct session *session,
    void (*opened)(void *context, LIBSSH2_CHANNEL *), void *context)
{
	session->agent = opened;
	session->agent_context = context;
	session_callback(session_ssh(session), LIBSSH2_CALLBACK_AUTHAGENT,
	    opened == NULL ? NULL : (libssh2_cb_generic *)on_agent);
}
