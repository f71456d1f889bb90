/* SPDX-License-Identifier: BSD-2-Clause */
/* What one host's command prints, on its way: line by line to our own streams
 * (-P), kept for the report (-i), into files (-o, -e). */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output;
struct plan;
struct sink;
struct sink_waiter;
struct spool;

enum output_stream { OUTPUT_OUT, OUTPUT_ERR };

/* Where the lines of -P go: the run's stdout and stderr. */
struct output_sinks {
	struct sink	*out, *err;
};

/* PREFIX begins each line of -P.  FILE is the host's name in the output
 * directories, NULL if there are none.  All are copied. */
struct output *output_new(const struct plan *, const struct output_sinks *,
	    const char *prefix, const char *out_file, const char *err_file);

/* Create or truncate the files, so that they tell of this visit whatever comes
 * of it.  Returns NULL, or what is wrong in fresh memory. */
char	*output_open(struct output *);

/* The next LEN bytes of a stream.  Returns NULL, or what is wrong (no room on
 * the disk) in fresh memory. */
char	*output_add(struct output *, enum output_stream, const char *data,
	    size_t len);

/* If a reader is behind, have WAITER called when it caught up, and say true:
 * nothing should be added till then. */
bool	 output_blocked(struct output *, struct sink_waiter *waiter);

/* No more will come: last lines without a newline are let go, files closed.
 * May be called again.  Returns NULL, or what is wrong in fresh memory. */
char	*output_end(struct output *);

/* What was kept for the report; NULL if nothing was to be. */
const struct spool *output_kept(const struct output *, enum output_stream);
uint64_t output_dropped(const struct output *);

void	 output_free(struct output *);

#endif
