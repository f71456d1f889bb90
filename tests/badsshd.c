/* SPDX-License-Identifier: BSD-2-Clause */
/* badsshd -k HOSTKEY... -a AUTHORIZED_KEYS [-u PATH] [-n ADDRESS] MODE...: a
 * server for every way an SSH server can misbehave, each on a port of its own.
 * Prints a line "MODE PORT" for each, then closes stdout: it is ready.  -u and
 * -n make an ssh-agent at PATH and a name server at ADDRESS that never answer.
 *
 * Before the handshake:
 *   silent       accepts, says nothing
 *   banner       says its version, then nothing
 *   bannerclose  says its version, then closes
 *   garbage      says what no SSH server says
 *   hugebanner   lines before the version that never end
 *   full         one line that it is busy, then closes
 *   shut         closes at once
 *   odd          closes at once the first connection, the third, ...; is well
 *                to the others
 *   oddreset     the same with a reset
 *   penalty=N    tells the first N connections that they are not allowed at
 *                this time, and closes; is well to the others
 *   toomany=N    disconnects the first N connections for there are too many
 *   old          speaks only version 1
 *   kexclose     closes after the algorithms were exchanged
 *   kexodd       has only ciphers that no one ever had
 *   kexhang      is silent after the algorithms were exchanged
 *   kexflood     sends empty packets without end instead of the algorithms
 * After it (a real server, the commands of run_command()):
 *   ok           nothing is wrong
 *   authhang     is silent once asked for a login
 *   denied       accepts no login, offers publickey and hostbased
 *   loginclose   closes once logged in
 *   loginhang    is silent once logged in
 *   noexec       refuses to run any command
 *   slowexec=N   agrees to run the command after N seconds
 *   reset        resets the connection in the middle of output
 *   cutoff       closes the connection after a megabyte of output
 *   endless      prints lines for ever, and ignores requests to stop
 *   signal       says that the command died by a signal with an ugly name
 *   nostatus     closes the channel without an exit status
 *   noclose      sends an exit status, and never closes the channel
 *   agents       connects to the agent it was offered, again and again, and
 *                says much that is no request
 *   issue        shows a notice with control characters before the login
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include "ports.h"

#define VERSION_LINE "SSH-2.0-badsshd\r\n"

enum { PORTS = 64, KEYS = 64 };

struct client {
	ssh_session session;
	ssh_channel channel;
	const char *mode;
	bool	 logged_in;
	char	*command;	/* NULL until one is asked for */
	struct ssh_channel_callbacks_struct channel_callbacks;
};

static ssh_bind server;
static ssh_key authorized[KEYS];
static size_t authorized_count;

static bool
mode_is(const struct client *client, const char *mode)
{
	return strcmp(client->mode, mode) == 0;
}

/* Silence, until the client gives up. */
_Noreturn static void
say_nothing_more(int fd)
{
	char data[4096];

	while (read(fd, data, sizeof(data)) > 0)
		;
	_exit(0);
}

/* Close; what the client said is read first, or the close would be a reset. */
_Noreturn static void
hang_up(int fd)
{
	shutdown(fd, SHUT_WR);
	say_nothing_more(fd);
}

static void
say(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len)
		_exit(0);
}

static void
say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

/* Byte by byte: what follows the line is not ours to take. */
static void
read_version(int fd)
{
	char byte = 0;

	while (byte != '\n')
		if (read(fd, &byte, 1) != 1)
			_exit(0);
}

/* One whole unencrypted packet (RFC 4253, section 6). */
static void
read_packet(int fd)
{
	uint32_t left;
	char data[4096];

	if (recv(fd, &left, sizeof(left), MSG_WAITALL) != sizeof(left))
		_exit(0);
	left = ntohl(left);
	while (left > 0) {
		ssize_t n = read(fd, data,
		    left < sizeof(data) ? left : sizeof(data));

		if (n <= 0)
			_exit(0);
		left -= (uint32_t)n;
	}
}

