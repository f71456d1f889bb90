/* SPDX-License-Identifier: BSD-2-Clause */
/* keyring: keys as ssh-keygen and openssl write them, and what is left of
 * them when they are cut or bent. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "hostkey_blob.h"
#include "keyring.h"
#include "keyring_parse.h"
#include "mem.h"
#include "scratch.h"
#include "wire.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_keyring.XXXXXX";

static void
run(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Run a command in the root; it must succeed. */
static void
run(const char *format, ...)
{
	struct buf command = { 0 };
	va_list args;

	va_start(args, format);
	buf_vaddf(&command, format, args);
	va_end(args);
	if (scratch_run(root, buf_text(&command)) != 0)
		fail_msg("%s", buf_text(&command));
	buf_free(&command);
}

/* The file's contents, the caller's to free. */
static char *
contents(const char *name, size_t *len)
{
	char *text = scratch_read(root, name, len);

	assert_non_null(text);
	return text;
}

static const struct key *
load(struct keyring *keyring, const char *name)
{
	char *path = mem_print("%s/%s", root, name);
	const struct key *key = keyring_file(keyring, path);

	free(path);
	return key;
}

/* The key's blob is the one in the public key file NAME. */
static void
assert_public(const struct key *key, const char *name)
{
	char *text = contents(name, NULL);
	const struct hostkey_type *type;
	unsigned char *blob;
	const char *end;
	size_t len;

	assert_true(hostkey_blob_parse(text, &end, &type, &blob, &len));
	assert_int_equal(key->blob_len, len);
	assert_memory_equal(key->blob, blob, len);
	assert_string_equal(key->type, type->name);
	free(blob);
	free(text);
}

/* All numbers of the key fit together; wrong ones would only be slow. */
static void
assert_consistent(const struct key *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->pkey, NULL);

	assert_non_null(context);
	assert_int_equal(EVP_PKEY_check(context), 1);
	EVP_PKEY_CTX_free(context);
}

/* Each way to write each kind of key. */
static const struct {
	const char *name, *arguments;
	const char *type;
} kinds[] = {
	{ "ed25519", "-t ed25519", "ssh-ed25519" },
	{ "ecdsa256", "-t ecdsa -b 256", "ecdsa-sha2-nistp256" },
	{ "ecdsa384", "-t ecdsa -b 384", "ecdsa-sha2-nistp384" },
	{ "ecdsa521", "-t ecdsa -b 521", "ecdsa-sha2-nistp521" },
	{ "rsa", "-t rsa -b 2048", "ssh-rsa" },
	{ "ecdsa_sec1", "-t ecdsa -b 256 -m PEM", "ecdsa-sha2-nistp256" },
	{ "ecdsa_pkcs8", "-t ecdsa -b 384 -m PKCS8", "ecdsa-sha2-nistp384" },
	{ "rsa_pkcs1", "-t rsa -b 2048 -m PEM", "ssh-rsa" },
	{ "rsa_pkcs8", "-t rsa -b 3072 -m PKCS8", "ssh-rsa" },
};

static void
reads_every_format(void **state)
{
	struct keyring *keyring = keyring_new();

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct key *key = load(keyring, kinds[i].name);
		char *public = mem_print("%s.pub", kinds[i].name);

		if (key->state != KEY_READY)
			fail_msg("%s", key->why);
		assert_string_equal(key->type, kinds[i].type);
		assert_public(key, public);
		assert_consistent(key);
		assert_null(key->why);
		/* once a run */
		assert_ptr_equal(load(keyring, kinds[i].name), key);
		free(public);
	}
	assert_string_equal(load(keyring, "ed25519")->comment, "ed25519 here");
	keyring_free(keyring);
}

/* What we sign verifies with the public half: by way of ssh-keygen, which
 * wraps data and signature in a format of its own (PROTOCOL.sshsig). */
