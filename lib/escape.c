/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "escape.h"

/* The length of the character that BYTE begins in UTF-8, 0 if it begins none
 * (RFC 3629, section 4). */
static size_t
character_length(unsigned char byte)
{
	if (byte < 0x80)
		return 1;
	if (byte >= 0xc2 && byte <= 0xdf)
		return 2;
	if (byte >= 0xe0 && byte <= 0xef)
		return 3;
	if (byte >= 0xf0 && byte <= 0xf4)
		return 4;
	return 0;
}

/* The LEN bytes at TEXT are one well-formed character longer than a byte. */
static bool
well_formed(const unsigned char *text, size_t len)
{
	uint32_t code = text[0] & (0xffU >> (len + 1));

	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return false;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (len == 2)
		return code >= 0xa0;	/* U+0080 to U+009F are controls */
	if (len == 3)
		return code >= 0x800 && (code < 0xd800 || code > 0xdfff) &&
		    /* line separators; marks that turn the direction of
		     * writing around */
		    !(code >= 0x2028 && code <= 0x202e) &&
		    !(code >= 0x2066 && code <= 0x2069);
	return code >= 0x10000 && code <= 0x10ffff;
}

static void
add_byte(struct buf *out, unsigned char byte, const char *keep)
{
	if (byte != '\0' && byte < 0x20 && strchr(keep, byte) != NULL)
		buf_addc(out, (char)byte);
	else if (byte == '\n')
		buf_adds(out, "\\n");
	else if (byte == '\r')
		buf_adds(out, "\\r");
	else if (byte == '\t')
		buf_adds(out, "\\t");
	else
		buf_addf(out, "\\x%02x", byte);
}

void
escape_add(struct buf *out, const char *text, size_t len, const char *keep)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + len;

	while (at < end) {
		const unsigned char *plain = at;
		size_t size;

		/* Nearly all there is: taken in one go. */
		while (at < end && *at >= 0x20 && *at < 0x7f)
			at++;
		buf_add(out, plain, (size_t)(at - plain));
		if (at == end)
			return;
		size = character_length(*at);
		if (size > 1 && size <= (size_t)(end - at) &&
		    well_formed(at, size)) {
			buf_add(out, at, size);
			at += size;
		} else if (*at == '\r' && end - at > 1 && at[1] == '\n' &&
		    strchr(keep, '\n') != NULL) {
			buf_addc(out, (char)*at++);
		} else {
			add_byte(out, *at++, keep);
		}
	}
}

size_t
escape_unfinished(const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\r')
		return 1;
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char byte = (unsigned char)text[len - back];

		if ((byte & 0xc0) != 0x80)
			return character_length(byte) > back ? back : 0;
	}
	return 0;
}
