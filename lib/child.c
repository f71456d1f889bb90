/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
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

/* What libuv makes of one of the child's descriptors. */
static uv_stdio_container_t
stdio_of(int fd)
{
	uv_stdio_container_t stdio = { .flags = UV_IGNORE };

	if (fd >= 0) {
		stdio.flags = UV_INHERIT_FD;
		stdio.data.fd = fd;
	}
	return stdio;
}

struct child *
child_start(uv_loop_t *loop, const struct child_wish *wish,
    void (*ended)(void *context, int status), void *context)
{
	struct child *child = mem_zero(sizeof(*child));
	uv_stdio_container_t stdio[4] = {
		stdio_of(wish->in), stdio_of(wish->out), stdio_of(wish->err),
		stdio_of(wish->extra - 1),
	};
	uv_process_options_t options = {
		.exit_cb = child_exited,
		/* A process group of its own, to be killed as one. */
		.flags = UV_PROCESS_DETACHED,
		.file = wish->args[0],
		.args = (char **)(uintptr_t)wish->args,
		.env = (char **)(uintptr_t)wish->environ,
		.stdio = stdio,
		.stdio_count = wish->extra > 0 ? 4 : 3,
	};

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
	return child;
}

const char *
child_shell(void)
{
	const char *shell = getenv("SHELL");

	return shell != NULL && *shell != '\0' ? shell : "/bin/sh";
}

struct child *
child_run(uv_loop_t *loop, const char *command,
    void (*ended)(void *context, int status), void *context)
{
	const char *args[] = { child_shell(), "-c", command, NULL };
	struct child_wish wish = {
		.args = args, .in = -1, .out = -1, .err = STDERR_FILENO,
	};

	return child_start(loop, &wish, ended, context);
}

void
child_leave(struct child *child, int signal)
{
	if (child == NULL)
		return;
	loop_forget(child->loop, &child->failed);
	child->ended = NULL;
	if (child->alive) {
		/* Reaped, and freed, when it is gone. */
		kill(-uv_process_get_pid(&child->process), signal);
		uv_unref((uv_handle_t *)&child->process);
	} else {
		uv_close((uv_handle_t *)&child->process, child_closed);
	}
}

void
child_drop(struct child *child)
{
	child_leave(child, SIGKILL);
}
