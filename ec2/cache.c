/* SPDX-License-Identifier: BSD-2-Clause */
/* A file is lines of JSON, an instance each, and an empty object as the last:
 * without that it is not complete. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "digest.h"
#include "mem.h"
#include "msg.h"

#define LAST "{}\n"

struct cache {
	char		*path;
	char		*fresh;		/* the path of what is written; NULL */
	FILE		*out;
	long		 mark;
	bool		 failed;
};

/* Make DIR, and what it stands in if that is missing too. */
static bool
make_directory(const char *dir)
{
	char *copy = mem_dup(dir);

	for (char *at = copy + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(copy, 0700);
		*at = '/';
	}
	free(copy);
	return mkdir(dir, 0700) == 0 || errno == EEXIST;
}

struct cache *
cache_open(const char *key)
{
	const char *home = getenv("HOME"), *base = getenv("XDG_CACHE_HOME");
	struct cache *cache;
	char *dir, *name;

	if (base != NULL && *base == '/') {
		dir = mem_print("%s/cpssh", base);
	} else if (home != NULL && *home == '/') {
		dir = mem_print("%s/.cache/cpssh", home);
	} else {
		msg_warn("no cache: HOME is not set");
		return NULL;
	}
	if (!make_directory(dir)) {
		msg_warn("no cache: %s: %s", dir, strerror(errno));
		free(dir);
		return NULL;
	}
	cache = mem_zero(sizeof(*cache));
	name = digest_sha1_hex(key, strlen(key));
	cache->path = mem_print("%s/ec2-%s", dir, name);
	free(name);
	free(dir);
	return cache;
}

/* Open what it has, if nobody else can have written it. */
static FILE *
open_old(const struct cache *cache, struct stat *status)
{
	int fd = open(cache->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *file;

	if (fd < 0)
		return NULL;
	if (fstat(fd, status) != 0 || !S_ISREG(status->st_mode) ||
	    status->st_uid != geteuid() || (status->st_mode & 077) != 0) {
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "r");
	if (file == NULL)
		msg_die(1, "out of memory");
	return file;
}

long
cache_age(const struct cache *cache)
{
	struct stat status;
	FILE *file = open_old(cache, &status);
	time_t now = time(NULL);

	if (file == NULL)
		return -1;
	fclose(file);
	return now > status.st_mtime ? (long)(now - status.st_mtime) : 0;
}

bool
cache_read(struct cache *cache, void (*found)(void *context,
    const struct instance *), void *context)
{
	struct instance instance;
	struct stat status;
	FILE *file = open_old(cache, &status);
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool whole = false;

	if (file == NULL)
		return false;
	while (!whole && (len = getline(&line, &size, file)) > 0) {
		bool good;

		whole = strcmp(line, LAST) == 0;
		if (whole)
			break;
		good = instance_from_json(&instance, line, (size_t)len);
		if (good)
			found(context, &instance);
		instance_clear(&instance);
		if (!good)
			break;
	}
	free(line);
	fclose(file);
	return whole;
}

static void
give_up(struct cache *cache)
{
	msg_warn("nothing is kept: %s: %s", cache->fresh, strerror(errno));
	cache->failed = true;
}

static void
begin(struct cache *cache)
{
	int fd;

	cache->fresh = mem_print("%s.XXXXXX", cache->path);
	fd = mkostemp(cache->fresh, O_CLOEXEC);
	if (fd < 0) {
		give_up(cache);
		return;
	}
	cache->out = fdopen(fd, "w");
	if (cache->out == NULL)
		msg_die(1, "out of memory");
}

void
cache_add(struct cache *cache, const struct instance *instance)
{
	struct buf line = { 0 };

	if (cache->fresh == NULL)
		begin(cache);
	if (cache->failed)
		return;
	instance_json(&line, instance, NULL);
	buf_addc(&line, '\n');
	if (fwrite(line.data, 1, line.len, cache->out) != line.len)
		give_up(cache);
	buf_free(&line);
}

void
cache_mark(struct cache *cache)
{
	if (cache->out != NULL)
		cache->mark = ftell(cache->out);
}

void
cache_again(struct cache *cache)
{
	if (cache->out == NULL || cache->failed)
		return;
	if (fflush(cache->out) != 0 ||
	    ftruncate(fileno(cache->out), cache->mark) != 0 ||
	    fseek(cache->out, cache->mark, SEEK_SET) != 0)
		give_up(cache);
}

void
cache_keep(struct cache *cache)
{
	if (cache->fresh == NULL)
		begin(cache);
	if (cache->failed)
		return;
	if (fputs(LAST, cache->out) == EOF || fflush(cache->out) != 0 ||
	    rename(cache->fresh, cache->path) != 0) {
		give_up(cache);
		return;
	}
	fclose(cache->out);
	cache->out = NULL;
	free(cache->fresh);
	cache->fresh = NULL;
}

void
cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	if (cache->out != NULL) {
		fclose(cache->out);
		unlink(cache->fresh);
	}
	free(cache->fresh);
	free(cache->path);
	free(cache);
}
