/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows from what known_hosts says. */
#ifndef HOSTKEY_RULE_H
#define HOSTKEY_RULE_H

#include <stdbool.h>

struct hostconf;
struct hostkey_answer;

/* The verdict and the facts are in the answer: fill in ruling, add, unsafe
 * and message, by StrictHostKeyChecking. */
void	 hostkey_rule(const struct hostconf *, bool may_ask,
	    struct hostkey_answer *);

#endif
