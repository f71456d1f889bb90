/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is a configuration.  Whatever it is, it is refused with a line of
 * text, or hosts get an answer that is whole, and the same one twice. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "fuzz.h"
#include "mem.h"
#include "sshconf_priv.h"
#include "target.h"

static void
require_list(char *const *list)
{
	require(list != NULL);
	for (; *list != NULL; list++)
		require(strlen(*list) < SIZE_MAX);
}

static void
check(const struct hostconf *host)
{
	require(host->original != NULL && host->hostname != NULL);
	require(host->user != NULL);
	require(host->port > 0 && host->port <= 65535);
	require(host->connect_timeout >= 0 && host->alive_interval >= 0);
	require(host->refusal != NULL || host->connection_attempts > 0);
	require_list(host->identity_files);
	require_list(host->certificate_files);
	require_list(host->user_known_hosts);
	require_list(host->global_known_hosts);
	require_list(host->send_env);
	require_list(host->set_env);
	require_list(host->notes);
	for (char *const *name = host->send_env; *name != NULL; name++)
		require(**name != '-' && strchr(*name, '=') == NULL);
	for (char *const *text = host->set_env; *text != NULL; text++)
		require(strchr(*text, '=') != NULL);
}

/* Everything the configuration says for the host, as text. */
static char *
answer(const struct sshconf *conf, struct target *target)
{
	struct sshconf_query *query = sshconf_ask(conf, target);
	struct hostconf *host;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	unsigned asked = 0;

	require(out != NULL);
	while (sshconf_step(query) == SSHCONF_ASK) {
		fprintf(out, "%s\n", sshconf_command(query));
		sshconf_answer(query, asked++ % 3 != 0);
	}
	sshconf_print(query, out);
	host = sshconf_result(query);
	check(host);
	fprintf(out, "%s\n", host->refusal == NULL ? "" : host->refusal);
	fclose(out);
	hostconf_free(host);
	sshconf_query_free(query);
	return text;
}

/* The lines that do not name files: this must not wander about the disk, nor
 * ask who lives here. */
static char *
keep_harmless(const uint8_t *data, size_t size)
{
	char *copy = mem_ndup((const char *)data, size), *rest = copy;
	struct buf kept = { 0 };

	while (rest != NULL) {
		char *line = strsep(&rest, "\n");

		if (strcasestr(line, "include") == NULL &&
		    strchr(line, '~') == NULL)
			buf_addf(&kept, rest == NULL ? "%s" : "%s\n", line);
	}
	free(copy);
	return buf_release(&kept);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *const names[] = { "web1", "DB.example.com", "::1" };
	struct sshconf *conf = sshconf_new(NULL);
	char *text = keep_harmless(data, size), *wrong = NULL;
	FILE *file = fmemopen(text, strlen(text) + 1, "r");

	require(file != NULL);
	wrong = sshconf_read_from(conf, "conf", file);
	fclose(file);
	if (wrong != NULL)
		require(strncmp(wrong, "conf", 4) == 0);
	for (size_t i = 0; wrong == NULL && i < 3; i++) {
		struct target target = { .host = names[i] };
		char *once = answer(conf, &target);
		char *twice = answer(conf, &target);

		require(strcmp(once, twice) == 0);
		free(once);
		free(twice);
	}
	free(wrong);
	free(text);
	sshconf_free(conf);
	return 0;
}
