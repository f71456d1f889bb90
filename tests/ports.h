/* SPDX-License-Identifier: BSD-2-Clause */
/* What the servers of the tests have in common: a port of loopback for each
 * thing that they do. */
#ifndef PORTS_H
#define PORTS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <err.h>
#include <stdio.h>

/* Have FD, a TCP socket, listen at a free port of 127.0.0.1, with room for
 * BACKLOG connections, and print the line "NAME PORT".  Returns FD. */
static inline int
ports_listen(int fd, const char *name, int backlog)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    listen(fd, backlog) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		err(1, "listen");
	printf("%s %d\n", name, ntohs(address.sin_port));
	return fd;
}

#endif
