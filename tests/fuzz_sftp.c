/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is what an SFTP server answers, and what it is asked.
 *
 * libssh2 speaks through a session of ours, over a link that is made of the
 * input.  No keys are exchanged: until they are, packets are in the clear, and
 * libssh2 believes a server that says the login is done.  So the first answers
 * are ours, up to the start of the subsystem, and what follows is the input's:
 * a byte that says how many questions there are and how it ends, these, and
 * then answers, each a byte that says how it is wrapped, two for its length,
 * and its bytes. */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libssh2.h>

#include "buf.h"
#include "fuzz.h"
#include "job.h"
#include "link.h"
#include "loop.h"
#include "mem.h"
#include "session.h"
#include "sftp.h"
#include "wire.h"

#define ROOM (70 * 1000)	/* for what is read: three requests */
#define WRITTEN_MOST 100
#define TURNS 100		/* a question has, to be answered */
#define OPEN_MOST 3		/* things at once */

enum { SERVICE_ACCEPT = 6, USERAUTH_SUCCESS = 52, OPEN_CONFIRMATION = 91,
	CHANNEL_DATA = 94, CHANNEL_EXTENDED_DATA = 95, CHANNEL_SUCCESS = 99 };

/* How an answer is wrapped: the low bits of its first byte. */
enum {
	REPLY,		/* length and request number are as they must be */
	OTHER_REPLY,	/* to a request, by its number */
	DATA,		/* the stream as it is, in whatever pieces */
	ERRORS,		/* what the server writes to its standard error */
	PACKET,		/* any packet of SSH */
	BYTES,		/* not even that */
};
#define MORE 8		/* the next one comes with it */

struct host {
	struct link	 link;
	struct session	*session;
	struct buf	 sent;		/* by us, not yet a whole packet */
	struct buf	 out;		/* on its way to us */
	const uint8_t	*input;
	size_t		 left;
	uint32_t	 request;	/* the last one's number */
	bool		 ends;		/* the connection, with the input */
};

static uv_loop_t *loop;

/* --- the host --- */

/* A packet of SSH without encryption: RFC 4253, section 6. */
static void
add_packet(struct host *host, const struct buf *payload)
{
	size_t padding = 4 + (8 - (payload->len + 9) % 8) % 8;

	wire_add_u32(&host->out, (uint32_t)(1 + payload->len + padding));
	buf_addc(&host->out, (char)padding);
	buf_add(&host->out, payload->data, payload->len);
	buf_add(&host->out, "\0\0\0\0\0\0\0\0\0\0\0", padding);
}

/* The same of TYPE, for the one channel, if it is for that. */
static void
begin_packet(struct buf *payload, int type, bool channel)
{
	buf_addc(payload, (char)type);
	if (channel)
		wire_add_u32(payload, 0);
}

static void
add_login(struct host *host)
{
	struct buf payload = { 0 };

	begin_packet(&payload, SERVICE_ACCEPT, false);
	wire_add_string(&payload, "ssh-userauth", 12);
	add_packet(host, &payload);
	buf_clear(&payload);
	begin_packet(&payload, USERAUTH_SUCCESS, false);
	add_packet(host, &payload);
	buf_free(&payload);
}

static void
add_channel(struct host *host)
{
	struct buf payload = { 0 };

	begin_packet(&payload, OPEN_CONFIRMATION, true);
	wire_add_u32(&payload, 0);
	wire_add_u32(&payload, 1 << 21);
	wire_add_u32(&payload, 1 << 15);
	add_packet(host, &payload);
	buf_free(&payload);
}

static void
add_success(struct host *host)
{
	struct buf payload = { 0 };

	begin_packet(&payload, CHANNEL_SUCCESS, true);
	add_packet(host, &payload);
	buf_free(&payload);
}

/* LEN bytes of an answer: its type, without the request's number if that is
 * NUMBERED, and all that follows. */
static void
add_reply(struct host *host, const uint8_t *data, size_t len, uint32_t number)
{
	struct buf payload = { 0 };

	if (len == 0)
		return;
	begin_packet(&payload, CHANNEL_DATA, true);
	wire_add_u32(&payload, (uint32_t)len + 8);
	wire_add_u32(&payload, (uint32_t)len + 4);
	buf_addc(&payload, (char)data[0]);
	wire_add_u32(&payload, number);
	buf_add(&payload, data + 1, len - 1);
	add_packet(host, &payload);
	buf_free(&payload);
}

static void
add_stream(struct host *host, int type, const uint8_t *data, size_t len)
{
	struct buf payload = { 0 };

	begin_packet(&payload, type, true);
	if (type == CHANNEL_EXTENDED_DATA)
		wire_add_u32(&payload, SSH_EXTENDED_DATA_STDERR);
	wire_add_string(&payload, data, len);
	add_packet(host, &payload);
	buf_free(&payload);
}

