/* SPDX-License-Identifier: BSD-2-Clause */
/* dial: several addresses, of which some refuse and some are silent. */
#include "config.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "dial.h"
#include "loop.h"
#include "mem.h"
#include "resolve.h"

#define OPEN "127.0.0.1"	/* a server listens */
#define SHUT "127.0.0.2"	/* nobody does */
#define MUTE "127.0.0.3"	/* a server that does not answer */
#define FILLERS 4

static int connects;		/* how often it was called */
static int listen_at;		/* at which of them a server comes up */
static int listener;
static int hang_for_ever[2];	/* a pipe without a word */

/* In the place of the system's: "A+B" has the addresses A and B, "hang" is
 * looked up until the test ends. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **found)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);
	struct addrinfo numeric = *hints, **end = found;
	char c;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (strchr(host, '+') == NULL && strcmp(host, "hang") != 0)
		return strcmp(host, "nobody") == 0 ? EAI_NONAME :
		    real(host, port, hints, found);
	if (hints->ai_flags & AI_NUMERICHOST)
		return EAI_NONAME;
	if (*host == 'h')
		return read(hang_for_ever[0], &c, 1) == 0 ? EAI_AGAIN : 0;
	numeric.ai_flags |= AI_NUMERICHOST;
	while (*host != '\0') {
		size_t len = strcspn(host, "+");
		char *one = mem_ndup(host, len);

		if (real(one, port, &numeric, end) == 0)
			end = &(*end)->ai_next;
		free(one);
		host += len + (host[len] == '+');
	}
	return 0;
}

int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	int (*real)(int, const struct sockaddr *, socklen_t);

	*(void **)&real = dlsym(RTLD_NEXT, "connect");
	if (++connects == listen_at)
		assert_int_equal(listen(listener, 5), 0);
	return real(fd, address, len);
}

static uv_loop_t *loop;
static struct dial_wish wish;
static struct dial *dial;
static int fd, done_times, open_before;
static char *words;

static void
done(void *context, int got, const char *why)
{
	assert_ptr_equal(context, &wish);
	done_times++;
	fd = got;
	words = mem_dup(why);
	dial = NULL;
}

/* A socket bound to ADDRESS and the wish's port, 0: whichever is free. */
static int
server(const char *address, int backlog)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)wish.port),
		.sin_addr.s_addr = inet_addr(address),
	};
	socklen_t len = sizeof(at);
	int it = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(it >= 0);
	assert_int_equal(bind(it, (struct sockaddr *)&at, len), 0);
	if (backlog >= 0)
		assert_int_equal(listen(it, backlog), 0);
	assert_int_equal(getsockname(it, (struct sockaddr *)&at, &len), 0);
	wish.port = ntohs(at.sin_port);
	return it;
}

static int
count_open(void)
{
	int count = 0;

	for (int i = 0; i < 256; i++)
		count += fcntl(i, F_GETFD) >= 0;
	return count;
}

static int
setup(void **state)
{
	(void)state;
	alarm(30);	/* not to hang */
	open_before = count_open();
	loop = loop_open();
	wish = (struct dial_wish){ .host = OPEN, .attempts = 1 };
	connects = listen_at = done_times = 0;
	fd = -2;
	listener = server(OPEN, 5);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	dial_drop(dial);
	dial = NULL;
	if (fd >= 0)
		close(fd);
	free(words);
	words = NULL;
	close(listener);
	resolve_close();
	loop_close(loop);
	assert_int_equal(count_open(), open_before);
	return 0;
}

static void
start(const char *host)
{
	wish.host = host;
	dial = dial_start(loop, &wish, done, &wish);
	assert_int_equal(done_times, 0);
}

/* Dial till it ends. */
static void
reach(const char *host)
{
	start(host);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(done_times, 1);
}

static void
assert_reached(const char *expected)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);

	assert_true(fd >= 0);
	assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
	assert_int_equal(peer.sin_addr.s_addr, inet_addr(expected));
	assert_int_equal(ntohs(peer.sin_port), wish.port);
	assert_int_not_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	assert_int_not_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
}

/* It ended with the words BEFORE, the port, and AFTER. */
static void
assert_failed(const char *before, const char *after)
{
	const char *from = wish.bind_address;
	char *expected = mem_print("%s %d%s%s: %s", before, wish.port,
	    from != NULL ? " from " : "", from != NULL ? from : "", after);

	assert_int_equal(fd, -1);
	assert_string_equal(words, expected);
	free(expected);
}

static bool
keeps_alive(void)
{
	socklen_t len = sizeof(int);
	int yes = -1;

	getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, &len);
	assert_true(yes == 0 || yes == 1);
	return yes == 1;
}

static void
one_address(void **state)
{
	(void)state;
	reach(OPEN);
	assert_reached(OPEN);
	assert_int_equal(connects, 1);
	assert_false(keeps_alive());
}

static void
kept_alive(void **state)
{
	(void)state;
	wish.keepalive = true;
	reach(OPEN);
	assert_reached(OPEN);
	assert_true(keeps_alive());
}

static void
second_address_answers(void **state)
{
	(void)state;
	reach(SHUT "+" OPEN "+" MUTE);
	assert_reached(OPEN);
	assert_int_equal(connects, 2);
}

static void
all_refuse(void **state)
{
	(void)state;
	reach(MUTE "+" SHUT);
	assert_failed("connect to " SHUT " port", "Connection refused");
	assert_int_equal(connects, 2);
}

