/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where keys come from, in the order in which it is asked; the first that has
 * something decides, even if what it has cannot be used.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "creds_priv.h"
#include "env.h"
#include "mem.h"
#include "msg.h"
#include "post.h"

/* Profiles that name each other as sources. */
#define DEEP 8

/* New ones are looked for that long before the old ones end. */
#define EARLY 300

enum creds_found
creds_failed(struct creds_search *search, const char *format, ...)
{
	struct buf words = { 0 };
	va_list args;

	va_start(args, format);
	buf_vaddf(&words, format, args);
	va_end(args);
	free(search->why);
	search->why = buf_release(&words);
	return CREDS_FAILED;
}

static bool
is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

enum creds_found
creds_set(struct creds_search *search, const char *id, const char *key,
    const char *token, const char *source)
{
	struct creds *creds = search->creds;
	size_t token_len = token != NULL ? strlen(token) : 0;

	/* Each becomes part of a header. */
	if (!is_plain(id) || strlen(id) > 256)
		return creds_failed(search, "%s: that is no access key id",
		    source);
	if (!is_plain(key) || strlen(key) > SECRET_MOST)
		return creds_failed(search, "%s: the secret key has blanks in "
		    "it, or is too long", source);
	if (token_len > CREDS_TOKEN_MOST || (token_len > 0 && !is_plain(token)))
		return creds_failed(search, "%s: the session token has blanks "
		    "in it, or is too long", source);
	creds_clear(creds);
	creds->id = mem_dup(id);
	creds->key = secret_new();
	secret_add(creds->key, key, strlen(key));
	if (token_len > 0) {
		creds->token = secret_roomy(token_len);
		secret_add(creds->token, token, token_len);
	}
	creds->source = mem_dup(source);
	return CREDS_FOUND;
}

static enum creds_found
from_own_file(struct creds_search *search)
{
	const char *id = awsconf_own(search->conf, "accesskey");
	const char *key = awsconf_own(search->conf, "secretkey");

	if (id == NULL && key == NULL)
		return CREDS_NONE;
	if (id == NULL || key == NULL)
		return creds_failed(search, "the file of --creds has %s, but "
		    "no %s", id != NULL ? "accesskey" : "secretkey",
		    id != NULL ? "secretkey" : "accesskey");
	return creds_set(search, id, key,
	    awsconf_own(search->conf, "sessiontoken"), "the file of --creds");
}

