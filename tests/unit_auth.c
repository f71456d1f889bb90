/* SPDX-License-Identifier: BSD-2-Clause */
/* auth: which keys are tried, in which order. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent.h"
#include "auth_state.h"
#include "buf.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "password.h"
#include "quote.h"
#include "scratch.h"
#include "sshconf.h"
#include "unlock.h"
#include "wire.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_auth.XXXXXX";

/* What an agent would list: each key by the file that it was made in. */
static struct agent_key
held_key(struct keyring *keyring, const char *name)
{
	struct agent_key held = { .comment = mem_print("held %s", name) };
	char *path = mem_print("%s/%s", root, name);
	const struct key *key;

	if (strcmp(name, "fido") == 0 || strcmp(name, "cert") == 0 ||
	    strcmp(name, "dsa") == 0) {
		struct buf blob = { 0 };
		const char *type = *name == 'f' ? "sk-ssh-ed25519@openssh.com" :
		    *name == 'c' ? "ssh-ed25519-cert-v01@openssh.com" :
		    "ssh-dss";

		wire_add_string(&blob, type, strlen(type));
		wire_add_string(&blob, "something", 9);
		held.type = mem_dup(type);
		held.blob_len = blob.len;
		held.blob = (unsigned char *)buf_release(&blob);
	} else {
		key = keyring_file(keyring, path);
		held.type = mem_dup(key->type);
		held.blob = (unsigned char *)mem_ndup((const char *)key->blob,
		    key->blob_len);
		held.blob_len = key->blob_len;
	}
	free(path);
	return held;
}

/* The names of the keys to try, "a b" for files and "(a)" for others of the
 * agent, in fresh memory. */
static char *
names_of(const struct login *login)
{
	struct buf names = { 0 };

	for (size_t i = 0; i < login->key_count; i++) {
		const struct auth_key *key = &login->keys[i];

		if (i > 0)
			buf_addc(&names, ' ');
		if (key->file != NULL)
			buf_adds(&names, key->file->path + strlen(root) + 1);
		else
			buf_addf(&names, "(%s)",
			    key->held->comment + strlen("held "));
	}
	return buf_release(&names);
}

static const struct row {
	const char *files, *agent;	/* blanks between */
	bool only;			/* IdentitiesOnly */
	const char *algorithms;		/* PubkeyAcceptedAlgorithms */
	const char *order;
	const char *unusable;		/* part of what is noted, or NULL */
} rows[] = {
	{ "", "", false, NULL, "", NULL },
	{ "a b c", "", false, NULL, "a b c", NULL },
	/* those of the agent first, in its order */
	{ "a b c", "c b", false, NULL, "c b a", NULL },
	{ "a", "b c", false, NULL, "(b) (c) a", NULL },
	{ "a b", "c b", false, NULL, "b (c) a", NULL },
	{ "a b", "c b", true, NULL, "b a", NULL },
	{ "", "a b", true, NULL, "", NULL },
	{ "", "a b", false, NULL, "(a) (b)", NULL },
	/* once only */
	{ "a a", "", false, NULL, "a", NULL },
	{ "a a", "a", false, NULL, "a", NULL },
	/* files that cannot sign are of use with an agent */
	{ "locked a", "", false, NULL, "a", "locked: needs a passphrase" },
	{ "locked a", "locked", true, NULL, "locked a", NULL },
	{ "b.pub a", "b", true, NULL, "b.pub a", NULL },
	{ "b.pub a", "", true, NULL, "a", "only the public half" },
	{ "open a", "", false, NULL, "a", "too open" },
	{ "missing a", "", false, NULL, "a", "missing: No such file" },
	/* certificates and FIDO keys are keys like others */
	{ "a", "fido b", false, NULL, "(fido) (b) a", NULL },
	{ "a", "cert b", false, NULL, "(cert) (b) a", NULL },
	{ "a", "cert b", true, NULL, "a", NULL },
	/* what cannot be used */
	{ "a", "dsa b", false, NULL, "(b) a", "not supported" },
	{ "a r b", "", false, "rsa-sha2-256,ssh-rsa", "r",
	    "a: PubkeyAcceptedAlgorithms" },
	{ "a r", "r", false, "ssh-ed25519", "a",
	    "r: PubkeyAcceptedAlgorithms" },
};

static void
try_row(const struct row *row)
{
	struct keyring *keyring = keyring_new();
	struct run run = {
		.keyring = keyring, .passwords = passwords_new(NULL),
	};
	char *none[] = { NULL };
	struct hostconf conf = {
		.batch_mode = true,	/* nobody to ask for a passphrase */
		.identities_only = row->only,
		.identity_files_said = true,
		.certificate_files = none,
		.pubkey_algorithms = (char *)(uintptr_t)row->algorithms,
	};
	struct job job = { .run = &run, .conf = &conf };
	struct login login = { .job = &job };
	struct agent_key held[8];
	char **files = quote_split(row->files);
	char **agent = quote_split(row->agent);
	char *names;

	for (char **file = files; *file != NULL; file++) {
		char *path = mem_print("%s/%s", root, *file);

		free(*file);
		*file = path;
	}
	conf.identity_files = files;
	for (; agent[login.held_count] != NULL; login.held_count++)
		held[login.held_count] = held_key(keyring,
		    agent[login.held_count]);
	login.held = held;
	run.unlocks = unlocks_new(&run);
	auth_order_keys(&login);
	names = names_of(&login);
	if (strcmp(names, row->order) != 0 || (row->unusable == NULL) !=
	    (login.unusable.len == 0) || (row->unusable != NULL &&
	    strstr(buf_text(&login.unusable), row->unusable) == NULL))
		fail_msg("files \"%s\", agent \"%s\": \"%s\", not \"%s\"; %s",
		    row->files, row->agent, names, row->order,
		    buf_text(&login.unusable));
	for (size_t i = 0; i < login.held_count; i++) {
		free(held[i].blob);
		free(held[i].type);
		free(held[i].comment);
	}
	free(names);
	free(login.keys);
	buf_free(&login.unusable);
	mem_free_all(files);
	mem_free_all(agent);
	unlocks_free(run.unlocks);
	passwords_free(run.passwords);
	keyring_free(keyring);
}

static void
order_of_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		try_row(&rows[i]);
}

static void
names_in_messages(void **state)
{
	struct key file = { .path = mem_print("%s/x/id", root) };
	struct agent_key held = { .comment = (char *)(uintptr_t)"me@laptop" };
	struct auth_key key = { .file = &file };
	char *name;

	(void)state;
	setenv("HOME", "/nonexistent", 1);
	name = auth_key_name(&key);
	assert_string_equal(name, file.path);
	free(name);
	setenv("HOME", root, 1);
	name = auth_key_name(&key);
	assert_string_equal(name, "~/x/id");
	free(name);
	key = (struct auth_key){ .held = &held };
	name = auth_key_name(&key);
	assert_string_equal(name, "agent \"me@laptop\"");
	free(name);
	free(file.path);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	return scratch_run(root, "for k in a b c; do "
	    "ssh-keygen -q -t ed25519 -N '' -f $k || exit; done; "
	    "ssh-keygen -q -t rsa -N '' -f r && "
	    "ssh-keygen -q -t ed25519 -N secret -f locked && "
	    "cp a open && chmod 644 open");
}

static int
clean_up(void **state)
{
	(void)state;
	return scratch_remove(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_keys),
		cmocka_unit_test(names_in_messages),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
