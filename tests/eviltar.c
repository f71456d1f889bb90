/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * eviltar ENTRY...: a tar archive as no tar would write it.  An ENTRY is one
 * of these, in words of their own:
 *
 *	file NAME TEXT		a file
 *	mode OCTAL		from here on
 *	lie NAME SIZE TEXT	it says that it has SIZE bytes
 *	dir NAME
 *	sym NAME TARGET
 *	hard NAME TARGET
 *	fifo NAME, char NAME, block NAME
 *	long NAME COUNT		a file, COUNT times NAME and a slash deep
 *	pax TEXT		an extended header for what follows
 *	pair KEY VALUE		the same, of one record
 *	kind LETTER NAME TEXT	whatever its type stands for
 *	huge NAME		a file of 2^63 bytes less one
 *	holes NAME COUNT	a file of holes, COUNT blocks of which tell where
 *	end			two blocks of zeros
 *	loop			what follows is to be repeated
 *	again			and again, until nobody reads
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512
#define HUGE_SIZE 0x7fffffffffffffffULL

static const char *mode = "0000644";

static void
put_block(const void *data, size_t len)
{
	char block[BLOCK] = { 0 };

	memcpy(block, data, len);
	if (fwrite(block, 1, sizeof(block), stdout) != sizeof(block))
		exit(0);
}

static void
put_data(const char *data, size_t len)
{
	for (; len > 0; data += len < BLOCK ? len : BLOCK,
	    len -= len < BLOCK ? len : BLOCK)
		put_block(data, len < BLOCK ? len : BLOCK);
}

/* A ustar header, POSIX.1-1988. */
static void
put_header(char type, const char *name, const char *target,
    unsigned long long size)
{
	char block[BLOCK] = { 0 };
	unsigned sum = 0;

	memcpy(block, name, strlen(name) < 100 ? strlen(name) : 100);
	memcpy(block + 100, mode, 7);
	memcpy(block + 108, "0000000", 8);
	memcpy(block + 116, "0000000", 8);
	if (size == HUGE_SIZE)
		memcpy(block + 124, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
		    12);
	else
		snprintf(block + 124, 13, "%012llo", size);
	memcpy(block + 136, "00000000001", 12);
	memset(block + 148, ' ', 8);
	block[156] = type;
	memcpy(block + 157, target, strlen(target) < 100 ? strlen(target) :
	    100);
	memcpy(block + 257, type == 'S' ? "ustar  " : "ustar\00000", 8);
	if (type == 'S')
		memset(block + 386, '0', 24);
	block[482] = type == 'S';
	for (unsigned i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	put_block(block, sizeof(block));
}

static void
put_long(const char *name, unsigned long count)
{
	size_t each = strlen(name) + 1, len = each * count;
	char *path = calloc(1, len + 2);

	if (path == NULL)
		abort();
	for (unsigned long i = 0; i < count; i++) {
		memcpy(path + i * each, name, each - 1);
		path[i * each + each - 1] = '/';
	}
	path[len] = 'f';
	put_header('L', "././@LongLink", "", len + 2);
	put_data(path, len + 2);
	put_header('0', "short", "", 0);
	free(path);
}

/* A record begins with its own length, which counts itself. */
static void
put_pair(const char *key, const char *value)
{
	char text[8 * BLOCK];
	int len = 0, before;

	do {
		before = len;
		len = snprintf(text, sizeof(text), "%d %s=%s\n", before, key,
		    value);
	} while (len != before);
	put_header('x', "pax", "", (unsigned)len);
	put_data(text, (size_t)len);
}

/* GNU's sparse header of old, and what continues it. */
static void
put_holes(const char *name, unsigned long count)
{
	char block[BLOCK];

	memset(block, '0', sizeof(block));
	block[504] = 1;
	put_header('S', name, "", 0);
	while (count-- > 0)
		put_block(block, sizeof(block));
}

static void
put_kind(char type, const char *name, const char *text)
{
	put_header(type, name, "", strlen(text));
	put_data(text, strlen(text));
}

/* Put one entry.  Returns how many words it was. */
static int
put(char **words, int count)
{
	static const struct {
		const char *word;
		char	 type;
	} kinds[] = {
		{ "dir", '5' }, { "sym", '2' }, { "hard", '1' },
		{ "fifo", '6' }, { "char", '3' }, { "block", '4' },
	};
	const char *word = words[0];

	if (strcmp(word, "end") == 0) {
		put_block("", 0);
		put_block("", 0);
		return 1;
	}
	if (count > 1 && strcmp(word, "mode") == 0) {
		mode = words[1];
		return 2;
	}
	if (count > 1 && strcmp(word, "huge") == 0) {
		put_header('0', words[1], "", HUGE_SIZE);
		return 2;
	}
	if (count > 1 && strcmp(word, "pax") == 0) {
		put_kind('x', "pax", words[1]);
		return 2;
	}
	if (count > 2 && strcmp(word, "pair") == 0) {
		put_pair(words[1], words[2]);
		return 3;
	}
	if (count > 2 && strcmp(word, "file") == 0) {
		put_kind('0', words[1], words[2]);
		return 3;
	}
	if (count > 3 && strcmp(word, "kind") == 0) {
		put_kind(*words[1], words[2], words[3]);
		return 4;
	}
	if (count > 3 && strcmp(word, "lie") == 0) {
		put_header('0', words[1], "", strtoull(words[2], NULL, 10));
		put_data(words[3], strlen(words[3]));
		return 4;
	}
	if (count > 2 && strcmp(word, "holes") == 0) {
		put_holes(words[1], strtoul(words[2], NULL, 10));
		return 3;
	}
	if (count > 2 && strcmp(word, "long") == 0) {
		put_long(words[1], strtoul(words[2], NULL, 10));
		return 3;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bool link = i == 1 || i == 2;

		if (count > 1 + link && strcmp(word, kinds[i].word) == 0) {
			put_header(kinds[i].type, words[1],
			    link ? words[2] : "", 0);
			return 2 + link;
		}
	}
	fprintf(stderr, "eviltar: %s: what is that?\n", word);
	exit(2);
}

int
main(int argc, char **argv)
{
	bool again = argc > 1 && strcmp(argv[argc - 1], "again") == 0;
	int first = 1;

	argc -= again;
	do {
		for (int i = first; i < argc;) {
			if (strcmp(argv[i], "loop") == 0)
				first = ++i;
			else
				i += put(argv + i, argc - i);
		}
	} while (again);
	return fflush(stdout) == 0 ? 0 : 1;
}
