/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "child.h"
#include "loop.h"
#include "mem.h"

struct child {
	uv_loop_t	*loop;
	uv_process_t	 process;
	bool		 alive;
	struct later	 failed;	/* tells that it could not be started */
	void		(*ended)(void *, int);
	void		*context;
};

static void
child_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
child_exited(uv_process_t *process, int64_t status, int signal)
{
	struct child *child = process->data;

	child->alive = false;
	if (child->ended != NULL)
		child->ended(child->context, signal != 0 ? -1 : (int)status);
	uv_close((uv_handle_t *)process, child_closed);
}

static void
child_failed(void *context)
{
	struct child *child = context;

	child->ended(child->context, -1);
	uv_close((uv_handle_t *)&child->process, child_closed);
}

struct child *
child_run(uv_loop_t *loop, const char *command,
    void (*ended)(void *context, int status), void *context)
{
	struct child *child = mem_zero(sizeof(*child));
	const char *shell = getenv("SHELL");
	char *args[] = { NULL, "-c", mem_dup(command), NULL };
	uv_stdio_container_t stdio[3] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_IGNORE },
		{ .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
	};
	uv_process_options_t options = {
		.exit_cb = child_exited,
		/* A process group of its own, to be killed as one. */
		.flags = UV_PROCESS_DETACHED,
		.args = args,
		.stdio = stdio,
		.stdio_count = 3,
	};

	args[0] = mem_dup(shell != NULL && *shell != '\0' ? shell : "/bin/sh");
	options.file = args[0];
	child->loop = loop;
	child->ended = ended;
	child->context = context;
	child->failed = (struct later){
		.call = child_failed,
		.context = child,
	};
	child->alive = uv_spawn(loop, &child->process, &options) == 0;
	child->process.data = child;
	if (!child->alive)
		loop_later(loop, &child->failed);
	free(args[0]);
	free(args[2]);
	return child;
}

void
child_drop(struct child *child)
{
	if (child == NULL)
		return;
	loop_forget(child->loop, &child->failed);
	child->ended = NULL;
	if (child->alive) {
		/* Reaped, and freed, when it is gone. */
		kill(-uv_process_get_pid(&child->process), SIGKILL);
		uv_unref((uv_handle_t *)&child->process);
	} else {
		uv_close((uv_handle_t *)&child->process, child_closed);
	}
}
