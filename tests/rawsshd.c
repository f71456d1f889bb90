/* SPDX-License-Identifier: BSD-2-Clause */
/* rawsshd MODE...: a server that sends what no library would, each mode on a
 * port of its own.  Prints its host key as in known_hosts, then a line "MODE
 * PORT" for each, then closes stdout: it is ready.  It lets everybody in and
 * agrees to run any command; what it does then, the mode says:
 *
 *   ok           prints "here", exit status 0
 *   version=N    the same, with the Nth of some versions that are odd but right
 *   unknown      packets of types that do not exist; then as ok, if each was
 *                answered by SSH_MSG_UNIMPLEMENTED with its number
 *   flood=TYPE   30 MB of packets of that type, "flooded" on stderr, and
 *                then nothing any more
 *   empty        400000 packets of data without a byte in them, the same
 *   rekeyflood   begins a key exchange, then 30 MB of what is not part of it
 *   asks         asks questions for ever and reads no answer
 *   extended     200 kB of extended data that is not stderr, then as ok
 *   opens        opens channels of every kind, then as ok
 *   strangers    all there is for a channel that does not exist, then as ok
 *   windows      windows beyond all bounds, then prints how much was sent
 *   nopacket     takes packets of 0 bytes at most
 *   signals      thousands of signals that ended it, the last ones with names
 *                longer than the packet
 *   farewell     prints "here", and "there" on stderr, and disconnects, all in
 *                one segment
 *   finished     as ok, and disconnects, all in one segment
 *   brimful      prints 34878 bytes and closes: with the beginning of one more
 *                packet as much as libssh2 reads at a time, in one segment
 *   gone         "gone PID" on stderr, then prints 450 kB of lines and closes;
 *                takes input, through little room, from SIGUSR1 on
 *   halfway      refuses to; the SFTP server says 4 bytes, and we disconnect in
 *                the same segment, but do not close
 *   unready      closes in place of taking the new keys into use
 * chacha=LENGTH has only chacha20-poly1305, and its first packet says that
 * it is LENGTH bytes long. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "buf.h"
#include "ports.h"
#include "wire.h"

#define LONGEST "SSH-2.0-" /* 253 in all, without the end of the line */ \
	"7-bytes" X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 \
	X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7 X7
#define X7 "xxxxxxx"
#define CHACHA "chacha20-poly1305@openssh.com"
#define MOST (30 << 20)	/* bytes of a flood */

enum {
	DISCONNECT = 1, UNIMPLEMENTED = 3, SERVICE_REQUEST = 5,
	SERVICE_ACCEPT, KEXINIT = 20, NEWKEYS, ECDH_INIT = 30, ECDH_REPLY,
	USERAUTH_REQUEST = 50, USERAUTH_SUCCESS = 52, GLOBAL_REQUEST = 80,
	CHANNEL_OPEN = 90, OPEN_CONFIRMATION, WINDOW_ADJUST = 93, CHANNEL_DATA,
	EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST,
	CHANNEL_SUCCESS, CHANNEL_FAILURE,
};

enum { PORTS = 64, HASH = SHA256_DIGEST_LENGTH };

struct way {			/* one direction */
	EVP_CIPHER_CTX	*cipher;	/* NULL: nothing is secret yet */
	unsigned char	 mac[HASH];
	uint32_t	 number;
};

static int sock;
static const char *mode;
static struct way in, out;
static EVP_PKEY *host_key;
static struct buf host_blob;

/* RFC 4253, section 4.2: lines may come before it, comments after it. */
static const struct version {
	const char *before, *line, *end;
} versions[] = {
	{ "", "SSH-2.0-rawsshd", "\r\n" },
	{ "", "SSH-2.0--", "\r\n" },
	{ "", "SSH-1.99-OpenSSH_9.9 some comment - or  two ", "\n" },
	{ "", LONGEST, "\r\n" },
	{ "hello\nSSH\r\n\n SSH-2.0-no\r\n", "SSH-2.0-after_lines", "\r\n" },
};
static const struct version *version = versions;

/* --- packets -------------------------------------------------------------- */

static void
put(const void *data, size_t len)
{
	for (const char *at = data; len > 0;) {
		ssize_t sent = write(sock, at, len);

		if (sent <= 0)
			_exit(0);
		at += sent;
		len -= (size_t)sent;
	}
}

