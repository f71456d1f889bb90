/* SPDX-License-Identifier: BSD-2-Clause */
/* unlock: key files with a passphrase, those who wait for them, and what is
 * left when they no longer do. */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent.h"
#include "job.h"
#include "keyring.h"
#include "loop.h"
#include "mem.h"
#include "password.h"
#include "prompt.h"
#include "scratch.h"
#include "secret.h"
#include "unlock.h"

static char root[] = "/tmp/unit_unlock.XXXXXX";
static struct run run;
static uv_timer_t awake;	/* in place of the sessions of those who wait */

struct answer {
	unsigned	 times;
	const struct agent_key *key;
	char		*error;
	struct unlock_wish *cancel;	/* another one, when told */
};

static void
told(void *context, const struct agent_key *key, const char *error)
{
	struct answer *answer = context;

	assert_int_equal(key == NULL, error != NULL);
	answer->times++;
	answer->key = key;
	free(answer->error);
	answer->error = mem_dup(error);
	unlock_cancel(answer->cancel);
	answer->cancel = NULL;
}

static void
around(void *context, bool taken)
{
	(void)context;
	(void)taken;
}

static const struct key *
key_named(const char *name)
{
	char *path = mem_print("%s/%s", root, name);
	const struct key *key = keyring_file(run.keyring, path);

	free(path);
	assert_int_equal(key->state, KEY_LOCKED);
	return key;
}

static void
wait_for(const struct answer *answer)
{
	while (answer->times == 0)
		uv_run(run.loop, UV_RUN_ONCE);
}

static struct unlock_wish *
ask(const char *name, struct answer *answer)
{
	*answer = (struct answer){ .times = 0 };
	return unlock_ask(run.unlocks, key_named(name), true, told, answer);
}

/* Whoever asks the user does what SCRIPT says. */
static void
askpass_is(const char *script)
{
	char *path = mem_print("%s/askpass", root);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\necho x >>%s/asked\n%s\n", root, script);
	fclose(file);
	chmod(path, 0700);
	setenv("SSH_ASKPASS", path, 1);
	setenv("SSH_ASKPASS_REQUIRE", "force", 1);
	free(path);
}

/* What the user says when asked; NULL: there is no user. */
static void
user_says(const char *words)
{
	char *script = mem_print("echo '%s'", words != NULL ? words : "");

	unsetenv("SSH_ASKPASS");
	if (words != NULL)
		askpass_is(script);
	free(script);
}

/* How often the user was asked since it was last asked here. */
static unsigned
times_asked(void)
{
	char *path = mem_print("%s/asked", root);
	struct stat status = { .st_size = 0 };
	unsigned times = stat(path, &status) == 0 ?
	    (unsigned)status.st_size / 2 : 0;

	unlink(path);
	free(path);
	return times;
}

static void
password_is(const char *text)
{
	struct secret *secret = NULL;

	if (text != NULL) {
		secret = secret_new();
		assert_true(secret_add(secret, text, strlen(text)));
	}
	passwords_free(run.passwords);
	run.passwords = passwords_new(secret);
}

static void
nothing(uv_timer_t *timer)
{
	(void)timer;
}

static int
begin(void **state)
{
	(void)state;
	alarm(100);	/* not to hang */
	run.loop = loop_open();
	uv_timer_init(run.loop, &awake);
	uv_timer_start(&awake, nothing, 20, 20);
	run.keyring = keyring_new();
	run.agents = agents_new(run.loop);
	run.prompts = prompts_new(run.loop, around, NULL);
	run.passwords = passwords_new(NULL);
	run.unlocks = unlocks_new(&run);
	user_says(NULL);
	times_asked();
	return 0;
}

static bool
nothing_left(void)
{
	char *path = mem_print("%s/run", root);
	DIR *directory = opendir(path);
	unsigned count = 0;

	assert_non_null(directory);
	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	free(path);
	return count == 2;
}

