/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rsync knows its own flags best, and each of its versions others: what is
 * refused here is what would take it off the way that we have laid for it.
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"
#include "rsyncargs.h"

#define TAKING_MORE "efBMT@"	/* the rest of the word is theirs */

static const struct {
	char		 letter;	/* '\0': none */
	const char	*name, *why;
} refused[] = {
	{ 'e', "rsh", "rsync goes through our own sessions (-S has flags for "
	    "ssh)" },
	{ '\0', "daemon", "there is no daemon here" },
	{ '\0', "server", "that is for rsync itself to say" },
	{ '\0', "sender", "that is for rsync itself to say" },
	{ '\0', "help", "see rsync --help" },
	{ 'V', "version", "see rsync --version" },
};

static const char *const lists[] = {
	"exclude-from", "files-from", "include-from",
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Does WORD say --NAME or --NAME=...? */
static bool
says(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, "--", 2) == 0 &&
	    strncmp(word + 2, name, len) == 0 &&
	    (word[2 + len] == '\0' || word[2 + len] == '=');
}

/* Is LETTER among the flags of -abc? */
static bool
has_letter(const char *word, char letter)
{
	if (letter == '\0' || word[0] != '-' || word[1] == '-')
		return false;
	for (const char *at = word + 1; isalnum((unsigned char)*at) ||
	    *at == '@'; at++) {
		if (*at == letter)
			return true;
		if (strchr(TAKING_MORE, *at) != NULL)
			return false;
	}
	return false;
}

/* A list that would be read from our standard input, by every host's rsync. */
static bool
reads_stdin(char *const *word)
{
	for (size_t i = 0; i < COUNT(lists); i++) {
		const char *value = strchr(*word, '=');

		if (!says(*word, lists[i]))
			continue;
		value = value != NULL ? value + 1 : word[1];
		return value != NULL && (strcmp(value, "-") == 0 ||
		    strcmp(value, "/dev/stdin") == 0);
	}
	return false;
}

char *
rsyncargs_refused(char *const *words)
{
	for (; words != NULL && *words != NULL; words++) {
		if (strcmp(*words, "--") == 0)
			return mem_print("--: flags are all that rsync can be "
			    "given");
		for (size_t i = 0; i < COUNT(refused); i++) {
			if (says(*words, refused[i].name) ||
			    has_letter(*words, refused[i].letter))
				return mem_print("%s: %s", *words,
				    refused[i].why);
		}
		if (reads_stdin(words))
			return mem_print("%s: name a file: all hosts cannot "
			    "read one input", *words);
	}
	return NULL;
}

int
rsyncargs_try(char *const *words)
{
	size_t count = 0;
	const char **args;
	posix_spawn_file_actions_t files;
	int error, status = 0;
	pid_t pid;

	while (words != NULL && words[count] != NULL)
		count++;
	args = mem_zero((count + 3) * sizeof(*args));
	args[0] = "rsync";
	for (size_t i = 0; i < count; i++)
		args[i + 1] = words[i];
	/* Read last, it has all others looked at and does nothing. */
	args[count + 1] = "--version";
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	error = posix_spawnp(&pid, args[0], &files, NULL,
	    (char **)(uintptr_t)args, environ);
	posix_spawn_file_actions_destroy(&files);
	free(args);
	if (error != 0)
		return error;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}