static void
get(void *data, size_t len)
{
	if (recv(sock, data, len, MSG_WAITALL) != (ssize_t)len)
		_exit(0);
}

static void
make_mac(const struct way *way, const void *data, size_t len, void *mac)
{
	struct buf all = { 0 };

	wire_add_u32(&all, way->number);
	buf_add(&all, data, len);
	HMAC(EVP_sha256(), way->mac, HASH, (unsigned char *)all.data,
	    all.len, mac, NULL);
	buf_free(&all);
}

/* RFC 4253, section 6. */
static void
send_packet(const void *payload, size_t len)
{
	struct buf packet = { 0 };
	size_t padding = 4 + (16 - (len + 9) % 16) % 16;
	unsigned char mac[HASH];
	int done;

	wire_add_u32(&packet, (uint32_t)(1 + len + padding));
	buf_addc(&packet, (char)padding);
	buf_add(&packet, payload, len);
	memset(buf_reserve(&packet, padding), 0, padding);
	packet.len += padding;
	make_mac(&out, packet.data, packet.len, mac);
	if (out.cipher != NULL) {
		EVP_CipherUpdate(out.cipher, (unsigned char *)packet.data,
		    &done, (unsigned char *)packet.data, (int)packet.len);
		buf_add(&packet, mac, HASH);
	}
	out.number++;
	put(packet.data, packet.len);
	buf_free(&packet);
}

static void
send_buf(struct buf *payload)
{
	send_packet(payload->data, payload->len);
	buf_free(payload);
}

static void
receive(unsigned char *to, size_t len)
{
	int done;

	get(to, len);
	if (in.cipher != NULL)
		EVP_CipherUpdate(in.cipher, to, &done, to, (int)len);
}

/* The next payload, in memory that the next call takes back.  What was
 * received is believed. */
static struct wire
receive_packet(void)
{
	static unsigned char packet[40000];
	size_t first = in.cipher != NULL ? 16 : 8, length;
	unsigned char mac[HASH];

	receive(packet, first);
	length = ((size_t)packet[2] << 8) + packet[3];
	receive(packet + first, length + 4 - first);
	if (in.cipher != NULL)
		get(mac, HASH);
	in.number++;
	return (struct wire){ packet + 5, length - 1 - packet[4] };
}

/* Packets are read and lost until one of this TYPE comes; its byte is gone. */
static struct wire
await(int type)
{
	for (;;) {
		struct wire wire = receive_packet();
		uint8_t got = 0;

		wire_byte(&wire, &got);
		if (got == type)
			return wire;
	}
}

static struct buf
packet_of(int type)
{
	struct buf packet = { 0 };

	buf_addc(&packet, (char)type);
	return packet;
}

static void
add_text(struct buf *packet, const char *text)
{
	wire_add_string(packet, text, strlen(text));
}

/* --- key exchange --------------------------------------------------------- */

static struct buf
algorithms(void)
{
	const char *cipher = strncmp(mode, "chacha", 6) == 0 ? CHACHA :
	    "aes128-ctr";
	const char *const lists[] = {
		"curve25519-sha256", "ssh-ed25519", cipher, cipher,
		"hmac-sha2-256", "hmac-sha2-256", "none", "none", "", "",
	};
	struct buf packet = packet_of(KEXINIT);

	buf_add(&packet, "0123456789abcdef", 16);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		add_text(&packet, lists[i]);
	buf_add(&packet, "\0\0\0\0", 5);
	return packet;
}

static void
add_number(struct buf *buf, const unsigned char *bytes, size_t len)
{
	struct buf number = { 0 };

	for (; len > 0 && *bytes == 0; len--)
		bytes++;
	if (len > 0 && *bytes >= 0x80)
		buf_addc(&number, 0);
	buf_add(&number, bytes, len);
	wire_add_string(buf, number.data, number.len);
	buf_free(&number);
}

/* RFC 4253, section 7.2; the first exchange is the only one. */
static void
derive(unsigned char *key, char letter, const struct buf *secret,
    const unsigned char *hash)
{
	struct buf all = { 0 };

	buf_add(&all, secret->data, secret->len);
	buf_add(&all, hash, HASH);
	buf_addc(&all, letter);
	buf_add(&all, hash, HASH);
	SHA256((unsigned char *)all.data, all.len, key);
	all.len = secret->len + HASH;
	buf_add(&all, key, HASH);
	SHA256((unsigned char *)all.data, all.len, key + HASH);
	buf_free(&all);
}

