/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "mem.h"
#include "msg.h"
#include "options.h"
#include "runname.h"

#define MOST_TAGS 49			/* EC2 takes 50, and one is ours */
#define MOST_KEY 128
#define MOST_VALUE 256

char *
runname_new(void)
{
	time_t now = time(NULL);
	unsigned char random[6];
	char when[32];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		msg_die(1, "no random numbers are to be had");
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", gmtime(&now));
	return mem_print("%s-%02x%02x%02x%02x%02x%02x", when, random[0],
	    random[1], random[2], random[3], random[4], random[5]);
}

void
runname_check(const char *option, const char *name, size_t most)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789._:+=@/-";

	if (*name == '\0' || strlen(name) > most ||
	    strspn(name, plain) != strlen(name))
		options_usage_error("--%s \"%s\": 1 to %zu letters, digits or "
		    "of \"._:+=@/-\" are wanted", option, name, most);
}

static void
check_tag(const char *tag)
{
	size_t key = strcspn(tag, "=");

	if (tag[key] == '\0' || key == 0)
		options_usage_error("--tag %s: not KEY=VALUE", tag);
	if (key > MOST_KEY || strlen(tag + key + 1) > MOST_VALUE)
		options_usage_error("--tag %s: keys have %d characters at "
		    "most, values %d", tag, MOST_KEY, MOST_VALUE);
	if (strncmp(tag, "aws:", 4) == 0)
		options_usage_error("--tag %s: keys that begin with aws: are "
		    "AWS's own", tag);
	if (key == strlen(RUNNAME_TAG) && strncmp(tag, RUNNAME_TAG, key) == 0)
		options_usage_error("--tag %s: that is what --run sets", tag);
}

void
runname_check_tags(char *const *tags)
{
	for (size_t i = 0; tags != NULL && tags[i] != NULL; i++) {
		check_tag(tags[i]);
		for (size_t k = 0; k < i; k++) {
			if (strncmp(tags[k], tags[i],
			    strcspn(tags[i], "=") + 1) == 0)
				options_usage_error("--tag %s: this key is "
				    "there twice", tags[i]);
		}
		if (i == MOST_TAGS)
			options_usage_error("more than %d tags", MOST_TAGS);
	}
}
