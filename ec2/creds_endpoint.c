/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that the machine's surroundings hand out: container and instance. */
#include "config.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "creds_priv.h"
#include "env.h"
#include "http.h"
#include "imds.h"
#include "mem.h"

#define CONTAINER "http://169.254.170.2"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"

/* May keys be asked of URL: by TLS, or of an address that is this machine's or
 * its container agent's? */
static bool
is_near(const char *url)
{
	static const char *const hosts[] = {
		"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
		"localhost", "[::1]",
	};
	size_t len;

	if (strncmp(url, "https://", 8) == 0)
		return true;
	if (strncmp(url, "http://", 7) != 0)
		return false;
	url += 7;
	len = *url == '[' ? strcspn(url, "]") + 1 : strcspn(url, ":/");
	/* "127.1.example.com" is no address. */
	if (strncmp(url, "127.", 4) == 0 && strspn(url, "0123456789.") == len)
		return true;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strlen(hosts[i]) == len &&
		    strncmp(url, hosts[i], len) == 0)
			return true;
	return false;
}

/* The header that proves to the endpoint who is asking, "" if none is needed;
 * NULL: it cannot be had. */
static struct secret *
proof(struct creds_search *search)
{
	static const char name[] = "Authorization: ";
	const char *file = env_text(TOKEN "_FILE");
	const char *token = env_text(TOKEN);
	struct secret *line = secret_roomy(CREDS_TOKEN_MOST + sizeof(name));
	struct secret *read = NULL;

	if (file != NULL) {
		read = creds_secret_file(search, file);
		if (read == NULL) {
			secret_free(line);
			return NULL;
		}
		token = secret_text(read);
	}
	if (token != NULL && strpbrk(token, "\r\n") == NULL &&
	    strlen(token) <= CREDS_TOKEN_MOST) {
		secret_add(line, name, strlen(name));
		secret_add(line, token, strlen(token));
	}
	secret_free(read);
	return line;
}

static enum creds_found
fetch(struct creds_search *search, const char *url, const struct secret *line)
{
	const char *const headers[] = { secret_text(line), NULL };
	struct http_request request = {
		.method = "GET",
		.url = url,
		.headers = secret_len(line) > 0 ? headers : NULL,
		.most = CREDS_ANSWER_MOST,
		.connect_ms = 2000,
		.total_ms = 10000,
		.direct = true,
	};
	struct buf body = { 0 };
	struct http_reply reply;
	enum creds_found found;

	buf_reserve(&body, CREDS_ANSWER_MOST);
	for (int i = 0; i < 3; i++) {
		buf_clear(&body);
		http_fetch(&request, &reply, &body);
		if (reply.status < 500 && !reply.passing)
			break;
		if (i < 2)
			http_clear(&reply);
	}
	if (reply.failed != NULL)
		found = creds_failed(search, "the container's endpoint for "
		    "keys: %s", reply.failed);
	else if (reply.status != 200)
		found = creds_failed(search, "the container's endpoint for "
		    "keys: HTTP status %ld", reply.status);
	else
		found = creds_json(search, body.data, body.len, "Token",
		    "the container's endpoint");
	http_clear(&reply);
	buf_wipe(&body);
	return found;
}

enum creds_found
creds_container(struct creds_search *search)
{
	const char *relative;
	const char *full = env_text("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	enum creds_found found;
	struct secret *line;
	char *url;

	relative = env_text("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	if (relative == NULL && full == NULL)
		return CREDS_NONE;
	url = relative != NULL ? mem_print("%s%s%s", CONTAINER,
	    *relative == '/' ? "" : "/", relative) : mem_dup(full);
	if (!is_near(url)) {
		found = creds_failed(search, "AWS_CONTAINER_CREDENTIALS_"
		    "FULL_URI must be https, or an address of this machine: %s",
		    url);
	} else {
		line = proof(search);
		found = line != NULL ? fetch(search, url, line) : CREDS_FAILED;
		secret_free(line);
	}
	free(url);
	return found;
}

enum creds_found
creds_instance(struct creds_search *search)
{
	static const char place[] = "meta-data/iam/security-credentials/";
	struct imds *imds = imds_new(false, 0);
	struct buf role = { 0 }, body = { 0 };
	enum creds_found found = CREDS_NONE;
	enum imds_answer answer;
	char *why = NULL, *path = NULL;

	answer = imds_get(imds, place, &role, &why);
	if (answer == IMDS_OK && role.len > 0) {
		path = mem_print("%s%.*s", place,
		    (int)strcspn(buf_text(&role), "\n"), buf_text(&role));
		buf_reserve(&body, CREDS_ANSWER_MOST);
		answer = imds_get(imds, path, &body, &why);
		if (answer == IMDS_OK)
			found = creds_json(search, body.data, body.len,
			    "Token", "the instance's role");
	}
	if (answer == IMDS_FAILED)
		found = creds_failed(search, "the instance's role: %s", why);
	free(why);
	free(path);
	buf_free(&role);
	buf_wipe(&body);
	imds_free(imds);
	return found;
}
