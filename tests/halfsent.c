/* SPDX-License-Identifier: BSD-2-Clause */
/* A libssh2 client on a socket that takes only half of many a packet, and the
 * rest a while later: what comes in between, a key exchange above all, must
 * not keep it from being sent.  Sends FILE through cat on 127.0.0.1 and exits
 * 0 if all came back, killed by SIGALRM if nothing moves any more.
 *
 *	halfsent PORT USER KEY FILE */
#include "config.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <libssh2.h>

#define EVERY 10		/* packets: each tenth is torn */
#define PAUSE 0.02		/* seconds between its halves */
#define STUCK 20		/* seconds without a byte moved */

static int sock;
static bool tearing;
static double refuse_until;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static ssize_t
send_half(libssh2_socket_t fd, const void *data, size_t len, int flags,
    void **context)
{
	static unsigned packets;
	size_t part = len;
	ssize_t sent;

	(void)context;
	if (now() < refuse_until)
		return -EAGAIN;
	if (tearing && ++packets % EVERY == 0)
		part = len / 2;
	sent = send(fd, data, part, flags | MSG_NOSIGNAL);
	if (sent >= 0 && part < len)
		refuse_until = now() + PAUSE;
	return sent < 0 ? -errno : sent;
}

/* Wait until a call that said EAGAIN is worth repeating. */
static bool
again(ssize_t result)
{
	struct pollfd wait = { .fd = sock, .events = POLLIN };

	if (result != LIBSSH2_ERROR_EAGAIN)
		return false;
	poll(&wait, 1, 2);
	return true;
}

static void
must(const char *what, ssize_t result)
{
	if (result < 0)
		errx(1, "%s: libssh2 error %zd", what, result);
}

static LIBSSH2_CHANNEL *
start(LIBSSH2_SESSION *ssh, const char *user, const char *key)
{
	LIBSSH2_CHANNEL *channel;
	int result;

	while (again(result = libssh2_session_handshake(ssh, sock)))
		;
	must("handshake", result);
	while (again(result = libssh2_userauth_publickey_fromfile(ssh, user,
	    NULL, key, NULL)))
		;
	must("login", result);
	while ((channel = libssh2_channel_open_session(ssh)) == NULL &&
	    again(libssh2_session_last_errno(ssh)))
		;
	if (channel == NULL)
		errx(1, "no channel");
	while (again(result = libssh2_channel_exec(channel, "cat")))
		;
	must("cat", result);
	return channel;
}

/* Write and read in turn, each until it says EAGAIN. */
static void
echo(LIBSSH2_CHANNEL *channel, const char *data, size_t len)
{
	size_t written = 0, back = 0;
	char piece[32768];
	ssize_t got = 0;

	while (back < len) {
		while (written < len) {
			got = libssh2_channel_write(channel, data + written,
			    len - written);
			if (got < 0)
				break;
			written += (size_t)got;
			alarm(STUCK);
		}
		if (got != LIBSSH2_ERROR_EAGAIN)
			must("write", got);
		while ((got = libssh2_channel_read(channel, piece,
		    sizeof(piece))) > 0) {
			if ((size_t)got > len - back ||
			    memcmp(piece, data + back, (size_t)got) != 0)
				errx(1, "not what was sent, at %zu", back);
			back += (size_t)got;
			alarm(STUCK);
		}
		if (!again(got))
			must("read", got);
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	LIBSSH2_SESSION *ssh;
	struct stat st;
	char *data;
	int file;

	if (argc != 5)
		errx(2, "usage: halfsent PORT USER KEY FILE");
	file = open(argv[4], O_RDONLY);
	if (file == -1 || fstat(file, &st) != 0)
		err(1, "%s", argv[4]);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	if (data == MAP_FAILED)
		err(1, "%s", argv[4]);
	alarm(STUCK);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10));
	sock = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(sock, (struct sockaddr *)&to, sizeof(to)) != 0)
		err(1, "port %s", argv[1]);
	fcntl(sock, F_SETFL, O_NONBLOCK);
	libssh2_init(0);
	ssh = libssh2_session_init();
	libssh2_session_set_blocking(ssh, 0);
#if LIBSSH2_VERSION_NUM >= 0x010b01
	libssh2_session_callback_set2(ssh, LIBSSH2_CALLBACK_SEND,
	    (libssh2_cb_generic *)send_half);
	tearing = true;
#endif
	echo(start(ssh, argv[2], argv[3]), data, (size_t)st.st_size);
	libssh2_session_set_blocking(ssh, 1);
	libssh2_session_free(ssh);
	libssh2_exit();
	return 0;
}
