/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is a known_hosts file.  Whatever it is, the index must find the
 * lines that a plain search finds, no others, and judging a key by it must
 * end well. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "hostkey.h"
#include "hostkey_blob.h"
#include "hostkey_file.h"
#include "hostkey_line.h"
#include "mem.h"
#include "sshconf.h"

/* What PATH says of NAME, by looking at each line of TEXT. */
static void
compare(struct hostkey_file *file, const uint8_t *text, size_t len,
    const char *name, struct hostkey_hasher *hasher)
{
	FILE *stream = fmemopen((void *)(uintptr_t)text, len, "r");
	struct hostkey_line *const *found;
	struct hostkey_line line;
	size_t count, room = 0, matches = 0;
	unsigned number = 0;
	char *one = NULL;

	/* Nothing may be lost by stopping early first. */
	hostkey_file_find(file, name, FIND_SOME, hasher, &count);
	found = hostkey_file_find(file, name, FIND_ALL, hasher, &count);
	while (getline(&one, &room, stream) >= 0) {
		bool there = false;

		number++;
		if (!hostkey_line_parse(&line, one))
			continue;
		require(hostkey_blob_type(line.blob, line.blob_len) ==
		    line.type);
		for (size_t i = 0; i < count; i++)
			there = there || found[i]->number == number;
		require(there == hostkey_line_matches(&line, name, hasher));
		matches += there;
		hostkey_line_clear(&line);
	}
	/* A name may stand twice in a line. */
	require(matches <= count && (matches == 0) == (count == 0));
	free(one);
	fclose(stream);
}

static void
judge(const char *path, struct hostkey_line *const *lines, size_t count)
{
	static const char list[] = "ssh-ed25519,ecdsa-sha2-nistp256,"
	    "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
	char *files[] = { (char *)(uintptr_t)path, NULL }, *none[] = { NULL };
	struct hostconf conf = {
		.hostname = (char *)(uintptr_t)"web1", .port = 2222,
		.user_known_hosts = files, .global_known_hosts = none,
	};
	struct hostkeys *keys = hostkeys_new();
	struct hostkey_answer answer;
	char *ordered = hostkey_algorithms(keys, &conf, list);

	require(strlen(ordered) == strlen(list));
	free(ordered);
	if (count > 0) {
		hostkey_check(keys, &conf, lines[0]->blob, lines[0]->blob_len,
		    true, &answer);
		require(answer.verdict == HOSTKEY_KNOWN ||
		    answer.verdict == HOSTKEY_REVOKED ||
		    lines[0]->marker == MARKER_CA);
		hostkey_clear(&answer);
	}
	hostkeys_free(keys);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"web1", "[web1]:2222", "", "::1", "a", "web1.example.com",
	};
	struct hostkey_hasher *hasher;
	struct hostkey_file *file;
	struct hostkey_line *const *lines;
	size_t count;
	char *path;
	int fd;

	if (size == 0)
		return 0;
	fd = memfd_create("known_hosts", MFD_CLOEXEC);
	require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	path = mem_print("/proc/self/fd/%d", fd);
	hasher = hostkey_hasher_new();
	file = hostkey_file_read(path);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		compare(file, data, size, names[i], hasher);
	lines = hostkey_file_find(file, "[web1]:2222", FIND_ALL, hasher,
	    &count);
	judge(path, lines, count);
	hostkey_file_free(file);
	hostkey_hasher_free(hasher);
	free(path);
	close(fd);
	return 0;
}
