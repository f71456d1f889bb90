/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"

#define AT(member) offsetof(struct common, member)

const struct option_row common_options[] = {
	{ '\0', "profile", "NAME", "of AWS's files", OPTION_TEXT,
	    AT(profile) },
	{ '\0', "creds", "FILE", "accesskey=, ...", OPTION_TEXT, AT(creds) },
	{ '\0', "region", "NAME", "not the default", OPTION_LIST,
	    AT(regions) },
	{ '\0', "endpoint-url", "URL", "not Amazon's", OPTION_TEXT,
	    AT(endpoint) },
	{ 'v', "verbose", NULL, "tell each step", OPTION_FLAG, AT(verbose) },
	{ '\0', "version", NULL, "the version", OPTION_VERSION },
	{ '\0', "help", NULL, "this", OPTION_HELP },
	{ .name = NULL },
};

/* A file that is opened must not become what others take for stdout. */
static void
open_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

void
common_begin(const char *name)
{
	open_standard_files();
	msg_init(name);
	signal(SIGPIPE, SIG_IGN);
	/* With the first secret the memory is closed to others. */
	secret_free(secret_new());
}

static bool
is_there(const struct common *common, const char *region)
{
	for (size_t i = 0; i < common->place_count; i++)
		if (strcmp(common->places[i].region, region) == 0)
			return true;
	return false;
}

void
common_add_region(struct common *common, const char *region)
{
	struct place place;
	char *wrong;

	if (is_there(common, region))
		return;
	wrong = place_find(&place, common->conf, "ec2", region,
	    common->endpoint);
	if (wrong != NULL)
		msg_die(COMMON_USAGE, "%s", wrong);
	common->places = mem_resize(common->places, common->place_count + 1,
	    sizeof(*common->places));
	common->places[common->place_count++] = place;
}

static void
find_regions(struct common *common)
{
	char *region;

	for (char **r = common->regions; r != NULL && *r != NULL; r++)
		common_add_region(common, *r);
	if (common->place_count > 0)
		return;
	region = place_region(common->conf);
	if (region == NULL)
		msg_die(COMMON_FAILED, "no region: use --region, or set "
		    "AWS_REGION, or region in the profile");
	common_add_region(common, region);
	free(region);
}

void
common_connect(struct common *common)
{
	if (common->profile != NULL && common->creds != NULL)
		options_usage_error("--profile and --creds name different "
		    "keys: use one of them");
	msg_chatty = common->verbose;
	common->conf = awsconf_read(common->profile, common->creds);
	find_regions(common);
	common->http = http_new();
	common->api = api_new(common->http, common->conf,
	    common->places[0].region);
}

_Noreturn void
common_fail(const struct api_error *error)
{
	char *words = api_words(error);

	msg_die(COMMON_FAILED, "%s", words);
}

int
common_end(struct common *common, int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		msg_die(COMMON_FAILED, "cannot write to stdout: %s",
		    strerror(errno));
	api_free(common->api);
	http_free(common->http);
	awsconf_free(common->conf);
	for (size_t i = 0; i < common->place_count; i++)
		place_clear(&common->places[i]);
	free(common->places);
	mem_free_all(common->regions);
	free(common->profile);
	free(common->creds);
	free(common->endpoint);
	return status;
}
