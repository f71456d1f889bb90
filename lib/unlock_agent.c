/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The agent has a keeper: a shell in a session of its own, which makes the
 * directory, starts the agent and then waits for the end of a pipe of which
 * we alone hold the other end.  That comes when we stop the agent, and also
 * when we are killed; nothing that we could do ourselves would then (ssh-agent
 * is installed setgid, so the kernel would not tell it of our death).  Should
 * somebody kill the keeper, the agent notices by itself, within 10 seconds.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "inlet.h"
#include "mem.h"
#include "msg.h"
#include "unlock_agent.h"

#define MOST_WORDS 4096		/* bytes of output: two lines are expected */

/* $1 is where the directory is to be; mktemp makes it for its owner alone.
 * The signals are for those who send them to everybody at the machine's end:
 * they end the waiting.  Nobody may be left to read what is printed. */
static const char script[] =
    "trap : HUP INT TERM PIPE\n"
    "dir=$(mktemp -d \"$1/cpssh.XXXXXXXX\") || exit\n"
    "echo \"$dir\"\n"
    "ssh-agent ${SSH_SK_PROVIDER:+-P \"$SSH_SK_PROVIDER\"} "
    "-a \"$dir/agent\" sh -c '\n"
    "	trap : HUP INT TERM PIPE\n"
    "	echo\n"
    "	read nothing\n"
    "	kill \"$SSH_AGENT_PID\"'\n"
    "rm -rf \"$dir\"\n";

struct unlock_agent {
	struct child	*keeper;
	int		 pipe;		/* its end is the agent's end */
	int		 output;	/* of the keeper; -1 when it is up */
	struct inlet	*inlet;
	struct buf	 words;
	char		*socket;
	void		(*ready)(void *, const char *);
	void		*context;
};

/* A directory for sockets: the user's own, or one that all use. */
static const char *
base_directory(void)
{
	const char *own = getenv("XDG_RUNTIME_DIR");
	const char *temporary = getenv("TMPDIR");
	struct stat status;

	/* After su it may be another user's. */
	if (own != NULL && stat(own, &status) == 0 &&
	    S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	    access(own, W_OK | X_OK) == 0)
		return own;
	return temporary != NULL && *temporary != '\0' ? temporary : "/tmp";
}

static void
stop_reading(struct unlock_agent *agent)
{
	inlet_close(agent->inlet);
	agent->inlet = NULL;
	if (agent->output >= 0)
		close(agent->output);
	agent->output = -1;
}

/* The keeper has ended without an agent; its last line may say why. */
static void
fail(struct unlock_agent *agent)
{
	char *text, *line, *error;

	while (agent->words.len > 0 &&
	    agent->words.data[agent->words.len - 1] == '\n')
		agent->words.len--;
	text = mem_dup(buf_text(&agent->words));
	line = strrchr(text, '\n');
	line = line != NULL ? line + 1 : text;
	stop_reading(agent);
	if (strstr(line, "ssh-agent: not found") != NULL ||
	    strstr(line, "ssh-agent: command not found") != NULL)
		error = mem_print("needs ssh-agent, which is not installed "
		    "(Debian: openssh-client)");
	else
		error = mem_print("no ssh-agent could be started for it: %s",
		    line);
	agent->ready(agent->context, error);
	free(error);
	free(text);
}

/* The directory's name is the first line; the second, an empty one, tells
 * that the agent listens. */
static void
keeper_says(void *context, const char *data, size_t len, int error)
{
	struct unlock_agent *agent = context;
	const char *text, *newline;

	(void)error;
	if (agent->words.len + len <= MOST_WORDS)
		buf_add(&agent->words, data, len);
	text = buf_text(&agent->words);
	newline = strchr(text, '\n');
	if (newline != NULL && text[0] == '/' && newline[1] == '\n') {
		agent->socket = mem_print("%.*s/agent", (int)(newline - text),
		    text);
		stop_reading(agent);
		/* The run need not go on because the agent does. */
		child_leave(agent->keeper, 0);
		agent->keeper = NULL;
		agent->ready(agent->context, NULL);
	} else if (len == 0) {
		fail(agent);
	}
}

static void
keeper_ended(void *context, int status)
{
	struct unlock_agent *agent = context;

	(void)status;
	agent->keeper = NULL;
}

struct unlock_agent *
unlock_agent_start(uv_loop_t *loop,
    void (*ready)(void *context, const char *error), void *context)
{
	struct unlock_agent *agent = mem_zero(sizeof(*agent));
	const char *args[] = {
		"/bin/sh", "-c", script, "cpssh", base_directory(), NULL
	};
	int in[2], out[2];
	struct child_wish wish = { .args = args };

	if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
		msg_die(1, "pipe: %s", strerror(errno));
	agent->ready = ready;
	agent->context = context;
	agent->pipe = in[1];
	agent->output = out[0];
	wish.in = in[0];
	wish.out = wish.err = out[1];
	agent->keeper = child_start(loop, &wish, keeper_ended, agent);
	close(in[0]);
	close(out[1]);
	agent->inlet = inlet_open(loop, agent->output, keeper_says, agent);
	return agent;
}

const char *
unlock_agent_socket(const struct unlock_agent *agent)
{
	return agent->socket;
}

void
unlock_agent_stop(struct unlock_agent *agent)
{
	if (agent == NULL)
		return;
	stop_reading(agent);
	close(agent->pipe);
	child_leave(agent->keeper, 0);
	buf_free(&agent->words);
	free(agent->socket);
	free(agent);
}
