/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook.h"
#include "mem.h"
#include "msg.h"
#include "options.h"

extern char **environ;

/* What a hook for a secret reads: in memory, so that no pipe can fill. */
static int
input_of(const char *value)
{
	size_t len = strlen(value);
	int fd = memfd_create("value", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, value, len) != (ssize_t)len ||
	    write(fd, "\n", 1) != 1 || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool
await(const char *path, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			msg_warn("%s: %s", path, strerror(errno));
			return false;
		}
	}
	if (WIFSIGNALED(status))
		msg_warn("%s was ended by signal %d (%s)", path,
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) != 0)
		msg_warn("%s ended with status %d", path,
		    WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Run ARGV with INPUT, which is closed, as its standard input. */
static bool
run(char **argv, int input)
{
	char *path = argv[0];
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	if (input < 0) {
		msg_warn("%s: no input for it: %s", path, strerror(errno));
		return false;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, 0);
	error = posix_spawn(&pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(input);
	if (error != 0) {
		msg_warn("%s: %s", path, strerror(error));
		return false;
	}
	return await(path, pid);
}

static bool
run_key(char *path, char *value, bool secret)
{
	char *argv[] = { path, secret ? NULL : value, NULL };

	return run(argv, secret ? input_of(value) :
	    open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool
hook_tell(char *path, char *const *words)
{
	char **argv = NULL;
	bool well;

	msg_chat(NULL, "running %s", path);
	options_append(&argv, path);
	for (; words != NULL && *words != NULL; words++)
		options_append(&argv, *words);
	well = run(argv, open("/dev/null", O_RDONLY | O_CLOEXEC));
	mem_free_all(argv);
	return well;
}

bool
hook_run(const char *directory, const struct userdata *data,
    char *const *secrets)
{
	bool well = true;

	if (access(directory, X_OK) != 0) {
		msg_warn("%s: %s", directory, strerror(errno));
		return false;
	}
	for (size_t i = 0; i < data->count; i++) {
		const struct userdata_pair *pair = &data->pairs[i];
		char *path = mem_print("%s/%s", directory, pair->key);

		if (access(path, X_OK) == 0) {
			msg_chat(NULL, "running %s", path);
			well &= run_key(path, pair->value,
			    userdata_is_secret(pair->key, secrets));
		} else if (access(path, F_OK) == 0) {
			msg_warn("%s: not executable: it was not run", path);
			well = false;
		}
		free(path);
	}
	return well;
}