static void
set_way(struct way *way, const char *letters, const struct buf *secret,
    const unsigned char *hash)
{
	unsigned char iv[2 * HASH], key[2 * HASH], mac[2 * HASH];

	derive(iv, letters[0], secret, hash);
	derive(key, letters[1], secret, hash);
	derive(mac, letters[2], secret, hash);
	memcpy(way->mac, mac, HASH);
	way->cipher = EVP_CIPHER_CTX_new();
	EVP_CipherInit_ex(way->cipher, EVP_aes_128_ctr(), NULL, key, iv, 1);
}

/* The length, as PROTOCOL.chacha20poly1305 of OpenSSH has it, and more: what
 * it is of is never looked at. */
_Noreturn static void
send_length(uint32_t length, const struct buf *secret,
    const unsigned char *hash)
{
	unsigned char key[2 * HASH], nonce[16] = { 0 }, garbage[256] = { 0 };
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	struct buf plain = { 0 };
	int done;

	derive(key, 'D', secret, hash);
	nonce[15] = (unsigned char)out.number;
	wire_add_u32(&plain, length);
	EVP_EncryptInit_ex(cipher, EVP_chacha20(), NULL, key + HASH, nonce);
	EVP_EncryptUpdate(cipher, garbage, &done,
	    (unsigned char *)plain.data, 4);
	put(garbage, sizeof(garbage));
	for (;;)
		get(garbage, 1);
}

static struct buf
sign(const unsigned char *hash)
{
	unsigned char signature[64];
	size_t len = sizeof(signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct buf blob = { 0 };

	EVP_DigestSignInit(context, NULL, NULL, NULL, host_key);
	EVP_DigestSign(context, signature, &len, hash, HASH);
	EVP_MD_CTX_free(context);
	add_text(&blob, "ssh-ed25519");
	wire_add_string(&blob, signature, len);
	return blob;
}

/* The shared secret as a number; THEIRS is the client's share. */
static struct buf
agree(const unsigned char *theirs, unsigned char *ours)
{
	unsigned char secret[32] = "nobody has anything to hide";
	EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
	    secret, sizeof(secret));
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
	    theirs, 32);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
	size_t len = sizeof(secret), share = 32;
	struct buf number = { 0 };

	EVP_PKEY_get_raw_public_key(mine, ours, &share);
	if (EVP_PKEY_derive_init(context) != 1 ||
	    EVP_PKEY_derive_set_peer(context, peer) != 1 ||
	    EVP_PKEY_derive(context, secret, &len) != 1)
		errx(1, "no secret");
	add_number(&number, secret, len);
	return number;
}

/* RFC 8731. */
static void
exchange_keys(const char *their_version)
{
	struct buf ours = algorithms(), all = { 0 }, reply, secret, signature;
	unsigned char hash[HASH], share[32];
	struct wire theirs, init;

	add_text(&all, their_version);
	add_text(&all, version->line);
	send_packet(ours.data, ours.len);
	theirs = receive_packet();
	wire_add_string(&all, theirs.at, theirs.left);
	wire_add_string(&all, ours.data, ours.len);
	wire_add_string(&all, host_blob.data, host_blob.len);
	init = await(ECDH_INIT);
	wire_skip(&init, 4);
	wire_add_string(&all, init.at, 32);
	secret = agree(init.at, share);
	wire_add_string(&all, share, 32);
	buf_add(&all, secret.data, secret.len);
	SHA256((unsigned char *)all.data, all.len, hash);

	reply = packet_of(ECDH_REPLY);
	signature = sign(hash);
	wire_add_string(&reply, host_blob.data, host_blob.len);
	wire_add_string(&reply, share, 32);
	wire_add_string(&reply, signature.data, signature.len);
	send_buf(&reply);
	if (strcmp(mode, "unready") == 0)
		shutdown(sock, SHUT_WR);
	else
		send_packet(&(char){ NEWKEYS }, 1);
	if (strncmp(mode, "chacha=", 7) == 0)
		send_length((uint32_t)strtoul(mode + 7, NULL, 10), &secret,
		    hash);
	set_way(&out, "BDF", &secret, hash);
	await(NEWKEYS);
	set_way(&in, "ACE", &secret, hash);
}

/* --- a command ------------------------------------------------------------ */

