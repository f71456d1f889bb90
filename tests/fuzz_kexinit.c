/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is what a host says, from the first byte on.  It does not matter
 * in which pieces it comes, and what there is to tell of it is bounded. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "kexinit.h"

#define MOST 2500	/* two lists of a thousand bytes, and words */

/* What we said, as long as nobody looks at more: SSH-2.0, one packet. */
static const unsigned char ours[] =
    "SSH-2.0-x\r\n"
    "\0\0\0\172\6\24" "0123456789abcdef"
    "\0\0\0\1k" "\0\0\0\1h" "\0\0\0\12aes128-ctr" "\0\0\0\1c"
    "\0\0\0\1m" "\0\0\0\1m" "\0\0\0\4none" "\0\0\0\4none";

static struct kexinit *
hear(const uint8_t *data, size_t size, size_t piece)
{
	struct kexinit *side = kexinit_new();

	for (size_t at = 0; at < size; at += piece)
		kexinit_add(side, data + at,
		    size - at < piece ? size - at : piece);
	return side;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char all[sizeof(ours) + 128] = { 0 };
	struct kexinit *us, *whole, *pieces;
	char *first, *second;

	memcpy(all, ours, sizeof(ours) - 1);
	us = hear(all, sizeof(all), sizeof(all));
	whole = hear(data, size, size + 1);
	pieces = hear(data, size, size > 0 ? data[0] % 7 + 1u : 1);
	first = kexinit_mismatch(us, whole);
	second = kexinit_mismatch(us, pieces);
	require((first == NULL) == (second == NULL));
	if (first != NULL) {
		require(strcmp(first, second) == 0);
		require(strlen(first) < MOST);
	}
	free(first);
	free(second);
	first = kexinit_mismatch(whole, pieces);
	require(first == NULL || strlen(first) < MOST);
	free(first);
	kexinit_free(us);
	kexinit_free(whole);
	kexinit_free(pieces);
	return 0;
}
