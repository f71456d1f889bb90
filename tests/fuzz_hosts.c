/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is a host list.  Whatever it is, the same targets must come out
 * however it arrives, and each must be what its label says. */
#include "config.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "escape.h"
#include "fuzz.h"
#include "hosts.h"
#include "mem.h"
#include "msg.h"
#include "target.h"

struct result {
	struct buf	 targets;
	struct buf	 messages;
	unsigned	 count;
};

static struct result *now;

static void
keep_message(const char *line, size_t len)
{
	require(len > 0 && memchr(line, '\n', len) == line + len - 1);
	buf_add(&now->messages, line, len);
}

/* Nothing that could steer a terminal or be taken for an option. */
static void
require_clean(const char *name)
{
	struct buf shown = { 0 };

	escape_add(&shown, name, strlen(name), "");
	require(*name != '\0' && *name != '-');
	require(strcmp(buf_text(&shown), name) == 0);
	require(strpbrk(name, " \t'`\"$\\;&<>|(){}") == NULL);
	buf_free(&shown);
}

/* The label, read again, is the same target. */
static void
require_same(const struct target *target, const char *label)
{
	struct target again;
	struct in6_addr address;
	char *wrong;

	/* What came of a range in an address was not looked at again. */
	if (strchr(target->host, ':') != NULL &&
	    inet_pton(AF_INET6, target->host, &address) != 1)
		return;
	wrong = target_parse(&again, label);
	require(wrong == NULL);
	require(strcmp(again.host, target->host) == 0);
	require(again.port == target->port && again.var_count == 0);
	require((again.user == NULL) == (target->user == NULL));
	require(again.user == NULL || strcmp(again.user, target->user) == 0);
	target_clear(&again);
}

#ifdef PLANT_BUG
/* What scripts/fuzz --planted must find: room for 8 bytes is not enough. */
static void
trip(const struct target *target)
{
	char *copy;

	if (target->port == 0 || target->var_count == 0)
		return;
	copy = mem_zero(8);
	memcpy(copy, target->vars[0].value, strlen(target->vars[0].value) + 1);
	/* Read, lest the compiler finds the copy idle and saves it. */
	require(strcmp(copy, target->vars[0].value) == 0);
	free(copy);
}
#else
static void
trip(const struct target *target)
{
	(void)target;
}
#endif

static void
receive(void *context, struct target *target)
{
	struct result *result = context;
	char *label = target_label(target, NULL);

	require(target->number == result->count++);
	require(target->port >= 0 && target->port <= 65535);
	require_clean(target->host);
	if (target->user != NULL)
		require_clean(target->user);
	require_same(target, label);
	buf_addf(&result->targets, "%s", label);
	for (size_t i = 0; i < target->var_count; i++)
		buf_addf(&result->targets, " %s=%s", target->vars[i].name,
		    target->vars[i].value);
	buf_addc(&result->targets, '\n');
	trip(target);
	free(label);
	target_free(target);
}

static void
take_list(struct result *result, char *const *globs, const uint8_t *data,
    size_t size, size_t chunk)
{
	struct hosts *hosts = hosts_new(globs, receive, result);

	now = result;
	msg_set_writer(keep_message);
	for (size_t at = 0; at < size; at += chunk) {
		size_t len = chunk < size - at ? chunk : size - at;
		char *copy = mem_ndup((const char *)data + at, len);

		hosts_feed(hosts, "list", copy, len);
		free(copy);
	}
	hosts_end(hosts, "list");
	hosts_free(hosts);
}

static void
take_words(struct result *result, const uint8_t *data, size_t size)
{
	struct hosts *hosts = hosts_new(NULL, receive, result);
	char *words = mem_ndup((const char *)data, size);

	now = result;
	hosts_words(hosts, words);
	hosts_free(hosts);
	free(words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *const all[] = { "*", NULL };
	struct result whole = { 0 }, pieces = { 0 }, words = { 0 };

	take_list(&whole, NULL, data, size, size + 1);
	take_list(&pieces, all, data, size, size % 13 + 1);
	require(strcmp(buf_text(&whole.targets),
	    buf_text(&pieces.targets)) == 0);
	require(strcmp(buf_text(&whole.messages),
	    buf_text(&pieces.messages)) == 0);
	buf_free(&whole.targets);
	buf_free(&whole.messages);
	buf_free(&pieces.targets);
	buf_free(&pieces.messages);
	take_words(&words, data, size);
	buf_free(&words.targets);
	buf_free(&words.messages);
	return 0;
}
