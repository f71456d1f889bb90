/* SPDX-License-Identifier: BSD-2-Clause */
/* What is settled before the key exchange: the library, and what we offer. */
#include "config.h"

#include <stdlib.h>

#include "algorithms.h"
#include "mem.h"
#include "session.h"
#include "sshconf.h"

char *
session_begin(void)
{
	if (libssh2_version(LIBSSH2_VERSION_NUM) == NULL ||
	    libssh2_init(0) != 0)
		return mem_print("libssh2 %s or newer is needed, this is %s",
		    LIBSSH2_VERSION, libssh2_version(0));
	if (libssh2_version(0x010b01) == NULL)
		algorithms_without_strict_kex();
	return NULL;
}

void
session_end(void)
{
	libssh2_exit();
}

/* Offer LIST, which is freed, for METHOD and OTHER (or -1).  NULL, or why it
 * cannot be. */
static char *
prefer(struct session *session, int method, int other, char *list, char *why)
{
	LIBSSH2_SESSION *ssh = session_ssh(session);
	bool well;

	if (list == NULL)
		return why;
	well = libssh2_session_method_pref(ssh, method, list) == 0 &&
	    (other < 0 || libssh2_session_method_pref(ssh, other, list) == 0);
	free(list);
	return well ? NULL : session_words(session, 0);
}

char *
session_refusal(const struct hostconf *conf)
{
	const struct {
		enum algorithms kind;
		const char *list;
	} rows[] = {
		{ ALGORITHMS_KEX, conf->kex },
		{ ALGORITHMS_HOST_KEY, conf->host_key_algorithms },
		{ ALGORITHMS_CIPHER, conf->ciphers },
		{ ALGORITHMS_MAC, conf->macs },
	};
	char *why = NULL;

	/* Our own lists are never empty. */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (why == NULL && rows[i].list != NULL)
			free(algorithms_offer(rows[i].kind, rows[i].list,
			    &why));
	return why;
}

char *
session_prefer(struct session *session, const struct hostconf *conf,
    const char *host_keys)
{
	const struct {
		enum algorithms kind;
		const char *list;
		int method, other;
	} rows[] = {
		{ ALGORITHMS_KEX, conf->kex, LIBSSH2_METHOD_KEX, -1 },
		{ ALGORITHMS_HOST_KEY, host_keys, LIBSSH2_METHOD_HOSTKEY, -1 },
		{ ALGORITHMS_CIPHER, conf->ciphers,
		    LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC },
		{ ALGORITHMS_MAC, conf->macs,
		    LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC },
	};

	if (conf->compression)
		libssh2_session_flag(session_ssh(session),
		    LIBSSH2_FLAG_COMPRESS, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *why = NULL;
		char *list = algorithms_offer(rows[i].kind, rows[i].list, &why);

		why = prefer(session, rows[i].method, rows[i].other, list, why);
		if (why != NULL)
			return why;
	}
	return NULL;
}
