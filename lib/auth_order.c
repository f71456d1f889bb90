/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which keys to try, in ssh's order:
 *
 * - those of the agent that an IdentityFile names, as the agent lists them;
 * - unless IdentitiesOnly, the agent's others;
 * - the files that are left, as ssh_config lists them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth_state.h"
#include "hostkey_blob.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "sshconf.h"

/* PATH as its owner writes it, the caller's to free. */
static char *
short_path(const char *path)
{
	const char *home = getenv("HOME");
	size_t len = home != NULL ? strlen(home) : 0;

	if (len > 1 && strncmp(path, home, len) == 0 && path[len] == '/')
		return mem_print("~%s", path + len);
	return mem_dup(path);
}

char *
auth_key_name(const struct auth_key *key)
{
	if (key->file != NULL)
		return short_path(key->file->path);
	return mem_print("agent \"%s\"", key->held->comment);
}

/* Note what is wrong with the file PATH. */
static void
note_path(struct login *login, const char *path, const char *wrong)
{
	char *shorter = short_path(path);
	char *words = mem_print("%s: %s", shorter, wrong);

	auth_note(login, words);
	free(words);
	free(shorter);
}

static void
note_file(struct login *login, const struct key *file)
{
	/* The default files that are not there are nobody's fault. */
	if (file->state == KEY_MISSING &&
	    !login->job->conf->identity_files_said)
		return;
	note_path(login, file->path, file->why + strlen(file->path) + 2);
}

/* May a key of this type sign, by PubkeyAcceptedAlgorithms? */
static bool
type_accepted(const struct hostconf *conf, const struct hostkey_type *type)
{
	const char *list = conf->pubkey_algorithms;

	if (list == NULL)
		return strcmp(type->label, "DSA") != 0;
	for (;;) {
		size_t len = strcspn(list, ",");

		if (hostkey_blob_signs(type, list, len))
			return true;
		if (list[len] == '\0')
			return false;
		list += len + 1;
	}
}

/* Put KEY at the end of those to try, if it can be tried. */
static void
append(struct login *login, const struct key *file,
    const struct agent_key *held)
{
	struct auth_key key = { .file = file, .held = held };
	const struct hostkey_type *type;
	const char *problem = NULL;
	char *name, *words;

	if (file != NULL && file->state != KEY_READY && held == NULL) {
		note_file(login, file);
		return;
	}
	type = file != NULL && file->state == KEY_READY ?
	    hostkey_blob_type(file->blob, file->blob_len) :
	    hostkey_blob_type(held->blob, held->blob_len);
	if (type == NULL)
		problem = "certificates and FIDO keys are not supported yet";
	else if (!type_accepted(login->job->conf, type))
		problem = "PubkeyAcceptedAlgorithms excludes its type";
	if (problem == NULL) {
		login->keys[login->key_count++] = key;
		return;
	}
	name = auth_key_name(&key);
	words = mem_print("%s: %s", name, problem);
	auth_note(login, words);
	free(name);
	free(words);
}

static bool
same_key(const struct key *file, const struct agent_key *held)
{
	return file->blob != NULL && file->blob_len == held->blob_len &&
	    memcmp(file->blob, held->blob, held->blob_len) == 0;
}

/* The agent's keys: WANTED those that a file names, or those that none does.
 * A file that was found is NULL from then on. */
static void
append_held(struct login *login, const struct key **files, size_t count,
    bool wanted)
{
	for (size_t i = 0; i < login->held_count; i++) {
		const struct agent_key *held = &login->held[i];
		const struct key *file = NULL;
		size_t j;

		for (j = 0; j < count; j++) {
			if (same_key(files[j], held)) {
				file = files[j];
				break;
			}
		}
		if ((file != NULL) == wanted)
			append(login, file, held);
	}
}

static bool
is_appended(const struct login *login, const struct key *file)
{
	for (size_t i = 0; i < login->key_count; i++) {
		if (login->keys[i].file == file)
			return true;
	}
	return false;
}

void
auth_order_keys(struct login *login)
{
	const struct hostconf *conf = login->job->conf;
	const struct key **files;
	size_t count = 0;

	while (conf->identity_files[count] != NULL)
		count++;
	files = mem_zero(count * sizeof(*files));
	for (size_t i = 0; i < count; i++)
		files[i] = keyring_file(login->job->run->keyring,
		    conf->identity_files[i]);
	login->keys = mem_zero((count + login->held_count) *
	    sizeof(*login->keys));
	append_held(login, files, count, true);
	if (!conf->identities_only)
		append_held(login, files, count, false);
	for (size_t i = 0; i < count; i++) {
		if (!is_appended(login, files[i]))
			append(login, files[i], NULL);
	}
	for (char **path = conf->certificate_files; *path != NULL; path++)
		note_path(login, *path, "certificates are not supported yet");
	free(files);
	login->sorted = true;
}