/* Our algorithms (SSH_MSG_KEXINIT, RFC 4253, section 7.1). */
static void
say_algorithms(int fd, const char *cipher)
{
	const char *const lists[] = {
		"curve25519-sha256", "ssh-ed25519", cipher, cipher,
		"hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "",
	};
	unsigned char packet[20000] = { 0 };
	size_t at = 5, i, padding;
	uint32_t length;

	packet[at++] = 20;
	at += 16;	/* the cookie: zeros will do */
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		size_t len = strlen(lists[i]);
		uint32_t prefix = htonl((uint32_t)len);

		memcpy(packet + at, &prefix, 4);
		memcpy(packet + at + 4, lists[i], len);
		at += 4 + len;
	}
	at += 5;	/* no guess follows; reserved */
	padding = 16 - at % 8;
	packet[4] = (unsigned char)padding;
	length = htonl((uint32_t)(at + padding - 4));
	memcpy(packet, &length, 4);
	say(fd, packet, at + padding);
}

static const char *
odd_name(void)
{
	static char name[5000] = "\033[2J\n\377,";

	memset(name + strlen(name), 'x', sizeof(name) - strlen(name) - 1);
	return name;
}

static void
say_lines_for_ever(int fd)
{
	char lines[8192];
	size_t i;

	for (i = 0; i < sizeof(lines); i++)
		lines[i] = i % 64 == 63 ? '\n' : 'x';
	for (;;)
		say(fd, lines, sizeof(lines));
}

/* SSH_MSG_IGNORE for ever, the smallest packets there are, many at a time. */
_Noreturn static void
say_nothing_often(int fd)
{
	static const char packet[16] = { 0, 0, 0, 12, 6, 2 };
	static char many[1 << 20];

	for (size_t i = 0; i < sizeof(many); i += sizeof(packet))
		memcpy(many + i, packet, sizeof(packet));
	for (;;)
		if (write(fd, many, sizeof(many)) <= 0)
			_exit(0);
}

/* A close that throws away what is on the way (RFC 9293, section 3.10.4). */
_Noreturn static void
abort_connection(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
	_exit(0);
}

/* SSH_MSG_DISCONNECT with SSH_DISCONNECT_TOO_MANY_CONNECTIONS (RFC 4253,
 * section 11.1), and no language. */
_Noreturn static void
say_too_many(int fd)
{
	static const char packet[] =
	    "\0\0\0\034\6" "\1" "\0\0\0\014" "\0\0\0\10" "Too many"
	    "\0\0\0\0" "\0\0\0\0\0";

	say_text(fd, VERSION_LINE);
	say(fd, packet, sizeof(packet));
	hang_up(fd);
}

/* The modes that are full at times; returns to who finds a place. */
static void
drop_some(const char *mode, unsigned number, int fd)
{
	if (strcmp(mode, "shut") == 0)
		hang_up(fd);
	if (strcmp(mode, "odd") == 0 && number % 2 == 1)
		hang_up(fd);
	if (strcmp(mode, "oddreset") == 0 && number % 2 == 1)
		abort_connection(fd);
	if (strncmp(mode, "penalty=", 8) == 0 &&
	    number <= strtoul(mode + 8, NULL, 10)) {
		say_text(fd, "Not allowed at this time\r\n");
		hang_up(fd);
	}
	if (strncmp(mode, "toomany=", 8) == 0 &&
	    number <= strtoul(mode + 8, NULL, 10))
		say_too_many(fd);
}

