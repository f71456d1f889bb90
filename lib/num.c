/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
num_parse(const char *text, long least, long most, long *value)
{
	const char *digits = *text == '-' && least < 0 ? text + 1 : text;
	char *end;
	long parsed;

	if (!is_digit(*digits))
		return false;
	errno = 0;
	parsed = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || parsed < least || parsed > most)
		return false;
	*value = parsed;
	return true;
}

bool
num_port(const char *text, int *port)
{
	long value;

	if (!num_parse(text, 1, 65535, &value))
		return false;
	*port = (int)value;
	return true;
}

/* How many seconds UNIT stands for, 0 if it is none. */
static long
unit_seconds(char unit)
{
	switch (unit) {
	case '\0':
	case 's': case 'S':
		return 1;
	case 'm': case 'M':
		return 60;
	case 'h': case 'H':
		return 3600;
	case 'd': case 'D':
		return 86400;
	case 'w': case 'W':
		return 604800;
	default:
		return 0;
	}
}

bool
num_seconds(const char *text, long *seconds)
{
	long total = 0;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		long count, unit;

		if (!is_digit(*text))
			return false;
		errno = 0;
		count = strtol(text, &end, 10);
		unit = unit_seconds(*end);
		if (errno != 0 || unit == 0 || count > INT_MAX / unit)
			return false;
		total += count * unit;
		if (total > INT_MAX)
			return false;
		text = *end == '\0' ? end : end + 1;
	}
	*seconds = total;
	return true;
}

bool
num_size(const char *text, uint64_t *bytes)
{
	static const char suffixes[] = "kKmMgG";
	const char *suffix;
	unsigned shift = 0;
	char *end;
	unsigned long long value;

	if (!is_digit(*text))
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0)
		return false;
	if (*end != '\0') {
		suffix = strchr(suffixes, *end);
		if (suffix == NULL || end[1] != '\0')
			return false;
		shift = 10 * (1 + (unsigned)(suffix - suffixes) / 2);
	}
	if (value > UINT64_MAX >> shift)
		return false;
	*bytes = (uint64_t)value << shift;
	return true;
}