static struct buf
to_channel(int type, uint32_t channel)
{
	struct buf packet = packet_of(type);

	wire_add_u32(&packet, channel);
	return packet;
}

static void
print(const char *text)
{
	struct buf packet = to_channel(CHANNEL_DATA, 0);

	add_text(&packet, text);
	send_buf(&packet);
}

static void
end_channel(uint32_t channel)
{
	struct buf packet = to_channel(CHANNEL_EOF, channel);

	send_buf(&packet);
	packet = to_channel(CHANNEL_CLOSE, channel);
	send_buf(&packet);
}

static void
exit_with(uint32_t channel, uint32_t status)
{
	struct buf packet = to_channel(CHANNEL_REQUEST, channel);

	add_text(&packet, "exit-status");
	buf_addc(&packet, 0);
	wire_add_u32(&packet, status);
	send_buf(&packet);
	end_channel(channel);
}

/* What the client says is read by a process of its own. */
static void
stop_listening(void)
{
	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		receive_packet();
}

/* Until the client has gone. */
_Noreturn static void
wait_for_end(void)
{
	wait(NULL);
	_exit(0);
}

static void
flood(int type)
{
	static char payload[32000];
	size_t sent;

	payload[0] = (char)type;
	payload[4] = 0;
	for (sent = 0; sent < MOST; sent += sizeof(payload))
		send_packet(payload, sizeof(payload));
	dprintf(STDERR_FILENO, "flooded\n");
	wait_for_end();
}

static void
ask_for_ever(void)
{
	for (;;) {
		struct buf packet = packet_of(GLOBAL_REQUEST);

		add_text(&packet, "x");
		buf_addc(&packet, 1);
		send_buf(&packet);
	}
}

static void
say_nothing_often(void)
{
	struct buf packet = to_channel(CHANNEL_DATA, 0);

	wire_add_u32(&packet, 0);
	for (int i = 0; i < 400000; i++)
		send_packet(packet.data, packet.len);
	buf_free(&packet);
	dprintf(STDERR_FILENO, "flooded\n");
	wait_for_end();
}

static void
send_unknown(void)
{
	static const unsigned char types[] = { 8, 19, 49, 62, 101, 192, 255 };

	for (size_t i = 0; i < sizeof(types); i++) {
		uint32_t number = out.number, told = 0;
		struct wire answer;

		send_packet(&types[i], 1);
		answer = await(UNIMPLEMENTED);
		wire_u32(&answer, &told);
		if (told != number)
			print("wrong number\n");
	}
}

static void
send_extended(void)
{
	static char data[20000];

	for (int i = 0; i < 10; i++) {
		struct buf packet = to_channel(EXTENDED_DATA, 0);

		wire_add_u32(&packet, 2 + (uint32_t)i);
		wire_add_string(&packet, data, sizeof(data));
		send_buf(&packet);
	}
}

static void
open_channels(void)
{
	static const char *const types[] = {
		"x11", "forwarded-tcpip", "auth-agent@openssh.com", "session",
		"x", "",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct buf packet = packet_of(CHANNEL_OPEN);

		add_text(&packet, types[i]);
		for (size_t j = 0; j < 3; j++)
			wire_add_u32(&packet, 100);
		for (size_t j = 0; j < 2; j++) {
			add_text(&packet, "host");
			wire_add_u32(&packet, 22);
		}
		send_buf(&packet);
	}
}

static void
talk_to_strangers(void)
{
	for (int type = OPEN_CONFIRMATION; type <= CHANNEL_SUCCESS + 1;
	    type++) {
		struct buf packet = to_channel(type, 77);

		for (size_t i = 0; i < 5; i++) {
			send_packet(packet.data, packet.len);
			wire_add_u32(&packet, 1);
		}
		send_buf(&packet);
	}
	exit_with(77, 9);
}

static void
widen_windows(void)
{
	size_t sent = 0;
	struct buf packet;
	char text[40];

	for (int i = 0; i < 3; i++) {
		packet = to_channel(WINDOW_ADJUST, 0);
		wire_add_u32(&packet, UINT32_MAX);
		send_buf(&packet);
	}
	for (;;) {
		struct wire wire = receive_packet();
		uint8_t type = 0;

		wire_byte(&wire, &type);
		if (type == CHANNEL_EOF)
			break;
		if (type == CHANNEL_DATA)
			sent += wire.left - 8;
	}
	snprintf(text, sizeof(text), "%zu bytes\n", sent);
	print(text);
}

