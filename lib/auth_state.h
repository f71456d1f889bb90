/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of auth.h: what the methods share. */
#ifndef AUTH_STATE_H
#define AUTH_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include <libssh2.h>

#include "agent.h"
#include "alarm.h"
#include "buf.h"
#include "gate.h"
#include "step.h"
#include "turn.h"

struct hostconf;
struct job;
struct key;
struct password_account;
struct unlock_wish;

/* A key that may let us in: what the host is shown, and what signs. */
struct auth_key {
	const struct key *shown;	/* a certificate; or NULL: what the
					 * agent holds, or the file's half */
	const struct key *file;		/* of this file, or NULL */
	const struct agent_key *held;	/* by the agent, or NULL */
	bool		 spent;		/* the host has had its signature */
	bool		 unlocked;	/* by our private agent, that is */
};

enum auth_signing {	/* where the signature is that libssh2 asked for */
	SIGN_IDLE,	/* not asked for */
	SIGN_PENDING,	/* the agent is at it */
	SIGN_READY,
	SIGN_FAILED,
};

struct login {
	struct job	*job;
	void		*self;		/* libssh2 wants a pointer to us */
	const char	*method;	/* where in the list of methods */
	bool		 busy;		/* in the middle of it */

	/* What the host takes. */
	bool		 asking;	/* it is to be asked, or is being */
	bool		 listing;	/* libssh2 is at it */
	char		*list;		/* libssh2's last answer */
	char		*offers;	/* the same; NULL: not known */
	char		*offered_before;	/* when it was last asked */
	const char	*asked_for;	/* the method that was refused, but may
					 * have been one step of several */
	unsigned	 steps;		/* that were */

	/* password, keyboard-interactive */
	struct password_account *account;	/* or NULL */
	struct gate_pass turn;		/* to try the password there */
	bool		 password_spent;	/* it was refused */
	bool		 keyboard_in_vain;	/* not again */
	bool		 keyboard_sent;	/* the password, this time */
	unsigned	 keyboard_rounds;	/* of questions, this time */
	char		*kbd_refusal;	/* why a question stays unanswered */
	bool		 signalled;	/* while the user was asked */
	struct buf	 said;		/* the host, with its questions */

	/* publickey */
	bool		 listed;	/* the agent has no more to say */
	const struct agent_key *held;
	size_t		 held_count;
	struct auth_key	*keys;		/* in the order of trying */
	size_t		 key_count, at;
	bool		 sorted;
	bool		 trying;	/* libssh2 has begun with it */
	bool		 left_behind;	/* the name of a type */
	bool		 handed_over;	/* a signature, to be sent */

	enum auth_signing signing;
	char		*algorithm;	/* of the signature */
	unsigned char	*signature;
	size_t		 signature_len;
	struct agent_request *request;	/* to the agent, or NULL */
	struct alarm	*alarm;		/* it takes its time, or NULL */
	bool		 agent_hangs;	/* the user's */
	struct unlock_wish *wish;	/* for a passphrase, or NULL */
	struct turn	 signing_turn;	/* to sign with RSA */

	struct buf	 accepted;	/* the steps that were right */
	struct buf	 tried;		/* keys: "a, b" */
	struct buf	 tried_more;	/* other methods */
	struct buf	 unusable;	/* "a: needs a passphrase" */
};

/* Note why something could not be tried; WORDS are copied. */
void	 auth_note(struct login *, const char *words);

/* The same, "KEY: WHY". */
void	 auth_note_key(struct login *, const struct auth_key *,
	    const char *why);

/* Note that the host refused the key, and what it may have against it. */
void	 auth_note_tried(struct login *, const struct auth_key *);

/* Append LEN bytes of the host's words: bounded, escaped, on one line, without
 * blanks at the ends. */
void	 auth_add_words(struct buf *, const void *words, size_t len);

/* Note that the host refused METHOD, which is not publickey. */
void	 auth_note_method(struct login *, const char *method);

/* Is METHOD among what the host takes, as far as is known? */
bool	 auth_offered(const struct login *, const char *method);

/* Ask the host what it takes: FAIL when login->offers is there, or when it
 * could not be told (after job_fail()); NEXT if that has let us in. */
enum step auth_ask(struct login *);

/* Asked again after login->asked_for was refused, the host takes other methods
 * than before: was it one step of several?  Then note that. */
bool	 auth_was_step(const struct login *);
void	 auth_note_step(struct login *);

/* Nothing is left to try: say what was tried, and what the host takes. */
enum step auth_give_up(struct login *);

/* The connection has ended after METHOD was tried. */
enum step auth_hung_up(struct login *, int error, const char *method);

/* Why no password may be sent to this host ("for ...", a literal), or NULL. */
const char *auth_password_problem(const struct login *);

/* Is there a password? */
bool	 auth_has_password(const struct login *);

/* Is it our turn to try the password on this account?  FAIL: it has been
 * refused there on another visit.  Once it is known what becomes of it,
 * auth_settle() says so, or auth_leave() that it was not tried. */
enum step auth_turn(struct login *);
void	 auth_settle(struct login *, bool good);
void	 auth_leave(struct login *);

/* The methods password and keyboard-interactive: may they be tried now?  NEXT
 * when in, FAIL when refused, with login->asking set if the host is to be asked
 * first, or whether that was one step of several, or job_fail() was called. */
bool	 auth_password_wanted(const struct login *);
enum step auth_password(struct login *);
bool	 auth_keyboard_wanted(const struct login *);
enum step auth_keyboard(struct login *);

/* The publickey method: NEXT when in, FAIL when no key is left to try,
 * when one was refused with its signature (login->asking is set: it may have
 * been one step of several) or job_fail() was called. */
enum step auth_key(struct login *);

/* Make the signature that libssh2 wants, which calls this again and again as
 * long as we say EAGAIN; its `abstract` leads to the login. */
LIBSSH2_USERAUTH_PUBLICKEY_SIGN_FUNC(auth_sign);

/* Note WHY there will be no signature by the present key. */
void	 auth_sign_failed(struct login *, const char *why);

/* Does PubkeyAcceptedAlgorithms have it?  Servers that tell nothing of SHA-2
 * would get SHA-1 from libssh2, even if nobody allowed that. */
bool	 auth_algorithm_accepted(const struct hostconf *,
	    const char *algorithm);

/* Does our own agent hold the present key?  Then it is to sign. */
bool	 auth_find_unlocked(struct login *);

/* See to it that it does; login->wish waits for that, and the clocks do not
 * run: the user may have to look the passphrase up, and to work on it takes
 * the time that who made the key has chosen. */
void	 auth_wait_for_passphrase(struct login *);

/* Sort the keys by OpenSSH's rules into login->keys, once the agent's are
 * known. */
void	 auth_order_keys(struct login *);

/* Why the type of the key, whose public half is known, rules it out (a
 * literal), or NULL. */
const char *auth_type_problem(const struct login *, const struct auth_key *);

/* Why the passphrase of a LOCKED file cannot be had (lent), or NULL. */
const char *auth_locked(const struct login *, const struct key *file);

/* What to call the key in messages, the caller's to free. */
char	*auth_key_name(const struct auth_key *);

/* What the host is to be shown; NULL if that is not known yet. */
const unsigned char *auth_key_blob(const struct auth_key *, size_t *len);

#endif
