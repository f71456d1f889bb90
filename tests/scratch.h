/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory for what a unit test makes: commands run there, files read. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"

/* Make DIRECTORY, the last six letters of its name being new ones.  0, or not. */
static inline int
scratch_make(char *directory)
{
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	return mkdtemp(directory) == NULL;
}

/* Run a shell command in DIRECTORY, unheard.  Its status, as system(3)'s. */
static inline int
scratch_run(const char *directory, const char *command)
{
	char *line = mem_print("cd '%s' && { %s; } >/dev/null 2>&1 </dev/null",
	    directory, command);
	int status = system(line);

	free(line);
	return status;
}

/* Take DIRECTORY away, with all that is in it.  0, or a status. */
static inline int
scratch_remove(const char *directory)
{
	return scratch_run(directory, "rm -rf \"$PWD\"");
}

/* The contents of the file NAME there, the caller's to free; NULL if it cannot
 * be opened.  LEN may be NULL. */
static inline char *
scratch_read(const char *directory, const char *name, size_t *len)
{
	char *path = mem_print("%s/%s", directory, name);
	FILE *file = fopen(path, "r");
	struct buf text = { 0 };
	int c;

	free(path);
	if (file == NULL)
		return NULL;
	while ((c = getc(file)) != EOF)
		buf_addc(&text, (char)c);
	fclose(file);
	if (len != NULL)
		*len = text.len;
	return buf_release(&text);
}

#endif
