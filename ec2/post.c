/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "post.h"
#include "sign.h"

#define CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define TOKEN_HEADER "X-Amz-Security-Token: "

/* AWS takes what is signed up to 5 minutes off. */
#define NEAR 120

static time_t skew;

time_t
post_now(void)
{
	return time(NULL) + skew;
}

bool
post_learn(time_t then)
{
	time_t off = then - post_now();

	if (then == 0 || (off < NEAR && off > -NEAR))
		return false;
	skew += off;
	return true;
}

/* What the Host header will be, and the path. */
static char *
split_url(const char *url, const char **path)
{
	const char *host = strstr(url, "://") + 3;
	size_t len = strcspn(host, "/");

	*path = host[len] == '/' ? host + len : "/";
	/* libcurl leaves a scheme's own port out. */
	if (strncmp(url, "https:", 6) == 0 && len > 4 &&
	    strncmp(host + len - 4, ":443", 4) == 0)
		len -= 4;
	else if (strncmp(url, "http:", 5) == 0 && len > 3 &&
	    strncmp(host + len - 3, ":80", 3) == 0)
		len -= 3;
	return mem_ndup(host, len);
}

static struct secret *
token_line(const struct secret *token)
{
	struct secret *line = secret_roomy(sizeof(TOKEN_HEADER) +
	    secret_len(token));

	secret_add(line, TOKEN_HEADER, strlen(TOKEN_HEADER));
	secret_add(line, secret_text(token), secret_len(token));
	return line;
}

static char *
authorization(const struct place *place, const char *service,
    const struct creds *creds, const struct query *form, time_t now)
{
	const char *path;
	char date[SIGN_DATE_SIZE];
	char *host = split_url(place->url, &path), *value, *line;
	struct sign_header headers[] = {
		{ "content-type", CONTENT_TYPE },
		{ "host", host },
		{ "x-amz-date", date },
		{ "x-amz-security-token", creds->token != NULL ?
		    secret_text(creds->token) : NULL },
	};
	struct sign sign = {
		.method = "POST",
		.path = path,
		.headers = headers,
		.header_count = creds->token != NULL ? 4 : 3,
		.body = form->form.data,
		.len = form->form.len,
		.region = place->region,
		.service = service,
		.id = creds->id,
		.key = creds->key,
		.now = now,
	};

	sign_date(now, date);
	value = sign_authorization(&sign);
	line = mem_print("Authorization: %s", value);
	free(value);
	free(host);
	return line;
}

void
post_make(struct post *post, const char *service, const struct place *place,
    const struct creds *creds, const struct query *form)
{
	time_t now = post_now();
	char date[SIGN_DATE_SIZE];
	size_t count = 0;

	*post = (struct post){ 0 };
	post->request = (struct http_request){
		.method = "POST",
		.url = place->url,
		.headers = post->headers,
		.body = form->form.data,
		.len = form->form.len,
	};
	post->headers[count++] = "Content-Type: " CONTENT_TYPE;
	if (creds == NULL)
		return;
	sign_date(now, date);
	post->lines[0] = mem_print("X-Amz-Date: %s", date);
	post->lines[1] = authorization(place, service, creds, form, now);
	post->headers[count++] = post->lines[0];
	post->headers[count++] = post->lines[1];
	if (creds->token == NULL)
		return;
	post->token = token_line(creds->token);
	post->headers[count++] = secret_text(post->token);
}

void
post_clear(struct post *post)
{
	free(post->lines[0]);
	free(post->lines[1]);
	secret_free(post->token);
	*post = (struct post){ 0 };
}
