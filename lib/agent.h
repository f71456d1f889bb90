/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of ssh-agent (draft-ietf-sshm-ssh-agent), on the loop.  All hosts
 * share a few connections to each agent.  Whoever asks for a signature cancels
 * when its own time is up. */
#ifndef AGENT_H
#define AGENT_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct agents;		/* all agents of the run */
struct agent;		/* one socket */
struct agent_request;	/* one answer waited for */

struct agent_key {
	unsigned char *blob;	/* RFC 4253, section 6.6 */
	size_t	 blob_len;
	char	*type;		/* "ssh-ed25519" */
	char	*comment;
};

/* sign flags: how an RSA key is to sign; others take 0 */
#define AGENT_RSA_SHA2_256	2
#define AGENT_RSA_SHA2_512	4

/* On failure KEYS is NULL and ERROR says why, "agent SOCKET: what" (lent, as
 * is KEYS until agents_release()). */
typedef void agent_listed(void *context, const struct agent_key *keys,
	    size_t count, const char *error);

/* SIGNATURE is the whole blob, algorithm name included (lent for the call);
 * on failure it is NULL and ERROR says why. */
typedef void agent_signed(void *context, const unsigned char *signature,
	    size_t len, const char *error);

struct agents *agents_new(uv_loop_t *);

/* Close all connections; no callback comes any more.  The memory goes when
 * libuv has closed the handles, so run the loop afterwards.  Until then the
 * connections do not keep the loop from ending. */
void	 agents_release(struct agents *);

/* The agent at the socket PATH; no connection is made yet. */
struct agent *agent_get(struct agents *, const char *path);

/* Ask which keys it has.  It is asked once a run; later callers get the same
 * answer, also if it is a failure, as it is when none has come after PATIENCE
 * ms of whoever asked first (0: no limit).  Callbacks here never come before
 * the call that asks has returned, they come once, and the request is gone
 * then. */
struct agent_request *agent_list(struct agent *, uint64_t patience,
	    agent_listed *, void *context);

/* Forget the answer, which nobody may still have; who has asked and has not
 * been told yet is told the next one.  Not to be called from a callback. */
void	 agent_ask_anew(struct agent *);

/* Have the LEN bytes at DATA signed by the key BLOB.  Both are copied. */
struct agent_request *agent_sign(struct agent *, const void *blob,
	    size_t blob_len, const void *data, size_t len, uint32_t flags,
	    agent_signed *, void *context);

/* Forget the request: its callback will not come.  NULL is ignored. */
void	 agent_cancel(struct agent_request *);

#endif
