/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that a program of the user's writes as JSON: credential_process. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "creds_priv.h"
#include "http.h"
#include "json.h"
#include "mem.h"
#include "quote.h"

/* It may ask its user for a code meanwhile. */
#define LONGEST_MS (5 * 60 * 1000)
#define TOO_LONG "it takes more than 5 minutes"
#define GRACE_MS 2000			/* between SIGTERM and SIGKILL */

/* Start it with a pipe as its output; 0, or why not. */
static int
start(char **words, pid_t *pid, int *out)
{
	posix_spawn_file_actions_t actions;
	int ends[2], wrong;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	wrong = posix_spawnp(pid, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*out = ends[0];
	if (wrong != 0)
		close(ends[0]);
	return wrong;
}

/* Is there something to read from FD, or its end, before that time? */
static bool
ready_by(int fd, long long end)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int count;

	do {
		long long left = end - http_now();

		count = left <= 0 ? 0 : poll(&ready, 1, (int)left);
	} while (count < 0 && errno == EINTR);
	return count != 0;
}

/* NULL, or why there is no whole answer. */
static const char *
read_answer(int fd, long long end, struct buf *answer)
{
	ssize_t got = 1;

	buf_reserve(answer, CREDS_ANSWER_MOST + 1);
	while (got > 0) {
		if (answer->len > CREDS_ANSWER_MOST)
			return "it writes too much";
		if (!ready_by(fd, end))
			return TOO_LONG;
		got = read(fd, answer->data + answer->len,
		    CREDS_ANSWER_MOST + 1 - answer->len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			answer->len += (size_t)got;
	}
	return NULL;
}

/* Who has said all, or too much, need not have ended.  NULL, or why it was made
 * to; with WRONG it is at once. */
static const char *
await_end(pid_t pid, long long end, const char *wrong, int *status)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0);

	if (process < 0 && wrong == NULL)
		wrong = strerror(errno);
	if (wrong == NULL && !ready_by(process, end))
		wrong = TOO_LONG;
	if (wrong != NULL) {
		kill(pid, SIGTERM);
		if (process < 0 || !ready_by(process, http_now() + GRACE_MS))
			kill(pid, SIGKILL);
	}
	if (process >= 0)
		close(process);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return wrong;
}

static enum creds_found
run(struct creds_search *search, char **words)
{
	struct buf answer = { 0 };
	enum creds_found found;
	const char *wrong;
	pid_t pid;
	int out = -1, error = start(words, &pid, &out), status = 0;
	long long end = http_now() + LONGEST_MS;

	if (error != 0)
		return creds_failed(search, "credential_process: %s: %s",
		    words[0], strerror(error));
	wrong = read_answer(out, end, &answer);
	close(out);
	wrong = await_end(pid, end, wrong, &status);
	if (wrong != NULL)
		found = creds_failed(search, "credential_process: %s: %s",
		    words[0], wrong);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		found = creds_failed(search, "credential_process: %s: %s %d",
		    words[0], WIFEXITED(status) ? "exit status" : "signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) :
		    WTERMSIG(status));
	else
		found = creds_json(search, answer.data, answer.len,
		    "SessionToken", "credential_process");
	buf_wipe(&answer);
	return found;
}

enum creds_found
creds_process(struct creds_search *search, const char *command)
{
	char **words = quote_split(command);
	enum creds_found found;

	if (words == NULL || words[0] == NULL)
		found = creds_failed(search, "credential_process: there is no "
		    "command, or a quote is open");
	else
		found = run(search, words);
	mem_free_all(words);
	return found;
}
