/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inlet.h"
#include "input.h"
#include "mem.h"
#include "spool.h"

#define KEPT_IN_MEMORY (64 * 1024)

struct input {
	int		 fd;
	struct spool	*spool;
	struct inlet	*inlet;		/* NULL: all is there */
	void		(*grew)(void *, int);
	void		*context;
};

static void
got_piece(void *context, const char *data, size_t len, int error)
{
	struct input *input = context;

	if (len > 0 && spool_add(input->spool, data, len) < 0)
		error = errno;
	if (len == 0 || error != 0)
		input_stop(input);
	input->grew(input->context, error);
}

struct input *
input_open(uv_loop_t *loop, const char *file,
    void (*grew)(void *context, int error), void *context, char **why)
{
	struct input *input = mem_zero(sizeof(*input));

	input->grew = grew;
	input->context = context;
	input->fd = file == NULL ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
	    open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (input->fd < 0) {
		*why = mem_print("cannot open input %s: %s",
		    file == NULL ? "stdin" : file, strerror(errno));
		free(input);
		return NULL;
	}
	/* A file can be read where it is, by every host on its own. */
	input->spool = spool_of_file(input->fd);
	/* Those of /proc say that they are empty. */
	if (input->spool != NULL && spool_size(input->spool) == 0) {
		spool_free(input->spool);
		input->spool = NULL;
	}
	if (input->spool == NULL) {
		input->spool = spool_new(KEPT_IN_MEMORY, 0);
		input->inlet = inlet_open(loop, input->fd, got_piece, input);
	}
	return input;
}

struct input *
input_of_text(const char *text)
{
	struct input *input = mem_zero(sizeof(*input));

	input->fd = -1;
	input->spool = spool_new(KEPT_IN_MEMORY, 0);
	spool_add(input->spool, text, strlen(text));
	return input;
}

struct spool *
input_spool(const struct input *input)
{
	return input->spool;
}

bool
input_ended(const struct input *input)
{
	return input->inlet == NULL;
}

void
input_stop(struct input *input)
{
	if (input == NULL)
		return;
	inlet_close(input->inlet);
	input->inlet = NULL;
}

void
input_free(struct input *input)
{
	if (input == NULL)
		return;
	input_stop(input);
	spool_free(input->spool);
	if (input->fd >= 0)
		close(input->fd);
	free(input);
}
