/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "mem.h"
#include "userdata.h"

#define KEY_MOST 64

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

bool
userdata_is_key(const char *key, size_t len)
{
	if (len == 0 || len > KEY_MOST || *key == '.' || *key == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (key[i] == '\0' ||
		    strchr(LETTERS DIGITS "._-", key[i]) == NULL)
			return false;
	}
	return true;
}

bool
userdata_is_secret(const char *key, char *const *secrets)
{
	if (strcmp(key, USERDATA_SECRET) == 0)
		return true;
	for (; secrets != NULL && *secrets != NULL; secrets++) {
		if (strcmp(*secrets, key) == 0)
			return true;
	}
	return false;
}

/* Tabs are no harm; other control bytes would be taken for something else by
 * whoever reads the file later. */
static const char *
wrong_in(const char *value, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '|')
			return "a '|', which separates pairs";
		if (value[i] == '\n')
			return "a newline, which separates pairs";
		if (iscntrl((unsigned char)value[i]) && value[i] != '\t')
			return "a control character";
	}
	return NULL;
}

bool
userdata_load(struct buf *text, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : 0;
	ssize_t got = 1;

	buf_reserve(text, USERDATA_MOST + 2);
	while (error == 0 && got != 0 && text->len <= USERDATA_MOST) {
		got = read(fd, text->data + text->len,
		    USERDATA_MOST + 1 - text->len);
		if (got > 0)
			text->len += (size_t)got;
		else if (got < 0 && errno != EINTR)
			error = errno;
	}
	if (fd >= 0 && !is_stdin)
		close(fd);
	errno = error;
	return error == 0;
}

char *
userdata_add(struct userdata *data, const char *key, const char *value,
    size_t len)
{
	const char *wrong = wrong_in(value, len);

	if (!userdata_is_key(key, strlen(key)))
		return mem_print("\"%.80s\" is no name for a key (letters, "
		    "digits, '.', '_', '-'; at most %d)", key, KEY_MOST);
	if (wrong != NULL)
		return mem_print("the value of %s has %s in it", key, wrong);
	if (userdata_value(data, key) != NULL)
		return mem_print("%s is there twice", key);
	if (data->count == data->room) {
		/* Only pointers move: no value stays behind. */
		data->room = data->room * 2 + 8;
		data->pairs = mem_resize(data->pairs, data->room,
		    sizeof(*data->pairs));
	}
	data->pairs[data->count++] = (struct userdata_pair){
		.key = mem_dup(key), .value = mem_ndup(value, len),
	};
	return NULL;
}

/* What cloud-init takes for its own, or is no text at all. */
static const char *
foreign(const char *text, size_t len)
{
	if (len >= 2 && memcmp(text, "#!", 2) == 0)
		return "it is a script";
	if (len >= 1 && *text == '#')
		return "it is made for cloud-init";
	if (len >= 8 && strncasecmp(text, "Content-", 8) == 0)
		return "it is made for cloud-init";
	if (len >= 2 && memcmp(text, "\x1f\x8b", 2) == 0)
		return "it is compressed";
	if (memchr(text, '\0', len) != NULL)
		return "it is no text";
	return NULL;
}

static char *
read_pair(struct userdata *data, const char *text, size_t len, unsigned number)
{
	const char *equals = memchr(text, '=', len);
	char *key, *why;
	size_t key_len;

	if (equals == NULL)
		return mem_print("pair %u has no '='", number);
	key_len = (size_t)(equals - text);
	key = mem_ndup(text, key_len);
	why = userdata_add(data, key, equals + 1, len - key_len - 1);
	free(key);
	return why;
}

char *
userdata_read(struct userdata *data, const char *text, size_t len)
{
	const char *end = text + len, *wrong = foreign(text, len);
	unsigned number = 0;

	if (wrong != NULL)
		return mem_print("no key=value pairs: %s", wrong);
	while (text < end) {
		size_t pair = 0, bare;
		char *why;

		while (text + pair < end && strchr("|\n", text[pair]) == NULL)
			pair++;
		bare = pair;
		if (bare > 0 && text[bare - 1] == '\r')
			bare--;
		why = bare == 0 ? NULL :
		    read_pair(data, text, bare, ++number);
		if (why != NULL)
			return why;
		text += pair + 1;
	}
	return NULL;
}

char *
userdata_join(const struct userdata *data)
{
	struct buf text = { 0 };
	size_t len = 1;

	if (data->count == 0)
		return NULL;
	/* All room at once, so that no copies stay where it grew. */
	for (size_t i = 0; i < data->count; i++)
		len += strlen(data->pairs[i].key) +
		    strlen(data->pairs[i].value) + 2;
	buf_reserve(&text, len);
	for (size_t i = 0; i < data->count; i++) {
		buf_join(&text, "|", data->pairs[i].key);
		buf_addc(&text, '=');
		buf_adds(&text, data->pairs[i].value);
	}
	return buf_release(&text);
}

const char *
userdata_value(const struct userdata *data, const char *key)
{
	for (size_t i = 0; i < data->count; i++) {
		if (strcmp(data->pairs[i].key, key) == 0)
			return data->pairs[i].value;
	}
	return NULL;
}

void
userdata_wipe(struct userdata *data)
{
	for (size_t i = 0; i < data->count; i++) {
		free(data->pairs[i].key);
		mem_wipe(data->pairs[i].value, strlen(data->pairs[i].value));
	}
	free(data->pairs);
	*data = (struct userdata){ 0 };
}