static void
assert_verifies(const struct key *key, const char *algorithm)
{
	struct buf data = { 0 }, whole = { 0 }, armor = { 0 }, inner = { 0 };
	unsigned char *signature;
	char *base64, *file;
	FILE *stream;
	size_t len;

	buf_adds(&data, "SSHSIG");
	wire_add_string(&data, "test", 4);
	wire_add_string(&data, "", 0);
	wire_add_string(&data, "sha512", 6);
	/* sha512 of nothing */
	wire_add_string(&data, "\xcf\x83\xe1\x35\x7e\xef\xb8\xbd\xf1\x54\x28"
	    "\x50\xd6\x6d\x80\x07\xd6\x20\xe4\x05\x0b\x57\x15\xdc\x83\xf4\xa9"
	    "\x21\xd3\x6c\xe9\xce\x47\xd0\xd1\x3c\x5d\x85\xf2\xb0\xff\x83\x18"
	    "\xd2\x87\x7e\xec\x2f\x63\xb9\x31\xbd\x47\x41\x7a\x81\xa5\x38\x32"
	    "\x7a\xf9\x27\xda\x3e", 64);
	assert_true(keyring_sign(key, algorithm, data.data, data.len,
	    &signature, &len));

	wire_add_string(&inner, algorithm, strlen(algorithm));
	wire_add_string(&inner, signature, len);
	buf_adds(&whole, "SSHSIG");
	wire_add_u32(&whole, 1);
	wire_add_string(&whole, key->blob, key->blob_len);
	wire_add_string(&whole, "test", 4);
	wire_add_string(&whole, "", 0);
	wire_add_string(&whole, "sha512", 6);
	wire_add_string(&whole, inner.data, inner.len);
	hostkey_blob_encode(&armor, whole.data, whole.len);

	file = mem_print("%s/signature", root);
	stream = fopen(file, "w");
	assert_non_null(stream);
	fputs("-----BEGIN SSH SIGNATURE-----\n", stream);
	base64 = buf_release(&armor);
	for (size_t at = 0; at < strlen(base64); at += 70)
		fprintf(stream, "%.70s\n", base64 + at);
	fputs("-----END SSH SIGNATURE-----\n", stream);
	fclose(stream);
	run("ssh-keygen -Y check-novalidate -n test -s signature");
	free(file);
	free(base64);
	free(signature);
	buf_free(&data);
	buf_free(&whole);
	buf_free(&inner);
}

static void
signatures_verify(void **state)
{
	struct keyring *keyring = keyring_new();

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct key *key = load(keyring, kinds[i].name);

		if (strcmp(kinds[i].type, "ssh-rsa") == 0) {
			assert_verifies(key, "rsa-sha2-512");
			assert_verifies(key, "rsa-sha2-256");
			continue;
		}
		/* r and s of every length */
		for (int round = 0; round < 20; round++)
			assert_verifies(key, kinds[i].type);
	}
	keyring_free(keyring);
}

static void
signs_only_what_fits(void **state)
{
	static const struct {
		const char *key, *algorithm;
		bool signs;
	} rows[] = {
		{ "rsa", "ssh-rsa", true },
		{ "rsa", "ssh-ed25519", false },
		{ "rsa", "", false },
		{ "ed25519", "ssh-ed25519", true },
		{ "ed25519", "rsa-sha2-512", false },
		{ "ecdsa256", "ecdsa-sha2-nistp384", false },
		{ "locked", "ssh-ed25519", false },
		{ "missing", "ssh-ed25519", false },
	};
	struct keyring *keyring = keyring_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char *signature;
		size_t len;

		assert_int_equal(keyring_sign(load(keyring, rows[i].key),
		    rows[i].algorithm, "x", 1, &signature, &len),
		    rows[i].signs);
		assert_int_equal(signature != NULL, rows[i].signs);
		free(signature);
	}
	keyring_free(keyring);
}

