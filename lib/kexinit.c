/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "kexinit.h"
#include "mem.h"
#include "pattern.h"
#include "wire.h"

#define PACKET_MOST 40000	/* libssh2 takes no longer ones either */
#define SHOWN_MOST 1000		/* bytes of a list in a message */
#define HEAD 6			/* length, padding and type of a packet */
#define COOKIE 16
#define SSH_MSG_KEXINIT 20

enum state {
	LINE_START,	/* of the lines that end with the version */
	OTHER_LINE,	/* not the version */
	VERSION_LINE,
	PACKET,
	DONE,		/* the packet is the algorithms, all of them */
	LOST,
};

/* In the packet's order. */
enum list {
	KEX, HOST_KEY, CIPHER_OUT, CIPHER_IN, MAC_OUT, MAC_IN,
	COMPRESSION_OUT, COMPRESSION_IN, LISTS,
};

static const char *const names[LISTS] = {
	"key exchange method", "host key algorithm", "cipher",
	"cipher from the host", "MAC", "MAC from the host", "compression",
	"compression from the host",
};

struct kexinit {
	enum state	 state;
	struct buf	 packet;	/* the line or packet that begins */
	size_t		 skip;		/* bytes of one that is of no use */
};

struct kexinit *
kexinit_new(void)
{
	return mem_zero(sizeof(struct kexinit));
}

void
kexinit_free(struct kexinit *side)
{
	if (side == NULL)
		return;
	buf_free(&side->packet);
	free(side);
}

/* One byte of the lines before the packets. */
static void
add_to_line(struct kexinit *side, char byte)
{
	static const char version[] = "SSH-";
	struct buf *line = &side->packet;

	if (side->state == LINE_START) {
		buf_addc(line, byte);
		if (byte != version[line->len - 1])
			side->state = OTHER_LINE;
		else if (line->len == sizeof(version) - 1)
			side->state = VERSION_LINE;
	}
	if (byte != '\n')
		return;
	side->state = side->state == VERSION_LINE ? PACKET : LINE_START;
	buf_clear(line);
}

/* Does the packet's head say that it is worth keeping?  Length is what there
 * is of it in all. */
static bool
is_worth(const struct buf *packet, size_t length)
{
	uint8_t padding = (uint8_t)packet->data[4];

	return packet->data[HEAD - 1] == SSH_MSG_KEXINIT &&
	    length > 4 + (size_t)padding + 1;
}

/* The packet's head is there: either wait for the rest or pass over it. */
static void
judge(struct kexinit *side)
{
	struct wire wire = {
		(const unsigned char *)side->packet.data, side->packet.len,
	};
	uint32_t length = 0;

	wire_u32(&wire, &length);
	if (length < HEAD - 4 || length > PACKET_MOST) {
		side->state = LOST;
	} else if (!is_worth(&side->packet, (size_t)length + 4)) {
		side->skip = (size_t)length + 4 - HEAD;
		buf_clear(&side->packet);
	} else if (side->packet.len >= (size_t)length + 4) {
		side->state = DONE;
	}
}

/* How many bytes the packet wants for the next look at it. */
static size_t
wanted(const struct kexinit *side)
{
	struct wire wire = {
		(const unsigned char *)side->packet.data, side->packet.len,
	};
	uint32_t length = 0;

	if (side->packet.len < HEAD)
		return HEAD - side->packet.len;
	wire_u32(&wire, &length);
	return (size_t)length + 4 - side->packet.len;
}

/* Returns how many bytes were taken. */
static size_t
add_to_packet(struct kexinit *side, const char *data, size_t len)
{
	size_t take = side->skip > 0 ? side->skip : wanted(side);

	take = take < len ? take : len;
	if (side->skip > 0) {
		side->skip -= take;
		return take;
	}
	buf_add(&side->packet, data, take);
	if (side->packet.len >= HEAD)
		judge(side);
	return take;
}

void
kexinit_add(struct kexinit *side, const void *data, size_t len)
{
	const char *at = data;

	if (side == NULL)
		return;
	while (len > 0 && side->state < DONE) {
		size_t taken = 1;

		if (side->state < PACKET)
			add_to_line(side, *at);
		else
			taken = add_to_packet(side, at, len);
		at += taken;
		len -= taken;
	}
	if (side->state == LOST)
		buf_free(&side->packet);
}

/* Fill in LISTS from what the side said; false if it has not, or wrongly. */
static bool
read_lists(const struct kexinit *side, struct wire *lists)
{
	struct wire wire;

	if (side == NULL || side->state != DONE)
		return false;
	wire = (struct wire){
		(const unsigned char *)side->packet.data, side->packet.len,
	};
	wire.left -= (unsigned char)side->packet.data[4];
	if (!wire_skip(&wire, HEAD + COOKIE))
		return false;
	for (size_t i = 0; i < LISTS; i++)
		if (!wire_string(&wire, &lists[i]))
			return false;
	return true;
}

/* Names that stand for no algorithm, but for what a side is able to. */
static bool
is_mark(const char *name, size_t len)
{
	static const char *const marks[] = {
		"ext-info-c", "ext-info-s", "kex-strict-c-v00@openssh.com",
		"kex-strict-s-v00@openssh.com",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strlen(marks[i]) == len && memcmp(marks[i], name, len) == 0)
			return true;
	return false;
}

/* The list as a string, without marks; the caller frees it. */
static char *
algorithms_of(const struct wire *list)
{
	const char *at = (const char *)list->at, *end = at + list->left;
	struct buf text = { 0 };

	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t len = (size_t)((comma != NULL ? comma : end) - at);

		if (!is_mark(at, len)) {
			if (text.len > 0)
				buf_addc(&text, ',');
			buf_add(&text, at, len);
		}
		at = comma != NULL ? comma + 1 : end;
	}
	return buf_release(&text);
}

/* The first of OURS that is among THEIRS: what is agreed on.  Lent, with its
 * length; NULL if there is none. */
static const char *
agreed(const char *ours, const char *theirs, size_t *len)
{
	for (; *ours != '\0'; ours += *len, ours += *ours == ',') {
		*len = strcspn(ours, ",");
		if (*len > 0 && pattern_named(theirs, ours, *len))
			return ours;
	}
	return NULL;
}

/* Ciphers that bring a MAC of their own. */
static bool
needs_mac(const char *cipher, size_t len)
{
	return !pattern_named("aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
	    "chacha20-poly1305@openssh.com", cipher, len);
}

static char *
tell(enum list list, const char *ours, const char *theirs)
{
	size_t len = strlen(theirs);

	return mem_print("no %s in common: we offer \"%.*s\", "
	    "the host \"%.*s\"%s", names[list], SHOWN_MOST, ours,
	    SHOWN_MOST, theirs, len > SHOWN_MOST ? " and more" : "");
}

char *
kexinit_mismatch(const struct kexinit *ours, const struct kexinit *theirs)
{
	struct wire our_lists[LISTS], their_lists[LISTS];
	bool skip[LISTS] = { false };
	char *words = NULL;

	if (!read_lists(ours, our_lists) || !read_lists(theirs, their_lists))
		return NULL;
	for (enum list i = KEX; i < LISTS && words == NULL; i++) {
		char *our_list = algorithms_of(&our_lists[i]);
		char *their_list = algorithms_of(&their_lists[i]);
		size_t len = 0;
		const char *name = agreed(our_list, their_list, &len);

		if (name == NULL && !skip[i])
			words = tell(i, our_list, their_list);
		else if (i == CIPHER_OUT || i == CIPHER_IN)
			skip[i + 2] = !needs_mac(name, len);
		free(our_list);
		free(their_list);
	}
	return words;
}
