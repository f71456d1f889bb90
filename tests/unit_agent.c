/* SPDX-License-Identifier: BSD-2-Clause */
/* agent: a real ssh-agent, and some that misbehave. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent.h"
#include "agent_message.h"
#include "agent_work.h"
#include "buf.h"
#include "keyring.h"
#include "loop.h"
#include "mem.h"
#include "scratch.h"
#include "wire.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define PATIENCE 20000		/* ms; only a failing test takes so long */

static char root[] = "/tmp/unit_agent.XXXXXX";
static char *real_socket;
static pid_t real_pid;
static const char *const kinds[] = { "ed25519", "rsa", "ecdsa" };

/* --- agents that misbehave ------------------------------------------- */

enum manner {
	SILENT,		/* says nothing at all */
	HANGUP,		/* closes when it is asked */
	SHOUT,		/* speaks first */
	GIANT,		/* announces a message of 4 GB */
	LARGE,		/* announces one byte more than may be */
	EMPTY,		/* sends a message without even a type */
	REFUSE,		/* says no */
	ODD,		/* sends an answer of an unknown type */
	BOAST,		/* announces more keys than there are */
	CUT,		/* sends a key that ends too early */
	MORE,		/* sends more than the answer */
	DRIP,		/* answers well, a byte at a time */
	OTHERWISE,	/* answers a list with a signature, and back */
};

struct fake {
	char	*path;
	pid_t	 pid;
	int	 connections;	/* a byte can be read for each */
};

static void
say(int fd, const void *bytes, size_t len)
{
	if (write(fd, bytes, len) != (ssize_t)len)
		_exit(1);
}

/* Read one request; false when the client has gone. */
static bool
read_request(int fd)
{
	unsigned char request[4096];
	size_t len = 0;

	while (len < 4 || len < 4 + ((size_t)request[2] << 8 | request[3])) {
		ssize_t got = read(fd, request + len, sizeof(request) - len);

		if (got <= 0)
			return false;
		len += (size_t)got;
	}
	return true;
}

static void
drip(int fd)
{
	struct buf answer = { 0 }, blob = { 0 }, body = { 0 };

	wire_add_string(&blob, "ssh-ed25519", 11);
	wire_add_string(&blob, "01234567890123456789012345678901", 32);
	buf_addc(&body, 12);
	wire_add_u32(&body, 1);
	wire_add_string(&body, blob.data, blob.len);
	wire_add_string(&body, "a comment", 9);
	wire_add_string(&answer, body.data, body.len);
	for (size_t i = 0; i < answer.len; i++)
		say(fd, answer.data + i, 1);
	buf_free(&answer);
	buf_free(&blob);
	buf_free(&body);
}

/* Answer as the manner is, literal strings without their NUL. */
static void
answer(int fd, enum manner manner)
{
#define SAY(text) say(fd, text, sizeof(text) - 1)
	switch (manner) {
	case GIANT:
		SAY("\xff\xff\xff\xff\x0c");
		break;
	case LARGE:
		SAY("\x00\x04\x00\x01\x0c");
		break;
	case EMPTY:
		SAY("\x00\x00\x00\x00");
		break;
	case REFUSE:
	case SHOUT:
		SAY("\x00\x00\x00\x01\x05");
		break;
	case ODD:
		SAY("\x00\x00\x00\x05\x63 odd");
		break;
	case BOAST:
		SAY("\x00\x00\x00\x05\x0c\x7f\xff\xff\xff");
		break;
	case CUT:
		SAY("\x00\x00\x00\x0d\x0c\x00\x00\x00\x01"
		    "\x00\x00\x00\x63\x00\x00\x00\x00");
		break;
	case MORE:
		SAY("\x00\x00\x00\x05\x0c\x00\x00\x00\x00+");
		break;
	case DRIP:
		drip(fd);
		break;
	case OTHERWISE:
		SAY("\x00\x00\x00\x09\x0e\x00\x00\x00\x04sign");
		break;
	case SILENT:
	case HANGUP:
		break;
	}
#undef SAY
}

