/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "hostkey_blob.h"
#include "mem.h"

#define BEGIN "-----BEGIN SSH HOST KEY KEYS-----"
#define END "-----END SSH HOST KEY KEYS-----"
#define KEYS_MOST 16

/* The last place of NEEDLE before the byte LEN of TEXT, or NULL. */
static const char *
find_last(const char *text, size_t len, const char *needle)
{
	const char *found = NULL, *at = text;

	while ((at = memmem(at, len - (size_t)(at - text), needle,
	    strlen(needle))) != NULL)
		found = at++;
	return found;
}

/* Where in LINE a key may begin: some consoles have the time, or the name of
 * what wrote it, in front of each line. */
static bool
parse_line(const char *line, struct console_key *key)
{
	for (const char *at = line; *at != '\0';) {
		const struct hostkey_type *type;
		unsigned char *blob;
		const char *end;
		size_t len;

		if (hostkey_blob_parse(at, &end, &type, &blob, &len)) {
			free(blob);
			key->type = type->name;
			key->text = mem_ndup(at, (size_t)(end - at));
			return true;
		}
		at += strcspn(at, " \t");
		at += strspn(at, " \t");
	}
	return false;
}

static void
add_line(const char *text, size_t len, struct console_key **keys,
    size_t *count)
{
	char *line;

	while (len > 0 && text[len - 1] == '\r')
		len--;
	if (*count == KEYS_MOST || memchr(text, '\0', len) != NULL)
		return;
	line = mem_ndup(text, len);
	*keys = mem_resize(*keys, *count + 1, sizeof(**keys));
	if (parse_line(line + strspn(line, " \t"), &(*keys)[*count]))
		++*count;
	free(line);
}

size_t
console_keys(const char *text, size_t len, struct console_key **keys)
{
	const char *end = find_last(text, len, END), *at;
	size_t count = 0;

	*keys = NULL;
	if (end == NULL)
		return 0;
	at = find_last(text, (size_t)(end - text), BEGIN);
	while (at != NULL && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = (size_t)((newline != NULL ? newline : end) - at);

		add_line(at, line, keys, &count);
		at += line + 1;
	}
	return count;
}

void
console_free(struct console_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(keys[i].text);
	free(keys);
}
