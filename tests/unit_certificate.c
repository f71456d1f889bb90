/* SPDX-License-Identifier: BSD-2-Clause */
/* certificate and pubkey: what ssh-keygen writes, whole, cut and bent. */
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

#include "buf.h"
#include "certificate.h"
#include "mem.h"
#include "pubkey.h"
#include "scratch.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char root[] = "/tmp/unit_certificate.XXXXXX";

static void
run(const char *what)
{
	if (scratch_run(root, what) != 0)
		fail_msg("%s", what);
}

/* The public key in the file NAME, the caller's to free. */
static unsigned char *
load(const char *name, const struct pubkey_type **type, size_t *len)
{
	char *text = scratch_read(root, name, NULL);
	unsigned char *blob;
	const char *end;

	assert_non_null(text);
	*type = pubkey_parse(text, &end, &blob, len);
	free(text);
	return blob;
}

static const struct row {
	const char *make, *plain, *algorithm, *signature;
} rows[] = {
	{ "-t ed25519", "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com",
	    "ssh-ed25519" },
	{ "-t ecdsa -b 384", "ecdsa-sha2-nistp384",
	    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp384" },
	{ "-t rsa", "ssh-rsa", "rsa-sha2-256-cert-v01@openssh.com",
	    "rsa-sha2-256" },
};

static void
types(void **state)
{
	const struct pubkey_type *type;
	struct certificate certificate;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *make = mem_print("rm -f id*; ssh-keygen -q -N '' %s "
		    "-f id && ssh-keygen -q -s ca -I me -n a,b "
		    "-V 20200101:20200131 id.pub", rows[i].make);
		unsigned char *plain, *blob;
		size_t plain_len, len;
		char *signature;

		run(make);
		plain = load("id.pub", &type, &plain_len);
		assert_string_equal(type->name, rows[i].plain);
		assert_null(type->plain);
		assert_false(certificate_read(&certificate, plain,
		    plain_len));
		certificate_clear(&certificate);
		blob = load("id-cert.pub", &type, &len);
		assert_string_equal(type->plain, rows[i].plain);
		assert_non_null(strstr(type->algorithms, rows[i].algorithm));
		assert_true(certificate_read(&certificate, blob, len));
		assert_int_equal(certificate.plain_len, plain_len);
		assert_memory_equal(certificate.plain, plain, plain_len);
		assert_string_equal(certificate.id, "me");
		assert_string_equal(certificate.principals[1], "b");
		assert_null(certificate.principals[2]);
		assert_true(certificate.user);
		certificate_clear(&certificate);
		signature = pubkey_signature(rows[i].algorithm);
		assert_string_equal(signature, rows[i].signature);
		/* what is cut off is noticed, and nothing else happens */
		for (size_t cut = 0; cut < len; cut++) {
			unsigned char *part = (unsigned char *)mem_ndup(
			    (char *)blob, cut);

			assert_false(certificate_read(&certificate, part,
			    cut));
			certificate_clear(&certificate);
			assert_null(pubkey_whole(part, cut));
			free(part);
		}
		free(signature);
		free(plain);
		free(blob);
		free(make);
	}
}

static void
fido_names(void **state)
{
	char *name;

	(void)state;
	name = pubkey_signature("sk-ssh-ed25519-cert-v01@openssh.com");
	assert_string_equal(name, "sk-ssh-ed25519@openssh.com");
	free(name);
	name = pubkey_signature("sk-ecdsa-sha2-nistp256@openssh.com");
	assert_string_equal(name, "sk-ecdsa-sha2-nistp256@openssh.com");
	free(name);
}

static void
doubts(void **state)
{
	static const struct {
		const char *options;
		time_t now;
		const char *doubt;	/* NULL: none */
	} cases[] = {
		{ "-n a,b", 1600000000, NULL },
		{ "", 1600000000, NULL },
		{ "-n b,c", 1600000000, "is for b, c, not a" },
		{ "-n b,c,d,e,f,g", 1600000000,
		    "is for b, c, d, e, f ..., not a" },
		{ "-n a -V 20200101:20200131", 1577836799,
		    "is not valid before 2020-01-01 00:00" },
		{ "-n a -V 20200101:20200131", 1577836800, NULL },
		{ "-n a -V 20200101:20200131", 1580428799, NULL },
		{ "-n a -V 20200101:20200131", 1580428800,
		    "expired 2020-01-31 00:00" },
		{ "-n a -O source-address=10.0.0.0/8", 1600000000,
		    "is only for logins from 10.0.0.0/8" },
		{ "-h -n a", 1600000000, "is for hosts, not for users" },
	};

	(void)state;
	setenv("TZ", "UTC0", 1);
	run("rm -f id*; ssh-keygen -q -t ed25519 -N '' -f id");
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *make = mem_print("ssh-keygen -q -s ca -I me %s id.pub",
		    cases[i].options), *doubt;
		const struct pubkey_type *type;
		struct certificate certificate;
		unsigned char *blob;
		size_t len;

		run(make);
		blob = load("id-cert.pub", &type, &len);
		assert_true(certificate_read(&certificate, blob, len));
		doubt = certificate_doubt(&certificate, "a", cases[i].now);
		if (cases[i].doubt == NULL)
			assert_null(doubt);
		else
			assert_string_equal(doubt, cases[i].doubt);
		certificate_clear(&certificate);
		free(doubt);
		free(blob);
		free(make);
	}
}

static void
not_keys(void **state)
{
	static const char *const texts[] = {
		"", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAA x",
		"ssh-ed25519 AAAAB3NzaC1yc2E=",	/* says ssh-rsa inside */
		"ssh-dss AAAAB3NzaC1kc3M=",
		("sk-ssh-ed25519@openssh.com "
		    "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"),
	};
	unsigned char *blob;
	const char *end;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_null(pubkey_parse(texts[i], &end, &blob, &len));
	assert_null(pubkey_type("", 0));
}

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	run("ssh-keygen -q -t ed25519 -N '' -f ca");
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
		cmocka_unit_test(types),
		cmocka_unit_test(fido_names),
		cmocka_unit_test(doubts),
		cmocka_unit_test(not_keys),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