static void
send_signals(void)
{
	static char name[30000];

	for (uint32_t i = 0; i < 3000; i++) {
		struct buf packet = to_channel(CHANNEL_REQUEST, 0);

		memset(name, 'A', sizeof(name));
		add_text(&packet, "exit-signal");
		buf_addc(&packet, 0);
		wire_add_string(&packet, name, sizeof(name));
		send_buf(&packet);
	}
	for (uint32_t length = 1; length != 0; length <<= 1) {
		struct buf packet = to_channel(CHANNEL_REQUEST, 0);

		add_text(&packet, "exit-signal");
		buf_addc(&packet, 0);
		wire_add_u32(&packet, length);
		send_buf(&packet);
	}
	dprintf(STDERR_FILENO, "flooded\n");
	wait_for_end();
}

/* What is sent from here on (true) goes in one segment, or in those that are
 * needed, with the end of the connection or here (false). */
static void
hold_back(int yes)
{
	setsockopt(sock, IPPROTO_TCP, TCP_CORK, &yes, sizeof(yes));
}

/* No reset: the client goes first. */
_Noreturn static void
send_end(void)
{
	shutdown(sock, SHUT_WR);
	wait_for_end();
}

static void
disconnect(void)
{
	struct buf packet = packet_of(DISCONNECT);

	wire_add_u32(&packet, 11);
	add_text(&packet, "going away");
	add_text(&packet, "");
	send_buf(&packet);
}

_Noreturn static void
say_farewell(void)
{
	struct buf packet = to_channel(EXTENDED_DATA, 0);

	hold_back(true);
	print("here\n");
	wire_add_u32(&packet, 1);
	add_text(&packet, "there\n");
	send_buf(&packet);
	disconnect();
	send_end();
}

_Noreturn static void
finish(void)
{
	hold_back(true);
	print("here\n");
	exit_with(0, 0);
	disconnect();
	send_end();
}

/* 35000 bytes: two packets take 114 beside their data, a third begins. */
_Noreturn static void
fill_to_the_brim(void)
{
	static char text[30001];

	hold_back(true);
	memset(text, 'x', 30000);
	print(text);
	text[4878] = '\0';
	print(text);
	put("a packet", 8);
	send_end();
}

_Noreturn static void
print_and_go(void)
{
	static const char line[] =
	    "a line of fifty bytes, which the test will count.\n";
	sigset_t signals;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	dprintf(STDERR_FILENO, "gone %d\n", (int)getpid());
	for (int i = 0; i < 30; i++) {
		struct buf lines = { 0 };

		for (int j = 0; j < 300; j++)
			buf_add(&lines, line, sizeof(line) - 1);
		buf_addc(&lines, '\0');
		print(lines.data);
		buf_free(&lines);
	}
	shutdown(sock, SHUT_WR);
	sigwait(&signals, &number);
	for (;;)
		receive_packet();
}

static void
begin_exchange(void)
{
	struct buf packet = algorithms();

	send_buf(&packet);
}

static void
run_command(void)
{
	if (strcmp(mode, "unknown") == 0)
		send_unknown();
	if (strcmp(mode, "windows") == 0)
		widen_windows();
	if (strcmp(mode, "asks") == 0)
		ask_for_ever();
	if (strcmp(mode, "brimful") == 0)
		await(CHANNEL_EOF);	/* it has read all there was */
	if (strcmp(mode, "gone") == 0)
		print_and_go();
	stop_listening();
	if (strcmp(mode, "nopacket") == 0)
		wait_for_end();
	if (strcmp(mode, "rekeyflood") == 0)
		begin_exchange();
	if (strncmp(mode, "flood=", 6) == 0)
		flood((int)strtol(mode + 6, NULL, 10));
	if (strcmp(mode, "rekeyflood") == 0)
		flood(40);
	if (strcmp(mode, "empty") == 0)
		say_nothing_often();
	if (strcmp(mode, "signals") == 0)
		send_signals();
	if (strcmp(mode, "farewell") == 0)
		say_farewell();
	if (strcmp(mode, "finished") == 0)
		finish();
	if (strcmp(mode, "brimful") == 0)
		fill_to_the_brim();
	if (strcmp(mode, "extended") == 0)
		send_extended();
	if (strcmp(mode, "opens") == 0)
		open_channels();
	if (strcmp(mode, "strangers") == 0)
		talk_to_strangers();
	print("here\n");
	exit_with(0, 0);
	wait_for_end();
}

