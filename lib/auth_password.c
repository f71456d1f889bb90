/* SPDX-License-Identifier: BSD-2-Clause */
/* The password method (RFC 4252, section 8), and when a password may be sent
 * at all.  It is sent once: what a host has refused by one method would count
 * against the account by the other as well. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth_state.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "password.h"
#include "password_account.h"
#include "secret.h"
#include "session.h"
#include "sshconf.h"

const char *
auth_password_problem(const struct login *login)
{
	const struct hostconf *conf = login->job->conf;

	if (login->job->unsafe)
		return "for the host's key has changed";
	if (conf->batch_mode)
		return "for BatchMode is yes";
	if (conf->password_prompts <= 0)
		return "for NumberOfPasswordPrompts is 0";
	if (!conf->password && !conf->kbdint)
		return "for PasswordAuthentication and "
		    "KbdInteractiveAuthentication are no";
	return NULL;
}

bool
auth_has_password(const struct login *login)
{
	return password_get(login->job->run->passwords) != NULL;
}

bool
auth_password_wanted(const struct login *login)
{
	return login->job->conf->password && auth_has_password(login) &&
	    !login->password_spent && auth_password_problem(login) == NULL;
}

/* What is one account: behind another hop the same name is another host. */
static struct password_account *
find_account(const struct job *job)
{
	const struct hostconf *conf = job->conf;
	const char *route = job_route(job);
	char *name = mem_print("%s@%s:%d %s", conf->user, conf->hostname,
	    conf->port, route != NULL ? route :
	    conf->proxy_written != NULL ? conf->proxy_written : "");
	struct password_account *account =
	    passwords_account(job->run->passwords, name);

	free(name);
	return account;
}

enum step
auth_turn(struct login *login)
{
	if (login->account == NULL) {
		login->account = find_account(login->job);
		login->turn = (struct gate_pass){
			.call = job_poke_later, .context = login->job,
		};
	}
	if (!gate_enter(&login->account->gate, &login->turn))
		return STEP_WAIT;
	if (!login->account->refused)
		return STEP_NEXT;
	auth_note_method(login, "the password on another visit");
	login->password_spent = true;
	return STEP_FAIL;
}

void
auth_settle(struct login *login, bool good)
{
	if (login->account != NULL)
		password_account_settle(login->account, good);
}

void
auth_leave(struct login *login)
{
	if (login->account != NULL)
		gate_leave(&login->account->gate, &login->turn);
	login->account = NULL;
}

/* The host wants a new password: that is between it and the user. */
static LIBSSH2_PASSWD_CHANGEREQ_FUNC(change)
{
	(void)session;
	(void)abstract;
	*newpw = NULL;
	*newpw_len = 0;
}

enum step
auth_password(struct login *login)
{
	struct job *job = login->job;
	const struct secret *secret = password_get(job->run->passwords);
	enum step turn = auth_turn(login);
	int error;

	if (turn != STEP_NEXT)
		return turn;
	/* Forgotten, since nobody waits for us any more: it has been sent. */
	session_guard(job->session, true);
	error = libssh2_userauth_password_ex(session_ssh(job->session),
	    job->conf->user, (unsigned)strlen(job->conf->user),
	    secret != NULL ? secret_text(secret) : "",
	    secret != NULL ? (unsigned)secret_len(secret) : 0, change);
	if (error == LIBSSH2_ERROR_EAGAIN)
		return STEP_WAIT;
	if (error == 0) {
		auth_settle(login, true);
		msg_chat(job->label, "logged in with the password");
		return STEP_NEXT;
	}
	if (error == LIBSSH2_ERROR_PASSWORD_EXPIRED)
		return job_fail(job, ENDED_UNREACHED, "login refused: the "
		    "password has expired: log in with ssh and change it");
	if (session_broken(job->session))
		return auth_hung_up(login, error, "password");
	auth_note_method(login, "password");
	login->password_spent = login->asking = true;
	login->asked_for = "password";
	return STEP_FAIL;
}
