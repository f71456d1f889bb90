/* SPDX-License-Identifier: BSD-2-Clause */
/* A run: machines that were launched together, and share the tag cpssh:run. */
#ifndef RUNNAME_H
#define RUNNAME_H

#include <stddef.h>

#define RUNNAME_TAG "cpssh:run"
#define RUNNAME_MOST 255

/* One that nobody else has, in fresh memory: the time, then what is random. */
char	*runname_new(void);

/* End the program with status 2 unless NAME, which the OPTION gave, has 1 to
 * MOST characters, all of them such as need no quotes and are no wildcards. */
void	 runname_check(const char *option, const char *name, size_t most);

/* The same for TAGS, each "KEY=VALUE", that are to be set on machines. */
void	 runname_check_tags(char *const *tags);

#endif