/* Serve each connection in a process of its own, until killed. */
static void
serve(int listener, enum manner manner, int tell)
{
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	alarm(2 * PATIENCE / 1000);	/* if the test fails to kill us */
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0 || write(tell, "c", 1) != 1)
			_exit(1);
		if (fork() == 0) {
			alarm(PATIENCE / 1000);
			if (manner == SHOUT)
				say(fd, "\0\0\0\1\5", 5);
			while (read_request(fd) && manner != HANGUP)
				answer(fd, manner);
			_exit(0);
		}
		close(fd);
	}
}

static struct fake
fake_start(enum manner manner)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct fake fake;
	int ends[2];

	fake.path = mem_print("%s/fake", root);
	unlink(fake.path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", fake.path);
	assert_int_equal(bind(listener, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(pipe(ends), 0);
	fake.pid = fork();
	assert_int_not_equal(fake.pid, -1);
	if (fake.pid == 0) {
		close(ends[0]);
		serve(listener, manner, ends[1]);
	}
	close(listener);
	close(ends[1]);
	fake.connections = ends[0];
	return fake;
}

static void
fake_stop(struct fake *fake)
{
	kill(fake->pid, SIGKILL);
	assert_int_equal(waitpid(fake->pid, NULL, 0), fake->pid);
	close(fake->connections);
	free(fake->path);
}

/* --- asking ------------------------------------------------------------ */

static uv_loop_t *loop;
static struct agents *agents;
static uv_timer_t guard;

struct answer {
	bool	 expected;	/* the asking call has returned */
	bool	 came;
	const struct agent_key *keys;
	size_t	 count;
	struct buf signature;
	char	*error;
	struct agent_request *cancel;	/* in the callback */
	bool	 release;
};

static void
on_guard(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("no answer came");
}

static void
on_any(struct answer *answer, const char *error)
{
	assert_true(answer->expected);
	assert_false(answer->came);
	answer->came = true;
	answer->error = mem_dup(error);
	agent_cancel(answer->cancel);
	if (answer->release) {
		agents_release(agents);
		agents = NULL;
	}
}

static void
on_list(void *context, const struct agent_key *keys, size_t count,
    const char *error)
{
	struct answer *answer = context;

	assert_int_equal(keys == NULL, error != NULL);
	answer->keys = keys;
	answer->count = count;
	on_any(answer, error);
}

static void
on_signature(void *context, const unsigned char *signature, size_t len,
    const char *error)
{
	struct answer *answer = context;

	assert_int_equal(signature == NULL, error != NULL);
	buf_add(&answer->signature, signature, len);
	on_any(answer, error);
}

static uint64_t patience;	/* ms, 0: for ever */

static struct agent_request *
list(const char *path, struct answer *answer)
{
	struct agent_request *request;

	*answer = (struct answer){ .expected = false };
	request = agent_list(agent_get(agents, path), patience, on_list,
	    answer);
	answer->expected = true;
	return request;
}

static struct agent_request *
sign(const char *path, const void *blob, size_t len, uint32_t flags,
    struct answer *answer)
{
	struct agent_request *request;

	*answer = (struct answer){ .expected = false };
	request = agent_sign(agent_get(agents, path), blob, len, "data", 4,
	    flags, on_signature, answer);
	answer->expected = true;
	return request;
}

/* Run the loop until the answer is here. */
static void
wait_for(const struct answer *answer)
{
	uv_timer_start(&guard, on_guard, PATIENCE, 0);
	while (!answer->came)
		uv_run(loop, UV_RUN_ONCE);
	uv_timer_stop(&guard);
}

static void
answer_clear(struct answer *answer)
{
	buf_free(&answer->signature);
	free(answer->error);
}

static int
begin(void **state)
{
	(void)state;
	loop = loop_open();
	uv_timer_init(loop, &guard);
	agents = agents_new(loop);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	agents_release(agents);
	uv_close((uv_handle_t *)&guard, NULL);
	loop_close(loop);
	return 0;
}

/* --- tests ------------------------------------------------------------- */

static const struct key *
key_of(struct keyring *keyring, const char *kind)
{
	char *path = mem_print("%s/%s", root, kind);
	const struct key *key = keyring_file(keyring, path);

	free(path);
	assert_int_equal(key->state, KEY_READY);
	return key;
}

static void
lists_the_keys(void **state)
{
	struct keyring *keyring = keyring_new();
	struct answer one, two, again;

	(void)state;
	list(real_socket, &one);
	list(real_socket, &two);
	wait_for(&one);
	wait_for(&two);
	assert_null(one.error);
	assert_int_equal(one.count, COUNT(kinds));
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct key *key = key_of(keyring, kinds[i]);

		assert_string_equal(one.keys[i].type, key->type);
		assert_string_equal(one.keys[i].comment, key->comment);
		assert_int_equal(one.keys[i].blob_len, key->blob_len);
		assert_memory_equal(one.keys[i].blob, key->blob,
		    key->blob_len);
	}
	/* Asked once: everybody is told of the same. */
	assert_ptr_equal(one.keys, two.keys);
	list(real_socket, &again);
	wait_for(&again);
	assert_ptr_equal(one.keys, again.keys);
	keyring_free(keyring);
}

/* Ed25519 and RSA sign the same thing always the same way, as we do. */
static void
signs_as_the_file_would(void **state)
{
	static const struct {
		const char *kind, *algorithm;
		uint32_t flags;
	} rows[] = {
		{ "ed25519", "ssh-ed25519", 0 },
		{ "rsa", "rsa-sha2-512", AGENT_RSA_SHA2_512 },
		{ "rsa", "rsa-sha2-256", AGENT_RSA_SHA2_256 },
	};
	struct keyring *keyring = keyring_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct key *key = key_of(keyring, rows[i].kind);
		struct buf expected = { 0 };
		struct answer answer;
		unsigned char *ours;
		size_t len;

		sign(real_socket, key->blob, key->blob_len, rows[i].flags,
		    &answer);
		wait_for(&answer);
		assert_null(answer.error);
		assert_true(keyring_sign(key, rows[i].algorithm, "data", 4,
		    &ours, &len));
		wire_add_string(&expected, rows[i].algorithm,
		    strlen(rows[i].algorithm));
		wire_add_string(&expected, ours, len);
		assert_int_equal(answer.signature.len, expected.len);
		assert_memory_equal(answer.signature.data, expected.data,
		    expected.len);
		buf_free(&expected);
		free(ours);
		answer_clear(&answer);
	}
	keyring_free(keyring);
}

