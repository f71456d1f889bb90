/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "known.h"
#include "mem.h"
#include "whole.h"

#define PIECE 4096
#define BLANKS " \t"

char *
known_read(struct known *known, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;
	char *why;

	buf_clear(&known->text);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd >= 0) {
		while ((got = read(fd, buf_reserve(&known->text, PIECE),
		    PIECE)) > 0)
			known->text.len += (size_t)got;
	}
	why = fd < 0 || got < 0 ? mem_print("cannot read %s: %s", path,
	    strerror(errno)) : NULL;
	if (fd >= 0)
		close(fd);
	if (known->text.len > 0 &&
	    known->text.data[known->text.len - 1] != '\n')
		buf_addc(&known->text, '\n');
	return why;
}

static bool
is_among(char *const *names, const char *name, size_t len)
{
	for (; *names != NULL; names++) {
		if (strlen(*names) == len &&
		    strncasecmp(*names, name, len) == 0)
			return true;
	}
	return false;
}

/* Append a line of LEN bytes, without those of its names that are among
 * NAMES. */
static void
copy_line(struct buf *text, const char *line, size_t len, char *const *names)
{
	size_t list = strspn(line, BLANKS), end, before = text->len;
	const char *at = line + list;

	list = strcspn(at, BLANKS "\n");
	end = (size_t)(at - line) + list;
	/* Comments, and what begins with a marker, are not ours. */
	if (*at == '#' || *at == '@' || end >= len) {
		buf_add(text, line, len);
		return;
	}
	while (list > 0) {
		size_t name = 0;

		while (name < list && at[name] != ',')
			name++;
		if (name > 0 && !is_among(names, at, name)) {
			if (text->len > before)
				buf_addc(text, ',');
			buf_add(text, at, name);
		}
		name += name < list;
		at += name;
		list -= name;
	}
	if (text->len > before)
		buf_add(text, line + end, len - end);
}

void
known_set(struct known *known, char *const *names, char *const *texts,
    size_t count)
{
	struct buf text = { 0 }, list = { 0 };
	const char *at = buf_text(&known->text);

	while (*at != '\0') {
		size_t len = strcspn(at, "\n") + 1;

		copy_line(&text, at, len, names);
		at += len;
	}
	for (; *names != NULL; names++)
		buf_join(&list, ",", *names);
	for (size_t i = 0; i < count; i++)
		buf_addf(&text, "%s %s\n", buf_text(&list), texts[i]);
	buf_free(&list);
	buf_free(&known->text);
	known->text = text;
}

char *
known_write(struct known *known, const char *path)
{
	return whole_write(path, known->text.data, known->text.len,
	    S_IRUSR | S_IWUSR);
}

void
known_free(struct known *known)
{
	buf_free(&known->text);
}