/* The modes that need no SSH; returns for all others. */
static void
misbehave_early(const char *mode, int fd)
{
	static const char garbage[] = "HTTP/1.0 400 Bad\r\n\r\n\0\1\033[2J";

	if (strcmp(mode, "silent") == 0)
		say_nothing_more(fd);
	if (strcmp(mode, "banner") == 0) {
		say_text(fd, VERSION_LINE);
		say_nothing_more(fd);
	}
	if (strcmp(mode, "bannerclose") == 0) {
		say_text(fd, VERSION_LINE);
		hang_up(fd);
	}
	if (strcmp(mode, "garbage") == 0) {
		say(fd, garbage, sizeof(garbage));
		hang_up(fd);
	}
	if (strcmp(mode, "hugebanner") == 0)
		say_lines_for_ever(fd);
	if (strcmp(mode, "full") == 0) {
		say_text(fd, "Exceeded MaxStartups\r\n");
		hang_up(fd);
	}
	if (strcmp(mode, "old") == 0) {
		say_text(fd, "SSH-1.5-badsshd\r\n");
		say_nothing_more(fd);
	}
	if (strcmp(mode, "kexflood") == 0) {
		say_text(fd, VERSION_LINE);
		say_nothing_often(fd);
	}
	if (strncmp(mode, "kex", 3) == 0) {
		say_text(fd, VERSION_LINE);
		read_version(fd);
		say_algorithms(fd, strcmp(mode, "kexodd") == 0 ?
		    odd_name() : "aes128-ctr");
		read_packet(fd);
		if (strcmp(mode, "kexhang") == 0)
			say_nothing_more(fd);
		hang_up(fd);
	}
}

static int
on_none(ssh_session session, const char *user, void *context)
{
	struct client *client = context;

	(void)user;
	if (mode_is(client, "authhang"))
		say_nothing_more(ssh_get_fd(session));
	return SSH_AUTH_DENIED;
}

static int
on_key(ssh_session session, const char *user, ssh_key key, char state,
    void *context)
{
	struct client *client = context;
	size_t i;

	(void)user;
	if (mode_is(client, "authhang"))
		say_nothing_more(ssh_get_fd(session));
	if (mode_is(client, "denied"))
		return SSH_AUTH_DENIED;
	for (i = 0; i < authorized_count; i++)
		if (ssh_key_cmp(key, authorized[i], SSH_KEY_CMP_PUBLIC) == 0)
			break;
	if (i == authorized_count)
		return SSH_AUTH_DENIED;
	client->logged_in = state == SSH_PUBLICKEY_STATE_VALID;
	return SSH_AUTH_SUCCESS;
}

static int
on_exec(ssh_session session, ssh_channel channel, const char *command,
    void *context)
{
	struct client *client = context;

	(void)session;
	(void)channel;
	if (mode_is(client, "noexec"))
		return SSH_ERROR;
	if (strncmp(client->mode, "slowexec=", 9) == 0)
		sleep((unsigned)strtoul(client->mode + 9, NULL, 10));
	client->command = strdup(command);
	return SSH_OK;
}

static void
on_agent(ssh_session session, ssh_channel channel, void *context)
{
	(void)session;
	(void)channel;
	(void)context;
}

static ssh_channel
on_open(ssh_session session, void *context)
{
	struct client *client = context;

	client->channel = ssh_channel_new(session);
	client->channel_callbacks.userdata = client;
	client->channel_callbacks.channel_exec_request_function = on_exec;
	client->channel_callbacks.channel_auth_agent_req_function = on_agent;
	ssh_callbacks_init(&client->channel_callbacks);
	ssh_set_channel_callbacks(client->channel, &client->channel_callbacks);
	return client->channel;
}

static void
print(struct client *client, const char *text)
{
	ssh_channel_write(client->channel, text, (uint32_t)strlen(text));
}

/* All that is sent goes back. */
static void
send_back(struct client *client)
{
	char data[32768];
	int len;

	while ((len = ssh_channel_read(client->channel, data, sizeof(data),
	    0)) > 0)
		if (ssh_channel_write(client->channel, data, (uint32_t)len) < 0)
			return;
}

/* What there is to run: "echo TEXT", "exit N", "cat", anything else is
 * "true". */
