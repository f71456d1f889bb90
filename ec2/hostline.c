/* SPDX-License-Identifier: BSD-2-Clause */
/* Tags are set by whoever may: what they say becomes part of a host file only
 * where it cannot be taken for something else. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "hostline.h"
#include "mem.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static const char tag[] = "tag:";

static bool
is_tag(const char *name)
{
	return strncmp(name, tag, strlen(tag)) == 0;
}

char *
hostline_names(char ***list, const char *text)
{
	size_t count = 0;

	while (*list != NULL && (*list)[count] != NULL)
		count++;
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		char *name = mem_ndup(text, len);

		if (!instance_knows(name)) {
			char *wrong = mem_print("there is no \"%s\"", name);

			free(name);
			return wrong;
		}
		*list = mem_resize(*list, count + 2, sizeof(**list));
		(*list)[count++] = name;
		(*list)[count] = NULL;
		text += len;
		text += *text == ',';
	}
	return count > 0 ? NULL : mem_dup("the list is empty");
}

/* Made of those bytes, and no option to any program. */
static bool
is_made_of(const char *text, const char *bytes)
{
	return *text != '\0' && *text != '-' &&
	    text[strspn(text, bytes)] == '\0';
}

char *
hostline_address(const struct hostline *line, const struct instance *instance)
{
	for (char **name = line->address; *name != NULL; name++) {
		char *value = instance_value(instance, *name);

		/* With ':' for IPv6 and ports, and '%' for a zone. */
		if (value != NULL && is_made_of(value, ALNUM "._:%-"))
			return value;
		free(value);
	}
	return NULL;
}

char *
hostline_user(const struct hostline *line, const struct instance *instance)
{
	const char *user = NULL;

	if (line->user_tag != NULL)
		user = instance_tag(instance, line->user_tag);
	if (user == NULL || !is_made_of(user, ALNUM "._@+-"))
		user = line->user;
	return mem_dup(user);
}

char *
hostline_word(const char *text)
{
	char *word = mem_dup(text);

	for (char *at = word; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f ||
		    *at == '#')
			*at = '_';
	return word;
}

static void
add_variable(struct buf *text, const char *name, const char *value)
{
	char *word = hostline_word(value);

	buf_addc(text, ' ');
	if (is_tag(name))
		name += strlen(tag);
	if (!isalpha((unsigned char)*name) && *name != '_')
		buf_addc(text, '_');
	for (; *name != '\0'; name++)
		buf_addc(text, strchr(ALNUM "_.:/-", *name) != NULL ? *name :
		    '_');
	buf_addf(text, "=%s", word);
	free(word);
}

char *
hostline_text(const struct hostline *line, const struct instance *instance)
{
	char *address = hostline_address(line, instance);
	char *user = hostline_user(line, instance);
	struct buf text = { 0 };

	if (address != NULL)
		buf_addf(&text, "%s%s%s", user != NULL ? user : "",
		    user != NULL ? "@" : "", address);
	for (char **name = line->extra; address != NULL && name != NULL &&
	    *name != NULL; name++) {
		char *value = instance_value(instance, *name);

		if (value != NULL)
			add_variable(&text, *name, value);
		free(value);
	}
	free(user);
	if (address == NULL)
		return NULL;
	free(address);
	return buf_release(&text);
}
