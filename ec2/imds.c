/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "env.h"
#include "http.h"
#include "imds.h"
#include "mem.h"
#include "msg.h"
#include "num.h"

#define IPV4 "http://169.254.169.254"
#define IPV6 "http://[fd00:ec2::254]"
#define TOKEN "X-aws-ec2-metadata-token"
#define TOKEN_SECONDS "21600"	/* the longest there is */
#define TOKEN_MOST 1024
#define BODY_MOST (64 * 1024)	/* user-data has 16 KB at most */
#define PAUSE 500		/* ms between two tries */

struct imds {
	char		*endpoint;	/* without a slash at its end */
	bool		 v1;
	unsigned	 patience;	/* seconds */
	unsigned	 attempts;
	long		 limit;		/* ms for a question */
	char		*token;		/* the header, or NULL */
};

/* A count from the environment, as good as none if it is none. */
static unsigned
count_of(const char *name, unsigned otherwise)
{
	const char *value = env_text(name);
	long count;

	return value != NULL && num_parse(value, 1, 3600, &count) ?
	    (unsigned)count : otherwise;
}

static char *
find_endpoint(void)
{
	const char *url = env_text("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = env_text("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	size_t len;

	if (url == NULL)
		url = mode != NULL && strcasecmp(mode, "IPv6") == 0 ? IPV6 :
		    IPV4;
	len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	return mem_ndup(url, len);
}

struct imds *
imds_new(bool v1, unsigned patience)
{
	struct imds *imds = mem_zero(sizeof(*imds));

	imds->endpoint = find_endpoint();
	imds->v1 = v1 && !env_true(env_text("AWS_EC2_METADATA_V1_DISABLED"));
	imds->patience = patience;
	imds->attempts = count_of("AWS_METADATA_SERVICE_NUM_ATTEMPTS", 1);
	imds->limit = 1000L * count_of("AWS_METADATA_SERVICE_TIMEOUT", 1);
	return imds;
}

static void
forget_token(struct imds *imds)
{
	if (imds->token != NULL)
		mem_wipe(imds->token, strlen(imds->token));
	imds->token = NULL;
}

void
imds_free(struct imds *imds)
{
	if (imds == NULL)
		return;
	forget_token(imds);
	free(imds->endpoint);
	free(imds);
}

static void
pause_between(void)
{
	struct timespec left = { .tv_nsec = PAUSE * 1000000L };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

/* Ask until there is an answer, or enough was asked. */
static void
ask(const struct imds *imds, const char *method, const char *path,
    const char *header, struct http_reply *reply, struct buf *body)
{
	const char *const headers[] = { header, NULL };
	char *url = mem_print("%s/latest/%s", imds->endpoint, path);
	struct http_request request = {
		.method = method, .url = url, .headers = headers,
		.most = BODY_MOST, .connect_ms = imds->limit,
		.total_ms = imds->limit, .direct = true,
	};
	long long end = http_now() + 1000LL * imds->patience;
	size_t before = body->len;

	for (unsigned asked = 1;; asked++) {
		http_fetch(&request, reply, body);
		if (reply->failed == NULL && reply->status != 429 &&
		    reply->status < 500)
			break;
		if (imds->patience > 0 ? http_now() >= end :
		    asked >= imds->attempts)
			break;
		msg_chat(NULL, "the metadata service: %s; trying again",
		    reply->failed != NULL ? reply->failed : "not now");
		http_clear(reply);
		body->len = before;
		pause_between();
	}
	free(url);
}

/* What an answer that is none means. */
static enum imds_answer
explain(const struct imds *imds, const char *path,
    const struct http_reply *reply, char **why)
{
	if (reply->failed != NULL && reply->status == 0) {
		*why = mem_print("no metadata service answers at %s: %s",
		    imds->endpoint, reply->failed);
		return IMDS_ABSENT;
	}
	if (reply->failed != NULL)
		*why = mem_print("the metadata service, %s: %s", path,
		    reply->failed);
	else
		*why = mem_print("the metadata service, %s: HTTP status %ld",
		    path, reply->status);
	return reply->failed == NULL && reply->status == 404 ? IMDS_NONE :
	    IMDS_FAILED;
}

static bool
is_token(struct buf *text)
{
	const char *at = buf_text(text);

	if (text->len == 0 || text->len > TOKEN_MOST)
		return false;
	for (size_t i = 0; i < text->len; i++) {
		if (!isgraph((unsigned char)at[i]))
			return false;
	}
	return true;
}

/* Is there a token now, or can we do without? */
static enum imds_answer
get_token(struct imds *imds, char **why)
{
	struct http_reply reply = { 0 };
	struct buf text = { 0 };
	enum imds_answer answer = IMDS_OK;

	buf_reserve(&text, BODY_MOST);
	ask(imds, "PUT", "api/token", TOKEN "-ttl-seconds: " TOKEN_SECONDS,
	    &reply, &text);
	if (reply.failed == NULL && reply.status == 200 && is_token(&text)) {
		imds->token = mem_print(TOKEN ": %s", buf_text(&text));
	} else if (imds->v1 && (reply.status == 403 || reply.status == 404 ||
	    reply.status == 405)) {
		msg_chat(NULL, "the metadata service gives out no token: "
		    "asking without");
	} else {
		answer = explain(imds, "api/token", &reply, why);
		if (answer == IMDS_NONE)
			answer = IMDS_FAILED;
	}
	http_clear(&reply);
	buf_wipe(&text);
	return answer;
}

static enum imds_answer
get_once(struct imds *imds, const char *path, struct buf *body, bool *refused,
    char **why)
{
	struct http_reply reply = { 0 };
	enum imds_answer answer = IMDS_OK;
	size_t before = body->len;

	if (imds->token == NULL)
		answer = get_token(imds, why);
	if (answer != IMDS_OK)
		return answer;
	ask(imds, "GET", path, imds->token, &reply, body);
	if (reply.failed != NULL || reply.status != 200) {
		answer = explain(imds, path, &reply, why);
		body->len = before;
	}
	*refused = reply.status == 401 && imds->token != NULL;
	http_clear(&reply);
	return answer;
}

enum imds_answer
imds_get(struct imds *imds, const char *path, struct buf *body, char **why)
{
	enum imds_answer answer;
	bool refused = false;

	if (env_true(env_text("AWS_EC2_METADATA_DISABLED"))) {
		*why = mem_dup("the metadata service is not asked, since "
		    "AWS_EC2_METADATA_DISABLED says so");
		return IMDS_ABSENT;
	}
	answer = get_once(imds, path, body, &refused, why);
	if (!refused)
		return answer;
	/* The token has grown old. */
	forget_token(imds);
	free(*why);
	*why = NULL;
	return get_once(imds, path, body, &refused, why);
}