static void
add_answer(struct host *host, uint8_t how, const uint8_t *data, size_t len)
{
	struct buf payload = { 0 };

	switch (how & 7) {
	case REPLY:
		add_reply(host, data, len, host->request);
		break;
	case OTHER_REPLY:
		add_reply(host, data, len, how >> 4);
		break;
	case DATA:
		add_stream(host, CHANNEL_DATA, data, len);
		break;
	case ERRORS:
		add_stream(host, CHANNEL_EXTENDED_DATA, data, len);
		break;
	case PACKET:
		buf_add(&payload, data, len);
		add_packet(host, &payload);
		buf_free(&payload);
		break;
	default:
		buf_add(&host->out, data, len);
		break;
	}
}

/* The next answers of the input; false: there are no more. */
static bool
answer(struct host *host)
{
	uint8_t how;

	do {
		size_t len;

		if (host->left < 3)
			return false;
		how = host->input[0];
		len = (size_t)host->input[1] << 8 | host->input[2];
		host->input += 3;
		host->left -= 3;
		if (len > host->left)
			len = host->left;
		add_answer(host, how, host->input, len);
		host->input += len;
		host->left -= len;
	} while ((how & MORE) != 0);
	return true;
}

/* Hear which request that was. */
static void
hear(struct host *host, struct wire packet)
{
	uint32_t number;
	uint8_t byte;

	if (wire_byte(&packet, &byte) && wire_byte(&packet, &byte) &&
	    byte == CHANNEL_DATA && wire_skip(&packet, 4 + 4 + 4 + 1) &&
	    wire_u32(&packet, &number))
		host->request = number;
}

static ssize_t
link_send(struct link *link, const void *data, size_t len)
{
	struct host *host = (struct host *)link;

	buf_add(&host->sent, data, len);
	for (;;) {
		struct wire all = { (const unsigned char *)host->sent.data,
		    host->sent.len }, packet;

		if (!wire_string(&all, &packet))
			return (ssize_t)len;
		hear(host, packet);
		buf_skip(&host->sent, host->sent.len - all.left);
	}
}

static ssize_t
link_receive(struct link *link, void *data, size_t len)
{
	struct host *host = (struct host *)link;

	if (host->out.len == 0) {
		if (host->left < 3 && host->ends)
			return 0;
		errno = EAGAIN;
		return -1;
	}
	if (len > host->out.len)
		len = host->out.len;
	memcpy(data, host->out.data, len);
	buf_skip(&host->out, len);
	return (ssize_t)len;
}

static void
link_watch(struct link *link, bool receive, bool send)
{
	(void)link;
	(void)receive;
	(void)send;
}

static void
link_quick(struct link *link)
{
	(void)link;
}

static char *
link_words(struct link *link)
{
	(void)link;
	return NULL;
}

static void
link_close(struct link *link)
{
	(void)link;
}

static const struct link_ops ops = {
	link_receive, link_send, link_watch, link_quick, link_words, link_close,
};

/* --- we --- */

static void
poke(void *context)
{
	(void)context;
}

/* What was asked is on its way, something has come. */
static void
turn(struct host *host)
{
	session_settle(host->session);
	host->link.event(host->link.context, true);
}

struct asking {
	struct host	*host;
	struct sftp	*sftp;
	struct sftp_file *open[OPEN_MOST];
	enum { READ, WRITTEN, LISTED } use[OPEN_MOST];
	unsigned	 at;		/* the one that is used */
	char		*room;
	struct buf	 name;
	LIBSSH2_SFTP_ATTRIBUTES traits;
};

static enum sftp_answer
open_one(struct asking *asking, int use)
{
	enum sftp_answer said;
	unsigned at = 0;

	while (asking->open[at] != NULL)
		if (++at == OPEN_MOST)
			return SFTP_DONE;
	if (use == READ)
		said = sftp_open(asking->sftp, "f", &asking->open[at]);
	else if (use == WRITTEN)
		said = sftp_create(asking->sftp, "w", 0600, &asking->open[at]);
	else
		said = sftp_opendir(asking->sftp, "d", &asking->open[at]);
	require((said == SFTP_DONE) == (asking->open[at] != NULL));
	asking->use[at] = use;
	asking->at = at;
	return said;
}

/* What is read goes to the end of the room, so that more is seen. */
static enum sftp_answer
read_one(struct asking *asking, struct sftp_file *file, size_t len)
{
	size_t got;
	enum sftp_answer said = sftp_read(file, asking->room + ROOM - len, len,
	    &got);

	require(got <= len && (got == 0 || said == SFTP_DONE));
	return said;
}

static enum sftp_answer
write_one(struct sftp_file *file)
{
	size_t len;
	char *room = sftp_room(file, &len);

	/* Sending much would take most of the time. */
	if (len > WRITTEN_MOST)
		len = WRITTEN_MOST;
	memset(room, 'w', len);
	return sftp_write(file, len);
}

