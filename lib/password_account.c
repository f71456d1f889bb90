/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "password_account.h"

static int
compare(const void *a, const void *b)
{
	const struct password_account *one = a, *other = b;

	return strcmp(one->name, other->name);
}

struct password_account *
password_account(void **accounts, const char *name)
{
	struct password_account *account = mem_zero(sizeof(*account));
	struct password_account *const *found;

	account->name = mem_dup(name);
	account->gate.room = 1;
	found = tsearch(account, accounts, compare);
	if (found == NULL)
		mem_zero(SIZE_MAX);	/* out of memory: says so and ends */
	if (*found != account) {
		free(account->name);
		free(account);
	}
	return *found;
}

void
password_account_settle(struct password_account *account, bool good)
{
	if (account->known)
		return;
	account->known = true;
	account->refused = !good;
	gate_resize(&account->gate, UINT_MAX);
}

static void
account_free(void *node)
{
	struct password_account *account = node;

	free(account->name);
	free(account);
}

void
password_accounts_free(void **accounts)
{
	while (*accounts != NULL) {
		struct password_account *account =
		    *(struct password_account **)*accounts;

		tdelete(account, accounts, compare);
		account_free(account);
	}
}