static int
run_command(struct client *client)
{
	const char *command = client->command;

	if (strncmp(command, "echo ", 5) == 0) {
		print(client, command + 5);
		print(client, "\n");
	}
	if (strcmp(command, "cat") == 0)
		send_back(client);
	return strncmp(command, "exit ", 5) == 0 ?
	    (int)strtol(command + 5, NULL, 10) : 0;
}

static void
print_for_ever(struct client *client)
{
	char lines[32768];
	size_t i;

	for (i = 0; i < sizeof(lines); i++)
		lines[i] = i % 64 == 63 ? '\n' : 'y';
	while (ssh_channel_write(client->channel, lines, sizeof(lines)) > 0)
		;
	_exit(0);
}

/* Send the output before the reset without waiting for more. */
_Noreturn static void
reset(struct client *client)
{
	int fd = ssh_get_fd(client->session), yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	print(client, "first line\nhalf of the sec");
	abort_connection(fd);
}

/* Print a megabyte, and close with the channel open. */
_Noreturn static void
cut_off(struct client *client)
{
	static char zeros[1 << 20];

	memset(zeros, '0', sizeof(zeros));
	ssh_channel_write(client->channel, zeros, sizeof(zeros));
	hang_up(ssh_get_fd(client->session));
}

static void
use_agent_for_ever(struct client *client)
{
	static const char zeros[500 * 1024];
	ssh_channel channel;

	do {
		channel = ssh_channel_new(client->session);
	} while (ssh_channel_open_auth_agent(channel) == SSH_OK &&
	    (ssh_channel_write(channel, zeros, sizeof(zeros)) > 0 ||
	    ssh_is_connected(client->session)));
	_exit(0);
}

/* The command was accepted: run it, or do what the mode says instead. */
static void
misbehave_late(struct client *client)
{
	int status;

	if (mode_is(client, "reset"))
		reset(client);
	if (mode_is(client, "cutoff"))
		cut_off(client);
	if (mode_is(client, "endless"))
		print_for_ever(client);
	if (mode_is(client, "agents"))
		use_agent_for_ever(client);
	status = run_command(client);
	if (mode_is(client, "signal"))
		ssh_channel_request_send_exit_signal(client->channel,
		    "SEGV\033[31m\nFAKE", 0, "ugly\033]0;title\007\r\n", "en");
	else if (!mode_is(client, "nostatus"))
		ssh_channel_request_send_exit_status(client->channel, status);
	if (mode_is(client, "noclose"))
		say_nothing_more(ssh_get_fd(client->session));
	ssh_channel_send_eof(client->channel);
	ssh_channel_close(client->channel);
}

static void
send_issue(ssh_session session)
{
	ssh_string text = ssh_string_from_char(
	    "Welcome\033[2J\033]0;title\007\nto badsshd\n");

	ssh_send_issue_banner(session, text);
	ssh_string_free(text);
}

static void
talk(struct client *client)
{
	ssh_event event = ssh_event_new();
	bool noticed = false, ran = false;

	if (ssh_event_add_session(event, client->session) != SSH_OK)
		return;
	while (ssh_event_dopoll(event, -1) != SSH_ERROR) {
		if (mode_is(client, "issue") && !noticed) {
			noticed = true;
			send_issue(client->session);
		}
		if (client->logged_in && mode_is(client, "loginclose"))
			return;
		if (client->logged_in && mode_is(client, "loginhang"))
			say_nothing_more(ssh_get_fd(client->session));
		if (client->command != NULL && !ran) {
			ran = true;
			misbehave_late(client);
		}
	}
}

/* On stderr, in one write.  libssh has no name for group exchange. */
static void
tell_algorithms(ssh_session session)
{
	char line[512];
	const char *kex = ssh_get_kex_algo(session);

	snprintf(line, sizeof(line), "%s %s %s %s %s\n",
	    kex == NULL ? "unnamed" : kex,
	    ssh_get_cipher_in(session), ssh_get_cipher_out(session),
	    ssh_get_hmac_in(session), ssh_get_hmac_out(session));
	say_text(STDERR_FILENO, line);
}

