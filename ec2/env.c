/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <strings.h>

#include "env.h"

const char *
env_text(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

bool
env_true(const char *text)
{
	return text != NULL && strcasecmp(text, "true") == 0;
}
