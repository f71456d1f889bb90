/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of a role, from STS: AssumeRole and AssumeRoleWithWebIdentity ("AWS
 * Security Token Service API Reference"). */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "creds_priv.h"
#include "env.h"
#include "mem.h"
#include "msg.h"
#include "post.h"
#include "xml.h"

#define TRIES 3

/* What an answer says. */
struct answer {
	char		*id, *expires, *code, *message;
	struct secret	*key, *token;
};

static void
add_secret(struct secret **secret, const char *text)
{
	secret_free(*secret);
	*secret = secret_roomy(CREDS_TOKEN_MOST);
	secret_add(*secret, text, strlen(text));
}

static void
add_text(char **to, const char *text)
{
	free(*to);
	*to = mem_dup(text);
}

static void
closed(void *context, const char *path, const char *text)
{
	struct answer *answer = context;
	const char *name = strrchr(path, '/');

	name = name != NULL ? name + 1 : path;
	if (strcmp(name, "AccessKeyId") == 0)
		add_text(&answer->id, text);
	else if (strcmp(name, "SecretAccessKey") == 0)
		add_secret(&answer->key, text);
	else if (strcmp(name, "SessionToken") == 0)
		add_secret(&answer->token, text);
	else if (strcmp(name, "Expiration") == 0)
		add_text(&answer->expires, text);
	else if (strcmp(name, "Code") == 0)
		add_text(&answer->code, text);
	else if (strcmp(name, "Message") == 0)
		add_text(&answer->message, text);
}

static void
clear(struct answer *answer)
{
	free(answer->id);
	free(answer->expires);
	free(answer->code);
	free(answer->message);
	secret_free(answer->key);
	secret_free(answer->token);
	*answer = (struct answer){ 0 };
}

static void
read_answer(struct answer *answer, const struct buf *body)
{
	struct xml *xml = xml_new(closed, answer);

	if (!xml_feed(xml, body->data, body->len) || !xml_end(xml))
		clear(answer);
	xml_free(xml);
}

/* Post the form once.  True: it may be tried again. */
static bool
post_once(const struct place *place, const struct creds *creds,
    const struct query *form, struct http_reply *reply, struct answer *answer)
{
	struct buf body = { 0 };
	struct post post;
	bool again;

	post_make(&post, "sts", place, creds, form);
	post.request.most = CREDS_ANSWER_MOST;
	post.request.total_ms = 30000;
	buf_reserve(&body, CREDS_ANSWER_MOST + 1);
	http_fetch(&post.request, reply, &body);
	if (reply->failed == NULL)
		read_answer(answer, &body);
	again = reply->passing || reply->status >= 500 ||
	    reply->status == 429 || (answer->code != NULL &&
	    strcmp(answer->code, "Throttling") == 0);
	/* A signature for another time than the server's. */
	if (reply->status >= 400 && post_learn(reply->date))
		again = true;
	post_clear(&post);
	buf_wipe(&body);
	return again;
}

static enum creds_found
told(struct creds_search *search, const char *role,
    const struct http_reply *reply, const struct answer *answer)
{
	char *source;
	enum creds_found found;

	if (reply->failed != NULL)
		return creds_failed(search, "STS, for role %s: %s", role,
		    reply->failed);
	if (answer->code != NULL)
		return creds_failed(search, "STS, for role %s: %s: %s", role,
		    answer->code, answer->message != NULL ? answer->message :
		    "no more is said");
	if (reply->status != 200 || answer->id == NULL || answer->key == NULL)
		return creds_failed(search, "STS, for role %s: HTTP status %ld "
		    "without keys", role, reply->status);
	source = mem_print("role %s", role);
	found = creds_set(search, answer->id, secret_text(answer->key),
	    answer->token != NULL ? secret_text(answer->token) : NULL, source);
	if (found == CREDS_FOUND && answer->expires != NULL)
		search->creds->expires = creds_time(answer->expires);
	free(source);
	return found;
}

/* Ask for ROLE; CREDS is NULL where the form has all that proves us. */
static enum creds_found
ask(struct creds_search *search, const struct creds *creds, const char *role,
    const struct query *form)
{
	struct place place;
	struct http_reply reply = { 0 };
	struct answer answer = { 0 };
	enum creds_found found;
	char *wrong = place_find(&place, search->conf, "sts",
	    search->region, NULL);

	if (wrong != NULL) {
		found = creds_failed(search, "STS: %s", wrong);
		free(wrong);
		return found;
	}
	for (int i = 0; i < TRIES; i++) {
		http_clear(&reply);
		clear(&answer);
		if (i > 0)
			usleep(200000u << i);
		if (!post_once(&place, creds, form, &reply, &answer))
			break;
	}
	found = told(search, role, &reply, &answer);
	http_clear(&reply);
	clear(&answer);
	place_clear(&place);
	return found;
}

static const char *
of_profile(struct creds_search *search, const char *profile, const char *key)
{
	return profile != NULL ? awsconf_get(search->conf, profile, key) :
	    NULL;
}

static void
begin_form(struct creds_search *search, struct query *form,
    const char *action, const char *profile, const char *role)
{
	const char *name = of_profile(search, profile, "role_session_name");
	const char *seconds = of_profile(search, profile, "duration_seconds");
	char *own = NULL;

	if (name == NULL)
		name = env_text("AWS_ROLE_SESSION_NAME");
	if (name == NULL)
		name = own = mem_print("cpssh-%ld", (long)time(NULL));
	query_add(form, "Action", action);
	query_add(form, "Version", "2011-06-15");
	query_add(form, "RoleArn", role);
	query_add(form, "RoleSessionName", name);
	if (seconds != NULL)
		query_add(form, "DurationSeconds", seconds);
	free(own);
}

enum creds_found
creds_assume(struct creds_search *search, const char *profile,
    const char *role)
{
	const char *external = of_profile(search, profile, "external_id");
	struct creds keys = *search->creds;
	struct query form = { 0 };
	enum creds_found found;

	begin_form(search, &form, "AssumeRole", profile, role);
	if (external != NULL)
		query_add(&form, "ExternalId", external);
	*search->creds = (struct creds){ 0 };
	found = ask(search, &keys, role, &form);
	creds_clear(&keys);
	query_clear(&form);
	return found;
}

enum creds_found
creds_web(struct creds_search *search, const char *profile, const char *role,
    const char *token_file)
{
	struct secret *token = creds_secret_file(search, token_file);
	struct query form = { 0 };
	enum creds_found found;

	if (token == NULL)
		return CREDS_FAILED;
	begin_form(search, &form, "AssumeRoleWithWebIdentity", profile, role);
	query_add(&form, "WebIdentityToken", secret_text(token));
	found = ask(search, NULL, role, &form);
	secret_free(token);
	query_clear(&form);
	return found;
}
