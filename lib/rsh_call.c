/* SPDX-License-Identifier: BSD-2-Clause */
/* The remote shell's side: it tells what to run and hands its streams over, by
 * the socket it has inherited, then waits for the status to exit with. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "rsh.h"
#include "rsh_call.h"

/* The words after the host's name, as ssh joins them. */
static char *
command_of(int argc, char **argv)
{
	struct buf command = { 0 };
	int at = 1;

	/* rsync says -l USER if the place names one. */
	if (at + 1 < argc && strcmp(argv[at], "-l") == 0)
		at += 2;
	for (at++; at < argc; at++)
		buf_addf(&command, "%s%s", command.len > 0 ? " " : "",
		    argv[at]);
	return buf_release(&command);
}

static bool
hand_over(int socket, const char *command)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} control = { .room = { 0 } };
	const int streams[2] = { STDIN_FILENO, STDOUT_FILENO };
	struct iovec text = {
		.iov_base = (char *)(uintptr_t)command,
		.iov_len = strlen(command) + 1,
	};
	struct msghdr message = {
		.msg_iov = &text, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(streams));
	memcpy(CMSG_DATA(header), streams, sizeof(streams));
	return sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

int
rsh_main(int argc, char **argv)
{
	unsigned char status;
	char *command;
	ssize_t got;

	if (getenv(RSH_MARK) == NULL)
		return -1;
	command = command_of(argc, argv);
	if (!hand_over(RSH_SOCKET, command)) {
		msg_warn("cannot reach our caller: %s", strerror(errno));
		free(command);
		return 255;
	}
	free(command);
	/* They end when our caller closes them. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	do
		got = read(RSH_SOCKET, &status, 1);
	while (got < 0 && errno == EINTR);
	return got == 1 ? status : 255;
}

char *
rsh_name(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0)
		return NULL;
	path[len] = '\0';
	/* rsync takes quotes, but no way to write one within. */
	if (strchr(path, '\'') != NULL)
		return NULL;
	return mem_print("'%s'", path);
}
