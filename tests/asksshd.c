/* SPDX-License-Identifier: BSD-2-Clause */
/* asksshd -k HOSTKEY MODE...: a server that has questions, each MODE on a port
 * of its own, as badsshd has them.  What it gets for an answer goes to stderr:
 * "MODE METHOD ANSWER"; any command is well.
 *
 *   right     asks for a password, then nothing twice, and takes "open sesame"
 *   ugly      asks at length, in words that steer a terminal
 *   often     asks for a password, and for it again, without end
 *   nothing   asks nothing, without end
 *   pair      asks for a password and a code at a time
 *   name      asks for a name, which may be seen, and a password
 *   many      asks a hundred questions at a time
 *   change    wants a new password
 *   hang      asks for a password, and is silent once it has it
 *   close     asks for a password, and hangs up once it has it
 *   both      refuses any password, by both methods
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh/libssh.h>
#include <libssh/server.h>

#include "ports.h"

/* There are callbacks for all methods but keyboard-interactive. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum { PORTS = 64 };

static ssh_bind server;
static const char *mode;	/* of this process */
static unsigned rounds;		/* of questions so far */
static bool right;		/* one answer was */

static bool
mode_is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static void
log_answer(const char *method, const char *answer)
{
	fprintf(stderr, "%s %s %s\n", mode, method, answer);
	right |= strcmp(answer, "open sesame") == 0;
}

static void
ask(ssh_message message, const char *instruction, unsigned count,
    const char **prompts)
{
	char echo[100] = { 0 };

	echo[0] = mode_is("name");
	ssh_message_auth_interactive_request(message, "", instruction, count,
	    prompts, echo);
}

static void
ask_ugly(ssh_message message)
{
	static char text[20000];
	const char *prompts[] = { text };

	snprintf(text, sizeof(text), "\033[2JFAKE\r\nroot@bank's code\a\n");
	memset(text + strlen(text), 'x', sizeof(text) - strlen(text) - 1);
	ask(message, "\033]0;title\a\nweb9: SUCCESS\n", 1, prompts);
}

static void
ask_first(ssh_message message)
{
	const char *prompts[100] = { "Password: ", "Code: " };

	if (mode_is("ugly")) {
		ask_ugly(message);
	} else if (mode_is("nothing")) {
		ask(message, "patience", 0, prompts);
	} else if (mode_is("name")) {
		prompts[0] = "Your name: ";
		prompts[1] = "Password: ";
		ask(message, "", 2, prompts);
	} else if (mode_is("many")) {
		for (unsigned i = 0; i < 100; i++)
			prompts[i] = "Password: ";
		ask(message, "", 100, prompts);
	} else {
		ask(message, "", mode_is("pair") ? 2 : 1, prompts);
	}
}

static void
refuse(ssh_message message)
{
	ssh_message_auth_set_methods(message, mode_is("change") ?
	    SSH_AUTH_METHOD_PASSWORD : mode_is("both") ?
	    SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE :
	    SSH_AUTH_METHOD_INTERACTIVE);
	ssh_message_reply_default(message);
}

/* The answers have come.  Returns whether they let the user in. */
static bool
weigh(ssh_session session, ssh_message message)
{
	int count = ssh_userauth_kbdint_getnanswers(session);

	for (int i = 0; i < count; i++)
		log_answer("keyboard-interactive",
		    ssh_userauth_kbdint_getanswer(session, (unsigned)i));
	rounds++;
	if (mode_is("hang"))
		pause();
	if (mode_is("close"))
		_exit(0);
	if (mode_is("often") || mode_is("nothing")) {
		ask_first(message);
	} else if (mode_is("right") && rounds < 3) {
		ask(message, "nearly", 0, NULL);
	} else if (right && !mode_is("both")) {
		ssh_message_auth_reply_success(message, 0);
		return true;
	} else {
		refuse(message);
	}
	return false;
}

/* Returns whether the user is in. */
static bool
answer_login(ssh_session session, ssh_message message)
{
	switch (ssh_message_subtype(message)) {
	case SSH_AUTH_METHOD_PASSWORD:
		log_answer("password", ssh_message_auth_password(message));
		/* It has the same number as the other message. */
		if (mode_is("change"))
			ssh_message_auth_interactive_request(message,
			    "old \033[2J", "", 0, NULL, NULL);
		else
			refuse(message);
		return false;
	case SSH_AUTH_METHOD_INTERACTIVE:
		if (ssh_message_auth_kbdint_is_response(message))
			return weigh(session, message);
		ask_first(message);
		return false;
	default:
		refuse(message);
		return false;
	}
}

/* Any command ends well. */
static void
answer_rest(ssh_message message)
{
	static ssh_channel channel;

	switch (ssh_message_type(message)) {
	case SSH_REQUEST_CHANNEL_OPEN:
		channel = ssh_message_channel_request_open_reply_accept(
		    message);
		break;
	case SSH_REQUEST_CHANNEL:
		if (ssh_message_subtype(message) != SSH_CHANNEL_REQUEST_EXEC) {
			ssh_message_reply_default(message);
			break;
		}
		ssh_message_channel_request_reply_success(message);
		ssh_channel_request_send_exit_status(channel, 0);
		ssh_channel_send_eof(channel);
		ssh_channel_close(channel);
		break;
	default:
		ssh_message_reply_default(message);
	}
}

_Noreturn static void
serve(int fd)
{
	ssh_session session = ssh_new();
	ssh_message message;
	bool in = false;

	if (ssh_bind_accept_fd(server, session, fd) != SSH_OK ||
	    ssh_handle_key_exchange(session) != SSH_OK)
		_exit(0);
	while ((message = ssh_message_get(session)) != NULL) {
		if (ssh_message_type(message) == SSH_REQUEST_AUTH)
			in |= answer_login(session, message);
		else if (in ||
		    ssh_message_type(message) == SSH_REQUEST_SERVICE)
			answer_rest(message);
		else
			ssh_message_reply_default(message);
		ssh_message_free(message);
	}
	_exit(0);
}

static void
accept_one(const char *name, int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0 && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		mode = name;
		serve(fd);
	}
	close(fd);
}

int
main(int argc, char **argv)
{
	struct pollfd ports[PORTS];
	int count = argc - 3 < PORTS ? argc - 3 : PORTS;
	bool no = false;

	if (argc < 4 || strcmp(argv[1], "-k") != 0)
		errx(2, "usage: asksshd -k HOSTKEY MODE...");
	ssh_init();
	server = ssh_bind_new();
	ssh_bind_options_set(server, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
	if (ssh_bind_options_set(server, SSH_BIND_OPTIONS_HOSTKEY,
	    argv[2]) != SSH_OK)
		errx(2, "%s: not a host key", argv[2]);
	for (int i = 0; i < count; i++) {
		ports[i].fd = ports_listen(
		    socket(AF_INET, SOCK_STREAM, 0), argv[3 + i], 128);
		ports[i].events = POLLIN;
	}
	fclose(stdout);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		poll(ports, (nfds_t)count, -1);
		for (int i = 0; i < count; i++)
			if (ports[i].revents != 0)
				accept_one(argv[3 + i], ports[i].fd);
	}
}
