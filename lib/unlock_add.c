/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ssh-add reads passphrases from its terminal, echo off, once it has written
 * its question there, and flushes what came before.  So:
 *
 * - the terminal is raw, for a passphrase may have any bytes but a newline;
 * - a line that speaks of a passphrase, and ends with ": " instead of a
 *   newline, is a question;
 * - whatever else is written there says what went wrong.
 *
 * A shell is in between since opening the terminal is what makes it the
 * controlling one of a new session, and that must be done in there.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "loop.h"
#include "mem.h"
#include "ready.h"
#include "unlock_add.h"

#define MOST_WORDS 4096		/* bytes of output that are kept */
#define NOT_FOUND 127		/* the shell's status for a missing program */

static const char script[] =
    "exec ssh-add -q -k -- \"$2\" <\"$1\" >\"$1\" 2>&1";

extern char **environ;

struct unlock_add {
	uv_loop_t	*loop;
	struct child	*child;
	int		 master, slave;		/* the terminal's ends, or -1 */
	struct ready	*ready;
	struct buf	 words;			/* the present line */
	char		*complaint;		/* the last whole one */
	bool		 asked;			/* a question is open */
	char		*error;			/* it could not be started */
	struct later	 later;			/* tells so */
	void		(*asks)(void *);
	void		(*ended)(void *, const char *);
	void		*context;
};

/* False: errno says why. */
static bool
open_terminal(struct unlock_add *add, char *name, size_t size)
{
	struct termios raw;

	add->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (add->master < 0 || grantpt(add->master) != 0 ||
	    unlockpt(add->master) != 0)
		return false;
	errno = ptsname_r(add->master, name, size);
	if (errno != 0)
		return false;
	/* Kept open: there is no hanging up while nobody else has it open. */
	add->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (add->slave < 0 || tcgetattr(add->slave, &raw) != 0)
		return false;
	cfmakeraw(&raw);
	return tcsetattr(add->slave, TCSANOW, &raw) == 0;
}

/* Ours, but for what tells ssh-add whom to ask, and where the agent is. */
static char **
make_environment(const char *socket)
{
	size_t count = 0, kept = 0;
	char **list;

	while (environ[count] != NULL)
		count++;
	list = mem_zero((count + 4) * sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		if (strncmp(environ[i], "SSH_ASKPASS", 11) != 0 &&
		    strncmp(environ[i], "SSH_AUTH_SOCK=", 14) != 0 &&
		    strncmp(environ[i], "LC_ALL=", 7) != 0)
			list[kept++] = mem_dup(environ[i]);
	}
	list[kept++] = mem_print("SSH_AUTH_SOCK=%s", socket);
	list[kept++] = mem_dup("SSH_ASKPASS_REQUIRE=never");
	list[kept++] = mem_dup("LC_ALL=C");
	return list;
}

/* Sort what came into whole lines and the beginning of one. */
static void
take_words(struct unlock_add *add, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\r')
			continue;
		if (data[i] != '\n') {
			if (add->words.len < MOST_WORDS)
				buf_addc(&add->words, data[i]);
			continue;
		}
		if (add->words.len > 0) {
			free(add->complaint);
			add->complaint = mem_dup(buf_text(&add->words));
		}
		buf_clear(&add->words);
	}
}

static void
read_words(struct unlock_add *add)
{
	char data[512];
	ssize_t len;

	while ((len = read(add->master, data, sizeof(data))) > 0)
		take_words(add, data, (size_t)len);
}

static bool
is_question(struct buf *words)
{
	return words->len > 2 && strcmp(buf_text(words) + words->len - 2,
	    ": ") == 0 && strstr(buf_text(words), "passphrase") != NULL;
}

static void
readable(void *context)
{
	struct unlock_add *add = context;

	read_words(add);
	if (add->asked || !is_question(&add->words))
		return;
	add->asked = true;
	buf_clear(&add->words);
	add->asks(add->context);
}

static void
finish(struct unlock_add *add, const char *error)
{
	void (*ended)(void *, const char *) = add->ended;
	void *context = add->context;
	char *copy = mem_dup(error);

	add->child = NULL;
	unlock_add_drop(add);
	ended(context, copy);
	free(copy);
}

static void
child_ended(void *context, int status)
{
	struct unlock_add *add = context;

	read_words(add);
	if (status == 0) {
		finish(add, NULL);
		return;
	}
	if (add->words.len > 0)
		take_words(add, "\n", 1);
	if (status == NOT_FOUND)
		finish(add, "needs ssh-add, which is not installed "
		    "(Debian: openssh-client)");
	else
		finish(add, add->complaint != NULL ? add->complaint :
		    "ssh-add could not read it");
}

static void
tell_failure(void *context)
{
	struct unlock_add *add = context;

	finish(add, add->error);
}

static void
start(struct unlock_add *add, const char *terminal, const char *path,
    const char *socket)
{
	const char *args[] = {
		"/bin/sh", "-c", script, "cpssh", terminal, path, NULL
	};
	char **list = make_environment(socket);
	struct child_wish wish = {
		.args = args, .environ = (const char *const *)list,
		.in = -1, .out = -1, .err = -1,
	};

	add->ready = ready_new(add->loop, add->master, UV_READABLE, readable,
	    add);
	ready_listen(add->ready, true);
	add->child = child_start(add->loop, &wish, child_ended, add);
	mem_free_all(list);
}

struct unlock_add *
unlock_add_start(uv_loop_t *loop, const char *path, const char *socket,
    void (*asks)(void *context),
    void (*ended)(void *context, const char *error), void *context)
{
	struct unlock_add *add = mem_zero(sizeof(*add));
	char terminal[128];

	add->loop = loop;
	add->asks = asks;
	add->ended = ended;
	add->context = context;
	add->later = (struct later){ .call = tell_failure, .context = add };
	add->slave = -1;
	if (open_terminal(add, terminal, sizeof(terminal))) {
		start(add, terminal, path, socket);
	} else {
		add->error = mem_print("no terminal for ssh-add: %s",
		    strerror(errno));
		loop_later(loop, &add->later);
	}
	return add;
}

void
unlock_add_answer(struct unlock_add *add, const char *passphrase)
{
	struct iovec parts[2] = {
		{ (void *)(uintptr_t)passphrase,
		    passphrase != NULL ? strlen(passphrase) : 0 },
		{ (void *)(uintptr_t)"\n", 1 },
	};
	ssize_t ignored;

	/* A terminal has room for more than ssh-add would read. */
	add->asked = false;
	ignored = writev(add->master, parts, 2);
	(void)ignored;
}

void
unlock_add_drop(struct unlock_add *add)
{
	if (add == NULL)
		return;
	loop_forget(add->loop, &add->later);
	child_drop(add->child);
	ready_free(add->ready);
	if (add->master >= 0)
		close(add->master);
	if (add->slave >= 0)
		close(add->slave);
	buf_free(&add->words);
	free(add->complaint);
	free(add->error);
	free(add);
}
