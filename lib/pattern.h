/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH's patterns: ssh_config(5), PATTERNS.  '*' is any run of characters,
 * '?' any one; nothing else is special. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Does TEXT match PATTERN?  FOLD: letters match in either case. */
bool	 pattern_match(const char *pattern, const char *text, bool fold);

/* Match against the comma-separated LIST, where '!' negates an entry: 1 when
 * an entry matches, -1 when a negated one does (it wins), 0 when none does. */
int	 pattern_list(const char *list, const char *text, bool fold);

/* Is NAME, of LEN bytes, one of those in LIST (RFC 4251, section 5: names with
 * commas between)?  Nothing is a wildcard here; NULL is an empty list. */
bool	 pattern_named(const char *list, const char *name, size_t len);

#endif
