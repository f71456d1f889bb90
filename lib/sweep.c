/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libssh2.h>

#include "buf.h"
#include "mem.h"
#include "session.h"
#include "sweep.h"

#define WINDOW (32 * 1024)	/* what the host may say meanwhile */
#define ANSWER_MOST (16 * 1024)	/* of that, before the answer comes */

/* Any login shell, be it csh or fish, takes this alike, and is replaced by it:
 * $PPID is then the sshd of this connection.  A command that the host runs in
 * its place does not say 42, even if it prints what it was asked to run; then
 * nothing more is sent to it. */
static const char command[] =
    "exec /bin/sh -c 'echo cpssh-$((40+2)); exec /bin/sh'";
static const char ready[] = "cpssh-42\n";

/* Within braces, so that half of it does nothing.  It goes on if we leave. */
static const char script[] =
    "{\n"
    "trap '' HUP PIPE\n"
    "exec 2>/dev/null\n"
    /* What runs: process, parent, group, session. */
    "all() {\n"
    "	[ -r /proc/self/stat ] || {\n"
    "		ps -A -o pid= -o ppid= -o pgid= -o sid= ||\n"
    "			ps -A -o pid= -o ppid= -o pgid= -o pgid=\n"
    "		return\n"
    "	}\n"
    "	for f in /proc/[0-9]*/stat; do\n"
    "		read -r line <$f || continue\n"
    "		p=${line%% *}\n"
    "		set -- ${line##*) }\n"
    "		case $1 in [ZX]) ;; *) echo $p $2 $3 $4 ;; esac\n"
    "	done\n"
    "}\n"
    /* Whose connection is that? */
    "whose() {\n"
    "	tr '\\0' '\\n' </proc/$1/environ | sed -n 's/^SSH_CONNECTION=//p'\n"
    "}\n"
    "commands() {\n"
    "	all | while read -r p pp g s; do\n"
    "		[ $pp = $PPID ] && [ $p = $s ] && [ $p != $$ ] || continue\n"
    "		case $(whose $p) in ''|\"$SSH_CONNECTION\") echo $s ;; esac\n"
    "	done\n"
    "}\n"
    "orphans() {\n"
    "	[ -n \"$SSH_CONNECTION\" ] && [ -d /proc/self/fd ] || return\n"
    "	all | while read -r p pp g s; do\n"
    "		[ $s -gt 1 ] && ! [ -d /proc/$s ] || continue\n"
    "		[ \"$(whose $p)\" = \"$SSH_CONNECTION\" ] || continue\n"
    "		case $(ls -l /proc/$p/fd/1 /proc/$p/fd/2) in\n"
    "		*pipe:*|*socket:*) echo $s ;;\n"
    "		esac\n"
    "	done\n"
    "}\n"
    "members() {\n"
    "	all | while read -r p pp g s; do\n"
    "		case \" $found \" in *\" $s \"*) echo $p $g ;; esac\n"
    "	done\n"
    "}\n"
    "[ $PPID -gt 1 ] && found=$(commands)\n"
    "found=$(echo ${found:-$(orphans)})\n"
    "left=\n"
    "for signal in TERM KILL; do\n"
    "	for s in $found; do kill -s $signal -- -$s; done\n"
    "	members | while read -r p g; do\n"
    "		case \" $found \" in\n"
    "		*\" $g \"*) ;;\n"
    "		*) kill -s $signal $p ;;\n"
    "		esac\n"
    "	done\n"
    "	for i in 1 2 3 4 5; do\n"
    "		left=$(members)\n"
    "		[ -n \"$left\" ] || break 2\n"
    "		sleep 0.1 || sleep 1\n"
    "	done\n"
    "done\n"
    "set -- $found\n"
    "echo cpssh-swept $# ${left:+left}.\n"
    "exit\n"
    "}\n";

enum stage { OPENING, STARTING, GREETING, SENDING, ANSWERING };

struct sweep {
	struct session	*session;
	LIBSSH2_CHANNEL	*channel;
	enum stage	 stage;
	size_t		 sent;		/* of the script */
	struct buf	 said;
	enum sweep_state state;
};

struct sweep *
sweep_new(struct session *session)
{
	struct sweep *sweep = mem_zero(sizeof(*sweep));

	sweep->session = session;
	return sweep;
}

