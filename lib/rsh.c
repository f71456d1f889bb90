/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our side.  The streams that we are handed are ours alone to read and write,
 * so they may be made non-blocking.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "inlet.h"
#include "loop.h"
#include "mem.h"
#include "rsh.h"
#include "rsh_call.h"

#define ENOUGH (256 * 1024)	/* bytes that wait for the program */

/* One descriptor that is waited for. */
struct rsh_end {
	uv_poll_t	 poll;
	struct rsh	*rsh;
	void		(*ready)(struct rsh *);	/* or NULL */
	int		 fd;		/* -1: closed, or not there yet */
	bool		 waiting;
};

struct rsh {
	uv_loop_t	*loop;
	struct rsh_owner owner;
	struct child	*child;		/* NULL: it has ended */
	int		 status;
	struct inlet	*prints[2];	/* its stdout and stderr */
	int		 print_fds[2];
	struct rsh_end	 call;		/* the remote shell's socket */
	struct rsh_end	 from, to;	/* its streams */
	char		*command;
	struct buf	 out;		/* for TO */
	bool		 over;		/* nothing more for TO */
	int		 remote_status;	/* to be told then */
	unsigned	 open_handles;
	bool		 dropped;
};

static void
free_when_closed(struct rsh *rsh)
{
	if (--rsh->open_handles > 0 || !rsh->dropped)
		return;
	buf_free(&rsh->out);
	free(rsh->command);
	free(rsh);
}

static void
end_closed(uv_handle_t *handle)
{
	const struct rsh_end *end = handle->data;

	free_when_closed(end->rsh);
}

static void
end_open(struct rsh *rsh, struct rsh_end *end, int fd,
    void (*ready)(struct rsh *))
{
	end->rsh = rsh;
	end->fd = fd;
	end->ready = ready;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	uv_poll_init(rsh->loop, &end->poll, fd);
	end->poll.data = end;
	rsh->open_handles++;
}

static void
end_close(struct rsh_end *end)
{
	if (end->fd < 0)
		return;
	uv_poll_stop(&end->poll);
	close(end->fd);
	end->fd = -1;
	end->waiting = false;
	uv_close((uv_handle_t *)&end->poll, end_closed);
}

static void
end_ready(uv_poll_t *poll, int status, int events)
{
	struct rsh_end *end = poll->data;
	struct rsh *rsh = end->rsh;

	(void)status;
	(void)events;
	uv_poll_stop(poll);
	end->waiting = false;
	if (end->ready != NULL)
		end->ready(rsh);
	rsh->owner.poke(rsh->owner.context);
}

/* Once, for whatever EVENTS come first. */
static void
end_wait(struct rsh_end *end, int events)
{
	if (!end->waiting)
		uv_poll_start(&end->poll, events, end_ready);
	end->waiting = true;
}

/* Write what TO takes now. */
static void
flush(struct rsh *rsh)
{
	while (rsh->out.len > 0 && rsh->to.fd >= 0) {
		ssize_t sent = write(rsh->to.fd, rsh->out.data, rsh->out.len);

		if (sent >= 0) {
			buf_skip(&rsh->out, (size_t)sent);
		} else if (errno == EAGAIN) {
			end_wait(&rsh->to, UV_WRITABLE);
			return;
		} else if (errno != EINTR) {
			/* Whoever read has gone, and has said why. */
			buf_clear(&rsh->out);
			end_close(&rsh->to);
		}
	}
}

/* After the last byte comes the end, and after that the status. */
static void
settle(struct rsh *rsh)
{
	unsigned char status = (unsigned char)rsh->remote_status;

	if (!rsh->to.waiting)
		flush(rsh);
	if (rsh->to.waiting || !rsh->over)
		return;
	end_close(&rsh->to);
	end_close(&rsh->from);
	/* It may have gone already. */
	if (rsh->call.fd >= 0)
		(void)!write(rsh->call.fd, &status, 1);
	end_close(&rsh->call);
}

