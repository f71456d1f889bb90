/* SPDX-License-Identifier: BSD-2-Clause */
/* What AWS's tools read from the environment: empty is as good as unset. */
#ifndef ENV_H
#define ENV_H

#include <stdbool.h>

/* The variable NAME, or NULL. */
const char *env_text(const char *name);

/* Does TEXT say "true", in whatever case?  NULL does not. */
bool	 env_true(const char *text);

#endif
