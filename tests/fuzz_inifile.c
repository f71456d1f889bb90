/* SPDX-License-Identifier: BSD-2-Clause */
/* The input is a file of AWS's, of profiles and keys.  What is wrong with it is
 * in one of its lines; what is in it is what was there. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "inifile.h"

/* How many lines there are. */
static int
lines_in(const uint8_t *data, size_t size)
{
	int count = 1;

	for (size_t i = 0; i < size; i++)
		count += data[i] == '\n';
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const sections[] = { "", "default", "profile x" };
	static const char *const keys[] = {
		"region", "aws_access_key_id", "ec2",
	};
	int line;
	struct inifile *file = inifile_parse((const char *)data, size, &line);

	require(line >= 0 && line <= lines_in(data, size));
	for (size_t i = 0; i < 9; i++) {
		const char *value = inifile_get(file, sections[i / 3],
		    keys[i % 3]);

		if (value == NULL)
			continue;
		require(inifile_has(file, sections[i / 3]));
		require(strlen(value) <= size);
		/* A value on one line stands there just so. */
		if (strchr(value, '\n') == NULL && *value != '\0')
			require(memmem(data, size, value,
			    strlen(value)) != NULL);
	}
	inifile_free(file);
	return 0;
}
