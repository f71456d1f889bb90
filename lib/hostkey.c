/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What known_hosts says about a host.
 *
 * - The host's name is made as ssh makes it: HostKeyAlias alone, or the host
 *   name, with brackets and port if that is not 22.
 * - All lines for that name, in the user's files and then the global ones,
 *   are weighed: revoked wins, then the same key, then any other key.
 * - If there is none and the port is not 22, lines for the bare name count
 *   too, but only in the host's favour, as for ssh, or if they revoke.
 */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "hostkey.h"
#include "hostkey_blob.h"
#include "hostkey_file.h"
#include "hostkey_line.h"
#include "hostkey_rule.h"
#include "mem.h"
#include "sshconf.h"

#define SSH_PORT 22

struct opened {
	struct opened *next;
	struct hostkey_file *file;
};

struct hostkeys {
	struct opened *files;
	struct hostkey_hasher *hasher;
};

/* Called with each line for a host. */
typedef void line_visitor(void *context, const struct hostkey_line *);

struct hostkeys *
hostkeys_new(void)
{
	struct hostkeys *keys = mem_zero(sizeof(*keys));

	keys->hasher = hostkey_hasher_new();
	return keys;
}

void
hostkeys_free(struct hostkeys *keys)
{
	struct opened *opened, *next;

	if (keys == NULL)
		return;
	for (opened = keys->files; opened != NULL; opened = next) {
		next = opened->next;
		hostkey_file_free(opened->file);
		free(opened);
	}
	hostkey_hasher_free(keys->hasher);
	free(keys);
}

static struct hostkey_file *
get_file(struct hostkeys *keys, const char *path)
{
	struct opened *opened;

	for (opened = keys->files; opened != NULL; opened = opened->next) {
		if (strcmp(hostkey_file_path(opened->file), path) == 0)
			return opened->file;
	}
	opened = mem_zero(sizeof(*opened));
	opened->file = hostkey_file_read(path);
	opened->next = keys->files;
	keys->files = opened;
	return opened->file;
}

/* The name under which the host is looked up and stored.  PORT 0 leaves the
 * port out. */
