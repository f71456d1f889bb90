/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening the files and those that they include. */
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <sys/stat.h>

#include "mem.h"
#include "sshconf_priv.h"

#define MOST_DEPTH 16		/* as OpenSSH */
#define MOST_FILES 4096		/* files that include each other twice over
				 * would be read 2^16 times */

const char *
sshconf_keep_name(struct sshconf *conf, const char *name)
{
	conf->files = mem_resize(conf->files, conf->file_count + 1,
	    sizeof(*conf->files));
	return conf->files[conf->file_count++] = mem_dup(name);
}

/* Whoever may write to a configuration can run commands as its reader. */
static char *
check_owner(FILE *file, const char *name)
{
	struct stat info;

	if (fstat(fileno(file), &info) != 0)
		return mem_print("fstat %s: %s", name, strerror(errno));
	if ((info.st_uid != 0 && info.st_uid != getuid()) ||
	    (info.st_mode & 022) != 0)
		return mem_print("Bad owner or permissions on %s", name);
	return NULL;
}

static char *
read_lines(struct sshconf_where *where, FILE *file)
{
	char *text = NULL, *wrong = NULL;
	size_t room = 0;

	while (wrong == NULL && getline(&text, &room, file) != -1) {
		where->number++;
		wrong = sshconf_parse_line(where, text);
	}
	free(text);
	if (where->block != 0)
		where->conf->lines[where->block].end = where->conf->count;
	return wrong;
}

char *
sshconf_read_from(struct sshconf *conf, const char *name, FILE *file)
{
	struct sshconf_where where = { .conf = conf, .user = true };

	where.file = sshconf_keep_name(conf, name);
	conf->options = conf->count;
	sshconf_add_line(conf, LINE_FILE, ID_IGNORED);
	return read_lines(&where, file);
}

/* Read the file NAME.  OUTER is where it was included, or NULL.  *FOUND is
 * false if it is not there; that is nothing wrong by itself. */
static char *
read_file(struct sshconf *conf, const struct sshconf_where *outer,
    const char *name, bool user, bool check, bool *found)
{
	struct sshconf_where where = { .conf = conf, .user = user };
	FILE *file;
	char *wrong = NULL;

	if (outer != NULL) {
		where.depth = outer->depth + 1;
		where.conditional = where.outer = outer->conditional;
	}
	if (where.depth > MOST_DEPTH || conf->file_count >= MOST_FILES)
		return mem_dup("Too many recursive configuration includes");
	file = fopen(name, "re");
	*found = file != NULL;
	if (file == NULL)
		return NULL;
	if (check)
		wrong = check_owner(file, name);
	where.file = sshconf_keep_name(conf, name);
	if (outer == NULL)
		sshconf_add_line(conf, LINE_FILE, ID_IGNORED);
	if (wrong == NULL)
		wrong = read_lines(&where, file);
	if (outer != NULL)
		sshconf_add_line(conf, LINE_RETURN, ID_IGNORED);
	fclose(file);
	return wrong;
}

/* ssh 10 expands these two in paths; the other tokens are of the host, which
 * nobody knows here. */
static char *
expand_path(struct sshconf_where *where, const char *path)
{
	struct sshconf_facts facts = { .conf = where->conf };
	char *error, *expanded;

	expanded = sshconf_expand(&facts, path, "Ldilu", true, &error);
	free(error);
	return expanded;
}

/* Include what the pattern PATH matches; nothing is nothing wrong. */
static char *
include_path(struct sshconf_where *where, const char *path)
{
	char *pattern, *wrong = NULL;
	glob_t names;
	int result;

	if (*path == '~' && !where->user)
		return mem_print("%s line %u: bad include path %s.",
		    where->file, where->number, path);
	pattern = *path == '/' || *path == '~' ? mem_dup(path) :
	    mem_print("%s/%s", where->user ? "~/.ssh" : SSHCONF_SYSTEM_DIR,
	    path);
	result = glob(pattern, GLOB_TILDE, NULL, &names);
	if (result != 0 && result != GLOB_NOMATCH)
		wrong = mem_print("%s line %u: glob failed for %s.",
		    where->file, where->number, pattern);
	free(pattern);
	if (result != 0)
		return wrong;
	for (size_t i = 0; i < names.gl_pathc && wrong == NULL; i++) {
		bool found;

		wrong = read_file(where->conf, where, names.gl_pathv[i],
		    where->user, true, &found);
		if (wrong == NULL && !found && errno != ENOENT)
			wrong = mem_print("%s line %u: Can't open user config "
			    "file %s: %s", where->file, where->number,
			    names.gl_pathv[i], strerror(errno));
	}
	globfree(&names);
	return wrong;
}

char *
sshconf_include(struct sshconf_where *where, char **paths)
{
	char *wrong = NULL;

	for (; *paths != NULL && wrong == NULL; paths++) {
		char *path;

		if (**paths == '\0')
			return mem_print("%s line %u: keyword include empty "
			    "argument", where->file, where->number);
		path = expand_path(where, *paths);
		if (path == NULL)
			return mem_print("%s line %u: cannot expand include "
			    "path %s", where->file, where->number, *paths);
		wrong = include_path(where, path);
		free(path);
	}
	return wrong;
}

char *
sshconf_read(struct sshconf *conf, const char *file)
{
	bool found;
	char *name, *wrong;

	conf->options = conf->count;
	if (file != NULL) {
		if (strcasecmp(file, "none") == 0)
			return NULL;
		wrong = read_file(conf, NULL, file, true, false, &found);
		if (wrong == NULL && !found)
			wrong = mem_print("Can't open user config file %s: "
			    "%s", file, strerror(errno));
		return wrong;
	}
	name = mem_print("%s/.ssh/config", conf->home);
	wrong = read_file(conf, NULL, name, true, true, &found);
	free(name);
	if (wrong == NULL)
		wrong = read_file(conf, NULL, SSHCONF_SYSTEM_DIR
		    "/ssh_config", false, false, &found);
	return wrong;
}
