/* SPDX-License-Identifier: BSD-2-Clause */
/* evilsftp MODE: an SFTP server, version 3, on its standard streams, that has
 * things in it which no server should have.  By its first letter a name is
 * that of a file (f), a symbolic link to one (l) or to a directory (k), a
 * device (c), a pipe (p), and else of a directory. */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "wire.h"

enum { FXP_INIT = 1, FXP_VERSION, FXP_OPEN, FXP_CLOSE, FXP_READ, FXP_WRITE,
	FXP_LSTAT = 7, FXP_REMOVE = 13, FXP_RENAME = 18, FXP_OPENDIR = 11, FXP_READDIR, FXP_STAT = 17,
	FXP_STATUS = 101, FXP_HANDLE, FXP_DATA, FXP_NAME, FXP_ATTRS };
enum { OK, AT_END, NO_SUCH_FILE, DENIED, FAILURE, UNSUPPORTED = 8 };

#define ALL_BUT_OWNER 13	/* attributes: size, mode, times */
#define LISTED 100		/* names at a time */

static const char *mode;
static uint32_t id;		/* of the request */
static struct buf reply;
static unsigned lists;		/* answered, of the present directory */

static bool
is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static void
put(const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t done = write(STDOUT_FILENO, at, len);

		if (done <= 0)
			exit(1);
		at += done;
		len -= (size_t)done;
	}
}

static void
begin(int type)
{
	buf_clear(&reply);
	buf_addc(&reply, (char)type);
	wire_add_u32(&reply, id);
}

static void
end(void)
{
	struct buf packet = { 0 };

	wire_add_string(&packet, reply.data, reply.len);
	if (is("cut") && reply.data[0] == FXP_NAME) {
		put(packet.data, packet.len / 2);
		exit(0);
	}
	put(packet.data, packet.len);
	for (unsigned i = 0; is("echo") && i < 100000; i++)
		put(packet.data, packet.len);
	buf_free(&packet);
}

static void
say(uint32_t status)
{
	begin(FXP_STATUS);
	wire_add_u32(&reply, status);
	wire_add_string(&reply, "words", 5);
	wire_add_string(&reply, "", 0);
	end();
}

static uint32_t
type_of(const char *name)
{
	switch (*name) {
	case 'f':
		return S_IFREG;
	case 'l':
	case 'k':
		return S_IFLNK;
	case 'c':
		return S_IFCHR;
	case 'p':
		return S_IFIFO;
	default:
		return S_IFDIR;
	}
}

static uint32_t
size_said(void)
{
	if (is("more"))
		return 5;
	if (is("less"))
		return 1000000;
	return is("pieces") ? 300000 : 10;
}

static uint32_t
size_had(void)
{
	return is("pieces") ? 300000 : 10;
}

static void
add_attributes(uint32_t type)
{
	bool none = is("untold") && reply.data[0] == FXP_NAME;

	wire_add_u32(&reply, none ? 0 : ALL_BUT_OWNER);
	if (none)
		return;
	wire_add_u32(&reply, is("size") ? 0x7fffffff :
	    is("minus") ? 0xffffffff : 0);
	wire_add_u32(&reply, is("size") ? 0xffffffff : size_said());
	wire_add_u32(&reply, type | 06755);
	wire_add_u32(&reply, 1);
	wire_add_u32(&reply, 1000000000);
}

static void
add_name(struct buf *names, const void *name, size_t len)
{
	struct buf kept = reply;

	wire_add_string(names, name, len);
	wire_add_string(names, "", 0);
	reply = *names;
	add_attributes(type_of(name));
	*names = reply;
	reply = kept;
}

/* The names of a directory, or their next ones: their number. */
static uint32_t
list(struct buf *names)
{
	static const char *const same[] = { "f", "f" }, *const up[] = { "../f" },
	    *const sub[] = { "f", "sub/f" }, *const root[] = { "/f" },
	    *const self[] = { "." }, *const deep[] = { "sub" },
	    *const kinds[] = { ".", "..", "f", "link", "klink", "char", "pipe",
	    "f two\nlines", "f\033[31m", "-rf" };
	const char *const *these = kinds;
	uint32_t count = sizeof(kinds) / sizeof(kinds[0]);
	char name[200];

	if (is("nul")) {
		add_name(names, "f\0g", 3);
		return 1;
	}
	if (is("files") || is("directories")) {
		for (unsigned i = 0; i < LISTED; i++) {
			snprintf(name, sizeof(name), "%c%0*u", *mode, 150,
			    lists * LISTED + i);
			add_name(names, name, strlen(name));
		}
		return LISTED;
	}
	if (is("self")) {
		these = self;
		count = 1;
	} else if (lists > 0) {
		return 0;
	} else if (is("deep")) {
		these = deep;
		count = 1;
	} else if (is("up") || is("root")) {
		these = is("up") ? up : root;
		count = 1;
	} else if (is("sub") || is("same")) {
		these = is("sub") ? sub : same;
		count = 2;
	}
	for (uint32_t i = 0; i < count; i++)
		add_name(names, these[i], strlen(these[i]));
	return count;
}

