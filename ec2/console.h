/* SPDX-License-Identifier: BSD-2-Clause */
/* The host keys that a machine prints on its console when it boots for the
 * first time.  The cloud hands the console out to the machine's owner by its
 * API, so these keys can be trusted without trusting the network. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stddef.h>

struct console_key {
	const char	*type;		/* not to be freed */
	char		*text;		/* "TYPE BASE64" */
};

/* The keys between the last complete pair of lines that cloud-init frames them
 * with, "-----BEGIN SSH HOST KEY KEYS-----" and "-----END SSH HOST KEY
 * KEYS-----", in the LEN bytes of console at TEXT.  A machine that was given
 * new keys prints them again, so the last one counts.  What is no well-formed
 * key is passed over.  Returns how many there are; 0: not (yet) printed.  They
 * are the caller's: console_free(). */
size_t	 console_keys(const char *text, size_t len, struct console_key **);

void	 console_free(struct console_key *, size_t count);

#endif
