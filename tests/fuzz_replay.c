/* SPDX-License-Identifier: BSD-2-Clause */
/* Main of a fuzz target where there is no libFuzzer: runs it over the files
 * that are named, or over its corpus, so that every input that was ever
 * interesting is a regression test with any compiler.  Speaks TAP. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fuzz.h"
#include "mem.h"

/* Run the target on the file PATH. */
static bool
replay(const char *path)
{
	struct buf input = { 0 };
	uint8_t *exact;
	FILE *file = fopen(path, "rb");
	size_t got;

	if (file == NULL) {
		printf("# %s: %s\n", path, strerror(errno));
		return false;
	}
	while ((got = fread(buf_reserve(&input, 4096), 1, 4096, file)) > 0)
		input.len += got;
	fclose(file);
	/* A block of just that size, so that reading past it is seen. */
	exact = malloc(input.len > 0 ? input.len : 1);
	if (exact == NULL)
		return false;
	if (input.len > 0)
		memcpy(exact, input.data, input.len);
	LLVMFuzzerTestOneInput(exact, input.len);
	free(exact);
	buf_free(&input);
	return true;
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* tests/fuzz_NAME has its corpus in tests/corpus/NAME. */
static char *
corpus_of(const char *program)
{
	const char *source = getenv("SRCDIR");
	const char *name = strrchr(program, '_');

	return mem_print("%s/tests/corpus/%s", source != NULL ? source : ".",
	    name != NULL ? name + 1 : program);
}

/* One line of TAP.  It is out before a crash in the next could lose it. */
static bool
report(int number, const char *path)
{
	bool good;

	printf("# %s\n", path);
	fflush(stdout);
	good = replay(path);
	printf("%sok %d - %s\n", good ? "" : "not ", number, path);
	fflush(stdout);
	return good;
}

static int
replay_corpus(const char *program)
{
	char *directory = corpus_of(program);
	struct dirent **entries;
	int count = scandir(directory, &entries, is_visible, alphasort);
	int failed = 0;

	if (count <= 0) {
		printf("Bail out!  no corpus in %s\n", directory);
		free(directory);
		return 99;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		char *path = mem_print("%s/%s", directory, entries[i]->d_name);

		failed += !report(i + 1, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(directory);
	return failed > 0;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return replay_corpus(argv[0]);
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++)
		failed += !report(i, argv[i]);
	return failed > 0;
}
