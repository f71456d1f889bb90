/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "password.h"
#include "password_account.h"
#include "prompt.h"
#include "secret.h"

struct passwords {
	struct secret	*secret;	/* or NULL */
	void		*accounts;	/* a tree: what became of it */
};

/* Read FD's first line into SECRET.  NULL, or what is wrong with it. */
static const char *
read_line(int fd, struct secret *secret)
{
	char piece[256], *newline = NULL;
	const char *wrong = NULL;
	ssize_t got = 1;

	while (got > 0 && newline == NULL && wrong == NULL) {
		do
			got = read(fd, piece, sizeof(piece));
		while (got < 0 && errno == EINTR);
		if (got < 0)
			wrong = strerror(errno);
		else if (got > 0)
			newline = memchr(piece, '\n', (size_t)got);
		if (newline != NULL)
			got = newline - piece;
		if (got > 0 && !secret_add(secret, piece, (size_t)got))
			wrong = "its first line is no password: it is too "
			    "long, or has a NUL";
	}
	explicit_bzero(piece, sizeof(piece));
	secret_chop(secret, '\r');
	if (wrong == NULL && secret_len(secret) == 0)
		wrong = "its first line is empty";
	return wrong;
}

/* NULL, or what speaks against taking a password from there. */
static const char *
judge_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return "neither a file nor a pipe";
	if (st.st_uid != geteuid())
		return "it is not yours: another user could have written it";
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return "others may read or write it: chmod 600";
	return NULL;
}

struct secret *
password_read(const char *file, char **why)
{
	struct secret *secret = secret_new();
	int fd = open(file, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	const char *wrong = fd >= 0 ? judge_file(fd) : strerror(errno);

	if (wrong == NULL)
		wrong = read_line(fd, secret);
	if (wrong != NULL) {
		*why = mem_print("%s: %s", file, wrong);
		secret_free(secret);
		secret = NULL;
	}
	if (fd >= 0)
		close(fd);
	return secret;
}

struct passwords *
passwords_new(struct secret *given)
{
	struct passwords *passwords = mem_zero(sizeof(*passwords));

	passwords->secret = given;
	return passwords;
}

void
passwords_free(struct passwords *passwords)
{
	if (passwords == NULL)
		return;
	passwords_forget(passwords);
	password_accounts_free(&passwords->accounts);
	free(passwords);
}

/* NULL, or why there is no password in SECRET now. */
static const char *
ask(struct secret *secret, struct prompts *prompts, bool from_stdin)
{
	if (prompts_possible(prompts)) {
		if (prompt_ask_now(prompts, PROMPT_SECRET,
		    "The hosts' password:", secret) != PROMPT_ANSWERED)
			return "none was given";
		return secret_len(secret) > 0 ? NULL : "it was empty";
	}
	if (!from_stdin)
		return "no terminal to ask on, no SSH_ASKPASS, and stdin has "
		    "other things to say: use --password-file";
	if (read_line(STDIN_FILENO, secret) != NULL)
		return "no terminal to ask on, no SSH_ASKPASS, and no line on "
		    "stdin: use --password-file";
	return NULL;
}

char *
passwords_ask(struct passwords *passwords, struct prompts *prompts, bool free)
{
	struct secret *secret;
	const char *wrong;

	if (passwords->secret != NULL)
		return NULL;
	secret = secret_new();
	wrong = ask(secret, prompts, free);
	if (wrong != NULL) {
		secret_free(secret);
		return mem_print("-A: no password: %s", wrong);
	}
	passwords->secret = secret;
	return NULL;
}

const struct secret *
password_get(const struct passwords *passwords)
{
	return passwords != NULL ? passwords->secret : NULL;
}

struct password_account *
passwords_account(struct passwords *passwords, const char *name)
{
	return password_account(&passwords->accounts, name);
}

void
passwords_forget(struct passwords *passwords)
{
	secret_free(passwords->secret);
	passwords->secret = NULL;
}
