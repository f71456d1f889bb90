/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "pattern.h"

static bool
same_letter(char a, char b, bool fold)
{
	if (fold)
		return tolower((unsigned char)a) == tolower((unsigned char)b);
	return a == b;
}

/* Only the last '*' needs to be remembered: what an earlier one could take
 * more of, the last one can take too.  So a hostile pattern costs at most
 * its length times that of the text. */
bool
pattern_match(const char *pattern, const char *text, bool fold)
{
	const char *star = NULL, *resume = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (*pattern == '?' || (*pattern != '\0' &&
		    same_letter(*pattern, *text, fold))) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

int
pattern_list(const char *list, const char *text, bool fold)
{
	int found = 0;

	for (;;) {
		size_t len = strcspn(list, ",");
		bool negated = *list == '!';
		char *entry = mem_ndup(list + negated, len - negated);
		bool matches = pattern_match(entry, text, fold);

		free(entry);
		if (matches && negated)
			return -1;
		if (matches)
			found = 1;
		if (list[len] == '\0')
			return found;
		list += len + 1;
	}
}

bool
pattern_named(const char *list, const char *name, size_t len)
{
	while (list != NULL) {
		size_t entry = strcspn(list, ",");

		if (entry == len && memcmp(list, name, len) == 0)
			return true;
		list = list[entry] == ',' ? list + entry + 1 : NULL;
	}
	return false;
}
