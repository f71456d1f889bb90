/* SPDX-License-Identifier: BSD-2-Clause */
/* What credential_process, containers and instances answer. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "creds_priv.h"
#include "json.h"

time_t
creds_time(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	long east = 0;

	if (rest == NULL)
		return 0;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strptime(rest, "%z", &tm) != NULL)
		east = tm.tm_gmtoff;
	return timegm(&tm) - east;
}

enum creds_found
creds_json(struct creds_search *search, const char *text, size_t len,
    const char *token, const char *source)
{
	struct json *json = json_parse(text, len);
	const char *id, *key, *expires;
	enum creds_found found;

	if (json == NULL)
		return creds_failed(search, "%s: the answer is no JSON object",
		    source);
	id = json_text(json, "AccessKeyId");
	key = json_text(json, "SecretAccessKey");
	expires = json_text(json, "Expiration");
	if (id == NULL || key == NULL)
		found = creds_failed(search, "%s: no AccessKeyId and "
		    "SecretAccessKey in the answer", source);
	else
		found = creds_set(search, id, key, json_text(json, token),
		    source);
	if (found == CREDS_FOUND && expires != NULL)
		search->creds->expires = creds_time(expires);
	json_free(json);
	return found;
}

struct secret *
creds_secret_file(struct creds_search *search, const char *path)
{
	struct secret *secret = secret_roomy(CREDS_TOKEN_MOST);
	char piece[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : 0;
	bool fits = true;

	while (fd >= 0 && fits && (got = read(fd, piece, sizeof(piece))) > 0)
		fits = secret_add(secret, piece, (size_t)got);
	explicit_bzero(piece, sizeof(piece));
	if (got < 0)
		creds_failed(search, "%s: %s", path, strerror(errno));
	else if (!fits)
		creds_failed(search, "%s: too long, or not text", path);
	if (fd >= 0)
		close(fd);
	if (got < 0 || !fits) {
		secret_free(secret);
		return NULL;
	}
	secret_chop(secret, '\n');
	secret_chop(secret, '\r');
	return secret;
}