static void
a_key_that_it_lacks_is_refused(void **state)
{
	struct answer answer;

	(void)state;
	sign(real_socket, "\0\0\0\3ssh", 7, 0, &answer);
	wait_for(&answer);
	assert_non_null(strstr(answer.error, "refused to sign"));
	answer_clear(&answer);
}

static void
many_requests_share_few_connections(void **state)
{
	struct fake fake = fake_start(REFUSE);
	struct answer answers[100];
	char accepted[16];

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++)
		sign(fake.path, "blob", 4, 0, &answers[i]);
	for (size_t i = 0; i < COUNT(answers); i++) {
		wait_for(&answers[i]);
		assert_non_null(strstr(answers[i].error, "refused"));
		answer_clear(&answers[i]);
	}
	assert_in_range(read(fake.connections, accepted, sizeof(accepted)),
	    1, 4);
	fake_stop(&fake);
}

/* Room for one connection only: it has to do for all. */
static void
one_connection_is_enough(void **state)
{
	struct fake fake = fake_start(REFUSE);
	struct answer answers[20];
	struct rlimit limit, less;
	struct answer first;
	int next;

	(void)state;
	sign(fake.path, "blob", 4, 0, &first);
	wait_for(&first);
	answer_clear(&first);
	next = dup(0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	less = limit;
	less.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &less), 0);
	for (size_t i = 0; i < COUNT(answers); i++)
		sign(fake.path, "blob", 4, 0, &answers[i]);
	for (size_t i = 0; i < COUNT(answers); i++)
		wait_for(&answers[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (size_t i = 0; i < COUNT(answers); i++) {
		assert_non_null(strstr(answers[i].error, "refused"));
		answer_clear(&answers[i]);
	}
	fake_stop(&fake);
}

static void
many_signatures(void **state)
{
	struct keyring *keyring = keyring_new();
	const struct key *key = key_of(keyring, "ed25519");
	struct answer answers[200];

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++)
		sign(real_socket, key->blob, key->blob_len, 0, &answers[i]);
	for (size_t i = 0; i < COUNT(answers); i++) {
		wait_for(&answers[i]);
		assert_null(answers[i].error);
		assert_int_equal(answers[i].signature.len, 4 + 11 + 4 + 64);
		answer_clear(&answers[i]);
	}
	keyring_free(keyring);
}

