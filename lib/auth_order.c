/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which keys to try, in ssh's order:
 *
 * - the certificates that CertificateFile names;
 * - those of the agent that an IdentityFile names, as the agent lists them;
 * - unless IdentitiesOnly, the agent's others;
 * - the files that are left, as ssh_config lists them.
 *
 * Without a CertificateFile, the certificate beside an identity file is
 * tried after it, like another one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "auth_state.h"
#include "certificate.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "pattern.h"
#include "pubkey.h"
#include "sshconf.h"

/* What ssh_config names, and the state of sorting. */
struct sorting {
	struct login	*login;
	struct named {
		struct auth_key key;	/* not held, yet */
		bool	 done;		/* as one of the agent's */
	} *named;
	size_t		 count;
};

static bool
can_sign(const struct key *file)
{
	return file != NULL && (file->state == KEY_READY ||
	    file->state == KEY_LOCKED);
}

static void
note_file(struct login *login, const struct key *file)
{
	char *shorter, *words;

	/* The default files that are not there are nobody's fault. */
	if (file->state == KEY_MISSING &&
	    !login->job->conf->identity_files_said)
		return;
	shorter = auth_short_path(file->path);
	words = mem_print("%s: %s", shorter, file->why != NULL ?
	    file->why + strlen(file->path) + 2 :
	    "no private key is known for this certificate");
	auth_note(login, words);
	free(words);
	free(shorter);
}

/* May a key of this type sign, by PubkeyAcceptedAlgorithms? */
static bool
type_accepted(const struct hostconf *conf, const struct pubkey_type *type)
{
	const char *list = conf->pubkey_algorithms;

	if (list == NULL)
		return true;
	for (;;) {
		size_t len = strcspn(list, ",");

		if (pattern_named(type->algorithms, list, len))
			return true;
		if (list[len] == '\0')
			return false;
		list += len + 1;
	}
}

const char *
auth_type_problem(const struct login *login, const struct auth_key *key)
{
	size_t len;
	const unsigned char *blob = auth_key_blob(key, &len);
	const struct pubkey_type *type = pubkey_type(blob, len);

	if (type == NULL)
		return "keys of its type are not supported";
	if (!type_accepted(login->job->conf, type))
		return "PubkeyAcceptedAlgorithms excludes its type";
	return NULL;
}

static bool
same_blob(const unsigned char *a, size_t a_len, const unsigned char *b,
    size_t b_len)
{
	return a != NULL && b != NULL && a_len == b_len &&
	    memcmp(a, b, a_len) == 0;
}

/* Does the host see the same for both? */
static bool
same_shown(const struct auth_key *a, const struct auth_key *b)
{
	size_t a_len, b_len;
	const unsigned char *a_blob = auth_key_blob(a, &a_len);
	const unsigned char *b_blob = auth_key_blob(b, &b_len);

	return (a_blob == NULL && a->file == b->file) ||
	    same_blob(a_blob, a_len, b_blob, b_len);
}

/* Put KEY at the end of those to try, if it can be tried. */
static void
append(struct login *login, struct auth_key key)
{
	size_t len;
	const char *problem = NULL;

	for (size_t i = 0; i < login->key_count; i++) {
		if (same_shown(&login->keys[i], &key))
			return;
	}
	if (auth_key_blob(&key, &len) != NULL)
		problem = auth_type_problem(login, &key);
	if (problem == NULL)
		login->keys[login->key_count++] = key;
	else
		auth_note_key(login, &key, problem);
}

/* Find what signs for the certificate that KEY shows, and whose own file does
 * not. */
static void
find_signer(const struct sorting *sorting, struct auth_key *key)
{
	const struct login *login = sorting->login;
	const struct key *shown = key->shown;
	const struct certificate *says = shown->certificate;

	for (size_t i = 0; i < sorting->count; i++) {
		const struct key *file = sorting->named[i].key.file;

		if (can_sign(file) && same_blob(file->blob, file->blob_len,
		    says->plain, says->plain_len)) {
			key->file = file;
			break;
		}
	}
	for (size_t i = 0; i < login->held_count; i++) {
		const struct agent_key *held = &login->held[i];

		if (same_blob(held->blob, held->blob_len, says->plain,
		    says->plain_len) || same_blob(held->blob, held->blob_len,
		    shown->blob, shown->blob_len)) {
			key->held = held;
			break;
		}
	}
}