/* --- connections ---------------------------------------------------------- */

static void
confirm_channel(uint32_t channel)
{
	struct buf packet = to_channel(OPEN_CONFIRMATION, channel);

	wire_add_u32(&packet, 0);
	wire_add_u32(&packet, 1 << 20);
	wire_add_u32(&packet, strcmp(mode, "nopacket") == 0 ? 0 : 32768);
	send_buf(&packet);
}

_Noreturn static void
go_halfway(void)
{
	struct buf packet = to_channel(CHANNEL_FAILURE, 0);

	send_buf(&packet);
	await(CHANNEL_OPEN);
	confirm_channel(1);
	await(CHANNEL_REQUEST);
	packet = to_channel(CHANNEL_SUCCESS, 1);
	send_buf(&packet);
	await(CHANNEL_DATA);
	hold_back(true);
	packet = to_channel(CHANNEL_DATA, 1);
	add_text(&packet, "four");
	send_buf(&packet);
	disconnect();
	hold_back(false);
	for (;;)
		receive_packet();
}

static void
answer_request(struct wire wire)
{
	struct wire name;
	uint8_t reply = 0;
	struct buf packet;

	wire_skip(&wire, 4);
	wire_string(&wire, &name);
	wire_byte(&wire, &reply);
	if (strcmp(mode, "halfway") == 0)
		go_halfway();
	if (reply != 0) {
		packet = to_channel(CHANNEL_SUCCESS, 0);
		send_buf(&packet);
	}
	if (wire_is(&name, "exec"))
		run_command();
}

_Noreturn static void
serve(void)
{
	char theirs[256] = "";
	struct buf packet;

	if (strncmp(mode, "version=", 8) == 0)
		version += strtoul(mode + 8, NULL, 10);
	put(version->before, strlen(version->before));
	put(version->line, strlen(version->line));
	put(version->end, strlen(version->end));
	for (size_t at = 0; at < sizeof(theirs) - 1; at++) {
		get(theirs + at, 1);
		if (theirs[at] == '\n')
			break;
	}
	theirs[strcspn(theirs, "\r\n")] = '\0';
	exchange_keys(theirs);
	await(SERVICE_REQUEST);
	packet = packet_of(SERVICE_ACCEPT);
	add_text(&packet, "ssh-userauth");
	send_buf(&packet);
	await(USERAUTH_REQUEST);
	send_packet(&(char){ USERAUTH_SUCCESS }, 1);
	await(CHANNEL_OPEN);
	confirm_channel(0);
	for (;;)
		answer_request(await(CHANNEL_REQUEST));
}

static void
make_host_key(void)
{
	unsigned char seed[32] = "a key that everybody may know", public[32];
	unsigned char text[128];
	size_t len = sizeof(public);

	host_key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
	    sizeof(seed));
	EVP_PKEY_get_raw_public_key(host_key, public, &len);
	add_text(&host_blob, "ssh-ed25519");
	wire_add_string(&host_blob, public, len);
	EVP_EncodeBlock(text, (unsigned char *)host_blob.data,
	    (int)host_blob.len);
	printf("ssh-ed25519 %s\n", text);
}

/* The kernels on the way to us, ours and the client's, hold little. */
static void
have_little_room(int fd)
{
	int room = 4096, segment = 536;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
}

static int
listen_for(const char *name)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (strcmp(name, "asks") == 0 || strcmp(name, "gone") == 0)
		have_little_room(fd);
	return ports_listen(fd, name, 64);
}

static void
accept_one(int listener)
{
	sock = accept(listener, NULL, NULL);
	if (sock >= 0 && fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve();
	}
	close(sock);
}

int
main(int argc, char **argv)
{
	struct pollfd ports[PORTS];
	int count = argc - 1 < PORTS ? argc - 1 : PORTS, i;

	make_host_key();
	for (i = 0; i < count; i++) {
		ports[i].fd = listen_for(argv[i + 1]);
		ports[i].events = POLLIN;
	}
	fclose(stdout);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		poll(ports, (nfds_t)count, -1);
		for (i = 0; i < count; i++) {
			mode = argv[i + 1];
			if (ports[i].revents != 0)
				accept_one(ports[i].fd);
		}
	}
}