static void
misbehaviour_is_told(void **state)
{
	static const struct {
		enum manner manner;
		const char *list, *sign;	/* what the errors say */
	} rows[] = {
		{ HANGUP, "closed the connection", "closed the connection" },
		{ SHOUT, "agent", "agent" },	/* by what comes first */
		{ GIANT, "impossible length", "impossible length" },
		{ LARGE, "impossible length", "impossible length" },
		{ EMPTY, "impossible length", "impossible length" },
		{ REFUSE, "refused to list", "refused to sign" },
		{ ODD, "garbage", "garbage" },
		{ BOAST, "garbage", "garbage" },
		{ CUT, "garbage", "garbage" },
		{ MORE, "more than it was asked", "more than it was asked" },
		{ OTHERWISE, "garbage", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake fake = fake_start(rows[i].manner);
		struct answer listed, again, signature;

		begin(NULL);
		list(fake.path, &listed);
		wait_for(&listed);
		if (listed.error == NULL ||
		    strstr(listed.error, rows[i].list) == NULL)
			fail_msg("%d: %s", rows[i].manner, listed.error);
		assert_non_null(strstr(listed.error, fake.path));
		list(fake.path, &again);
		wait_for(&again);
		assert_string_equal(again.error, listed.error);
		sign(fake.path, "blob", 4, 0, &signature);
		wait_for(&signature);
		if (rows[i].sign == NULL)
			assert_null(signature.error);
		else
			assert_non_null(strstr(signature.error, rows[i].sign));
		answer_clear(&listed);
		answer_clear(&again);
		answer_clear(&signature);
		end(NULL);
		fake_stop(&fake);
	}
}

static void
bytes_may_come_one_by_one(void **state)
{
	struct fake fake = fake_start(DRIP);
	struct answer answer;

	(void)state;
	list(fake.path, &answer);
	wait_for(&answer);
	assert_null(answer.error);
	assert_int_equal(answer.count, 1);
	assert_string_equal(answer.keys[0].type, "ssh-ed25519");
	assert_string_equal(answer.keys[0].comment, "a comment");
	fake_stop(&fake);
}

static void
no_agent_there(void **state)
{
	char *missing = mem_print("%s/missing", root);
	char *file = mem_print("%s/rsa", root);
	char *endless = mem_print("/%0300d", 0);
	const char *paths[] = { missing, file, endless, root };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct answer listed, signatures[9];

		list(paths[i], &listed);
		for (size_t j = 0; j < COUNT(signatures); j++)
			sign(paths[i], "blob", 4, 0, &signatures[j]);
		wait_for(&listed);
		assert_non_null(listed.error);
		answer_clear(&listed);
		for (size_t j = 0; j < COUNT(signatures); j++) {
			wait_for(&signatures[j]);
			assert_non_null(signatures[j].error);
			answer_clear(&signatures[j]);
		}
	}
	free(missing);
	free(file);
	free(endless);
}