/* A file, or a certificate, that ssh_config names, and the agent has not. */
static void
append_named(const struct sorting *sorting, struct auth_key key)
{
	struct login *login = sorting->login;
	const char *problem;

	if (key.shown != NULL && !key.shown->certificate->user) {
		auth_note_key(login, &key, "is for hosts, not for users");
		return;
	}
	if (key.shown != NULL)
		find_signer(sorting, &key);
	if (key.held == NULL && !can_sign(key.file)) {
		/* Of a key and its certificate, say it of the key. */
		if (key.shown == NULL || key.file == NULL)
			note_file(login, key.file != NULL ? key.file :
			    key.shown);
		return;
	}
	if (key.held == NULL && key.file->state == KEY_LOCKED) {
		problem = auth_locked(login, key.file);
		if (problem != NULL) {
			if (key.shown == NULL)
				auth_note_key(login, &key, problem);
			return;
		}
	}
	append(login, key);
}

/* The agent's keys: WANTED those that a file names, or those that none does. */
static void
append_held(struct sorting *sorting, bool wanted)
{
	struct login *login = sorting->login;

	for (size_t i = 0; i < login->held_count; i++) {
		struct auth_key key = { .held = &login->held[i] };
		bool found = false;

		for (size_t j = 0; j < sorting->count && !found; j++) {
			struct named *named = &sorting->named[j];

			found = same_shown(&key, &named->key);
			if (found) {
				key.file = named->key.file;
				key.shown = named->key.shown;
				named->done = true;
			}
		}
		if (found == wanted)
			append(login, key);
	}
}

/* The identity file PATH, and the certificate beside it if BESIDE. */
static void
name_file(struct sorting *sorting, const char *path, bool beside)
{
	struct keyring *keyring = sorting->login->job->run->keyring;
	const struct key *file = keyring_file(keyring, path), *certificate;
	struct auth_key *key = &sorting->named[sorting->count++].key;
	char *name;

	if (file->certificate != NULL)
		key->shown = file;
	else
		key->file = file;
	if (!beside)
		return;
	name = mem_print("%s-cert", path);
	certificate = keyring_certificate(keyring, name);
	free(name);
	if (certificate->certificate != NULL)
		sorting->named[sorting->count++].key = (struct auth_key){
			.file = file, .shown = certificate,
		};
	else if (certificate->state != KEY_MISSING)
		note_file(sorting->login, certificate);
}

/* Those that CertificateFile names. */
static void
append_certificates(const struct sorting *sorting)
{
	struct login *login = sorting->login;

	for (char **path = login->job->conf->certificate_files; *path != NULL;
	    path++) {
		const struct key *file = keyring_certificate(
		    login->job->run->keyring, *path);

		if (file->certificate == NULL)
			note_file(login, file);
		else
			append_named(sorting, (struct auth_key){
				.shown = file,
			});
	}
}

void
auth_order_keys(struct login *login)
{
	const struct hostconf *conf = login->job->conf;
	struct sorting sorting = { .login = login };
	size_t count = 0, certificates = 0;

	while (conf->identity_files[count] != NULL)
		count++;
	while (conf->certificate_files[certificates] != NULL)
		certificates++;
	sorting.named = mem_zero(2 * count * sizeof(*sorting.named));
	login->keys = mem_zero((2 * count + certificates + login->held_count) *
	    sizeof(*login->keys));
	for (size_t i = 0; i < count; i++)
		name_file(&sorting, conf->identity_files[i],
		    certificates == 0);
	append_certificates(&sorting);
	append_held(&sorting, true);
	if (!conf->identities_only)
		append_held(&sorting, false);
	for (size_t i = 0; i < sorting.count; i++) {
		if (!sorting.named[i].done)
			append_named(&sorting, sorting.named[i].key);
	}
	free(sorting.named);
	login->sorted = true;
}