void
sweep_free(struct sweep *sweep)
{
	if (sweep == NULL)
		return;
	buf_free(&sweep->said);
	free(sweep);
}

/* ERROR of libssh2: wait if it would block, else it does not work here. */
static enum sweep_state
not_yet(struct sweep *sweep, int error)
{
	if (error != LIBSSH2_ERROR_EAGAIN)
		return SWEEP_FAILED;
	session_quick(sweep->session);
	return SWEEP_BUSY;
}

static enum sweep_state
open_channel(struct sweep *sweep)
{
	LIBSSH2_SESSION *ssh = session_ssh(sweep->session);

	sweep->channel = libssh2_channel_open_ex(ssh, "session", 7, WINDOW,
	    WINDOW, NULL, 0);
	if (sweep->channel == NULL)
		return not_yet(sweep, libssh2_session_last_errno(ssh));
	sweep->stage = STARTING;
	return SWEEP_CLEAN;
}

static enum sweep_state
start(struct sweep *sweep)
{
	int error = libssh2_channel_exec(sweep->channel, command);

	if (error != 0)
		return not_yet(sweep, error);
	sweep->stage = GREETING;
	return SWEEP_CLEAN;
}

static enum sweep_state
send_script(struct sweep *sweep)
{
	while (sweep->sent < sizeof(script) - 1) {
		ssize_t sent = libssh2_channel_write(sweep->channel,
		    script + sweep->sent, sizeof(script) - 1 - sweep->sent);

		if (sent <= 0)
			return sent == 0 ? SWEEP_BUSY :
			    not_yet(sweep, (int)sent);
		sweep->sent += (size_t)sent;
	}
	sweep->stage = ANSWERING;
	return SWEEP_CLEAN;
}

/* Take what came on STREAM; only the standard output is kept.  False: the
 * channel is of no use any more. */
static bool
take(struct sweep *sweep, int stream)
{
	char piece[1024];
	ssize_t got;

	while ((got = libssh2_channel_read_ex(sweep->channel, stream, piece,
	    sizeof(piece))) > 0) {
		if (stream == 0)
			buf_add(&sweep->said, piece, (size_t)got);
		if (sweep->said.len > ANSWER_MOST)
			return false;
	}
	return got == 0 || got == LIBSSH2_ERROR_EAGAIN;
}

/* Has it said TEXT?  Then WORDS, if any, is what follows. */
static enum sweep_state
expect(struct sweep *sweep, const char *text, const char **words)
{
	const char *found;

	if (!take(sweep, 0) || !take(sweep, SSH_EXTENDED_DATA_STDERR))
		return SWEEP_FAILED;
	found = strstr(buf_text(&sweep->said), text);
	if (found == NULL)
		return libssh2_channel_eof(sweep->channel) ? SWEEP_FAILED :
		    SWEEP_BUSY;
	if (words != NULL)
		*words = found + strlen(text);
	return SWEEP_CLEAN;
}

static enum sweep_state
greet(struct sweep *sweep)
{
	enum sweep_state state = expect(sweep, ready, NULL);

	if (state == SWEEP_CLEAN)
		sweep->stage = SENDING;
	return state;
}

static enum sweep_state
answer(struct sweep *sweep)
{
	const char *words = NULL;
	enum sweep_state state = expect(sweep, "cpssh-swept ", &words);

	if (state != SWEEP_CLEAN)
		return state;
	if (strchr(words, '.') == NULL)
		return libssh2_channel_eof(sweep->channel) ? SWEEP_FAILED :
		    SWEEP_BUSY;
	if (*words == '0')
		return SWEEP_NOTHING;
	return strstr(words, "left") != NULL ? SWEEP_LEFT : SWEEP_CLEAN;
}

enum sweep_state
sweep_step(struct sweep *sweep)
{
	static enum sweep_state (*const stages[])(struct sweep *) = {
		open_channel, start, greet, send_script, answer,
	};

	while (sweep->state == SWEEP_BUSY) {
		enum stage stage = sweep->stage;
		enum sweep_state state = stages[stage](sweep);

		if (state == SWEEP_BUSY)
			break;
		if (state != SWEEP_CLEAN || stage == ANSWERING)
			sweep->state = state;
	}
	return sweep->state;
}
