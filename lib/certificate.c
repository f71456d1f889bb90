/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "certificate.h"
#include "mem.h"
#include "pubkey.h"
#include "wire.h"

#define MOST_PRINCIPALS 256	/* as OpenSSH */

enum { FOR_USERS = 1 };

static bool
read_u64(struct wire *from, uint64_t *number)
{
	uint32_t high, low;

	if (!wire_u32(from, &high) || !wire_u32(from, &low))
		return false;
	*number = (uint64_t)high << 32 | low;
	return true;
}

static char *
copy(const struct wire *string)
{
	return mem_ndup((const char *)string->at, string->left);
}

static bool
read_principals(struct certificate *certificate, struct wire list)
{
	struct wire name;
	size_t count = 0;

	certificate->principals = mem_zero(sizeof(char *));
	while (list.left > 0) {
		if (!wire_string(&list, &name) || count == MOST_PRINCIPALS)
			return false;
		certificate->principals = mem_resize(certificate->principals,
		    count + 2, sizeof(char *));
		certificate->principals[count++] = copy(&name);
		certificate->principals[count] = NULL;
	}
	return true;
}

/* The critical options: names and values, the values packed once more. */
static bool
read_options(struct certificate *certificate, struct wire list)
{
	struct wire name, value, addresses;

	while (list.left > 0) {
		if (!wire_string(&list, &name) || !wire_string(&list, &value))
			return false;
		if (!wire_is(&name, "source-address"))
			continue;
		if (certificate->addresses != NULL ||
		    !wire_string(&value, &addresses))
			return false;
		certificate->addresses = copy(&addresses);
	}
	return true;
}

/* The key itself, without the nonce before it. */
static bool
read_plain(struct certificate *certificate, const struct pubkey_type *type,
    struct wire *from)
{
	struct wire string;
	struct buf plain = { 0 };
	bool good = wire_string(from, &string);

	wire_add_string(&plain, type->plain, strlen(type->plain));
	for (unsigned i = 0; good && i < type->fields; i++) {
		good = wire_string(from, &string);
		if (good)
			wire_add_string(&plain, string.at, string.left);
	}
	certificate->plain_len = plain.len;
	certificate->plain = (unsigned char *)buf_release(&plain);
	return good;
}

bool
certificate_read(struct certificate *certificate, const void *blob, size_t len)
{
	const struct pubkey_type *type = pubkey_type(blob, len);
	struct wire from = { blob, len }, string, id, principals, options;
	uint64_t serial;
	uint32_t kind;

	memset(certificate, 0, sizeof(*certificate));
	if (type == NULL || type->plain == NULL ||
	    !wire_string(&from, &string) ||
	    !read_plain(certificate, type, &from) ||
	    !read_u64(&from, &serial) || !wire_u32(&from, &kind) ||
	    !wire_string(&from, &id) || !wire_string(&from, &principals) ||
	    !read_u64(&from, &certificate->after) ||
	    !read_u64(&from, &certificate->before) ||
	    !wire_string(&from, &options) ||
	    !wire_string(&from, &string) ||	/* extensions */
	    !wire_string(&from, &string) ||	/* reserved */
	    !wire_string(&from, &string) ||	/* whose signature it is */
	    !wire_string(&from, &string) || from.left > 0)
		return false;
	certificate->user = kind == FOR_USERS;
	certificate->id = copy(&id);
	return read_principals(certificate, principals) &&
	    read_options(certificate, options);
}

void
certificate_clear(struct certificate *certificate)
{
	free(certificate->plain);
	free(certificate->id);
	free(certificate->addresses);
	mem_free_all(certificate->principals);
	memset(certificate, 0, sizeof(*certificate));
}

static bool
names_user(const struct certificate *certificate, const char *user)
{
	if (certificate->principals[0] == NULL)
		return true;
	for (char **name = certificate->principals; *name != NULL; name++) {
		if (strcmp(*name, user) == 0)
			return true;
	}
	return false;
}

static void
add_time(struct buf *words, const char *what, uint64_t seconds)
{
	time_t moment = (time_t)seconds;
	char text[64] = "";
	struct tm parts;

	if (localtime_r(&moment, &parts) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
	buf_addf(words, "%s %s", what, text);
}

static void
add_principals(struct buf *words, char **names, const char *user)
{
	const size_t most = 5;	/* more would bury the rest of the message */
	size_t i;

	buf_adds(words, "is for ");
	for (i = 0; names[i] != NULL && i < most; i++)
		buf_addf(words, "%s%s", i > 0 ? ", " : "", names[i]);
	buf_addf(words, "%s, not %s", names[i] != NULL ? " ..." : "", user);
}

char *
certificate_doubt(const struct certificate *certificate, const char *user,
    time_t now)
{
	uint64_t moment = now > 0 ? (uint64_t)now : 0;
	struct buf words = { 0 };

	if (!certificate->user)
		buf_adds(&words, "is for hosts, not for users");
	else if (moment >= certificate->before)
		add_time(&words, "expired", certificate->before);
	else if (moment < certificate->after)
		add_time(&words, "is not valid before", certificate->after);
	else if (!names_user(certificate, user))
		add_principals(&words, certificate->principals, user);
	else if (certificate->addresses != NULL)
		buf_addf(&words, "is only for logins from %s",
		    certificate->addresses);
	else
		return NULL;
	return buf_release(&words);
}
