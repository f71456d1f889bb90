/* SPDX-License-Identifier: BSD-2-Clause */
/* blackhole: a port of 127.0.0.1 where connections are neither made nor
 * refused, since its queue is full.  Prints the port, then closes stdout. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Connect to ADDRESS.  Is there still room for us? */
static int
has_room(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	if (fd < 0)
		err(1, "socket");
	connect(fd, (const struct sockaddr *)address, sizeof(*address));
	/* On loopback an answer comes at once or not at all. */
	return poll(&wait, 1, 200) == 1;
}

int
main(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, 0) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		err(1, "cannot listen");
	while (has_room(&address))
		continue;
	printf("%d\n", ntohs(address.sin_port));
	fclose(stdout);
	for (;;)
		pause();
}
