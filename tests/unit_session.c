/* SPDX-License-Identifier: BSD-2-Clause */
/* session: a host that says nothing, however often it is listened to. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <libssh2.h>

#include "link.h"
#include "loop.h"
#include "session.h"

#define OFTEN (3 << 20)		/* more than one turn has, by far */

static ssize_t
receive_nothing(struct link *link, void *data, size_t len)
{
	(void)link;
	(void)data;
	(void)len;
	errno = EAGAIN;
	return -1;
}

static ssize_t
send_all(struct link *link, const void *data, size_t len)
{
	(void)link;
	(void)data;
	return (ssize_t)len;
}

static void
watch(struct link *link, bool receive, bool send)
{
	(void)link;
	(void)receive;
	(void)send;
}

static void
close_link(struct link *link)
{
	close(link->fd);
}

static const struct link_ops silent_ops = {
	.receive = receive_nothing,
	.send = send_all,
	.watch = watch,
	.close = close_link,
};

static struct link silent = { .ops = &silent_ops };
static uv_loop_t *loop;

static void
poked(void *context)
{
	(void)context;
}

static int
begin(void **state)
{
	loop = loop_open();
	silent.fd = socket(AF_UNIX, SOCK_STREAM, 0);	/* to be shown */
	*state = session_open(loop, &silent, poked, NULL);
	return 0;
}

static int
end(void **state)
{
	session_close(*state, false);
	loop_close(loop);
	return 0;
}

/* Whoever has input for such a host looks at each piece of it whether it has
 * said something, and may have a million of them. */
static void
turns_without_a_word(void **state)
{
	for (int i = 0; i < OFTEN; i++) {
		assert_int_equal(session_shake(*state), LIBSSH2_ERROR_EAGAIN);
		session_settle(*state);
	}
	assert_false(session_broken(*state));
}

/* What asks on and on in one turn would never let another host have one. */
static void
a_turn_without_end(void **state)
{
	int i = 0;

	while (session_shake(*state) == LIBSSH2_ERROR_EAGAIN)
		assert_true(i++ < OFTEN);
	assert_true(session_broken(*state));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(turns_without_a_word),
		TEST(a_turn_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
