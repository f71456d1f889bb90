/* SPDX-License-Identifier: BSD-2-Clause */
/* resolve: lookups, of which some hang. */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "resolve.h"

#define BUSY 64			/* lookups at once */
#define MANY (3 * BUSY)

/* The lookup of "hang" waits here until it is let go. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool let_go;
static int hanging, most_hanging;

static void
hang(void)
{
	pthread_mutex_lock(&lock);
	if (++hanging > most_hanging)
		most_hanging = hanging;
	pthread_cond_broadcast(&changed);
	while (!let_go)
		pthread_cond_wait(&changed, &lock);
	hanging--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void
wait_until_hanging(int count)
{
	pthread_mutex_lock(&lock);
	while (hanging != count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void
release(void)
{
	pthread_mutex_lock(&lock);
	let_go = true;
	pthread_cond_broadcast(&changed);
	while (hanging > 0)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

/* In the place of the system's. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **found)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (strcmp(host, "broken") == 0) {
		errno = ENFILE;
		return EAI_SYSTEM;
	}
	if (strcmp(host, "nobody") == 0)
		return EAI_NONAME;
	if (strcmp(host, "hang") == 0) {
		hang();
		host = "127.0.0.9";
	}
	return real(host, port, hints, found);
}

static uv_loop_t *loop;

static struct answer {
	struct resolve	*lookup;
	int		 times, error, number;
	struct addrinfo	*found;
} answers[MANY], last;

static void
answered(void *context, int error, int number, struct addrinfo *found)
{
	struct answer *answer = context;

	answer->times++;
	answer->error = error;
	answer->number = number;
	answer->found = found;
}

static void
start(struct answer *answer, const char *host)
{
	*answer = (struct answer){ 0 };
	answer->lookup = resolve_start(loop, host, 2222, AF_INET, answered,
	    answer);
	assert_int_equal(answer->times, 0);
}

static int
setup(void **state)
{
	(void)state;
	alarm(30);	/* not to hang itself */
	loop = loop_open();
	let_go = false;
	most_hanging = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	release();
	resolve_close();
	loop_close(loop);
	return 0;
}

static void
assert_address(const struct answer *answer, const char *expected)
{
	char host[64], port[16];

	assert_int_equal(answer->times, 1);
	assert_int_equal(answer->error, 0);
	assert_int_equal(getnameinfo(answer->found->ai_addr,
	    answer->found->ai_addrlen, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV), 0);
	assert_string_equal(host, expected);
	assert_string_equal(port, "2222");
	assert_int_equal(answer->found->ai_socktype, SOCK_STREAM);
	freeaddrinfo(answer->found);
}

static void
found(void **state)
{
	(void)state;
	start(&last, "localhost");
	uv_run(loop, UV_RUN_DEFAULT);
	assert_address(&last, "127.0.0.1");
}

static void
not_found(void **state)
{
	(void)state;
	start(&last, "nobody");
	start(&answers[0], "broken");
	uv_run(loop, UV_RUN_DEFAULT);
	assert_int_equal(last.times, 1);
	assert_int_equal(last.error, EAI_NONAME);
	assert_int_equal(last.number, 0);
	assert_null(last.found);
	assert_int_equal(answers[0].times, 1);
	assert_int_equal(answers[0].error, EAI_SYSTEM);
	assert_int_equal(answers[0].number, ENFILE);
}

/* No more at once than is good, but all are answered in the end. */
static void
many(void **state)
{
	(void)state;
	for (int i = 0; i < MANY; i++)
		start(&answers[i], "hang");
	wait_until_hanging(BUSY);
	release();
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < MANY; i++)
		assert_address(&answers[i], "127.0.0.9");
	assert_int_equal(most_hanging, BUSY);
}

/* A lookup that was let go has its thread to itself, and another one takes
 * its place. */
static void
dropped_ones_hold_nobody_up(void **state)
{
	(void)state;
	for (int i = 0; i < BUSY; i++)
		start(&answers[i], "hang");
	wait_until_hanging(BUSY);
	start(&last, "127.0.0.8");
	resolve_drop(answers[0].lookup);
	while (last.times == 0)
		uv_run(loop, UV_RUN_ONCE);
	assert_address(&last, "127.0.0.8");
	for (int i = 1; i < BUSY; i++)
		resolve_drop(answers[i].lookup);
	/* Nor do they keep the loop alive. */
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < BUSY; i++)
		start(&answers[i], "hang");
	wait_until_hanging(2 * BUSY);
	for (int i = 0; i < BUSY; i++)
		resolve_drop(answers[i].lookup);
	start(&last, "localhost");
	uv_run(loop, UV_RUN_DEFAULT);
	assert_address(&last, "127.0.0.1");
	release();
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < BUSY; i++)
		assert_int_equal(answers[i].times, 0);
}

/* Of those that wait in line, one from the middle and the last are dropped. */
static void
dropped_while_waiting(void **state)
{
	const int middle = BUSY + 1, end = BUSY + 3;

	(void)state;
	for (int i = 0; i <= end; i++)
		start(&answers[i], "hang");
	wait_until_hanging(BUSY);
	resolve_drop(answers[middle].lookup);
	resolve_drop(answers[end].lookup);
	start(&last, "hang");
	release();
	uv_run(loop, UV_RUN_DEFAULT);
	assert_address(&last, "127.0.0.9");
	for (int i = 0; i <= end; i++) {
		if (i == middle || i == end)
			assert_int_equal(answers[i].times, 0);
		else
			assert_address(&answers[i], "127.0.0.9");
	}
}

static void
drop_the_others(void *context, int error, int number,
    struct addrinfo *addresses)
{
	struct answer *answer = context;

	answered(answer, error, number, addresses);
	for (int i = 0; i < BUSY; i++)
		if (&answers[i] != answer)
			resolve_drop(answers[i].lookup);
}

/* Wherever they are: running, or finished and about to be told. */
static void
dropped_by_the_first_answer(void **state)
{
	int times = 0;

	(void)state;
	for (int i = 0; i < BUSY; i++) {
		answers[i].times = 0;
		answers[i].lookup = resolve_start(loop, "127.0.0.1", 1,
		    AF_UNSPEC, drop_the_others, &answers[i]);
	}
	uv_run(loop, UV_RUN_DEFAULT);
	for (int i = 0; i < BUSY; i++) {
		times += answers[i].times;
		if (answers[i].times > 0)
			freeaddrinfo(answers[i].found);
	}
	assert_int_equal(times, 1);
	resolve_drop(NULL);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(found),
		TEST(not_found),
		TEST(many),
		TEST(dropped_ones_hold_nobody_up),
		TEST(many),	/* with the threads that came back */
		TEST(dropped_while_waiting),
		TEST(dropped_by_the_first_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
