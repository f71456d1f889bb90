/* SPDX-License-Identifier: BSD-2-Clause */
/* One-shot digests, by OpenSSL. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

/* The SHA-1 of the LEN bytes at DATA in hexadecimal, in fresh memory: for
 * naming things (%C of ssh_config), not for security. */
char	*digest_sha1_hex(const void *data, size_t len);

#endif
