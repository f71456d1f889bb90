/* SPDX-License-Identifier: BSD-2-Clause */
/* What -I and --input send to every host: taken in once, kept in a spool that
 * each host reads from at its own pace. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>

#include <uv.h>

struct input;
struct spool;

/* Take in FILE, or stdin if it is NULL.  GREW is called, never before this
 * returns, when there is more or when it has ended; with an errno if it could
 * not be read or kept.  NULL on failure, and *WHY says so in fresh memory. */
struct input *input_open(uv_loop_t *, const char *file,
	    void (*grew)(void *context, int error), void *context, char **why);

/* The same of TEXT, all of which is there. */
struct input *input_of_text(const char *text);

/* What is there so far; lent. */
struct spool *input_spool(const struct input *);
bool	 input_ended(const struct input *);

/* Take in no more.  NULL is ignored, here and below. */
void	 input_stop(struct input *);
void	 input_free(struct input *);

#endif
