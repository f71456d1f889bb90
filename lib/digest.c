/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/evp.h>

#include "buf.h"
#include "digest.h"
#include "msg.h"

char *
digest_sha1_hex(const void *data, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;
	struct buf hex = { 0 };

	if (EVP_Digest(data, len, digest, &digest_len, EVP_sha1(), NULL) != 1)
		msg_die(1, "OpenSSL does not do SHA-1");
	for (unsigned i = 0; i < digest_len; i++)
		buf_addf(&hex, "%02x", digest[i]);
	return buf_release(&hex);
}
