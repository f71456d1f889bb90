/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "hostkey.h"
#include "hostkey_rule.h"
#include "mem.h"
#include "sshconf.h"

/* "FILE:LINE", or what stands for it if this run learned the key itself. */
static char *
place(const struct hostkey_answer *answer)
{
	if (answer->line == 0)
		return mem_print("%s (added in this run)", answer->file);
	return mem_print("%s:%u", answer->file, answer->line);
}

static void
rule_changed(const struct hostconf *conf, struct hostkey_answer *answer)
{
	char *where = place(answer);

	answer->unsafe = conf->strict == STRICT_NO;
	answer->ruling = answer->unsafe ? HOSTKEY_ACCEPT : HOSTKEY_REFUSE;
	answer->message = mem_print("host key has changed%s: %s shows the %s "
	    "key %s, but %s has the %s key %s",
	    answer->unsafe ? " (accepted: StrictHostKeyChecking=no)" : "",
	    answer->name, answer->type, answer->fingerprint, where,
	    answer->known_type, answer->known_fingerprint);
	free(where);
}

/* Nobody vouches for the key: WHY completes the messages. */
static void
rule_unknown(const struct hostconf *conf, bool may_ask, const char *why,
    struct hostkey_answer *answer)
{
	switch (conf->strict) {
	case STRICT_NO:
	case STRICT_ACCEPT_NEW:
		answer->ruling = HOSTKEY_ACCEPT;
		answer->add = true;
		answer->message = mem_print("new %s host key %s of %s accepted",
		    answer->type, answer->fingerprint, answer->name);
		return;
	case STRICT_ASK:
		if (!may_ask)
			break;
		answer->ruling = HOSTKEY_ASK;
		answer->add = true;
		answer->message = mem_print("the host %s is not known%s; its "
		    "%s key is %s: trust it?", answer->name, why,
		    answer->type, answer->fingerprint);
		return;
	case STRICT_YES:
		break;
	}
	answer->ruling = HOSTKEY_REFUSE;
	answer->message = mem_print("no host key is known for %s%s, and "
	    "StrictHostKeyChecking is %s; it shows the %s key %s",
	    answer->name, why, conf->strict == STRICT_ASK ?
	    "ask, with nobody to ask" : "yes",
	    answer->type, answer->fingerprint);
}

void
hostkey_rule(const struct hostconf *conf, bool may_ask,
    struct hostkey_answer *answer)
{
	char *where, *why;

	switch (answer->verdict) {
	case HOSTKEY_KNOWN:
		answer->ruling = HOSTKEY_ACCEPT;
		break;
	case HOSTKEY_NEW:
		rule_unknown(conf, may_ask, "", answer);
		break;
	case HOSTKEY_ONLY_CA:
		where = place(answer);
		why = mem_print(" (%s names a certificate authority, but "
		    "host certificates cannot be checked)", where);
		rule_unknown(conf, may_ask, why, answer);
		free(where);
		free(why);
		break;
	case HOSTKEY_CHANGED:
		rule_changed(conf, answer);
		break;
	case HOSTKEY_REVOKED:
		where = place(answer);
		answer->ruling = HOSTKEY_REFUSE;
		answer->message = mem_print("host key is revoked: %s shows "
		    "the %s key %s, which %s revokes", answer->name,
		    answer->type, answer->fingerprint, where);
		free(where);
		break;
	case HOSTKEY_BROKEN:
		answer->ruling = HOSTKEY_REFUSE;
		answer->message = mem_print("%s shows a host key that is "
		    "broken or of an unknown type", answer->name);
		break;
	}
}