/* The server comes up as the third connection is tried: in the second round,
 * which begins a second after the first. */
static void
second_round(void **state)
{
	(void)state;
	close(listener);
	listener = server(OPEN, -1);
	listen_at = 3;
	wish.attempts = 2;
	reach(OPEN "+" SHUT);
	assert_reached(OPEN);
	assert_int_equal(connects, 3);
}

static void
not_found(void **state)
{
	char *expected = mem_print("cannot find the address of nobody: %s",
	    gai_strerror(EAI_NONAME));

	(void)state;
	wish.attempts = 3;
	reach("nobody");
	assert_int_equal(fd, -1);
	assert_string_equal(words, expected);
	assert_int_equal(connects, 0);
	free(expected);
}

static void
family(void **state)
{
	(void)state;
	wish.family = AF_INET;
	reach("::1+" OPEN);
	assert_reached(OPEN);
	assert_int_equal(connects, 1);
}

static void
bound(void **state)
{
	struct sockaddr_in own;
	socklen_t len = sizeof(own);

	(void)state;
	wish.bind_address = "127.0.0.5";
	reach(OPEN);
	assert_reached(OPEN);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	assert_int_equal(own.sin_addr.s_addr, inet_addr("127.0.0.5"));
}

static void
cannot_be_bound(void **state)
{
	(void)state;
	wish.bind_address = "::1";
	reach(OPEN);
	assert_failed("connect to " OPEN " port",
	    "Cannot assign requested address");
	assert_int_equal(connects, 0);
}

/* A server at MUTE whose queue is full: connections to it hang. */
static int
mute_server(int fillers[FILLERS])
{
	int mute = server(MUTE, 0);

	for (int i = 0; i < FILLERS; i++) {
		struct sockaddr_in at = {
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)wish.port),
			.sin_addr.s_addr = inet_addr(MUTE),
		};

		fillers[i] = socket(AF_INET,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		assert_true(fillers[i] >= 0);
		connect(fillers[i], (struct sockaddr *)&at, sizeof(at));
	}
	connects = 0;
	return mute;
}

static void
hush(int mute, const int fillers[FILLERS])
{
	for (int i = 0; i < FILLERS; i++)
		close(fillers[i]);
	close(mute);
}

/* The silent address gets its share of the time, no more. */
static void
silent_address(void **state)
{
	int fillers[FILLERS], mute = mute_server(fillers);
	uint64_t began = uv_now(loop);

	(void)state;
	wish.limit = 400;
	reach(MUTE "+" OPEN);
	assert_reached(OPEN);
	assert_int_equal(connects, 2);
	assert_in_range(uv_now(loop) - began, 200, 30000);
	hush(mute, fillers);
}

/* After this nothing is called, and nothing is left to wait for. */
static void
drop(void)
{
	assert_int_equal(done_times, 0);
	dial_drop(dial);
	dial = NULL;
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(done_times, 0);
}

/* The last address may take as long as the caller allows. */
static void
silent_last_address(void **state)
{
	int fillers[FILLERS], mute = mute_server(fillers);

	(void)state;
	wish.limit = 20000;
	start(SHUT "+" MUTE);
	while (connects < 2)
		uv_run(loop, UV_RUN_ONCE);
	/* No clock is running, once the loop knows of its new socket. */
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(uv_backend_timeout(loop), -1);
	drop();
	hush(mute, fillers);
}

static void
dropped_at_once(void **state)
{
	(void)state;
	start(OPEN);
	drop();
	assert_int_equal(connects, 0);
	dial_drop(NULL);
}

static void
dropped_during_the_lookup(void **state)
{
	(void)state;
	start("hang");
	uv_run(loop, UV_RUN_NOWAIT);
	drop();
	assert_int_equal(connects, 0);
}

static void
dropped_while_connecting(void **state)
{
	int fillers[FILLERS], mute = mute_server(fillers);

	(void)state;
	wish.limit = 20000;
	start(MUTE "+" OPEN);
	while (connects == 0)
		uv_run(loop, UV_RUN_ONCE);
	drop();
	assert_int_equal(connects, 1);
	hush(mute, fillers);
}

static void
dropped_between_rounds(void **state)
{
	(void)state;
	/* It fails at once: the pause has begun after the first turn. */
	wish.bind_address = "::1";
	wish.attempts = 2;
	start(OPEN);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_not_equal(uv_loop_alive(loop), 0);
	drop();
}

/* What stays open, such as libuv's own pipe, is so from here on. */
static int
warm_up(void **state)
{
	(void)state;
	loop_close(loop_open());
	return pipe2(hang_for_ever, O_CLOEXEC);
}

static int
cool_down(void **state)
{
	(void)state;
	return close(hang_for_ever[1]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_address),
		TEST(kept_alive),
		TEST(second_address_answers),
		TEST(all_refuse),
		TEST(second_round),
		TEST(not_found),
		TEST(family),
		TEST(bound),
		TEST(cannot_be_bound),
		TEST(silent_address),
		TEST(silent_last_address),
		TEST(dropped_at_once),
		TEST(dropped_during_the_lookup),
		TEST(dropped_while_connecting),
		TEST(dropped_between_rounds),
	};

	return cmocka_run_group_tests(tests, warm_up, cool_down);
}