static enum sftp_answer
close_one(struct asking *asking)
{
	enum sftp_answer said;
	struct sftp_file *file = asking->open[asking->at];

	if (sftp_unanswered(file) > 0) {
		said = sftp_write(file, 0);
		return said == SFTP_DONE ? SFTP_WAIT : said;
	}
	said = sftp_close(file);
	if (said != SFTP_WAIT)
		asking->open[asking->at] = NULL;
	return said;
}

static enum sftp_answer
ask_by_name(struct asking *asking, uint8_t what)
{
	struct sftp *sftp = asking->sftp;
	uint64_t bytes;

	switch (what >> 4) {
	case 0:
		return sftp_set(sftp, "n", &asking->traits);
	case 1:
		return sftp_mkdir(sftp, "n", 0700);
	case 2:
		return sftp_rmdir(sftp, "n");
	case 3:
		return sftp_remove(sftp, "n");
	case 4:
		return sftp_rename(sftp, "a", "b");
	case 5:
		return sftp_readlink(sftp, "n", &asking->name);
	case 6:
		return sftp_space(sftp, "n", &bytes);
	default:
		return sftp_stat(sftp, "n", (what & 16) != 0, &asking->traits);
	}
}

static enum sftp_answer
ask_of_open(struct asking *asking, uint8_t what)
{
	struct sftp_file *file = asking->open[asking->at];

	if ((what & 15) == 8)
		return close_one(asking);
	if ((what & 15) == 9)
		return sftp_file_set(file, &asking->traits);
	if (asking->use[asking->at] == WRITTEN)
		return write_one(file);
	if (asking->use[asking->at] == LISTED)
		return sftp_readdir(file, &asking->name, &asking->traits);
	return read_one(asking, file, (what & 16) != 0 ? ROOM : 300);
}

static enum sftp_answer
ask(struct asking *asking, uint8_t what)
{
	if ((what & 15) < 4)
		return ask_by_name(asking, what);
	if ((what & 15) < 8)
		return open_one(asking, (what & 3) % 3);
	return asking->open[asking->at] == NULL ? SFTP_DONE :
	    ask_of_open(asking, what);
}

/* Has it been answered, and is the host still there? */
static bool
ask_until(struct asking *asking, enum sftp_answer (*call)(struct asking *,
    uint8_t), uint8_t what)
{
	struct host *host = asking->host;
	enum sftp_answer said;
	int turns = 0;

	while ((said = call(asking, what)) == SFTP_WAIT) {
		bool more;

		session_settle(host->session);
		more = answer(host);
		if (++turns > TURNS || (!more && (turns > 1 || !host->ends)))
			return false;
		turn(host);
	}
	if (said != SFTP_DONE)
		free(sftp_words(asking->sftp));
	return said == SFTP_DONE || (said == SFTP_NO && call == ask);
}

static enum sftp_answer
start(struct asking *asking, uint8_t what)
{
	(void)what;
	return sftp_start(asking->sftp);
}

static void
log_in(struct host *host)
{
	LIBSSH2_SESSION *ssh = session_ssh(host->session);

	libssh2_userauth_list(ssh, "u", 1);
	add_login(host);
	turn(host);
	libssh2_userauth_list(ssh, "u", 1);
	require(libssh2_userauth_authenticated(ssh));
}

/* The subsystem is there.  What it says first is the input's. */
static void
ask_all(struct asking *asking, const uint8_t *questions, size_t count)
{
	struct host *host = asking->host;

	require(sftp_start(asking->sftp) == SFTP_WAIT);
	add_channel(host);
	turn(host);
	require(sftp_start(asking->sftp) == SFTP_WAIT);
	add_success(host);
	turn(host);
	if (!ask_until(asking, start, 0))
		return;
	for (size_t i = 0; i < count; i++)
		if (!ask_until(asking, ask, questions[i]))
			return;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t questions = size > 0 ? data[0] & 31 : 0;
	struct host host = { .link = { .ops = &ops, .fd = 0 } };
	struct asking asking = { .host = &host };
	struct job job = { 0 };

#ifndef HAVE_PATCHED_LIBSSH2
	puts("# not tried: this libssh2 is not ours, and known to fail");
	size = 0;
#endif
	if (size < 1 + questions)
		return 0;
	if (loop == NULL) {
		require(session_begin() == NULL);
		loop = loop_open();
	}
	host.ends = (data[0] & 32) != 0;
	host.input = data + 1 + questions;
	host.left = size - 1 - questions;
	host.session = job.session = session_open(loop, &host.link, poke, NULL);
	log_in(&host);
	asking.room = mem_zero(ROOM);
	asking.sftp = sftp_new(&job);
	ask_all(&asking, data + 1, questions);
	sftp_free(asking.sftp);
	session_close(host.session, (data[0] & 64) != 0);
	free(asking.room);
	buf_free(&asking.name);
	buf_free(&host.sent);
	buf_free(&host.out);
	return 0;
}
