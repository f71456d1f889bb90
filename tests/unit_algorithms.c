/* SPDX-License-Identifier: BSD-2-Clause */
/* algorithms: what is offered, and lists as ssh_config has them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algorithms.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define ETM256 "hmac-sha2-256-etm@openssh.com"
#define ETM512 "hmac-sha2-512-etm@openssh.com"

static void
best_ones(void **state)
{
	static const struct {
		enum algorithms kind;
		const char *first, *without;
	} rows[] = {
		{ ALGORITHMS_KEX, "curve25519-sha256,", "sha1" },
		{ ALGORITHMS_HOST_KEY, "ssh-ed25519,", "cert" },
		{ ALGORITHMS_HOST_KEY, "ssh-ed25519,", "ssh-rsa" },
		{ ALGORITHMS_MAC, ETM256 "," ETM512 ",", "sha1" },
#ifdef HAVE_PATCHED_LIBSSH2
		{ ALGORITHMS_CIPHER, "aes128-gcm@openssh.com,"
		    "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,",
		    "cbc" },
#else
		{ ALGORITHMS_CIPHER, "aes128-ctr,", "cbc" },
		{ ALGORITHMS_CIPHER, "aes128-ctr,", "chacha20" },
#endif
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *list = algorithms_offer(rows[i].kind, NULL, NULL);

		assert_ptr_equal(strstr(list, rows[i].first), list);
		assert_null(strstr(list, rows[i].without));
		free(list);
	}
}

static void
what_we_have_in_the_users_order(void **state)
{
	static const struct {
		enum algorithms kind;
		const char *list, *offer;	/* NULL: nothing */
	} rows[] = {
		{ ALGORITHMS_CIPHER, "aes256-ctr,aes128-ctr",
		    "aes256-ctr,aes128-ctr" },
		{ ALGORITHMS_CIPHER, "aes128-ctr,aes128-ctr", "aes128-ctr" },
		{ ALGORITHMS_CIPHER, "aes256-cbc", "aes256-cbc" },
		{ ALGORITHMS_CIPHER, "", NULL },
		{ ALGORITHMS_MAC, "umac-64@openssh.com,hmac-sha1",
		    "hmac-sha1" },
		{ ALGORITHMS_MAC, "umac-64@openssh.com", NULL },
		{ ALGORITHMS_KEX, "mlkem768x25519-sha256,curve25519-sha256",
		    "curve25519-sha256" },
		{ ALGORITHMS_HOST_KEY,
		    "ssh-ed25519-cert-v01@openssh.com,ssh-rsa", "ssh-rsa" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *why = NULL;
		char *offer = algorithms_offer(rows[i].kind, rows[i].list,
		    &why);

		if (rows[i].offer == NULL) {
			assert_null(offer);
			assert_non_null(strstr(why, "left to offer"));
			assert_non_null(strstr(why, rows[i].list));
		} else {
			assert_string_equal(offer, rows[i].offer);
			assert_null(why);
		}
		free(offer);
		free(why);
	}
}

static void
lists(void **state)
{
	static const struct {
		enum algorithms kind;
		const char *text, *begin;
		const char *has, *lacks;
	} rows[] = {
		{ ALGORITHMS_CIPHER, "aes256-ctr", "aes256-ctr", NULL, "," },
		{ ALGORITHMS_CIPHER, "^aes256-ctr", "aes256-ctr,",
		    ",aes128-ctr", NULL },
		{ ALGORITHMS_CIPHER, "+3des-cbc", "aes128-", ",3des-cbc",
		    NULL },
		{ ALGORITHMS_CIPHER, "-*gcm*", "", "aes192-ctr", "gcm" },
		{ ALGORITHMS_CIPHER, "-nosuch", "aes128-", "gcm", NULL },
		{ ALGORITHMS_MAC, "^hmac-sha1", "hmac-sha1,", ETM256, NULL },
		{ ALGORITHMS_KEX, "+sntrup761x25519-sha512", "curve25519-",
		    ",sntrup761x25519-sha512", NULL },
		{ ALGORITHMS_HOST_KEY, "ssh-*", "ssh-ed25519,ssh-ed25519-cert",
		    "ssh-dss", "ecdsa" },
		{ ALGORITHMS_PUBKEY, "-*cert*", "ssh-ed25519,", "rsa-sha2-256",
		    "cert" },
		{ ALGORITHMS_CA, "rsa-*", "rsa-sha2-256,rsa-sha2-512", NULL,
		    "cert" },
	};
	static const struct {
		enum algorithms kind;
		const char *text;
	} wrong[] = {
		{ ALGORITHMS_CIPHER, "" }, { ALGORITHMS_CIPHER, "+" },
		{ ALGORITHMS_CIPHER, "^" }, { ALGORITHMS_CIPHER, "rot13" },
		{ ALGORITHMS_CIPHER, "aes*" }, { ALGORITHMS_CIPHER, "+aes?" },
		{ ALGORITHMS_CIPHER, "aes128-ctr,rot13" },
		{ ALGORITHMS_CIPHER, "AES128-CTR" },
		{ ALGORITHMS_MAC, "aes128-ctr" },
		{ ALGORITHMS_KEX, "ext-info-c" },
		{ ALGORITHMS_HOST_KEY, "x*" }, { ALGORITHMS_PUBKEY, "!ssh*" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *list = algorithms_assemble(rows[i].kind, rows[i].text);

		assert_ptr_equal(strstr(list, rows[i].begin), list);
		if (rows[i].has != NULL)
			assert_non_null(strstr(list, rows[i].has));
		if (rows[i].lacks != NULL)
			assert_null(strstr(list, rows[i].lacks));
		free(list);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_null(algorithms_assemble(wrong[i].kind,
		    wrong[i].text));
}

/* Last: it cannot be taken back. */
static void
terrapin(void **state)
{
	char *list;

	(void)state;
	algorithms_without_strict_kex();
	assert_null(algorithms_offer(ALGORITHMS_CIPHER,
	    "chacha20-poly1305@openssh.com", NULL));
	list = algorithms_offer(ALGORITHMS_MAC, NULL, NULL);
	assert_string_equal(list, "hmac-sha2-256,hmac-sha2-512");
	free(list);
	list = algorithms_offer(ALGORITHMS_CIPHER, NULL, NULL);
	assert_null(strstr(list, "chacha20"));
	assert_non_null(strstr(list, "aes128-ctr"));
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(best_ones),
		cmocka_unit_test(what_we_have_in_the_users_order),
		cmocka_unit_test(lists),
		cmocka_unit_test(terrapin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
