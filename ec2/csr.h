/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificate requests (PKCS #10) of machines that prove who they are: the
 * request names the instance in the extension pp_instance_id
 * (1.3.6.1.4.1.34380.1.1.2), and its challenge password is a proof, the
 * HMAC-SHA-256 by the secret that the instance was launched with of its id, its
 * name and its public key.  So the secret itself is never sent, and a request
 * that is seen or stolen is of no use to any other key. */
#ifndef CSR_H
#define CSR_H

#include <stddef.h>

#include "secret.h"

#define CSR_HEX_SIZE 65		/* of a SHA-256, with its NUL */

struct csr {
	char	id[64];			/* "i-0123456789abcdef0" */
	char	proof[CSR_HEX_SIZE];
	char	key[CSR_HEX_SIZE];	/* SHA-256 of the public key's DER */
};

/* Read the request PEM of LEN bytes, that must be signed by its own key, be for
 * NAME and nothing else, and have pp_instance_id as its only extension.  NULL,
 * or why it is not accepted. */
const char *csr_read(struct csr *, const char *pem, size_t len,
	    const char *name);

/* The fingerprint of the public half of the private key in the file PATH.
 * NULL, or why not. */
const char *csr_key(const char *path, char hex[CSR_HEX_SIZE]);

/* The proof for ID, NAME and KEY.  NULL, or why not. */
const char *csr_prove(const struct secret *, const char *id, const char *name,
	    const char *key, char hex[CSR_HEX_SIZE]);

/* Whether ID could be an instance's, and NAME a certificate's. */
const char *csr_judge(const char *id, const char *name);

#endif
