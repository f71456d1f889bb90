/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "csr.h"
#include "mem.h"

#define PP_INSTANCE_ID "1.3.6.1.4.1.34380.1.1.2"
#define NAME_MOST 253

static void
hex_of(const unsigned char *digest, char hex[CSR_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[CSR_HEX_SIZE - 1] = '\0';
}

static bool
is_hex(const char *text)
{
	return strlen(text) == CSR_HEX_SIZE - 1 &&
	    strspn(text, "0123456789abcdef") == CSR_HEX_SIZE - 1;
}

const char *
csr_judge(const char *id, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(id, "i-", 2) != 0 || strlen(id) > 34 || id[2] == '\0' ||
	    strspn(id + 2, "0123456789abcdef") != strlen(id + 2))
		return "its id is no instance's";
	if (len == 0 || len > NAME_MOST || name[0] == '.' || name[0] == '-' ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != len)
		return "its name is none for a certificate";
	return NULL;
}

static const char *
fingerprint(EVP_PKEY *key, char hex[CSR_HEX_SIZE])
{
	unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
	int len = key == NULL ? -1 : i2d_PUBKEY(key, &der);
	bool done = len > 0 && EVP_Digest(der, (size_t)len, digest, NULL,
	    EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	if (!done)
		return "its key cannot be read";
	hex_of(digest, hex);
	return NULL;
}

const char *
csr_key(const char *path, char hex[CSR_HEX_SIZE])
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key = file == NULL ? NULL :
	    PEM_read_bio_PrivateKey(file, NULL, NULL, (void *)"");
	const char *why = fingerprint(key, hex);

	EVP_PKEY_free(key);
	BIO_free(file);
	return why;
}

const char *
csr_prove(const struct secret *secret, const char *id, const char *name,
    const char *key, char hex[CSR_HEX_SIZE])
{
	const char *why = csr_judge(id, name);
	unsigned char digest[EVP_MAX_MD_SIZE];
	char *text;
	bool done;

	if (why != NULL)
		return why;
	if (!is_hex(key))
		return "this is no fingerprint of a key";
	if (secret_len(secret) < 16)
		return "the secret is shorter than 16 characters";
	text = mem_print("cpssh worker\n%s\n%s\n%s\n", id, name, key);
	done = HMAC(EVP_sha256(), secret_text(secret),
	    (int)secret_len(secret), (const unsigned char *)text,
	    strlen(text), digest, NULL) != NULL;
	free(text);
	if (!done)
		return "the proof cannot be made";
	hex_of(digest, hex);
	return NULL;
}

/* A copy of STRING if it is plain and fits. */
static bool
plain(char *to, size_t size, const ASN1_STRING *string)
{
	int len = string == NULL ? -1 : ASN1_STRING_length(string);

	if (len <= 0 || (size_t)len >= size ||
	    memchr(ASN1_STRING_get0_data(string), '\0', (size_t)len) != NULL)
		return false;
	memcpy(to, ASN1_STRING_get0_data(string), (size_t)len);
	to[len] = '\0';
	return true;
}

static const char *
judge_subject(X509_REQ *request, const char *name)
{
	const X509_NAME *subject = X509_REQ_get_subject_name(request);
	const X509_NAME_ENTRY *entry = X509_NAME_entry_count(subject) == 1 ?
	    X509_NAME_get_entry(subject, 0) : NULL;
	char common[NAME_MOST + 1];

	if (entry == NULL ||
	    OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != NID_commonName ||
	    !plain(common, sizeof(common), X509_NAME_ENTRY_get_data(entry)) ||
	    strcmp(common, name) != 0)
		return "its subject is not the name alone";
	return NULL;
}

/* Whatever else were in there might give more rights: other names, or those of
 * the authority's administrators. */
static const char *
read_extension(struct csr *csr, const STACK_OF(X509_EXTENSION) *extensions)
{
	X509_EXTENSION *extension = sk_X509_EXTENSION_num(extensions) == 1 ?
	    sk_X509_EXTENSION_value(extensions, 0) : NULL;
	const ASN1_OCTET_STRING *data;
	const unsigned char *der;
	ASN1_UTF8STRING *text;
	char oid[64];
	bool fine;

	if (extension == NULL || OBJ_obj2txt(oid, sizeof(oid),
	    X509_EXTENSION_get_object(extension), 1) <= 0 ||
	    strcmp(oid, PP_INSTANCE_ID) != 0)
		return "it does not ask for pp_instance_id alone";
	data = X509_EXTENSION_get_data(extension);
	der = ASN1_STRING_get0_data(data);
	text = d2i_ASN1_UTF8STRING(NULL, &der, ASN1_STRING_length(data));
	fine = plain(csr->id, sizeof(csr->id), text);
	ASN1_UTF8STRING_free(text);
	return fine ? NULL : "its pp_instance_id cannot be read";
}

/* Two programs read a request, this one and the authority: nothing may be there
 * twice, of which they could take one each. */
static const char *
read_attributes(struct csr *csr, X509_REQ *request)
{
	STACK_OF(X509_EXTENSION) *extensions;
	int challenges = 0, lists = 0, at = -1;
	const ASN1_TYPE *value;
	const char *why;

	for (int i = 0; i < X509_REQ_get_attr_count(request); i++) {
		const X509_ATTRIBUTE *one = X509_REQ_get_attr(request, i);
		int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(
		    (X509_ATTRIBUTE *)one));

		if (nid == NID_pkcs9_challengePassword) {
			challenges++;
			at = i;
		}
		lists += nid == NID_ext_req || nid == NID_ms_ext_req;
	}
	if (challenges != 1 || lists != 1)
		return "it has no proof, or more than one";
	value = X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(request, at), 0);
	if (value == NULL || X509_ATTRIBUTE_count(
	    X509_REQ_get_attr(request, at)) != 1 ||
	    (value->type != V_ASN1_PRINTABLESTRING &&
	    value->type != V_ASN1_UTF8STRING &&
	    value->type != V_ASN1_IA5STRING) ||
	    !plain(csr->proof, sizeof(csr->proof), value->value.asn1_string) ||
	    !is_hex(csr->proof))
		return "its proof is none";
	extensions = X509_REQ_get_extensions(request);
	why = read_extension(csr, extensions);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return why;
}

static const char *
judge(struct csr *csr, X509_REQ *request, const char *name)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(request);
	const char *why;

	if (key == NULL || X509_REQ_verify(request, key) != 1)
		return "it is not signed by its own key";
	why = judge_subject(request, name);
	if (why == NULL)
		why = read_attributes(csr, request);
	if (why == NULL)
		why = csr_judge(csr->id, name);
	return why != NULL ? why : fingerprint(key, csr->key);
}

const char *
csr_read(struct csr *csr, const char *pem, size_t len, const char *name)
{
	BIO *text = BIO_new_mem_buf(pem, (int)len);
	X509_REQ *request = text == NULL ? NULL :
	    PEM_read_bio_X509_REQ(text, NULL, NULL, NULL);
	const char *why = request == NULL ? "it is no certificate request" :
	    judge(csr, request, name);

	X509_REQ_free(request);
	BIO_free(text);
	return why;
}