static char *
host_name(const struct hostconf *conf, int port)
{
	char *name;

	if (conf->host_key_alias != NULL)
		name = mem_dup(conf->host_key_alias);
	else if (port == 0 || port == SSH_PORT)
		name = mem_dup(conf->hostname);
	else
		name = mem_print("[%s]:%d", conf->hostname, port);
	for (char *c = name; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}

/* Has the host a second, bare name that is not the first? */
static bool
has_bare_name(const struct hostconf *conf)
{
	return conf->host_key_alias == NULL && conf->port != 0 &&
	    conf->port != SSH_PORT;
}

static void
visit_lines(struct hostkeys *keys, const struct hostconf *conf,
    const char *name, enum hostkey_effort effort, line_visitor *visit,
    void *context)
{
	char **const lists[] = {
		conf->user_known_hosts, conf->global_known_hosts
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (char **path = lists[i]; *path != NULL; path++) {
			struct hostkey_line *const *lines;
			size_t count;

			if (strcasecmp(*path, "none") == 0)
				continue;
			lines = hostkey_file_find(get_file(keys, *path), name,
			    effort, keys->hasher, &count);
			for (size_t j = 0; j < count; j++)
				visit(context, lines[j]);
		}
	}
}

struct search {
	const void *blob;
	size_t	 len;
	enum hostkey_verdict verdict;
	const struct hostkey_line *line;	/* which decided, or NULL */
};

static void
decide(struct search *search, enum hostkey_verdict verdict,
    const struct hostkey_line *line)
{
	search->verdict = verdict;
	search->line = line;
}

static void
weigh(void *context, const struct hostkey_line *line)
{
	struct search *search = context;
	bool same = line->blob_len == search->len &&
	    memcmp(line->blob, search->blob, search->len) == 0;

	switch (line->marker) {
	case MARKER_REVOKED:
		if (same)
			decide(search, HOSTKEY_REVOKED, line);
		break;
	case MARKER_CA:
		if (search->verdict == HOSTKEY_NEW)
			decide(search, HOSTKEY_ONLY_CA, line);
		break;
	case MARKER_NONE:
		if (search->verdict == HOSTKEY_REVOKED)
			break;
		if (same)
			decide(search, HOSTKEY_KNOWN, line);
		else if (search->verdict == HOSTKEY_NEW ||
		    search->verdict == HOSTKEY_ONLY_CA)
			decide(search, HOSTKEY_CHANGED, line);
		break;
	}
}

static struct search
search_name(struct hostkeys *keys, const struct hostconf *conf,
    const char *name, const void *blob, size_t len)
{
	const struct search nothing = {
		.blob = blob, .len = len, .verdict = HOSTKEY_NEW,
	};
	struct search search = nothing;

	/* A known key needs no other line, if it is not revoked. */
	visit_lines(keys, conf, name, FIND_SOME, weigh, &search);
	if (search.verdict == HOSTKEY_KNOWN ||
	    search.verdict == HOSTKEY_REVOKED)
		return search;
	search = nothing;
	visit_lines(keys, conf, name, FIND_ALL, weigh, &search);
	return search;
}

static struct search
search_lines(struct hostkeys *keys, const struct hostconf *conf,
    const char *name, const void *blob, size_t len)
{
	struct search search = search_name(keys, conf, name, blob, len);
	struct search bare;
	char *bare_name;

	if (!has_bare_name(conf) || (search.verdict != HOSTKEY_NEW &&
	    search.verdict != HOSTKEY_ONLY_CA))
		return search;
	bare_name = host_name(conf, 0);
	bare = search_name(keys, conf, bare_name, blob, len);
	free(bare_name);
	if (bare.verdict == HOSTKEY_KNOWN || bare.verdict == HOSTKEY_REVOKED)
		return bare;
	return search;
}

void
hostkey_check(struct hostkeys *keys, const struct hostconf *conf,
    const void *blob, size_t len, bool may_ask, struct hostkey_answer *answer)
{
	const struct hostkey_type *type = hostkey_blob_type(blob, len);
	struct search search = { .verdict = HOSTKEY_BROKEN };

	*answer = (struct hostkey_answer){ 0 };
	answer->name = host_name(conf, conf->port);
	answer->fingerprint = hostkey_blob_fingerprint(blob, len);
	answer->type = type != NULL ? type->label : "unknown";
	if (type != NULL)
		search = search_lines(keys, conf, answer->name, blob, len);
	answer->verdict = search.verdict;
	if (search.line != NULL) {
		answer->file = search.line->file;
		answer->line = search.line->number;
		answer->known_type = search.line->type->label;
		answer->known_fingerprint = hostkey_blob_fingerprint(
		    search.line->blob, search.line->blob_len);
	}
	hostkey_rule(conf, may_ask, answer);
}

void
hostkey_clear(struct hostkey_answer *answer)
{
	free(answer->message);
	free(answer->name);
	free(answer->fingerprint);
	free(answer->known_fingerprint);
	*answer = (struct hostkey_answer){ 0 };
}

/* The key types for which there is a line, found by list_type(). */
struct known_types {
	const struct hostkey_type *types[8];
	size_t	 count;
};

static void
list_type(void *context, const struct hostkey_line *line)
{
	struct known_types *known = context;

	if (line->marker != MARKER_NONE ||
	    known->count == sizeof(known->types) / sizeof(known->types[0]))
		return;
	for (size_t i = 0; i < known->count; i++) {
		if (known->types[i] == line->type)
			return;
	}
	known->types[known->count++] = line->type;
}

/* Does a key of a known type sign with the ALGORITHM of LEN characters? */
static bool
is_known(const struct known_types *known, const char *algorithm, size_t len)
{
	for (size_t i = 0; i < known->count; i++) {
		if (hostkey_blob_signs(known->types[i], algorithm, len))
			return true;
	}
	return false;
}

/* Append those entries of LIST that are known, or those that are not. */
static void
add_entries(struct buf *out, const char *list, const struct known_types *known,
    bool wanted)
{
	for (;;) {
		size_t len = strcspn(list, ",");

		if (len > 0 && is_known(known, list, len) == wanted) {
			if (out->len > 0)
				buf_addc(out, ',');
			buf_add(out, list, len);
		}
		if (list[len] == '\0')
			return;
		list += len + 1;
	}
}

char *
hostkey_algorithms(struct hostkeys *keys, const struct hostconf *conf,
    const char *list)
{
	struct known_types known = { .count = 0 };
	struct buf out = { 0 };
	char *name = host_name(conf, conf->port);

	/* A type that is known is good enough to be preferred. */
	visit_lines(keys, conf, name, FIND_SOME, list_type, &known);
	free(name);
	/* ssh does not look at the bare name here, and then takes a host that
	 * is known by it for a new one if the best key is of another type. */
	if (known.count == 0 && has_bare_name(conf)) {
		name = host_name(conf, 0);
		visit_lines(keys, conf, name, FIND_SOME, list_type, &known);
		free(name);
	}
	if (is_known(&known, list, strcspn(list, ",")))
		return mem_dup(list);
	add_entries(&out, list, &known, true);
	add_entries(&out, list, &known, false);
	return buf_release(&out);
}

/* "NAME TYPE BASE64", or with the name hashed. */
static bool
format_line(struct hostkeys *keys, const struct hostconf *conf,
    const char *name, const void *blob, size_t len, struct buf *line)
{
	if (!conf->hash_known_hosts)
		buf_adds(line, name);
	else if (!hostkey_line_hash(line, name, keys->hasher))
		return false;
	buf_addf(line, " %s ", hostkey_blob_type(blob, len)->name);
	hostkey_blob_encode(line, blob, len);
	buf_addc(line, '\n');
	return true;
}

char *
hostkey_add(struct hostkeys *keys, const struct hostconf *conf,
    const void *blob, size_t len)
{
	const char *path = conf->user_known_hosts[0];
	char *name = host_name(conf, conf->port);
	struct buf line = { 0 };
	char *problem = NULL;

	if (hostkey_blob_type(blob, len) == NULL || path == NULL ||
	    strcasecmp(path, "none") == 0 || search_lines(keys, conf, name,
	    blob, len).verdict == HOSTKEY_KNOWN)
		goto out;
	if (format_line(keys, conf, name, blob, len, &line))
		problem = hostkey_file_append(path, line.data, line.len);
	else
		problem = mem_print("%s: no randomness to hash the name with",
		    path);
	/* ssh with /dev/null forgets at once, and so do we. */
	if (hostkey_file_keeps(path))
		hostkey_file_learn(get_file(keys, path), name, blob, len);
out:
	buf_free(&line);
	free(name);
	if (problem != NULL) {
		char *warning = mem_print("host key not added: %s", problem);

		free(problem);
		return warning;
	}
	return NULL;
}
