/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "msg.h"

int msg_chatty;

static const char *name = "cpssh";
static void (*line_writer)(const char *line, size_t len);

__attribute__((format(printf, 2, 0)))
static void
say(const char *host, const char *format, va_list args)
{
	struct buf text = { 0 }, line = { 0 };

	buf_addf(&text, "%s: ", name);
	if (host != NULL)
		buf_addf(&text, "%s: ", host);
	buf_vaddf(&text, format, args);
	escape_add(&line, text.data, text.len, "");
	buf_addc(&line, '\n');

	if (line_writer != NULL) {
		line_writer(line.data, line.len);
	} else {
		/* Nobody is left to tell when stderr itself fails. */
		ssize_t ignored = write(STDERR_FILENO, line.data, line.len);
		(void)ignored;
	}
	buf_free(&text);
	buf_free(&line);
}

void
msg_init(const char *progname)
{
	name = progname;
}

const char *
msg_name(void)
{
	return name;
}

void
msg_set_writer(void (*writer)(const char *line, size_t len))
{
	line_writer = writer;
}

void
msg_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(NULL, format, args);
	va_end(args);
}

_Noreturn void
msg_die(int status, const char *format, ...)
{
	va_list args;

	line_writer = NULL;	/* which would write later */
	va_start(args, format);
	say(NULL, format, args);
	va_end(args);
	exit(status);
}

void
msg_host(const char *host, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(host, format, args);
	va_end(args);
}

void
msg_chat(const char *host, const char *format, ...)
{
	va_list args;

	if (!msg_chatty)
		return;
	va_start(args, format);
	say(host, format, args);
	va_end(args);
}
