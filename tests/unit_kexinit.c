/* SPDX-License-Identifier: BSD-2-Clause */
/* kexinit: what two sides do not agree on, however their bytes come, and
 * whatever else a host may say instead. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "kexinit.h"
#include "wire.h"

enum { LISTS = 8 };

static const char *const plain[LISTS] = {
	"curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com",
	"ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256",
	"hmac-sha2-256", "none", "none",
};

static void
add_packet(struct buf *out, char type, const struct buf *payload)
{
	size_t padding = 4 + (16 - (payload->len + 10) % 16) % 16;

	wire_add_u32(out, (uint32_t)(payload->len + 2 + padding));
	buf_addc(out, (char)padding);
	buf_addc(out, type);
	buf_add(out, payload->data, payload->len);
	for (size_t i = 0; i < padding; i++)
		buf_addc(out, ',');
}

/* All that a side says that offers LISTS. */
static struct buf
speech(const char *const *lists)
{
	struct buf out = { 0 }, payload = { 0 };

	buf_adds(&out, "SSH-2.0-x\r\n");
	buf_adds(&payload, "0123456789abcdef");
	for (size_t i = 0; i < LISTS; i++)
		wire_add_string(&payload, lists[i], strlen(lists[i]));
	wire_add_u32(&payload, 0);
	wire_add_u32(&payload, 0);
	buf_add(&payload, "\0\0\0\0", 5);
	add_packet(&out, 20, &payload);
	buf_free(&payload);
	return out;
}

static struct kexinit *
heard(const struct buf *speech, size_t piece)
{
	struct kexinit *side = kexinit_new();

	for (size_t at = 0; at < speech->len; at += piece)
		kexinit_add(side, speech->data + at,
		    speech->len - at < piece ? speech->len - at : piece);
	return side;
}

/* What there is to say of a host that says SPEECH to us, who are plain. */
static char *
mismatch(const struct buf *theirs, size_t piece)
{
	struct buf ours = speech(plain);
	struct kexinit *us = heard(&ours, 100), *they = heard(theirs, piece);
	char *words = kexinit_mismatch(us, they);

	kexinit_free(us);
	kexinit_free(they);
	buf_free(&ours);
	return words;
}

static void
expect(const struct buf *theirs, const char *words)
{
	for (size_t piece = 1; piece < 70; piece++) {
		char *told = mismatch(theirs, piece);

		if (words == NULL)
			assert_null(told);
		else
			assert_string_equal(told, words);
		free(told);
	}
}

/* The host offers LIST instead of our WHICHth. */
static void
expect_with(size_t which, const char *list, const char *words)
{
	const char *lists[LISTS];
	struct buf theirs;

	memcpy(lists, plain, sizeof(lists));
	lists[which] = list;
	theirs = speech(lists);
	expect(&theirs, words);
	buf_free(&theirs);
}

static void
both_lists_are_named(void **state)
{
	(void)state;
	expect_with(0, "curve25519-sha256", NULL);
	expect_with(0, "dh-1,ext-info-c,kex-strict-c-v00@openssh.com,x",
	    "no key exchange method in common: we offer \"curve25519-sha256\", "
	    "the host \"dh-1,x\"");
	expect_with(1, "ssh-rsa", "no host key algorithm in common: we offer "
	    "\"ssh-ed25519\", the host \"ssh-rsa\"");
	expect_with(2, "aes128", "no cipher in common: we offer "
	    "\"aes128-ctr\", the host \"aes128\"");
	expect_with(3, "", "no cipher from the host in common: we offer "
	    "\"aes128-ctr\", the host \"\"");
	expect_with(4, "hmac-sha2-2567", "no MAC in common: we offer "
	    "\"hmac-sha2-256\", the host \"hmac-sha2-2567\"");
	expect_with(5, ",", "no MAC from the host in common: we offer "
	    "\"hmac-sha2-256\", the host \"\"");
	expect_with(6, "zlib", "no compression in common: we offer \"none\", "
	    "the host \"zlib\"");
	expect_with(7, "none2,none", NULL);
}

/* Names of marks are no algorithms, though both sides may have them. */
static void
a_mark_is_not_agreed_on(void **state)
{
	(void)state;
	expect_with(0, "ext-info-c", "no key exchange method in common: "
	    "we offer \"curve25519-sha256\", the host \"\"");
}

