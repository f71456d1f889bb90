/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is what a host sends: a byte that says what was asked for, then
 * the archive.  Whatever it is, nothing but the place for it changes, and no
 * temporary directory is left. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "landing.h"
#include "unpack.h"

#define MOST 100	/* bytes taken at a time */

static char around[64];
static int outside, place;

struct source {
	const uint8_t	*data;
	size_t		 left;
	size_t		 piece;
};

static ssize_t
take(void *context, const void **data)
{
	struct source *source = context;
	size_t len = source->left < source->piece ? source->left :
	    source->piece;

	*data = source->data;
	source->data += len;
	source->left -= len;
	return (ssize_t)len;
}

/* What is in DIR: the only name, if it is ONE. */
static void
require_only(int dir, const char *one)
{
	DIR *list = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *entry;

	require(list != NULL);
	while ((entry = readdir(list)) != NULL)
		require(strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    (one != NULL && strcmp(entry->d_name, one) == 0));
	closedir(list);
}

static void
take_away(void)
{
	close(place);
	unlinkat(outside, "place", AT_REMOVEDIR);
	close(outside);
	rmdir(around);
}

static void
prepare(void)
{
	if (outside > 0)
		return;
	/* In memory, where there is such a place. */
	snprintf(around, sizeof(around), "%s/fuzz_unpack.XXXXXX",
	    access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp");
	require(mkdtemp(around) != NULL);
	outside = open(around, O_RDONLY | O_DIRECTORY);
	require(outside > 0 && mkdirat(outside, "place", 0700) == 0);
	place = openat(outside, "place", O_RDONLY | O_DIRECTORY);
	require(place > 0);
	atexit(take_away);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char any[] = "[a-f]*", *names[] = { any, NULL };
	uint8_t how = size > 0 ? data[0] : 0;
	struct source source = {
		.data = data + (size > 0), .left = size - (size > 0),
		.piece = (how & 4) != 0 ? MOST : size + 1,
	};
	struct unpack wish = {
		.take = take, .context = &source,
		.as = (how & 1) != 0 ? "as" : NULL, .names = names,
		.trees = (how & 2) != 0,
	};
	char *why = NULL;

	prepare();
	wish.landing = landing_new(place, (how & 8) != 0, &why);
	require(wish.landing != NULL);
	why = unpack(&wish);
	if (why == NULL)
		why = landing_settle(wish.landing);
	if (why == NULL && wish.as != NULL)
		why = landing_place(wish.landing, wish.as, "done");
	free(why);
	require(landing_free(wish.landing) == NULL);
	require_only(place, "done");
	free(landing_remove(place, "done"));
	require_only(place, NULL);
	require_only(outside, "place");
	free(wish.first_skipped);
	return 0;
}