static void
says_what_is_wrong(void **state)
{
	static const struct {
		const char *name;
		enum key_state state;
		const char *says;
		bool blob;
	} rows[] = {
		{ "locked", KEY_LOCKED, "passphrase", true },
		{ "locked_nopub", KEY_LOCKED, "passphrase", true },
		{ "locked_pem", KEY_LOCKED, "passphrase", true },
		{ "locked_pem_nopub", KEY_LOCKED, "passphrase", false },
		{ "locked_pkcs8", KEY_LOCKED, "passphrase", true },
		{ "missing", KEY_MISSING, "No such file", false },
		{ "ed25519/below", KEY_MISSING, "Not a directory", false },
		{ "only_public", KEY_MISSING, "No such file", true },
		{ "ed25519.pub", KEY_MISSING, "only the public half", true },
		{ "open", KEY_REFUSED, "permissions 0640 are too open", true },
		{ "open_locked", KEY_REFUSED, "too open", true },
		{ "empty", KEY_REFUSED, "empty", false },
		{ "text", KEY_REFUSED, "not a public key", false },
		{ "directory", KEY_REFUSED, "cannot be read", false },
		{ "dsa", KEY_REFUSED, "DSA", false },
		{ "x25519", KEY_REFUSED, "not an Ed25519", false },
		{ "rsa512", KEY_REFUSED, "less than 1024 bits", false },
		{ "secp256k1", KEY_REFUSED, "curve that SSH does not know",
		    false },
		{ "fido", KEY_LOCKED, "FIDO", true },
	};
	struct keyring *keyring = keyring_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct key *key = load(keyring, rows[i].name);

		if (key->state != rows[i].state ||
		    strstr(key->why, rows[i].says) == NULL ||
		    (key->blob != NULL) != rows[i].blob)
			fail_msg("%s: state %d, blob %d: %s", rows[i].name,
			    key->state, key->blob != NULL, key->why);
		assert_int_equal(strncmp(key->why, key->path,
		    strlen(key->path)), 0);
		assert_int_equal(key->blob != NULL, key->type != NULL);
		assert_non_null(key->comment);
		assert_null(key->pkey);
	}
	assert_public(load(keyring, "locked_nopub"), "locked.pub");
	keyring_free(keyring);
}

/* A key that belongs to someone else, as /etc/ssh's do, may be readable. */
static void
others_files_may_be_open(void **state)
{
	struct keyring *keyring = keyring_new();
	char *path = mem_print("%s/foreign", root);

	(void)state;
	if (getuid() != 0 || chown(path, 1, 1) != 0) {
		free(path);
		keyring_free(keyring);
		skip();		/* only root can give files away */
	}
	assert_int_equal(keyring_file(keyring, path)->state, KEY_READY);
	free(path);
	keyring_free(keyring);
}

/* Is TEXT parsed without harm?  Returns whether it was a good key. */
static bool
parses(const char *text, size_t len)
{
	struct key key = { .state = KEY_REFUSED };
	char *copy = mem_ndup(text, len);
	bool ready = keyring_parse(&key, copy, len) == NULL;
	unsigned char *signature;
	size_t signature_len;

	assert_int_equal(ready, key.state == KEY_READY);
	if (ready && strcmp(key.type, "ssh-rsa") != 0) {
		keyring_sign(&key, key.type, "x", 1, &signature,
		    &signature_len);
		free(signature);
	}
	EVP_PKEY_free(key.pkey);
	free(key.blob);
	free(key.type);
	free(key.comment);
	free(copy);
	return ready;
}

static void
cut_and_bent_keys_are_survived(void **state)
{
	static const char *const names[] = {
		"ed25519", "ecdsa256", "rsa", "ecdsa_sec1", "rsa_pkcs8",
	};

	(void)state;
	srand(7);
	for (size_t i = 0; i < COUNT(names); i++) {
		size_t len;
		char *text = contents(names[i], &len);

		assert_true(parses(text, len));
		/* without its last line it is none; in between it depends */
		for (size_t cut = 0; cut + 20 < len; cut += 3)
			assert_false(parses(text, cut));
		for (int round = 0; round < 200; round++) {
			size_t at = (size_t)rand() % len;
			char old = text[at];

			text[at] = (char)rand();
			parses(text, len);
			text[at] = old;
		}
		free(text);
	}
}

/* The contents of an OpenSSH key file, decoded; the caller frees them. */
static unsigned char *
decode(const char *name, size_t *len)
{
	char *text = contents(name, NULL);
	struct buf base64 = { 0 };
	unsigned char *bytes;

	for (char *c = strchr(text, '\n'); *c != '-'; c++) {
		if (*c != '\n')
			buf_addc(&base64, *c);
	}
	bytes = hostkey_blob_decode(buf_text(&base64), base64.len, len);
	assert_non_null(bytes);
	buf_free(&base64);
	free(text);
	return bytes;
}