/* The remote shell's message: what to run, and its streams. */
static bool
take_call(struct rsh *rsh)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control;
	char *text = mem_zero(RSH_COMMAND_MOST);
	struct iovec room = { text, RSH_COMMAND_MOST - 1 };
	struct msghdr message = {
		.msg_iov = &room, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	ssize_t got = recvmsg(rsh->call.fd, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	int streams[2];

	if (header == NULL || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(streams)) ||
	    (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		free(text);
		return false;
	}
	memcpy(streams, CMSG_DATA(header), sizeof(streams));
	end_open(rsh, &rsh->from, streams[0], NULL);
	end_open(rsh, &rsh->to, streams[1], settle);
	rsh->command = text;
	return true;
}

static void
called(struct rsh *rsh)
{
	if (!take_call(rsh))
		end_close(&rsh->call);
}

static void
printed(struct rsh *rsh, int which, const char *data, size_t len)
{
	if (len == 0) {
		inlet_close(rsh->prints[which]);
		rsh->prints[which] = NULL;
	}
	rsh->owner.printed(rsh->owner.context, which + 1, data, len);
	if (len == 0)
		rsh->owner.poke(rsh->owner.context);
}

static void
printed_out(void *context, const char *data, size_t len, int error)
{
	(void)error;
	printed(context, 0, data, len);
}

static void
printed_err(void *context, const char *data, size_t len, int error)
{
	(void)error;
	printed(context, 1, data, len);
}

static void
ended(void *context, int status)
{
	struct rsh *rsh = context;

	rsh->child = NULL;
	rsh->status = status;
	rsh->owner.poke(rsh->owner.context);
}

/* Three pairs: for the calls, and what the program prints. */
static bool
make_pairs(int pairs[3][2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    pairs[0]) != 0)
		return false;
	for (int i = 1; i < 3; i++) {
		if (pipe2(pairs[i], O_CLOEXEC) == 0)
			continue;
		while (i-- > 0) {
			close(pairs[i][0]);
			close(pairs[i][1]);
		}
		return false;
	}
	return true;
}

static struct child *
start_child(struct rsh *rsh, const char *const *args, int pairs[3][2])
{
	size_t count = 0;
	const char **environment;
	struct child_wish wish = {
		.args = args, .in = -1, .out = pairs[1][1],
		.err = pairs[2][1], .extra = pairs[0][1] + 1,
	};
	struct child *child;

	while (environ[count] != NULL)
		count++;
	environment = mem_zero((count + 2) * sizeof(*environment));
	for (size_t i = 0; i < count; i++)
		environment[i] = environ[i];
	environment[count] = RSH_MARK "=1";
	wish.environ = environment;
	child = child_start(rsh->loop, &wish, ended, rsh);
	free(environment);
	return child;
}

struct rsh *
rsh_start(uv_loop_t *loop, const char *const *args,
    const struct rsh_owner *owner)
{
	int pairs[3][2];
	struct rsh *rsh;

	if (!make_pairs(pairs))
		return NULL;
	rsh = mem_zero(sizeof(*rsh));
	rsh->loop = loop;
	rsh->owner = *owner;
	rsh->from.fd = rsh->to.fd = -1;
	rsh->child = start_child(rsh, args, pairs);
	rsh->print_fds[0] = pairs[1][0];
	rsh->print_fds[1] = pairs[2][0];
	rsh->prints[0] = inlet_open(loop, pairs[1][0], printed_out, rsh);
	rsh->prints[1] = inlet_open(loop, pairs[2][0], printed_err, rsh);
	end_open(rsh, &rsh->call, pairs[0][0], called);
	end_wait(&rsh->call, UV_READABLE | UV_DISCONNECT);
	for (int i = 0; i < 3; i++)
		close(pairs[i][1]);
	return rsh;
}

void
rsh_hold(struct rsh *rsh, bool hold)
{
	for (int i = 0; i < 2; i++) {
		if (rsh->prints[i] != NULL)
			inlet_hold(rsh->prints[i], hold);
	}
}

const char *
rsh_command(const struct rsh *rsh)
{
	return rsh->command;
}

ssize_t
rsh_read(struct rsh *rsh, void *data, size_t len)
{
	ssize_t got;

	if (rsh->from.fd < 0)
		return 0;
	do
		got = read(rsh->from.fd, data, len);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN) {
		end_wait(&rsh->from, UV_READABLE);
		return -1;
	}
	return got > 0 ? got : 0;
}

bool
rsh_full(const struct rsh *rsh)
{
	return rsh->out.len >= ENOUGH;
}

void
rsh_write(struct rsh *rsh, const char *data, size_t len)
{
	if (rsh->to.fd < 0)
		return;
	buf_add(&rsh->out, data, len);
	settle(rsh);
}

void
rsh_end(struct rsh *rsh, int status)
{
	rsh->over = true;
	rsh->remote_status = status;
	settle(rsh);
}

bool
rsh_ended(const struct rsh *rsh, int *status)
{
	*status = rsh->status;
	return rsh->child == NULL && rsh->prints[0] == NULL &&
	    rsh->prints[1] == NULL;
}

void
rsh_drop(struct rsh *rsh)
{
	if (rsh == NULL)
		return;
	/* rsync takes its temporary files away then. */
	child_leave(rsh->child, SIGTERM);
	for (int i = 0; i < 2; i++) {
		inlet_close(rsh->prints[i]);
		close(rsh->print_fds[i]);
	}
	rsh->dropped = true;
	rsh->open_handles++;	/* until all have been told to close */
	end_close(&rsh->call);
	end_close(&rsh->from);
	end_close(&rsh->to);
	free_when_closed(rsh);
}
