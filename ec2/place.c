/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "env.h"
#include "mem.h"
#include "place.h"
#include "self.h"

static char *
own_region(void)
{
	struct buf region = { 0 };
	char *why = NULL, *found = NULL;

	if (self_ask("meta-data/placement/region", &region, &why) == IMDS_OK)
		found = mem_dup(buf_text(&region));
	buf_free(&region);
	free(why);
	return found;
}

char *
place_region(const struct awsconf *conf)
{
	const char *region = env_text("AWS_REGION");

	if (region == NULL)
		region = env_text("AWS_DEFAULT_REGION");
	if (region == NULL)
		region = awsconf_own(conf, "region");
	if (region == NULL)
		region = awsconf_get(conf, NULL, "region");
	return region != NULL ? mem_dup(region) : own_region();
}

/* It becomes part of a host name, and of what is signed. */
static bool
is_region(const char *region)
{
	size_t len = strspn(region, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return len > 0 && len <= 63 && region[len] == '\0' && *region != '-';
}

/* What the user has set for SERVICE, in fresh memory, or NULL. */
static char *
configured(const struct awsconf *conf, const char *service)
{
	char *name, *value;
	const char *said;

	if (env_true(env_text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")))
		return NULL;
	name = mem_print("AWS_ENDPOINT_URL_%s", service);
	for (char *at = name; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	said = env_text(name);
	free(name);
	if (said == NULL)
		said = env_text("AWS_ENDPOINT_URL");
	if (said != NULL)
		return mem_dup(said);
	value = awsconf_service(conf, service, "endpoint_url");
	if (value == NULL)
		value = mem_dup(awsconf_get(conf, NULL, "endpoint_url"));
	return value;
}

struct suffix {
	const char	*region;	/* begins so */
	const char	*plain, *dual;
};

static char *
derived(const struct awsconf *conf, const char *service, const char *region)
{
	static const struct suffix suffixes[] = {
		{ "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
		{ "eusc-", "amazonaws.eu", "api.amazonwebservices.eu" },
		{ "us-isob-", "sc2s.sgov.gov", "api.aws.scloud" },
		{ "us-iso-", "c2s.ic.gov", "api.aws.ic.gov" },
		{ "", "amazonaws.com", "api.aws" },
	};
	const struct suffix *suffix = suffixes;
	const char *dual = env_text("AWS_USE_DUALSTACK_ENDPOINT");
	const char *fips = env_text("AWS_USE_FIPS_ENDPOINT");

	if (dual == NULL)
		dual = awsconf_get(conf, NULL, "use_dualstack_endpoint");
	if (fips == NULL)
		fips = awsconf_get(conf, NULL, "use_fips_endpoint");
	while (strncmp(region, suffix->region, strlen(suffix->region)) != 0)
		suffix++;
	return mem_print("https://%s%s.%s.%s/", service,
	    env_true(fips) ? "-fips" : "", region,
	    env_true(dual) ? suffix->dual : suffix->plain);
}

/* NULL, or what is wrong with URL. */
static const char *
url_fault(const char *url)
{
	const char *host;

	if (strncmp(url, "https://", 8) == 0)
		host = url + 8;
	else if (strncmp(url, "http://", 7) == 0)
		host = url + 7;
	else
		return "it begins with neither https:// nor http://";
	if (*host == '\0' || *host == '/' || *host == ':')
		return "it names no host";
	for (; *host != '\0'; host++)
		if (!isgraph((unsigned char)*host) ||
		    strchr("?#@\"\\<>", *host) != NULL)
			return "there must be neither a user nor a query nor "
			    "blanks in it";
	return NULL;
}

char *
place_find(struct place *place, const struct awsconf *conf,
    const char *service, const char *region, const char *endpoint)
{
	char *url = endpoint != NULL ? mem_dup(endpoint) :
	    configured(conf, service);
	const char *fault;

	*place = (struct place){ 0 };
	if (!is_region(region)) {
		free(url);
		return mem_print("\"%s\" is not the name of a region", region);
	}
	if (url == NULL)
		url = derived(conf, service, region);
	fault = url_fault(url);
	if (fault != NULL) {
		char *wrong = mem_print("endpoint \"%s\": %s", url, fault);

		free(url);
		return wrong;
	}
	place->region = mem_dup(region);
	place->url = url[strlen(url) - 1] == '/' ? mem_dup(url) :
	    mem_print("%s/", url);
	free(url);
	return NULL;
}

void
place_clear(struct place *place)
{
	free(place->region);
	free(place->url);
	*place = (struct place){ 0 };
}