/* Each of the connections hangs; who gives up makes room for another. */
static void
cancelling_makes_room(void **state)
{
	struct fake fake = fake_start(SILENT);
	struct agent_request *requests[6];
	struct answer answers[6];
	char byte;

	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++)
		requests[i] = sign(fake.path, "blob", 4, 0, &answers[i]);
	uv_timer_start(&guard, on_guard, PATIENCE, 0);
	uv_run(loop, UV_RUN_NOWAIT);	/* gives them to connections */
	uv_run(loop, UV_RUN_NOWAIT);
	for (int i = 0; i < 4; i++)
		assert_int_equal(read(fake.connections, &byte, 1), 1);
	agent_cancel(requests[5]);	/* waits */
	agent_cancel(requests[0]);	/* is being worked on */
	uv_run(loop, UV_RUN_NOWAIT);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(read(fake.connections, &byte, 1), 1);
	agent_cancel(NULL);
	for (size_t i = 1; i < 5; i++)
		agent_cancel(requests[i]);
	uv_run(loop, UV_RUN_NOWAIT);
	for (size_t i = 0; i < COUNT(answers); i++)
		assert_false(answers[i].came);
	uv_timer_stop(&guard);
	fake_stop(&fake);
}

static void
cancelled_is_not_told(void **state)
{
	struct answer one, two, three;
	struct agent_request *request = list(real_socket, &one);

	(void)state;
	list(real_socket, &two);
	agent_cancel(request);
	wait_for(&two);
	assert_false(one.came);
	/* answered already, and cancelled before it is told: by the other */
	list(real_socket, &three);
	three.cancel = list(real_socket, &one);
	wait_for(&three);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_false(one.came);
}

/* A list that hangs is waited for by all, and may be given up by each. */
static void
a_hanging_list(void **state)
{
	struct fake fake = fake_start(SILENT);
	struct answer one, two;
	struct agent_request *first = list(fake.path, &one), *second;
	char byte;

	(void)state;
	uv_run(loop, UV_RUN_NOWAIT);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(read(fake.connections, &byte, 1), 1);
	second = list(fake.path, &two);
	agent_cancel(first);
	agent_cancel(second);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_false(one.came);
	assert_false(two.came);
	list(fake.path, &one);		/* is still waiting at the end */
	fake_stop(&fake);
}

static void
nothing(uv_timer_t *timer)
{
	(void)timer;
}

