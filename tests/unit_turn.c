/* SPDX-License-Identifier: BSD-2-Clause */
/* turn: three hundred signatures with a long RSA key, all wanted at once, hold
 * up no clock; and the way a login signs asks for its turn. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth_state.h"
#include "buf.h"
#include "job.h"
#include "keyring.h"
#include "loop.h"
#include "mem.h"
#include "scratch.h"
#include "sshconf.h"
#include "turn.h"
#include "wire.h"

#define WORKERS 300
#define MOST_LATE 50		/* ms */

static char root[] = "/tmp/unit_turn.XXXXXX";
static uv_loop_t *loop;
static struct turns *turns;
static struct keyring *keyring;
static const struct key *key;

static struct worker {
	struct turn	 turn;
	bool		 done;
} workers[WORKERS];

static struct {
	unsigned	 done, this_turn, most_a_turn;
	double		 last, latest;	/* ms of our CPU */
} seen;

/* Of our own: what else runs on the machine says nothing of us. */
static double
cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
sign_something(void)
{
	unsigned char *signature;
	size_t len;

	assert_true(keyring_sign(key, "rsa-sha2-512", "data", 4, &signature,
	    &len));
	free(signature);
}

static void
work(void *context)
{
	struct worker *worker = context;

	if (!turn_take(turns, &worker->turn))
		return;
	assert_false(worker->done);
	worker->done = true;
	sign_something();
	seen.done++;
	if (++seen.this_turn > seen.most_a_turn)
		seen.most_a_turn = seen.this_turn;
}

static void
new_turn(uv_check_t *check)
{
	(void)check;
	seen.this_turn = 0;
}

static void
tick(uv_timer_t *timer)
{
	double now = cpu_ms();

	if (now - seen.last > seen.latest)
		seen.latest = now - seen.last;
	seen.last = now;
	if (seen.done == WORKERS)
		uv_timer_stop(timer);
}

static void
no_clock_is_late(void **state)
{
	uv_timer_t timer;
	uv_check_t check;

	(void)state;
	uv_check_init(loop, &check);
	uv_check_start(&check, new_turn);
	uv_unref((uv_handle_t *)&check);
	uv_timer_init(loop, &timer);
	seen.last = cpu_ms();
	uv_timer_start(&timer, tick, 1, 1);
	for (unsigned i = 0; i < WORKERS; i++) {
		workers[i].turn = (struct turn){
			.call = work, .context = &workers[i],
		};
		work(&workers[i]);
	}
	seen.this_turn = 0;
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(seen.done, WORKERS);
	assert_int_equal(seen.most_a_turn, 1);
	if (seen.latest > MOST_LATE)
		fail_msg("a clock was %g ms late", seen.latest);
	uv_close((uv_handle_t *)&check, NULL);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(loop, UV_RUN_DEFAULT);
}

static unsigned called;

static void
count(void *context)
{
	(void)context;
	called++;
}

static void
who_leaves_is_not_called(void **state)
{
	struct turn a = { .call = count }, b = a, c = a;

	(void)state;
	called = 0;
	assert_true(turn_take(turns, &a));
	assert_false(turn_take(turns, &b));
	assert_false(turn_take(turns, &b));
	assert_false(turn_take(turns, &c));
	turn_leave(&b);
	turn_leave(&b);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 1);
	/* c's turn has passed without it; nobody is held up by that */
	turn_leave(&c);
	assert_true(turn_take(turns, &b));
	uv_run(loop, UV_RUN_DEFAULT);
}

/* What libssh2 wants signed (RFC 4252, section 7). */
static void
write_request(struct buf *data)
{
	wire_add_string(data, "session", 7);
	buf_addc(data, 50);
	wire_add_string(data, "user", 4);
	wire_add_string(data, "ssh-connection", 14);
	wire_add_string(data, "publickey", 9);
	buf_addc(data, 1);
	wire_add_string(data, "rsa-sha2-512", 12);
	wire_add_string(data, "blob", 4);
}

static int
ask_signature(struct login *login, const struct buf *data)
{
	void *abstract = login;
	unsigned char *signature = NULL;
	size_t len;
	int error = auth_sign(NULL, &signature, &len,
	    (const unsigned char *)data->data, data->len, &abstract);

	free(signature);
	return error;
}

static void
logins_take_turns(void **state)
{
	struct run run = { .loop = loop, .turns = turns };
	struct hostconf conf = { .batch_mode = true };
	struct job job = { .run = &run, .conf = &conf, .leaving = true };
	struct auth_key keys[2] = { { .file = key }, { .file = key } };
	struct login logins[2] = {
		{ .job = &job, .keys = &keys[0], .key_count = 1 },
		{ .job = &job, .keys = &keys[1], .key_count = 1 },
	};
	struct buf data = { 0 };

	(void)state;
	write_request(&data);
	assert_int_equal(ask_signature(&logins[0], &data), 0);
	assert_int_equal(ask_signature(&logins[1], &data),
	    LIBSSH2_ERROR_EAGAIN);
	assert_int_equal(ask_signature(&logins[1], &data),
	    LIBSSH2_ERROR_EAGAIN);
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(ask_signature(&logins[1], &data), 0);
	for (size_t i = 0; i < 2; i++)
		free(logins[i].algorithm);
	buf_free(&data);
}

static int
set_up(void **state)
{
	char *path;
	int status;

	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	status = scratch_run(root, "ssh-keygen -q -t rsa -b 4096 -N '' -f rsa");
	path = mem_print("%s/rsa", root);
	loop = loop_open();
	turns = turns_new(loop);
	keyring = keyring_new();
	key = keyring_file(keyring, path);
	free(path);
	return status;
}

static int
clean_up(void **state)
{
	(void)state;
	keyring_free(keyring);
	turns_free(turns);
	loop_close(loop);
	return scratch_remove(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_clock_is_late),
		cmocka_unit_test(who_leaves_is_not_called),
		cmocka_unit_test(logins_take_turns),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
