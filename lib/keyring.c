/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "certificate.h"
#include "keyring.h"
#include "keyring_parse.h"
#include "mem.h"

#define LONGEST_FILE (1024 * 1024)	/* as OpenSSH */

struct entry {
	struct entry *next;
	char	*path;		/* as asked for */
	struct key key;
};

struct keyring {
	struct entry *entries;
	struct entry *certificates;
};

struct keyring *
keyring_new(void)
{
	return mem_zero(sizeof(struct keyring));
}

static void
free_entry(struct entry *entry)
{
	struct key *key = &entry->key;

	EVP_PKEY_free(key->pkey);
	free(entry->path);
	free(key->path);
	free(key->why);
	free(key->blob);
	free(key->type);
	free(key->comment);
	if (key->certificate != NULL)
		certificate_clear(key->certificate);
	free(key->certificate);
	free(entry);
}

static void
free_entries(struct entry *entry)
{
	struct entry *next;

	for (; entry != NULL; entry = next) {
		next = entry->next;
		free_entry(entry);
	}
}

void
keyring_free(struct keyring *keyring)
{
	if (keyring == NULL)
		return;
	free_entries(keyring->entries);
	free_entries(keyring->certificates);
	free(keyring);
}

static void __attribute__((format(printf, 3, 4)))
refuse(struct key *key, enum key_state state, const char *format, ...)
{
	struct buf why = { 0 };
	va_list args;

	buf_addf(&why, "%s: ", key->path);
	va_start(args, format);
	buf_vaddf(&why, format, args);
	va_end(args);
	free(key->why);
	key->why = buf_release(&why);
	key->state = state;
}

/* Read at most LONGEST_FILE bytes.  A buffer that never grows leaves no copies
 * of secrets behind. */
static bool
read_all(int fd, struct buf *text)
{
	buf_reserve(text, LONGEST_FILE + 1);
	for (;;) {
		ssize_t len = read(fd, text->data + text->len,
		    LONGEST_FILE - text->len);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return false;
		if (len == 0)
			return true;
		text->len += (size_t)len;
	}
}

/* Refuse the key if OpenSSH would: others can read its file. */
static void
check_permissions(struct key *key, const struct stat *status)
{
	if (status->st_uid != getuid() || (status->st_mode & 077) == 0)
		return;
	refuse(key, KEY_REFUSED, "permissions %04o are too open: a private "
	    "key must not be accessible by others",
	    (unsigned)status->st_mode & 07777);
	EVP_PKEY_free(key->pkey);
	key->pkey = NULL;
}

/* Read the key's file; the text is empty if that is not to be. */
static void
read_file(struct key *key, const char *path, struct buf *text,
    struct stat *status)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		refuse(key, errno == ENOENT || errno == ENOTDIR ? KEY_MISSING :
		    KEY_REFUSED, "%s", strerror(errno));
		return;
	}
	if (fstat(fd, status) != 0 || S_ISDIR(status->st_mode) ||
	    !read_all(fd, text)) {
		refuse(key, KEY_REFUSED, "cannot be read");
		buf_clear(text);
	}
	close(fd);
}

/* The private key itself cannot be used; its public half beside it still
 * tells an agent which key is meant. */
static void
try_public(struct key *key)
{
	char *path = mem_print("%s.pub", key->path);
	enum key_state state = key->state;
	struct key beside = { .path = path };
	struct buf text = { 0 };
	struct stat status;

	read_file(&beside, path, &text, &status);
	if (text.len > 0 && key->blob == NULL) {
		keyring_parse_public(key, buf_text(&text));
		key->state = state;
	}
	free(beside.why);
	free(path);
	buf_free(&text);
}

static void
load(struct key *key)
{
	struct buf text = { 0 };
	struct stat status;
	const char *problem;

	read_file(key, key->path, &text, &status);
	if (text.len > 0) {
		problem = keyring_parse(key, buf_text(&text), text.len);
		if (problem != NULL)
			refuse(key, key->state, "%s", problem);
		/* A public key may be read by anyone. */
		if (key->state == KEY_READY || key->state == KEY_LOCKED)
			check_permissions(key, &status);
	} else if (key->why == NULL) {
		refuse(key, KEY_REFUSED, "empty");
	}
	buf_wipe(&text);
	if (key->blob == NULL)
		try_public(key);
	if (key->comment == NULL)
		key->comment = mem_dup(key->path);
}

static void
load_certificate(struct key *key)
{
	struct buf text = { 0 };
	struct stat status;

	read_file(key, key->path, &text, &status);
	if (key->state == KEY_MISSING) {
		char *path = mem_print("%s.pub", key->path);
		struct key beside = { .path = path };

		read_file(&beside, path, &text, &status);
		if (beside.state != KEY_MISSING) {
			free(key->path);
			key->path = mem_dup(path);
			key->state = beside.state;
			free(key->why);
			key->why = beside.why;
			beside.why = NULL;
		}
		free(beside.why);
		free(path);
	}
	if (text.len > 0) {
		keyring_parse_public(key, buf_text(&text));
		if (key->certificate == NULL)
			refuse(key, KEY_REFUSED, "not a certificate");
	} else if (key->why == NULL) {
		refuse(key, KEY_REFUSED, "empty");
	}
	if (key->comment == NULL)
		key->comment = mem_dup(key->path);
	buf_free(&text);
}

/* The entry for PATH, read by TAKE when it is first asked for. */
static const struct key *
look_up(struct entry **entries, const char *path, void (*take)(struct key *))
{
	struct entry *entry;

	for (entry = *entries; entry != NULL; entry = entry->next) {
		if (strcmp(entry->path, path) == 0)
			return &entry->key;
	}
	entry = mem_zero(sizeof(*entry));
	entry->path = mem_dup(path);
	entry->key.path = mem_dup(path);
	take(&entry->key);
	entry->next = *entries;
	*entries = entry;
	return &entry->key;
}

const struct key *
keyring_file(struct keyring *keyring, const char *path)
{
	return look_up(&keyring->entries, path, load);
}

const struct key *
keyring_certificate(struct keyring *keyring, const char *path)
{
	return look_up(&keyring->certificates, path, load_certificate);
}