static void
some_ciphers_need_no_mac(void **state)
{
	const char *ours[LISTS], *theirs[LISTS];
	struct buf us, they;
	struct kexinit *a, *b;
	char *words;

	(void)state;
	memcpy(ours, plain, sizeof(ours));
	memcpy(theirs, plain, sizeof(theirs));
	ours[2] = theirs[2] = ours[3] = "aes128-gcm@openssh.com,aes128-ctr";
	theirs[4] = theirs[5] = "umac";
	us = speech(ours);
	they = speech(theirs);
	a = heard(&us, 1000);
	b = heard(&they, 1000);
	words = kexinit_mismatch(a, b);
	assert_string_equal(words, "no MAC from the host in common: we offer "
	    "\"hmac-sha2-256\", the host \"umac\"");
	free(words);
	kexinit_free(a);
	kexinit_free(b);
	buf_free(&us);
	buf_free(&they);
}

static void
a_long_list_is_cut(void **state)
{
	static char list[20001];
	char words[2000];

	(void)state;
	memset(list, 'x', sizeof(list) - 1);
	snprintf(words, sizeof(words), "no cipher in common: we offer "
	    "\"aes128-ctr\", the host \"%.1000s\" and more", list);
	expect_with(2, list, words);
}

/* Lines and other packets may come first (RFC 4253, sections 4.2 and 11). */
static void
what_comes_before_is_passed_over(void **state)
{
	struct buf theirs = { 0 }, payload = { 0 }, rest;
	const char *lists[LISTS];

	(void)state;
	memcpy(lists, plain, sizeof(lists));
	lists[1] = "ssh-rsa";
	rest = speech(lists);
	buf_adds(&theirs, "Welcome\r\n\nSSH\nSS\n SSH-2.0-no\nSSHSSH-2.0-no\n"
	    "SSH-2.0-odd but legal - - \n");
	buf_adds(&payload, "\24SSH-2.0-no\n\0\0\0\24");
	add_packet(&theirs, 2, &payload);
	add_packet(&theirs, 4, &(struct buf){ 0 });
	buf_add(&theirs, rest.data + strlen("SSH-2.0-x\r\n"),
	    rest.len - strlen("SSH-2.0-x\r\n"));
	buf_adds(&theirs, "\0\0\0\24 and so on");
	expect(&theirs, "no host key algorithm in common: we offer "
	    "\"ssh-ed25519\", the host \"ssh-rsa\"");
	buf_free(&theirs);
	buf_free(&payload);
	buf_free(&rest);
}

static void
nothing_is_told_of_half_a_packet(void **state)
{
	const char *lists[LISTS];
	struct buf theirs;
	size_t whole;

	(void)state;
	memcpy(lists, plain, sizeof(lists));
	lists[0] = "other";
	theirs = speech(lists);
	whole = theirs.len;
	for (theirs.len = 0; theirs.len < whole; theirs.len++)
		assert_null(mismatch(&theirs, 7));
	theirs.len = whole;
	buf_free(&theirs);
	assert_null(kexinit_mismatch(NULL, NULL));
	kexinit_add(NULL, "x", 1);
	kexinit_free(NULL);
}

/* No byte, whatever it is, leads out of the packet: sanitizers watch. */
static void
wrong_bytes_do_no_harm(void **state)
{
	static const unsigned char wrong[] = { 0, 1, 4, 20, 127, 255 };
	struct buf theirs = speech(plain);

	(void)state;
	for (size_t at = 0; at < theirs.len; at++) {
		char right = theirs.data[at];

		for (size_t i = 0; i < sizeof(wrong); i++) {
			theirs.data[at] = (char)wrong[i];
			free(mismatch(&theirs, 11));
			free(mismatch(&theirs, theirs.len));
		}
		theirs.data[at] = right;
	}
	buf_free(&theirs);
}

/* Only as much as a packet may have is ever kept. */
static void
a_huge_packet_is_not_waited_for(void **state)
{
	struct buf theirs = { 0 };

	(void)state;
	buf_adds(&theirs, "SSH-2.0-x\n");
	wire_add_u32(&theirs, 40001);
	buf_addc(&theirs, 4);
	buf_addc(&theirs, 20);
	for (int i = 0; i < 50000; i++)
		buf_addc(&theirs, 'a');
	expect(&theirs, NULL);
	buf_free(&theirs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_lists_are_named),
		cmocka_unit_test(a_mark_is_not_agreed_on),
		cmocka_unit_test(some_ciphers_need_no_mac),
		cmocka_unit_test(a_long_list_is_cut),
		cmocka_unit_test(what_comes_before_is_passed_over),
		cmocka_unit_test(nothing_is_told_of_half_a_packet),
		cmocka_unit_test(wrong_bytes_do_no_harm),
		cmocka_unit_test(a_huge_packet_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
