/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "self.h"

enum imds_answer
self_ask(const char *path, struct buf *said, char **why)
{
	struct imds *imds = imds_new(false, 0);
	enum imds_answer answer = imds_get(imds, path, said, why);

	imds_free(imds);
	return answer;
}

char *
self_id(char **why)
{
	struct buf id = { 0 };
	enum imds_answer answer = self_ask("meta-data/instance-id", &id, why);

	if (answer == IMDS_OK) {
		*why = NULL;
		return buf_release(&id);
	}
	if (answer != IMDS_FAILED) {
		free(*why);
		*why = NULL;
	}
	buf_free(&id);
	return NULL;
}
