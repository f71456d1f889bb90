/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys are called in messages, and what is said of them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auth.h"
#include "auth_state.h"
#include "certificate.h"
#include "job.h"
#include "keyring.h"
#include "mem.h"
#include "pubkey.h"
#include "sshconf.h"

char *
auth_short_path(const char *path)
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
	const struct pubkey_type *type;

	if (key->shown != NULL)
		return auth_short_path(key->shown->path);
	if (key->file != NULL)
		return auth_short_path(key->file->path);
	type = pubkey_type(key->held->blob, key->held->blob_len);
	return mem_print("agent%s \"%s\"", type != NULL &&
	    type->plain != NULL ? " certificate" : "", key->held->comment);
}

const unsigned char *
auth_key_blob(const struct auth_key *key, size_t *len)
{
	if (key->shown != NULL) {
		*len = key->shown->blob_len;
		return key->shown->blob;
	}
	*len = key->held != NULL ? key->held->blob_len : key->file->blob_len;
	return key->held != NULL ? key->held->blob : key->file->blob;
}

void
auth_note(struct login *login, const char *words)
{
	buf_join(&login->unusable, ", ", words);
}

void
auth_note_key(struct login *login, const struct auth_key *key,
    const char *why)
{
	char *name = auth_key_name(key);
	char *words = mem_print("%s: %s", name, why);

	auth_note(login, words);
	free(name);
	free(words);
}

/* What is wrong with the certificate that KEY shows, if it does, or NULL. */
static char *
doubt(const struct login *login, const struct auth_key *key)
{
	struct certificate certificate;
	size_t len;
	const unsigned char *blob = auth_key_blob(key, &len);
	char *words = NULL;

	if (certificate_read(&certificate, blob, len))
		words = certificate_doubt(&certificate,
		    login->job->conf->user, time(NULL));
	certificate_clear(&certificate);
	return words;
}

void
auth_note_tried(struct login *login, const struct auth_key *key)
{
	char *name = auth_key_name(key), *why = doubt(login, key);

	buf_join(&login->tried, ", ", name);
	if (why != NULL)
		buf_addf(&login->tried, " [%s]", why);
	free(name);
	free(why);
}
