/* SPDX-License-Identifier: BSD-2-Clause */
/* The run's one password: for every host, every hop on the way there and every
 * key file that wants a passphrase, as pssh's -A has it. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>

struct password_account;
struct passwords;
struct prompts;
struct secret;

/* Read FILE's first line, in a secret of the caller's: for --password-file.
 * The file must be the user's own and nobody else's to read; pipes of the
 * shell's <(...) are.  NULL: *WHY, in fresh memory, says why not. */
struct secret *password_read(const char *file, char **why);

/* GIVEN is the password, ours from here on, or NULL. */
struct passwords *passwords_new(struct secret *given);
void	 passwords_free(struct passwords *);

/* Ask for it and wait, unless it was given: the user, or where nobody can be
 * asked stdin, if that is FREE.  Returns NULL, or in fresh memory why there is
 * none.  A signal that comes meanwhile has its usual effect. */
char	*passwords_ask(struct passwords *, struct prompts *, bool free);

/* The password, NULL if there is none or it was forgotten: until the loop's
 * next turn. */
const struct secret *password_get(const struct passwords *);

/* What is known of it on the account NAME, ours. */
struct password_account *passwords_account(struct passwords *,
	    const char *name);

/* Nobody needs it any more: overwrite it. */
void	 passwords_forget(struct passwords *);

#endif
