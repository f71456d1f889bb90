/* SPDX-License-Identifier: BSD-2-Clause */
/* hose: bytes on their way to a thread. */
#include "config.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hose.h"

#define SIZE 1000
#define PIECE 300
#define ALL 1000000

struct other {
	struct hose	*hose;
	int		 pipe[2];	/* a byte each time there is room */
	size_t		 stop_at;	/* takes no more than this */
	size_t		 got;
	bool		 right;		/* the bytes were */
	ssize_t		 last;		/* what hose_take() said in the end */
	bool		 good;
};

static char
byte_at(size_t at)
{
	return (char)(at * 7 + at / 251);
}

static void
roomy(void *context)
{
	struct other *other = context;

	assert_int_equal(write(other->pipe[1], "", 1), 1);
}

static void *
take_all(void *context)
{
	struct other *other = context;
	const void *data;

	other->right = true;
	while (other->got < other->stop_at) {
		other->last = hose_take(other->hose, &data);
		if (other->last <= 0)
			break;
		for (ssize_t i = 0; i < other->last; i++)
			other->right &= ((const char *)data)[i] ==
			    byte_at(other->got++);
	}
	other->good = hose_cut(other->hose);
	return NULL;
}

/* Send ALL bytes, never waiting but for the word that there is room. */
static void
send_all(struct other *other)
{
	char piece[PIECE], byte;

	for (size_t at = 0; at < ALL; at += PIECE) {
		size_t len = ALL - at < PIECE ? ALL - at : PIECE;

		for (size_t i = 0; i < len; i++)
			piece[i] = byte_at(at + i);
		while (hose_full(other->hose, PIECE))
			assert_int_equal(read(other->pipe[0], &byte, 1), 1);
		hose_add(other->hose, piece, len);
	}
}

static void
run(struct other *other, bool good)
{
	pthread_t thread;

	assert_int_equal(pipe(other->pipe), 0);
	other->hose = hose_new(SIZE, roomy, other);
	assert_int_equal(pthread_create(&thread, NULL, take_all, other), 0);
	send_all(other);
	hose_end(other->hose, good);
	assert_int_equal(pthread_join(thread, NULL), 0);
	hose_free(other->hose);
	close(other->pipe[0]);
	close(other->pipe[1]);
	assert_true(other->right);
}

static void
all_of_it_comes(void **state)
{
	struct other other = { .stop_at = SIZE_MAX };

	(void)state;
	run(&other, true);
	assert_int_equal(other.got, ALL);
	assert_int_equal(other.last, 0);
	assert_true(other.good);
}

static void
a_bad_end_is_told(void **state)
{
	struct other other = { .stop_at = SIZE_MAX };

	(void)state;
	run(&other, false);
	assert_int_equal(other.last, -1);
	assert_false(other.good);
}

static void
who_takes_no_more_holds_up_nobody(void **state)
{
	struct other other = { .stop_at = 5000 };

	(void)state;
	run(&other, true);
	assert_in_range(other.got, 5000, 6000);
}

static void
good_may_become_bad(void **state)
{
	struct other other = { .pipe = { -1, -1 } };
	struct hose *hose = hose_new(SIZE, roomy, &other);
	const void *data;

	(void)state;
	hose_add(hose, "abc", 3);
	hose_end(hose, true);
	assert_int_equal(hose_take(hose, &data), 3);
	assert_memory_equal(data, "abc", 3);
	assert_int_equal(hose_take(hose, &data), 0);
	assert_true(hose_cut(hose));
	hose_end(hose, false);
	hose_end(hose, true);
	assert_false(hose_cut(hose));
	assert_int_equal(hose_take(hose, &data), -1);
	hose_free(hose);
	hose_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_comes),
		cmocka_unit_test(a_bad_end_is_told),
		cmocka_unit_test(who_takes_no_more_holds_up_nobody),
		cmocka_unit_test(good_may_become_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