/* In a process of its own, which ends with it. */
_Noreturn static void
serve(const char *mode, int fd)
{
	struct client client = { .mode = mode };
	struct ssh_server_callbacks_struct callbacks = {
		.userdata = &client,
		.auth_none_function = on_none,
		.auth_pubkey_function = on_key,
		.channel_open_request_session_function = on_open,
	};

	misbehave_early(mode, fd);
	client.session = ssh_new();
	if (ssh_bind_accept_fd(server, client.session, fd) != SSH_OK)
		errx(1, "accept: %s", ssh_get_error(server));
	ssh_callbacks_init(&callbacks);
	ssh_set_server_callbacks(client.session, &callbacks);
	ssh_set_auth_methods(client.session, SSH_AUTH_METHOD_PUBLICKEY |
	    (mode_is(&client, "denied") ? SSH_AUTH_METHOD_HOSTBASED : 0));
	if (ssh_handle_key_exchange(client.session) == SSH_OK) {
		tell_algorithms(client.session);
		talk(&client);
	}
	_exit(0);
}

static void
read_authorized(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[16384];

	if (file == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file) != NULL &&
	    authorized_count < KEYS) {
		char *blob = line + strcspn(line, " ");

		if (*blob == '\0')
			continue;
		*blob++ = '\0';
		blob[strcspn(blob, " \n")] = '\0';
		if (ssh_pki_import_pubkey_base64(blob,
		    ssh_key_type_from_name(line),
		    &authorized[authorized_count]) == SSH_OK)
			authorized_count++;
	}
	fclose(file);
}

/* It is the NUMBERth connection here, from 1; stderr has them all. */
static void
accept_one(const char *mode, int listener, unsigned number)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	fprintf(stderr, "%s: connection %u\n", mode, number);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_DFL);
		drop_some(mode, number, fd);
		serve(mode, fd);
	}
	close(fd);
}

/* Sockets that nobody serves: they stay open until the end. */
static void
mute_agent(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1024) < 0)
		err(1, "%s", path);
}

static void
mute_name_server(const char *text)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	address.sin_port = htons(53);
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		err(1, "%s", text);
}

/* One of each kind at most. */
static void
add_host_key(const char *path)
{
	if (ssh_bind_options_set(server, SSH_BIND_OPTIONS_HOSTKEY,
	    path) != SSH_OK)
		errx(2, "%s: not a host key", path);
}

static void
options(int argc, char **argv)
{
	const char *key = NULL;
	bool no = false;
	int option;

	server = ssh_bind_new();
	while ((option = getopt(argc, argv, "k:a:u:n:")) != -1)
		if (option == 'k')
			add_host_key(key = optarg);
		else if (option == 'a')
			read_authorized(optarg);
		else if (option == 'u')
			mute_agent(optarg);
		else if (option == 'n')
			mute_name_server(optarg);
		else
			exit(2);
	ssh_bind_options_set(server, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
	if (key == NULL)
		errx(2, "no host key");
}

int
main(int argc, char **argv)
{
	struct pollfd ports[PORTS];
	unsigned accepted[PORTS] = { 0 };
	int count, i;

	ssh_init();
	options(argc, argv);
	argv += optind;
	count = argc - optind < PORTS ? argc - optind : PORTS;
	for (i = 0; i < count; i++) {
		ports[i].fd = ports_listen(
		    socket(AF_INET, SOCK_STREAM, 0), argv[i], 1024);
		ports[i].events = POLLIN;
	}
	fclose(stdout);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		poll(ports, (nfds_t)count, -1);
		for (i = 0; i < count; i++)
			if (ports[i].revents != 0)
				accept_one(argv[i], ports[i].fd,
				    ++accepted[i]);
	}
}