static void
say_names(void)
{
	struct buf names = { 0 };
	uint32_t count;

	if (is("denied")) {
		say(DENIED);
		return;
	}
	count = list(&names);
	lists++;
	if (count == 0) {
		say(AT_END);
		return;
	}
	begin(FXP_NAME);
	wire_add_u32(&reply, is("count") ? 1000000 : count);
	buf_add(&reply, names.data, names.len);
	end();
	buf_free(&names);
}

static void
say_data(struct wire *request)
{
	struct wire handle;
	struct buf data = { 0 };
	uint32_t high, at, len;

	if (!wire_string(request, &handle) || !wire_u32(request, &high) ||
	    !wire_u32(request, &at) || !wire_u32(request, &len))
		exit(1);
	if (at >= size_had() && !is("more")) {
		say(AT_END);
		return;
	}
	if (is("pieces") && len > 1000)
		len = 1000;
	if (!is("more") && len > size_had() - at)
		len = size_had() - at;
	if (is("long"))
		len = 200000;
	if (is("empty"))
		len = 0;
	for (uint32_t i = 0; i < len; i++)
		buf_addc(&data, (char)('0' + (at + i) % 10));
	begin(FXP_DATA);
	wire_add_string(&reply, data.data, data.len);
	end();
	buf_free(&data);
}

/* What is at PATH, by its last name; links lead to something. */
static void
say_attributes(const struct wire *path, bool follow)
{
	const char *at = (const char *)path->at + path->left;
	uint32_t type;

	while (at > (const char *)path->at && at[-1] != '/')
		at--;
	if (memchr(path->at, '*', path->left) != NULL) {
		say(NO_SUCH_FILE);
		return;
	}
	type = type_of(at);
	if (follow && type == S_IFLNK)
		type = *at == 'l' ? S_IFREG : S_IFDIR;
	begin(FXP_ATTRS);
	add_attributes(type);
	end();
}

/* To "take" and what follows that as a mode everything is well, but for the
 * one thing that it says.  False: it is a question of another kind. */
static bool
take(int type)
{
	if (strncmp(mode, "take", 4) != 0 || type == FXP_OPEN ||
	    type == FXP_STAT || type == FXP_LSTAT || type > FXP_RENAME)
		return false;
	if (is("take-dead") && type == FXP_WRITE)
		exit(0);
	if (is("take-nothing") && type == FXP_WRITE)
		return true;
	if (is("take-twice") && type == FXP_WRITE)
		say(OK);
	if ((is("take-write") && type == FXP_WRITE) ||
	    (is("take-close") && type == FXP_CLOSE) ||
	    (is("take-rename") && type == FXP_RENAME) ||
	    (is("take-keep") && (type == FXP_REMOVE || type == FXP_WRITE)))
		say(FAILURE);
	else
		say(OK);
	return true;
}

static void
answer(int type, struct wire request)
{
	struct wire name;

	if (take(type))
		return;
	if (is("silent"))
		return;
	if (is("huge") && type == FXP_READDIR) {
		put("\x7f\xff\xff\xff\x68\0\0\0", 8);
		put(&id, 1);
		for (;;)
			put("more of this", 12);
	}
	if (is("other"))
		id += 1000;
	switch (type) {
	case FXP_OPEN:
	case FXP_OPENDIR:
		if (!wire_string(&request, &name))
			exit(1);
		/* There is nothing in what is not the top. */
		if (type == FXP_OPENDIR)
			lists = !is("deep") &&
			    memchr(name.at, '/', name.left) != NULL;
		begin(FXP_HANDLE);
		wire_add_string(&reply, "h", 1);
		end();
		break;
	case FXP_CLOSE:
		say(OK);
		break;
	case FXP_READ:
		say_data(&request);
		break;
	case FXP_STAT:
	case FXP_LSTAT:
		if (!wire_string(&request, &name))
			exit(1);
		say_attributes(&name, type == FXP_STAT);
		break;
	case FXP_READDIR:
		say_names();
		break;
	default:
		say(UNSUPPORTED);
		break;
	}
}

static void
greet(void)
{
	static const unsigned char version[] = { 0, 0, 0, 5, FXP_VERSION, 0, 0, 0,
	    3 };

	if (is("babble"))
		put("Welcome to this host, stranger!\n", 32);
	if (is("early"))
		exit(0);
	put(version, sizeof(version));
}

int
main(int argc, char **argv)
{
	struct buf input = { 0 };
	ssize_t got;

	mode = argc > 1 ? argv[1] : "";
	while ((got = read(STDIN_FILENO, buf_reserve(&input, 4096), 4096)) >
	    0) {
		struct wire all, packet;
		uint8_t type;

		input.len += (size_t)got;
		all = (struct wire){ (unsigned char *)input.data, input.len };
		while (wire_string(&all, &packet)) {
			if (!wire_byte(&packet, &type) ||
			    !wire_u32(&packet, &id))
				return 1;
			if (type == FXP_INIT)
				greet();
			else
				answer(type, packet);
		}
		buf_skip(&input, input.len - all.left);
	}
	return 0;
}
