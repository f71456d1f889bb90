/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "base64.h"
#include "mem.h"
#include "msg.h"

char *
base64_encode(const void *data, size_t len)
{
	unsigned char *text;

	if (len > INT_MAX / 2)
		msg_die(1, "out of memory");
	text = mem_zero((len + 2) / 3 * 4 + 1);
	EVP_EncodeBlock(text, data, (int)len);
	return (char *)text;
}

/* TEXT without blanks; NULL if its length cannot be base64's. */
static unsigned char *
without_blanks(const char *text, size_t *len)
{
	unsigned char *dense = mem_zero(strlen(text) + 1);

	*len = 0;
	for (; *text != '\0'; text++)
		if (strchr(" \t\r\n", *text) == NULL)
			dense[(*len)++] = (unsigned char)*text;
	return dense;
}

bool
base64_decode(struct buf *buf, const char *text)
{
	size_t len, padding;
	unsigned char *dense = without_blanks(text, &len);
	int made = -1;

	/* EVP_DecodeBlock() takes '=' anywhere for a zero, and counts it. */
	padding = len - strcspn((char *)dense, "=");
	if (len % 4 == 0 && len < INT_MAX / 2 && padding <= 2 &&
	    strspn((char *)dense + len - padding, "=") == padding) {
		made = EVP_DecodeBlock((unsigned char *)buf_reserve(buf,
		    len / 4 * 3 + 1), dense, (int)len);
	}
	if (made >= (int)padding)
		buf->len += (size_t)made - padding;
	mem_wipe(dense, len);
	return made >= 0;
}
