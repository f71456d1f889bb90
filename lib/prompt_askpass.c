/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that asks where no terminal is, as ssh(1) runs it: the question
 * is its argument, its first line of output the answer, and a status other
 * than 0 means that there is none. */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "prompt_way.h"

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

/* SSH_ASKPASS, or where systems keep theirs. */
static const char *
program(void)
{
	static const char *const usual[] = {
		"/usr/bin/ssh-askpass",
		"/usr/libexec/openssh/ssh-askpass",
		"/usr/lib/ssh/ssh-askpass",
		"/usr/local/bin/ssh-askpass",
	};

	if (is_set("SSH_ASKPASS"))
		return getenv("SSH_ASKPASS");
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (access(usual[i], X_OK) == 0)
			return usual[i];
	}
	return NULL;
}

const char *
prompt_askpass(bool have_terminal)
{
	const char *require = getenv("SSH_ASKPASS_REQUIRE");
	bool allowed = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
	bool wanted = !have_terminal;

	if (require != NULL && strcasecmp(require, "force") == 0)
		allowed = wanted = true;
	else if (require != NULL && strcasecmp(require, "prefer") == 0)
		wanted = true;
	else if (require != NULL && strcasecmp(require, "never") == 0)
		allowed = false;
	return allowed && wanted ? program() : NULL;
}

pid_t
prompt_askpass_start(const char *name, const char *question, int out)
{
	const char *args[] = { name, question, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t manners;
	sigset_t all;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawnattr_init(&manners);
	sigfillset(&all);
	posix_spawnattr_setsigdefault(&manners, &all);
	posix_spawnattr_setflags(&manners, POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(&pid, name, &files, &manners,
	    (char **)(uintptr_t)args, environ);
	posix_spawnattr_destroy(&manners);
	posix_spawn_file_actions_destroy(&files);
	return error == 0 ? pid : -1;
}