static enum creds_found
from_environment(struct creds_search *search)
{
	const char *id = env_text("AWS_ACCESS_KEY_ID");
	const char *key = env_text("AWS_SECRET_ACCESS_KEY");
	const char *token = env_text("AWS_SESSION_TOKEN");

	if (awsconf_named(search->conf) || (id == NULL && key == NULL))
		return CREDS_NONE;
	if (id == NULL || key == NULL)
		return creds_failed(search, "%s is set, but %s is not",
		    id != NULL ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
		    id != NULL ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
	if (token == NULL)
		token = env_text("AWS_SECURITY_TOKEN");
	return creds_set(search, id, key, token, "the environment");
}

static enum creds_found
static_keys(struct creds_search *search, const char *profile)
{
	const char *id, *key;
	enum creds_found found;
	char *source;

	id = awsconf_get(search->conf, profile, "aws_access_key_id");
	key = awsconf_get(search->conf, profile, "aws_secret_access_key");
	if (id == NULL && key == NULL)
		return CREDS_NONE;
	if (id == NULL || key == NULL)
		return creds_failed(search, "profile \"%s\" has %s, but no %s",
		    profile, id != NULL ? "aws_access_key_id" :
		    "aws_secret_access_key", id != NULL ?
		    "aws_secret_access_key" : "aws_access_key_id");
	source = mem_print("profile \"%s\"", profile);
	found = creds_set(search, id, key, awsconf_get(search->conf, profile,
	    "aws_session_token"), source);
	free(source);
	return found;
}

static enum creds_found from_profile(struct creds_search *,
	    const char *profile);

static enum creds_found
from_source(struct creds_search *search, const char *profile,
    const char *source)
{
	enum creds_found found = CREDS_NONE;

	if (strcmp(source, "Environment") == 0)
		found = from_environment(search);
	else if (strcmp(source, "Ec2InstanceMetadata") == 0)
		found = creds_instance(search);
	else if (strcmp(source, "EcsContainer") == 0)
		found = creds_container(search);
	if (found == CREDS_NONE)
		return creds_failed(search, "profile \"%s\": its "
		    "credential_source %s has no keys", profile, source);
	return found;
}

/* The keys with which PROFILE's role is asked for. */
static enum creds_found
keys_for_role(struct creds_search *search, const char *profile)
{
	const char *from = awsconf_get(search->conf, profile, "source_profile");
	const char *source = awsconf_get(search->conf, profile,
	    "credential_source");
	enum creds_found found;

	if (from == NULL && source != NULL)
		return from_source(search, profile, source);
	if (from == NULL)
		return creds_failed(search, "profile \"%s\" has a role_arn, "
		    "but neither source_profile nor credential_source nor "
		    "web_identity_token_file", profile);
	if (!awsconf_has(search->conf, from))
		return creds_failed(search, "profile \"%s\": there is no "
		    "source_profile \"%s\"", profile, from);
	found = strcmp(from, profile) == 0 ? static_keys(search, from) :
	    from_profile(search, from);
	if (found == CREDS_NONE)
		return creds_failed(search, "profile \"%s\": its "
		    "source_profile \"%s\" has no keys", profile, from);
	return found;
}

static enum creds_found
from_role(struct creds_search *search, const char *profile, const char *role)
{
	const char *file = awsconf_get(search->conf, profile,
	    "web_identity_token_file");
	enum creds_found found;

	if (file != NULL)
		return creds_web(search, profile, role, file);
	if (awsconf_get(search->conf, profile, "mfa_serial") != NULL)
		return creds_failed(search, "profile \"%s\" needs an MFA code, "
		    "which is not asked for here: use credential_process, or "
		    "aws configure export-credentials", profile);
	found = keys_for_role(search, profile);
	return found == CREDS_FOUND ? creds_assume(search, profile, role) :
	    found;
}

static enum creds_found
from_profile(struct creds_search *search, const char *profile)
{
	const struct awsconf *conf = search->conf;
	const char *role = awsconf_get(conf, profile, "role_arn");
	const char *command;
	enum creds_found found;

	if (++search->depth > DEEP)
		return creds_failed(search, "profile \"%s\": its "
		    "source_profiles go round in a circle", profile);
	if (role != NULL)
		return from_role(search, profile, role);
	found = static_keys(search, profile);
	if (found != CREDS_NONE)
		return found;
	command = awsconf_get(conf, profile, "credential_process");
	if (command != NULL)
		return creds_process(search, command);
	if (awsconf_get(conf, profile, "sso_start_url") != NULL ||
	    awsconf_get(conf, profile, "sso_session") != NULL)
		return creds_failed(search, "profile \"%s\" logs in by SSO, "
		    "which is not done here: eval \"$(aws configure "
		    "export-credentials --profile %s --format env)\"",
		    profile, profile);
	return CREDS_NONE;
}

static enum creds_found
from_web_environment(struct creds_search *search)
{
	const char *file = env_text("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = env_text("AWS_ROLE_ARN");

	if (file == NULL || awsconf_named(search->conf))
		return CREDS_NONE;
	if (role == NULL)
		return creds_failed(search, "AWS_WEB_IDENTITY_TOKEN_FILE is "
		    "set, but AWS_ROLE_ARN is not");
	return creds_web(search, NULL, role, file);
}

static enum creds_found
from_used_profile(struct creds_search *search)
{
	return from_profile(search, awsconf_profile(search->conf));
}

char *
creds_find(struct creds *creds, const struct awsconf *conf, const char *region)
{
	static enum creds_found (*const sources[])(struct creds_search *) = {
		from_own_file,
		from_environment,
		from_web_environment,
		from_used_profile,
		creds_container,
		creds_instance,
	};
	struct creds_search search = {
		.conf = conf,
		.region = region,
		.creds = creds,
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		switch (sources[i](&search)) {
		case CREDS_NONE:
			continue;
		case CREDS_FOUND:
			msg_chat(NULL, "access key %s, from %s", creds->id,
			    creds->source);
			return NULL;
		case CREDS_FAILED:
			creds_clear(creds);
			return search.why;
		}
	}
	return mem_print("no credentials: set AWS_ACCESS_KEY_ID and "
	    "AWS_SECRET_ACCESS_KEY, or use --profile or --creds; profile "
	    "\"%s\", container and instance have none",
	    awsconf_profile(conf));
}

bool
creds_old(const struct creds *creds)
{
	return creds->expires != 0 && post_now() >= creds->expires - EARLY;
}

void
creds_clear(struct creds *creds)
{
	free(creds->id);
	secret_free(creds->key);
	secret_free(creds->token);
	free(creds->source);
	*creds = (struct creds){ 0 };
}