/* After that long all are told, and who comes later is not kept waiting. */
static void
a_list_that_takes_too_long(void **state)
{
	struct fake fake = fake_start(SILENT);
	struct answer one, two, three;
	uv_timer_t awake;

	(void)state;
	uv_timer_init(loop, &awake);
	uv_timer_start(&awake, nothing, 10, 10);
	patience = 100;
	list(fake.path, &one);
	patience = 0;
	list(fake.path, &two);
	while (!one.came || !two.came)
		uv_run(loop, UV_RUN_ONCE);
	assert_non_null(strstr(one.error, "has not answered for 0.1 s"));
	assert_string_equal(one.error, two.error);
	list(fake.path, &three);
	uv_run(loop, UV_RUN_NOWAIT);
	uv_run(loop, UV_RUN_NOWAIT);
	assert_true(three.came);
	uv_close((uv_handle_t *)&awake, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
	answer_clear(&one);
	answer_clear(&two);
	answer_clear(&three);
	fake_stop(&fake);
}

/* How far the request for the list has got. */
enum stage { QUEUED, SENT, ANSWERED, TOLD };

static enum stage
stage_of(const struct agent *agent, const struct answer *answer)
{
	if (answer->came)
		return TOLD;
	if (agent->listed)
		return ANSWERED;
	return agent->asking->slot != NULL ? SENT : QUEUED;
}

/* However far the list has got that was asked for before the agent had one
 * more key: who asks anew has that key, and the other one is told once. */
static void
a_list_asked_for_anew(void **state)
{
	struct agent *agent = agent_get(agents, real_socket);
	struct answer before, after;

	(void)state;
	for (enum stage stage = QUEUED; stage <= TOLD; stage++) {
		agent_ask_anew(agent);
		list(real_socket, &before);
		uv_timer_start(&guard, on_guard, PATIENCE, 0);
		if (stage <= SENT)
			kill(real_pid, SIGSTOP);	/* no further */
		while (stage_of(agent, &before) < stage)
			uv_run(loop, UV_RUN_ONCE);
		assert_int_equal(stage_of(agent, &before), stage);
		kill(real_pid, SIGCONT);
		assert_int_equal(scratch_run(root,
		    "SSH_AUTH_SOCK=real ssh-add -q late"), 0);
		agent_ask_anew(agent);
		list(real_socket, &after);
		wait_for(&after);
		assert_true(before.came);
		assert_null(before.error);
		assert_null(after.error);
		assert_int_equal(after.count, COUNT(kinds) + 1);
		assert_int_equal(before.count,
		    COUNT(kinds) + (stage == TOLD ? 0 : 1));
		assert_int_equal(scratch_run(root,
		    "SSH_AUTH_SOCK=real ssh-add -qd late"), 0);
	}
}

static void
release_in_the_middle(void **state)
{
	struct answer answers[8];

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++)
		list(real_socket, &answers[i]);
	answers[3].release = true;
	wait_for(&answers[3]);
	uv_run(loop, UV_RUN_NOWAIT);
	for (size_t i = 0; i < COUNT(answers); i++)
		assert_int_equal(answers[i].came, i <= 3);
}

/* Nothing but an idle connection: the loop has nothing to wait for. */
static void
idle_connections_do_not_hold_the_loop(void **state)
{
	struct answer answer;

	(void)state;
	list(real_socket, &answer);
	wait_for(&answer);
	assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
}

/* --- the real agent ----------------------------------------------------- */

static int
set_up(void **state)
{
	FILE *pipe;
	char *command;
	int pid;

	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	real_socket = mem_print("%s/real", root);
	/* It is there when the command returns. */
	command = mem_print("ssh-agent -a '%s' | "
	    "sed -n 's/^SSH_AGENT_PID=\\([0-9]*\\).*/\\1/p'", real_socket);
	pipe = popen(command, "r");
	free(command);
	if (pipe == NULL || fscanf(pipe, "%d", &pid) != 1)
		return -1;
	pclose(pipe);
	real_pid = (pid_t)pid;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		command = mem_print("ssh-keygen -q -t %s -N '' -C 'my %s' "
		    "-f %s && SSH_AUTH_SOCK=real ssh-add -q %s", kinds[i],
		    kinds[i], kinds[i], kinds[i]);
		if (scratch_run(root, command) != 0)
			return -1;
		free(command);
	}
	signal(SIGPIPE, SIG_IGN);
	return scratch_run(root, "ssh-keygen -q -t ed25519 -N '' -f late");
}

static int
clean_up(void **state)
{
	(void)state;
	kill(real_pid, SIGTERM);
	free(real_socket);
	return scratch_remove(root);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_the_keys),
		TEST(signs_as_the_file_would),
		TEST(a_key_that_it_lacks_is_refused),
		TEST(many_requests_share_few_connections),
		TEST(one_connection_is_enough),
		TEST(many_signatures),
		cmocka_unit_test(misbehaviour_is_told),
		TEST(bytes_may_come_one_by_one),
		TEST(no_agent_there),
		TEST(cancelling_makes_room),
		TEST(cancelled_is_not_told),
		TEST(a_hanging_list),
		TEST(a_list_that_takes_too_long),
		TEST(a_list_asked_for_anew),
		TEST(release_in_the_middle),
		TEST(idle_connections_do_not_hold_the_loop),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
