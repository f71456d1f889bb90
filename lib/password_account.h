/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the password on each account: what one visit has learnt
 * spares the others of the run an attempt that would count against it. */
#ifndef PASSWORD_ACCOUNT_H
#define PASSWORD_ACCOUNT_H

#include <stdbool.h>

#include "gate.h"

struct password_account {
	char		*name;
	struct gate	 gate;		/* one tries, until it is known */
	bool		 known, refused;
};

/* The account NAME of the tree at *ACCOUNTS, a new one if it is not there. */
struct password_account *password_account(void **accounts, const char *name);

/* The password is GOOD there, or was refused: whoever waits is let in. */
void	 password_account_settle(struct password_account *, bool good);

/* Free the whole tree. */
void	 password_accounts_free(void **accounts);

#endif
