/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "mem.h"
#include "msg.h"
#include "options.h"
#include "payload.h"
#include "self.h"
#include "userdata.h"

static void
read_file(struct buf *text, const char *path)
{
	if (!userdata_load(text, path))
		options_usage_error("%s: %s", path, strerror(errno));
	if (text->len > USERDATA_MOST)
		options_usage_error("%s: more than the %d bytes that EC2 takes "
		    "as user-data", path, USERDATA_MOST);
}

static void
add_pair(struct userdata *pairs, const char *key, const char *value,
    size_t len)
{
	char *why = userdata_add(pairs, key, value, len);

	if (why != NULL)
		options_usage_error("user-data: %s", why);
}

static void
add_from_file(struct userdata *pairs, const char *key, const char *path)
{
	struct buf text = { 0 };

	read_file(&text, path);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	add_pair(pairs, key, text.data, text.len);
	buf_wipe(&text);
}

/* OPTION is what stands after --data. */
static void
add_option(struct userdata *pairs, const char *option)
{
	const char *equals = strchr(option, '=');
	char *key;

	if (equals == NULL)
		options_usage_error("--data %s: it has no '='", option);
	key = mem_ndup(option, (size_t)(equals - option));
	if (equals[1] == '@')
		add_from_file(pairs, key, equals + 2);
	else if (userdata_is_secret(key, NULL))
		options_usage_error("--data %s: everybody here could read it "
		    "in the list of processes: name a file that has it, "
		    "%s=@FILE", key, key);
	else
		add_pair(pairs, key, equals + 1, strlen(equals + 1));
	free(key);
}

static void
add_self(struct userdata *pairs, char *const *keys)
{
	struct buf name = { 0 };
	char *why;

	if (self_ask("meta-data/local-hostname", &name, &why) != IMDS_OK)
		msg_die(3, "--data-self %s: this machine's name is not to be "
		    "had: %s", keys[0], why);
	for (; *keys != NULL; keys++)
		add_pair(pairs, *keys, name.data, name.len);
	buf_free(&name);
}

static char *
join(struct userdata *pairs)
{
	char *text = userdata_join(pairs), *encoded;
	size_t len;

	if (text == NULL)
		return NULL;
	len = strlen(text);
	if (len > USERDATA_MOST)
		options_usage_error("the user-data are %zu bytes long, and EC2 "
		    "takes %d", len, USERDATA_MOST);
	encoded = base64_encode(text, len);
	mem_wipe(text, len);
	userdata_wipe(pairs);
	return encoded;
}

char *
payload_make(char *const *data, char *const *self, const char *file)
{
	struct userdata pairs = { 0 };
	struct buf text = { 0 };
	char *encoded;

	if (file != NULL) {
		if (data != NULL || self != NULL)
			options_usage_error("--user-data is all that the "
			    "machine is told: no --data or --data-self beside "
			    "it");
		read_file(&text, file);
		encoded = text.len > 0 ?
		    base64_encode(text.data, text.len) : NULL;
		buf_wipe(&text);
		return encoded;
	}
	for (; data != NULL && *data != NULL; data++)
		add_option(&pairs, *data);
	if (self != NULL)
		add_self(&pairs, self);
	return join(&pairs);
}
