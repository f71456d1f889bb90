/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ending a command, harder each time:
 *
 * - a signal request (RFC 4254, section 6.9): SIGTERM, then SIGKILL for its
 *   process group.  No reply comes: the command's end is the answer;
 * - a sweep of what it has left, by a second channel;
 * - closing its channel: what reads finds the end, what writes gets SIGPIPE,
 *   and what has a terminal SIGHUP.  The host closes it too when the command
 *   has ended.
 *
 * sshd refuses the request without a word where it runs a command of its own
 * choice, and before 10.0 for root.  A sweep runs a second command, and where
 * a command is forced that is another run of it, so there must be none.  A
 * host tells of those in authorized_keys and certificates, but not of
 * ForceCommand in sshd_config.  So a sweep needs a reason to believe that the
 * request could not work or has worked: its version, or that the command has
 * ended upon it and others hold its output.  What a command that ended by
 * itself has left is left alone: it may be meant to stay.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "msg.h"
#include "op_exec_state.h"
#include "session.h"
#include "sshconf.h"
#include "sweep.h"

/* How long each has, in ms. */
#define TERM_GRACE 500
#define KILL_GRACE 300
#define SWEEP_GRACE 3000
#define SETTLE_GRACE 100	/* for the rest of the output after a sweep */
#define CLOSE_GRACE 700

static const char *const signals[] = { "TERM", "KILL" };

/* The host's OpenSSH: 902 is version 9.2; 0 is another server. */
static long
openssh_version(struct job *job)
{
	static const char name[] = "SSH-2.0-OpenSSH_";
	const char *banner =
	    libssh2_session_banner_get(session_ssh(job->session));
	char *end;
	long major;

	if (banner == NULL || strncmp(banner, name, sizeof(name) - 1) != 0)
		return 0;
	major = strtol(banner + sizeof(name) - 1, &end, 10);
	if (major <= 0 || major > 1000 || *end != '.')
		return 0;
	return major * 100 + strtol(end + 1, NULL, 10) % 100;
}

/* Requests are known since 7.9. */
static bool
request_is_refused(struct job *job)
{
	long version = openssh_version(job);

	return session_forced(job->session) || (version > 0 &&
	    (version < 709 ||
	    (version < 1000 && strcmp(job->conf->user, "root") == 0)));
}

bool
op_exec_told(struct job *job)
{
	struct exec *exec = job->op_state;
	char *name = NULL;
	int status = libssh2_channel_get_exit_status(exec->channel);

	libssh2_channel_get_exit_signal(exec->channel, &name, NULL, NULL, NULL,
	    NULL, NULL);
	if (name != NULL) {
		libssh2_free(session_ssh(job->session), name);
		return true;
	}
#ifdef HAVE_PATCHED_LIBSSH2
	return status != -1;
#else
	return status != 0;
#endif
}

/* Keys being exchanged can keep a signal back for a while. */
static void
send_signals(struct exec *exec)
{
	while (exec->signals_sent < exec->signals_due) {
		const char *name = signals[exec->signals_sent];

		if (libssh2_channel_signal_ex(exec->channel, name,
		    strlen(name)) == LIBSSH2_ERROR_EAGAIN)
			return;
		exec->signals_sent++;
	}
}

static uint64_t
request(struct job *job, unsigned number, uint64_t grace)
{
	struct exec *exec = job->op_state;

	if (request_is_refused(job) || op_exec_told(job))
		return 0;
	msg_chat(job->label, "sending SIG%s", signals[number]);
	exec->signals_due = number + 1;
	send_signals(exec);
	return grace;
}

static uint64_t
ask_to_end(struct job *job)
{
	return request(job, 0, TERM_GRACE);
}

static uint64_t
kill_it(struct job *job)
{
	return request(job, 1, KILL_GRACE);
}

static uint64_t
sweep(struct job *job)
{
	struct exec *exec = job->op_state;

	if (session_forced(job->session) || openssh_version(job) == 0 ||
	    exec->ended_itself)
		return 0;
	if (!request_is_refused(job) && !op_exec_told(job))
		return 0;
	msg_chat(job->label, "ending what is left by a second channel");
	exec->sweep = sweep_new(job->session);
	return SWEEP_GRACE;
}

static uint64_t
hang_up(struct job *job)
{
	struct exec *exec = job->op_state;

	msg_chat(job->label, "closing the channel");
	exec->held = op_exec_told(job) &&
	    !libssh2_channel_eof(exec->channel);
	exec->closing = exec->input_over = exec->eof_sent = true;
	op_exec_pursue(job);
	return CLOSE_GRACE;
}

uint64_t
op_exec_stop(struct job *job)
{
	static uint64_t (*const ways[])(struct job *) = {
		ask_to_end, kill_it, sweep, hang_up,
	};
	struct exec *exec = job->op_state;

	if (exec == NULL || exec->channel == NULL || !exec->started)
		return 0;
	if (exec->way == 0) {
		exec->ended_itself = op_exec_told(job);
		job->result.left_behind = exec->ended_itself;
		job->result.maybe_running = !exec->ended_itself;
	}
	while (exec->way < sizeof(ways) / sizeof(ways[0])) {
		uint64_t grace = ways[exec->way++](job);

		if (grace > 0)
			return grace;
	}
	return 0;
}

static void
follow_sweep(struct job *job)
{
	struct exec *exec = job->op_state;
	enum sweep_state state = sweep_step(exec->sweep);

	if (state == SWEEP_BUSY)
		return;
	sweep_free(exec->sweep);
	exec->sweep = NULL;
	if (state == SWEEP_CLEAN)
		job->result.maybe_running = false;
	msg_chat(job->label, state == SWEEP_CLEAN ? "its processes are gone" :
	    state == SWEEP_LEFT ? "some of its processes are left" :
	    state == SWEEP_NOTHING ? "none of its processes was found" :
	    "a second channel is of no use here");
	job_limit(job, SETTLE_GRACE);
}

void
op_exec_pursue(struct job *job)
{
	struct exec *exec = job->op_state;

	send_signals(exec);
	if (exec->sweep != NULL)
		follow_sweep(job);
	if (exec->closing)
		libssh2_channel_close(exec->channel);
}