static int
end(void **state)
{
	siginfo_t child;

	(void)state;
	unlocks_free(run.unlocks);
	prompts_free(run.prompts);
	agents_release(run.agents);
	/* Whatever there is to wait for ends by itself, or the alarm us. */
	while (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0)
		uv_run(run.loop, UV_RUN_ONCE);
	assert_true(nothing_left());
	uv_close((uv_handle_t *)&awake, NULL);
	loop_close(run.loop);
	passwords_free(run.passwords);
	keyring_free(run.keyring);
	return 0;
}

static void
once_for_all(void **state)
{
	struct answer answers[20];
	const struct key *key = key_named("openssh");

	(void)state;
	user_says("secret");
	assert_null(unlock_refusal(run.unlocks, key, true));
	assert_null(unlock_find(run.unlocks, key));
	for (size_t i = 0; i < 20; i++)
		ask("openssh", &answers[i]);
	assert_int_equal(answers[0].times, 0);
	wait_for(&answers[19]);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(answers[i].times, 1);
		assert_non_null(answers[i].key);
	}
	assert_int_equal(times_asked(), 1);
	assert_int_equal(answers[0].key->blob_len, key->blob_len);
	assert_memory_equal(answers[0].key->blob, key->blob, key->blob_len);
	assert_ptr_equal(unlock_find(run.unlocks, key), answers[0].key);
	/* who comes later is told, but not at once */
	ask("openssh", &answers[0]);
	assert_int_equal(answers[0].times, 0);
	wait_for(&answers[0]);
	assert_non_null(answers[0].key);
	assert_int_equal(times_asked(), 0);
}

/* Nothing in the file tells which key it is. */
static void
hidden_halves(void **state)
{
	struct answer a, b;

	(void)state;
	user_says("secret");
	assert_null(key_named("pem")->blob);
	ask("pem", &a);
	ask("pkcs8", &b);
	wait_for(&a);
	wait_for(&b);
	assert_non_null(a.key);
	assert_non_null(b.key);
	assert_string_equal(a.key->type, "ssh-rsa");
	assert_string_equal(b.key->type, "ecdsa-sha2-nistp256");
}

static void
wrong_ones(void **state)
{
	const struct key *key = key_named("openssh");
	struct answer a, b;

	(void)state;
	user_says("wrong");
	ask("openssh", &a);
	wait_for(&a);
	assert_string_equal(a.error, "3 wrong passphrases");
	assert_int_equal(times_asked(), 3);
	/* not in this run, even if it would be right now */
	user_says("secret");
	assert_string_equal(unlock_refusal(run.unlocks, key, true), a.error);
	ask("openssh", &b);
	wait_for(&b);
	assert_string_equal(a.error, b.error);
	assert_int_equal(times_asked(), 0);
	free(a.error);
	free(b.error);
	/* none at all */
	user_says("");
	ask("pem", &a);
	wait_for(&a);
	assert_string_equal(a.error, "no passphrase was given");
	free(a.error);
}

static void
nobody_there(void **state)
{
	const struct key *key = key_named("openssh");
	struct answer a;

	(void)state;
	assert_non_null(strstr(unlock_refusal(run.unlocks, key, true),
	    "needs a passphrase"));
	ask("openssh", &a);
	wait_for(&a);
	assert_non_null(strstr(a.error, "needs a passphrase"));
	free(a.error);
	/* that is not for ever */
	user_says("secret");
	ask("openssh", &a);
	wait_for(&a);
	assert_non_null(a.key);
}

static void
passwords(void **state)
{
	const struct key *key = key_named("openssh");
	struct answer a;

	(void)state;
	password_is("not this one");
	assert_null(unlock_refusal(run.unlocks, key, false));
	ask("openssh", &a);
	wait_for(&a);
	assert_string_equal(a.error, "the password is not its passphrase");
	assert_string_equal(unlock_refusal(run.unlocks, key, false), a.error);
	free(a.error);
	password_is("secret");
	ask("pem", &a);
	wait_for(&a);
	assert_non_null(a.key);
	/* the user is asked for the other, and not for three of them */
	user_says("secret");
	ask("openssh", &a);
	wait_for(&a);
	assert_non_null(a.key);
	assert_int_equal(times_asked(), 1);
}

