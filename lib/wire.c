/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "wire.h"

bool
wire_skip(struct wire *wire, size_t len)
{
	if (len > wire->left)
		return false;
	wire->at += len;
	wire->left -= len;
	return true;
}

bool
wire_byte(struct wire *wire, uint8_t *byte)
{
	const unsigned char *at = wire->at;

	if (!wire_skip(wire, 1))
		return false;
	*byte = *at;
	return true;
}

bool
wire_u32(struct wire *wire, uint32_t *number)
{
	const unsigned char *at = wire->at;

	if (!wire_skip(wire, 4))
		return false;
	*number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	    (uint32_t)at[2] << 8 | at[3];
	return true;
}

bool
wire_string(struct wire *wire, struct wire *string)
{
	struct wire rest = *wire;
	uint32_t len;

	if (!wire_u32(&rest, &len) || len > rest.left)
		return false;
	*string = (struct wire){ rest.at, len };
	wire_skip(&rest, len);
	*wire = rest;
	return true;
}

bool
wire_is(const struct wire *wire, const char *text)
{
	return wire->left == strlen(text) &&
	    memcmp(wire->at, text, wire->left) == 0;
}

void
wire_add_u32(struct buf *buf, uint32_t number)
{
	unsigned char bytes[4] = {
		(unsigned char)(number >> 24), (unsigned char)(number >> 16),
		(unsigned char)(number >> 8), (unsigned char)number,
	};

	buf_add(buf, bytes, sizeof(bytes));
}

void
wire_add_string(struct buf *buf, const void *data, size_t len)
{
	wire_add_u32(buf, (uint32_t)len);
	buf_add(buf, data, len);
}
