/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>

#include "agent.h"
#include "agent_message.h"
#include "mem.h"

enum {
	FAILURE = 5,
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
};

static const char garbage[] = "sent garbage";

void
agent_message_ask_list(struct buf *out)
{
	wire_add_u32(out, 1);
	buf_addc(out, REQUEST_IDENTITIES);
}

void
agent_message_ask_signature(struct buf *out, const void *blob,
    size_t blob_len, const void *data, size_t len, uint32_t flags)
{
	wire_add_u32(out, (uint32_t)(1 + 4 + blob_len + 4 + len + 4));
	buf_addc(out, SIGN_REQUEST);
	wire_add_string(out, blob, blob_len);
	wire_add_string(out, data, len);
	wire_add_u32(out, flags);
}

/* One key; a blob that does not even begin like one is garbage. */
static bool
take_key(struct wire *from, struct agent_key *key)
{
	struct wire blob, comment, type, rest;

	if (!wire_string(from, &blob) || !wire_string(from, &comment))
		return false;
	rest = blob;
	if (!wire_string(&rest, &type))
		return false;
	key->blob = (unsigned char *)mem_ndup((const char *)blob.at,
	    blob.left);
	key->blob_len = blob.left;
	key->type = mem_ndup((const char *)type.at, type.left);
	key->comment = mem_ndup((const char *)comment.at, comment.left);
	return true;
}

const char *
agent_message_list(struct wire from, struct agent_key **keys, size_t *count)
{
	uint32_t announced;
	uint8_t type;

	*keys = NULL;
	*count = 0;
	if (!wire_byte(&from, &type))
		return garbage;
	if (type == FAILURE)
		return "refused to list its keys";
	if (type != IDENTITIES_ANSWER || !wire_u32(&from, &announced) ||
	    announced > from.left / 8)	/* two lengths a key, at least */
		return garbage;
	*keys = mem_zero(announced * sizeof(**keys));
	for (; *count < announced; (*count)++) {
		if (!take_key(&from, &(*keys)[*count])) {
			agent_message_free_list(*keys, *count);
			*keys = NULL;
			*count = 0;
			return garbage;
		}
	}
	return NULL;
}

const char *
agent_message_signature(struct wire from, unsigned char **signature,
    size_t *len)
{
	struct wire blob;
	uint8_t type;

	if (!wire_byte(&from, &type))
		return garbage;
	if (type == FAILURE)
		return "refused to sign";
	if (type != SIGN_RESPONSE || !wire_string(&from, &blob) ||
	    blob.left == 0)
		return garbage;
	*signature = (unsigned char *)mem_ndup((const char *)blob.at,
	    blob.left);
	*len = blob.left;
	return NULL;
}

void
agent_message_free_list(struct agent_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(keys[i].blob);
		free(keys[i].type);
		free(keys[i].comment);
	}
	free(keys);
}