/* What is wrong with a key of these contents, NULL if nothing is. */
static const char *
problem_of(const unsigned char *bytes, size_t len)
{
	struct key key = { .state = KEY_REFUSED };
	struct buf text = { 0 };
	const char *problem;

	buf_adds(&text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	hostkey_blob_encode(&text, bytes, len);
	buf_adds(&text, "\n-----END OPENSSH PRIVATE KEY-----\n");
	problem = keyring_parse(&key, buf_text(&text), text.len);
	EVP_PKEY_free(key.pkey);
	free(key.blob);
	free(key.type);
	free(key.comment);
	buf_free(&text);
	return problem;
}

static void
every_part_is_checked(void **state)
{
	/* magic 15, two "none" 8 each, no options 4, count 4, length 4, name
	 * 15, length 4: there the public half begins */
	const size_t public = 15 + 8 + 8 + 4 + 4 + 4 + 15 + 4;
	const size_t checks = public + 32 + 4;	/* and a length */
	size_t len;
	unsigned char *bytes = decode("ed25519", &len);

	(void)state;
	assert_null(problem_of(bytes, len));
	bytes[public] ^= 1;
	assert_string_equal(problem_of(bytes, len),
	    "its public and private half do not match");
	bytes[public] ^= 1;
	bytes[checks] ^= 1;
	assert_string_equal(problem_of(bytes, len), "broken private key");
	bytes[checks] ^= 1;
	bytes[len - 1] ^= 1;	/* padding */
	assert_string_equal(problem_of(bytes, len), "broken private key");
	bytes[len - 1] ^= 1;
	bytes[38]++;		/* how many keys */
	assert_string_equal(problem_of(bytes, len), "broken private key");
	free(bytes);
}

/* A key of the security-key type as OpenSSH writes it, but without secrets. */
static void
write_fido(void)
{
	struct buf public = { 0 }, whole = { 0 }, text = { 0 };
	char *path = mem_print("%s/fido", root);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	wire_add_string(&public, "sk-ssh-ed25519@openssh.com", 26);
	wire_add_string(&public, "01234567890123456789012345678901", 32);
	wire_add_string(&public, "ssh:", 4);
	buf_add(&whole, "openssh-key-v1", 15);
	wire_add_string(&whole, "none", 4);
	wire_add_string(&whole, "none", 4);
	wire_add_string(&whole, "", 0);
	wire_add_u32(&whole, 1);
	wire_add_string(&whole, public.data, public.len);
	wire_add_string(&whole, "12341234", 8);
	buf_adds(&text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	hostkey_blob_encode(&text, whole.data, whole.len);
	buf_adds(&text, "\n-----END OPENSSH PRIVATE KEY-----\n");
	fwrite(text.data, 1, text.len, file);
	fclose(file);
	free(path);
	buf_free(&public);
	buf_free(&whole);
	buf_free(&text);
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	for (size_t i = 0; i < COUNT(kinds); i++)
		run("ssh-keygen -q %s -N '' -C '%s here' -f %s",
		    kinds[i].arguments, kinds[i].name, kinds[i].name);
	run("ssh-keygen -q -t ed25519 -N secret -f locked");
	run("cp -p locked locked_nopub");
	run("ssh-keygen -q -t rsa -b 2048 -m PEM -N secret -f locked_pem");
	run("cp -p locked_pem locked_pem_nopub");
	run("ssh-keygen -q -t rsa -b 2048 -m PKCS8 -N secret -f locked_pkcs8");
	run("cp ed25519.pub only_public.pub");
	run("cp ed25519 open && chmod 640 open");
	run("cp locked open_locked && chmod 604 open_locked");
	run("cp ed25519 foreign && chmod 644 foreign");
	run(": > empty && echo hello > text && mkdir directory");
	/* newer ones of ssh-keygen make no DSA keys */
	run("ssh-keygen -q -t dsa -N '' -f dsa || "
	    "{ openssl dsaparam -out dsap 1024 && "
	    "openssl gendsa -out dsa dsap; }");
	run("openssl genpkey -algorithm x25519 -out x25519");
	run("openssl genrsa -out rsa512 512");
	run("openssl ecparam -name secp256k1 -genkey -noout -out secp256k1");
	write_fido();
	run("chmod go= empty text dsa x25519 rsa512 secp256k1 fido");
	return 0;
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
		cmocka_unit_test(reads_every_format),
		cmocka_unit_test(signatures_verify),
		cmocka_unit_test(signs_only_what_fits),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(others_files_may_be_open),
		cmocka_unit_test(cut_and_bent_keys_are_survived),
		cmocka_unit_test(every_part_is_checked),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
