/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "hostkey_blob.h"
#include "hostkey_line.h"
#include "mem.h"
#include "msg.h"
#include "pattern.h"

#define BLANKS		" \t"
#define HASH_MAGIC	"|1|"
#define SHA1_BLOCK	64

struct hostkey_hasher {
	EVP_MD		*sha1;
	EVP_MD_CTX	*digest;
};

/* At *TEXT stands the word WORD: step over it and the blanks behind it. */
static bool
take_word(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len) != 0 ||
	    ((*text)[len] != ' ' && (*text)[len] != '\t'))
		return false;
	*text += len;
	*text += strspn(*text, BLANKS);
	return true;
}

static bool
decode_sha1(const char *text, size_t len, unsigned char *out)
{
	size_t decoded = 0;
	unsigned char *bytes = hostkey_blob_decode(text, len, &decoded);
	bool fits = bytes != NULL && decoded == HOSTKEY_SHA1;

	if (fits)
		memcpy(out, bytes, HOSTKEY_SHA1);
	free(bytes);
	return fits;
}

/* "|1|SALT|HASH": a hash takes the place of the whole list. */
static bool
parse_hashed(struct hostkey_line *line, const char *names, size_t len)
{
	const char *salt = names + strlen(HASH_MAGIC);
	const char *end = names + len;
	const char *bar;

	if (len < strlen(HASH_MAGIC) ||
	    strncmp(names, HASH_MAGIC, strlen(HASH_MAGIC)) != 0)
		return false;
	bar = memchr(salt, '|', (size_t)(end - salt));
	return bar != NULL &&
	    decode_sha1(salt, (size_t)(bar - salt), line->salt) &&
	    decode_sha1(bar + 1, (size_t)(end - bar - 1), line->hash);
}

bool
hostkey_line_parse(struct hostkey_line *line, const char *text)
{
	const char *names = text + strspn(text, BLANKS);
	const char *key;
	size_t len;

	*line = (struct hostkey_line){ 0 };
	if (take_word(&names, "@cert-authority"))
		line->marker = MARKER_CA;
	else if (take_word(&names, "@revoked"))
		line->marker = MARKER_REVOKED;
	if (strchr("@#\r\n", *names) != NULL)
		return false;
	len = strcspn(names, BLANKS);
	if (*names == '|') {
		if (!parse_hashed(line, names, len))
			return false;
	} else {
		line->names = mem_ndup(names, len);
		for (char *c = line->names; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
	}
	if (!hostkey_blob_parse(names + len, &key, &line->type, &line->blob,
	    &line->blob_len)) {
		hostkey_line_clear(line);
		return false;
	}
	return true;
}

void
hostkey_line_clear(struct hostkey_line *line)
{
	free(line->names);
	free(line->blob);
	*line = (struct hostkey_line){ 0 };
}

bool
hostkey_line_is_pattern(const struct hostkey_line *line)
{
	return line->names != NULL && strpbrk(line->names, "*?!") != NULL;
}

struct hostkey_hasher *
hostkey_hasher_new(void)
{
	struct hostkey_hasher *hasher = mem_zero(sizeof(*hasher));

	hasher->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	hasher->digest = EVP_MD_CTX_new();
	if (hasher->digest == NULL)
		msg_die(1, "out of memory");
	return hasher;
}

void
hostkey_hasher_free(struct hostkey_hasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->digest);
	EVP_MD_free(hasher->sha1);
	free(hasher);
}

/* One half of HMAC (RFC 2104): the key, xored with PAD, then the message. */
static bool
keyed_hash(struct hostkey_hasher *hasher, const unsigned char *key,
    unsigned char pad, const void *data, size_t len, unsigned char *out)
{
	unsigned char block[SHA1_BLOCK];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = pad ^ (i < HOSTKEY_SHA1 ? key[i] : 0);
	return EVP_DigestInit_ex2(hasher->digest, hasher->sha1, NULL) == 1 &&
	    EVP_DigestUpdate(hasher->digest, block, sizeof(block)) == 1 &&
	    EVP_DigestUpdate(hasher->digest, data, len) == 1 &&
	    EVP_DigestFinal_ex(hasher->digest, out, NULL) == 1;
}

/* HMAC-SHA1 in two plain digests: OpenSSL's own HMAC costs three times as
 * much for so short a message, and a file of 5,000 hashed lines needs 5,000
 * of them for a host that is not in it. */
static bool
hash_name(struct hostkey_hasher *hasher, const unsigned char *salt,
    const char *name, unsigned char *out)
{
	return hasher->sha1 != NULL &&
	    keyed_hash(hasher, salt, 0x36, name, strlen(name), out) &&
	    keyed_hash(hasher, salt, 0x5c, out, HOSTKEY_SHA1, out);
}

bool
hostkey_line_matches(const struct hostkey_line *line, const char *name,
    struct hostkey_hasher *hasher)
{
	unsigned char hash[EVP_MAX_MD_SIZE];

	if (line->names != NULL)
		return pattern_list(line->names, name, false) == 1;
	return hash_name(hasher, line->salt, name, hash) &&
	    memcmp(hash, line->hash, HOSTKEY_SHA1) == 0;
}

bool
hostkey_line_hash(struct buf *buf, const char *name,
    struct hostkey_hasher *hasher)
{
	unsigned char salt[HOSTKEY_SHA1], hash[EVP_MAX_MD_SIZE];

	if (RAND_bytes(salt, sizeof(salt)) != 1 ||
	    !hash_name(hasher, salt, name, hash))
		return false;
	buf_adds(buf, HASH_MAGIC);
	hostkey_blob_encode(buf, salt, sizeof(salt));
	buf_addc(buf, '|');
	hostkey_blob_encode(buf, hash, HOSTKEY_SHA1);
	return true;
}
