/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"

#define SMALLEST 64

char *
buf_reserve(struct buf *buf, size_t len)
{
	size_t skipped = (size_t)(buf->data - buf->start);
	size_t size = buf->room + skipped;

	if (len <= buf->room - buf->len)
		return buf->data + buf->len;

	/* Emptied at the front at least half: move instead of growing. */
	if (skipped >= buf->len && len <= size - buf->len && size > 0) {
		memmove(buf->start, buf->data, buf->len);
	} else {
		if (len > SIZE_MAX / 4 - buf->len)
			msg_die(1, "out of memory");
		size = size < SMALLEST ? SMALLEST : size;
		while (size - skipped < buf->len + len)
			size *= 2;
		buf->start = mem_resize(buf->start, size, 1);
		if (skipped > 0)
			memmove(buf->start, buf->start + skipped, buf->len);
	}
	buf->data = buf->start;
	buf->room = size;
	return buf->data + buf->len;
}

void
buf_add(struct buf *buf, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_reserve(buf, len), data, len);
	buf->len += len;
}

void
buf_adds(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_join(struct buf *buf, const char *separator, const char *text)
{
	if (buf->len > 0)
		buf_adds(buf, separator);
	buf_adds(buf, text);
}

void
buf_addc(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void
buf_vaddf(struct buf *buf, const char *format, va_list args)
{
	char *text = NULL;
	int len = vasprintf(&text, format, args);

	if (len < 0)
		msg_die(1, "out of memory");
	buf_add(buf, text, (size_t)len);
	free(text);
}

void
buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vaddf(buf, format, args);
	va_end(args);
}

void
buf_skip(struct buf *buf, size_t len)
{
	if (len >= buf->len) {
		buf_clear(buf);
		return;
	}
	buf->data += len;
	buf->len -= len;
	buf->room -= len;
}

void
buf_clear(struct buf *buf)
{
	buf->room += (size_t)(buf->data - buf->start);
	buf->data = buf->start;
	buf->len = 0;
}

const char *
buf_text(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
	return buf->data;
}

char *
buf_release(struct buf *buf)
{
	char *text;

	buf_text(buf);
	if (buf->data != buf->start)
		memmove(buf->start, buf->data, buf->len + 1);
	text = buf->start;
	*buf = (struct buf){ 0 };
	return text;
}

void
buf_free(struct buf *buf)
{
	free(buf->start);
	*buf = (struct buf){ 0 };
}

void
buf_wipe(struct buf *buf)
{
	buf_clear(buf);
	mem_wipe(buf->start, buf->room);
	*buf = (struct buf){ 0 };
}
