/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The request is written down in one canonical way; its digest, with the time
 * and the place it is meant for, is signed by a key that comes of the secret
 * key by a chain of HMACs over the day, the region and the service.
 */
#include "config.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "sign.h"

#define DIGEST 32

static void
hmac(unsigned char to[DIGEST], const void *key, size_t key_len,
    const char *text)
{
	if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text,
	    strlen(text), to, NULL) == NULL)
		msg_die(1, "OpenSSL does not do HMAC with SHA-256");
}

static void
add_hex(struct buf *buf, const unsigned char digest[DIGEST])
{
	for (int i = 0; i < DIGEST; i++)
		buf_addf(buf, "%02x", digest[i]);
}

static void
add_digest(struct buf *buf, const void *data, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) != 1)
		msg_die(1, "OpenSSL does not do SHA-256");
	add_hex(buf, digest);
}

void
sign_date(time_t now, char date[SIGN_DATE_SIZE])
{
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, SIGN_DATE_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

/* "host;x-amz-date" */
static void
add_names(struct buf *buf, const struct sign *sign)
{
	for (size_t i = 0; i < sign->header_count; i++)
		buf_addf(buf, "%s%s", i > 0 ? ";" : "", sign->headers[i].name);
}

static void
add_canonical_digest(struct buf *buf, const struct sign *sign)
{
	struct buf canonical = { 0 };

	buf_addf(&canonical, "%s\n%s\n\n", sign->method, sign->path);
	for (size_t i = 0; i < sign->header_count; i++)
		buf_addf(&canonical, "%s:%s\n", sign->headers[i].name,
		    sign->headers[i].value);
	buf_addc(&canonical, '\n');
	add_names(&canonical, sign);
	buf_addc(&canonical, '\n');
	add_digest(&canonical, sign->body, sign->len);
	add_digest(buf, canonical.data, canonical.len);
	buf_wipe(&canonical);	/* a session token stands among the headers */
}

/* The key of the day, for the region and the service. */
static void
derive(unsigned char key[DIGEST], const struct sign *sign, const char *day)
{
	char *first = mem_print("AWS4%s", secret_text(sign->key));

	hmac(key, first, strlen(first), day);
	hmac(key, key, DIGEST, sign->region);
	hmac(key, key, DIGEST, sign->service);
	hmac(key, key, DIGEST, "aws4_request");
	mem_wipe(first, strlen(first));
}

char *
sign_authorization(const struct sign *sign)
{
	struct buf text = { 0 }, value = { 0 };
	unsigned char key[DIGEST], signature[DIGEST];
	char date[SIGN_DATE_SIZE], day[9];
	char *scope;

	sign_date(sign->now, date);
	memcpy(day, date, 8);
	day[8] = '\0';
	scope = mem_print("%s/%s/%s/aws4_request", day, sign->region,
	    sign->service);
	buf_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n", date, scope);
	add_canonical_digest(&text, sign);
	derive(key, sign, day);
	hmac(signature, key, DIGEST, buf_text(&text));
	explicit_bzero(key, sizeof(key));

	buf_addf(&value, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=",
	    sign->id, scope);
	add_names(&value, sign);
	buf_adds(&value, ", Signature=");
	add_hex(&value, signature);
	buf_free(&text);
	mem_wipe(scope, strlen(scope));
	return buf_release(&value);
}
