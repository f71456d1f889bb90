/* SPDX-License-Identifier: BSD-2-Clause */
/* The agent's messages: draft-ietf-sshm-ssh-agent, section 5. */
#ifndef AGENT_MESSAGE_H
#define AGENT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "wire.h"

struct agent_key;

/* Write a request with its length in front. */
void	 agent_message_ask_list(struct buf *);
void	 agent_message_ask_signature(struct buf *, const void *blob,
	    size_t blob_len, const void *data, size_t len, uint32_t flags);

/* Read an answer without its length.  NULL, and the result is the caller's to
 * free; else what is wrong (a literal), and there is none. */
const char *agent_message_list(struct wire, struct agent_key **, size_t *count);
const char *agent_message_signature(struct wire, unsigned char **signature,
    size_t *len);

void	 agent_message_free_list(struct agent_key *, size_t count);

#endif
