/* SPDX-License-Identifier: BSD-2-Clause */
/* One SSH connection: libssh2 fed through buffers of our own.
 *
 * What libssh2 sends is kept in a buffer and is never short, what it receives
 * is read ahead, and a dead session fails both at once.  So the link is
 * watched for reading always and for writing while the buffer holds something,
 * re-keying cannot deadlock, and the session can be freed at any point. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libssh2.h>
#include <uv.h>

struct hostconf;
struct link;
struct session;

/* Before the first session: NULL, or in fresh memory why libssh2 is of no
 * use. */
char	*session_begin(void);

/* After the last. */
void	 session_end(void);

/* Take over LINK.  POKE is called, never before this returns, whenever the
 * session may have something new to say. */
struct session *session_open(uv_loop_t *, struct link *,
	    void (*poke)(void *context), void *context);

/* For calls of libssh2. */
LIBSSH2_SESSION *session_ssh(struct session *);

/* Before connecting: why there is nothing that the configuration allows and
 * we have, in fresh memory; NULL if there is. */
char	*session_refusal(const struct hostconf *);

/* Offer only what the configuration allows of what we have, the host key
 * algorithms in the order of HOST_KEYS.  Returns NULL, or in fresh memory why
 * nothing is left to offer. */
char	*session_prefer(struct session *, const struct hostconf *,
	    const char *host_keys);

/* The handshake, up to where the host key can be looked at: 0 when done,
 * LIBSSH2_ERROR_EAGAIN, or another error of libssh2. */
int	 session_shake(struct session *);

/* Why the handshake could not be, in fresh memory, if both sides have said
 * what they offer and it is that they have nothing in common; else NULL. */
char	*session_mismatch(const struct session *);

/* Send what waits to be sent and watch the link for what is to come: at
 * the end of every turn. */
void	 session_settle(struct session *);

/* Do not read from the link for now (false), or again (true). */
void	 session_listen(struct session *, bool listen);

/* Bytes that wait to be sent: stop writing to channels above SESSION_ENOUGH. */
size_t	 session_backlog(const struct session *);
#define SESSION_ENOUGH (256 * 1024)

/* Answer the server's next packet at once: without this its Nagle and our
 * delayed acknowledgement cost 40 ms each time they meet. */
void	 session_quick(struct session *);

/* Bytes received in all: what has come since then may be for anybody who uses
 * the session, and the link tells of it once only. */
uint64_t session_received(const struct session *);

/* A socket that the bytes go through in the end. */
int	 session_fd(const struct session *);

/* Has the host told that a command of its own (command= in authorized_keys)
 * runs in place of whatever we ask for?  That of sshd_config is not told. */
bool	 session_forced(struct session *);

/* Call OPENED for each channel that the host opens to our agent, from within
 * any call of libssh2, so it must not make one.  NULL: refuse them, as at
 * first. */
void	 session_take_agents(struct session *,
	    void (*opened)(void *context, LIBSSH2_CHANNEL *), void *context);

/* Is the connection gone, or said farewell by the host? */
bool	 session_broken(const struct session *);

/* Look whether the other side has ended the connection, though nothing is to
 * be read now; what has come before that is kept. */
bool	 session_ended(struct session *);

/* Has the other side closed or reset the connection, without a farewell or with
 * one that it has too many?  FULL: it said that, now or before its version. */
bool	 session_dropped(struct session *, bool *full);

/* What the host said before its version, or NULL; see greeting_text(). */
const char *session_said(struct session *);

/* Has the host said farewell? */
bool	 session_dismissed(const struct session *);

/* What went wrong, for a message; in fresh memory. */
char	*session_words(struct session *, int error);

/* From now on ask for a sign of life when nothing was received for INTERVAL
 * seconds, and after MISSED such questions without one let the session fail
 * with ETIMEDOUT: ServerAliveInterval and ServerAliveCountMax of
 * ssh_config(5). */
void	 session_keep_alive(struct session *, int interval, int missed);

/* Overwrite what libssh2 frees, from now on (true): it may have had a password
 * in it. */
void	 session_guard(struct session *, bool guard);

/* Let libssh2 find no memory (true): the only way to leave a call back without
 * what it asks for, and to have nothing sent. */
void	 session_starve(struct session *, bool starve);

/* Send and receive nothing any more: every call of libssh2 but those that free
 * fails from now on. */
void	 session_cut(struct session *);

/* Say goodbye if POLITE and free everything, at any point of any call of
 * libssh2; channels go with it.  POKE is not called any more. */
void	 session_close(struct session *, bool polite);

#endif