static void
who_leaves_is_not_told(void **state)
{
	struct answer a, b, c;
	struct unlock_wish *wish;

	(void)state;
	user_says("secret");
	wish = ask("openssh", &a);
	unlock_cancel(wish);
	unlock_cancel(NULL);
	/* the agent is being started for nobody, and then for somebody */
	ask("openssh", &b);
	wish = ask("openssh", &c);
	b.cancel = wish;
	wait_for(&b);
	for (unsigned i = 0; i < 5; i++)
		uv_run(run.loop, UV_RUN_NOWAIT);
	assert_int_equal(a.times, 0);
	assert_non_null(b.key);
	assert_int_equal(c.times, 0);
	/* while ssh-add is at it */
	times_asked();
	user_says("wrong");
	wish = ask("pem", &a);
	while (times_asked() == 0)
		uv_run(run.loop, UV_RUN_ONCE);
	unlock_cancel(wish);
	user_says("secret");
	ask("pem", &b);
	wait_for(&b);
	assert_non_null(b.key);
	assert_int_equal(a.times, 0);
}

/* The question goes with it, or would hold up all others, and its answer is
 * for nobody. */
static void
ssh_add_killed_while_it_asks(void **state)
{
	struct answer a, b;

	(void)state;
	askpass_is("for dir in /proc/[0-9]*; do\n"
	    "  read -r pid name state parent rest <$dir/stat || continue\n"
	    "  [ \"$parent$name\" = \"$PPID(ssh-add)\" ] || continue\n"
	    "  kill -KILL $pid\n"
	    "  while [ -d $dir ]; do sleep 0.02; done\n"
	    "done 2>/dev/null\n"
	    "echo secret");
	ask("openssh", &a);
	wait_for(&a);
	assert_string_equal(a.error, "ssh-add could not read it");
	assert_int_equal(times_asked(), 1);
	free(a.error);
	user_says("secret");
	ask("pem", &b);
	wait_for(&b);
	assert_non_null(b.key);
	assert_int_equal(times_asked(), 1);
}

/* All that end() has to do then is in the way of who forgets something. */
static void
ended_in_the_middle(void **state)
{
	struct answer a;
	struct unlock_wish *wish;

	(void)state;
	user_says("secret");
	wish = ask("openssh", &a);
	uv_run(run.loop, UV_RUN_ONCE);
	unlock_cancel(wish);
}

static void
no_place(void **state)
{
	char *directory = mem_dup(getenv("XDG_RUNTIME_DIR"));
	struct answer a;

	(void)state;
	user_says("secret");
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	setenv("TMPDIR", "/nonexistent", 1);
	ask("openssh", &a);
	wait_for(&a);
	assert_non_null(strstr(a.error, "no ssh-agent could be started"));
	assert_non_null(strstr(a.error, "No such file"));
	assert_non_null(unlock_refusal(run.unlocks, key_named("pem"), true));
	free(a.error);
	unsetenv("TMPDIR");
	setenv("XDG_RUNTIME_DIR", directory, 1);
	free(directory);
}

static int
set_up(void **state)
{
	char *directory;
	int status;

	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	status = scratch_run(root, "mkdir -m 700 run && "
	    "ssh-keygen -q -t ed25519 -N secret -f openssh && "
	    "ssh-keygen -q -t rsa -m PEM -N secret -f pem && "
	    "ssh-keygen -q -t ecdsa -m PKCS8 -N secret -f pkcs8 && "
	    "rm *.pub");
	directory = mem_print("%s/run", root);
	setenv("XDG_RUNTIME_DIR", directory, 1);
	free(directory);
	unsetenv("TMPDIR");
	setenv("LC_ALL", "C", 1);
	/* no terminal to be asked on, whoever runs us */
	return setsid() == -1 && isatty(STDERR_FILENO) ? -1 : status;
}

static int
clean_up(void **state)
{
	(void)state;
	return scratch_remove(root);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(once_for_all),
		TEST(hidden_halves),
		TEST(wrong_ones),
		TEST(nobody_there),
		TEST(passwords),
		TEST(who_leaves_is_not_told),
		TEST(ssh_add_killed_while_it_asks),
		TEST(ended_in_the_middle),
		TEST(no_place),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
