/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "lines.h"
#include "mem.h"
#include "outdir.h"
#include "output.h"
#include "plan.h"
#include "sink.h"
#include "spool.h"

#define LONGEST_LINE (64 * 1024)	/* -P breaks longer ones */
#define KEPT_IN_MEMORY (16 * 1024)	/* -i, a stream, before it spills */

struct stream {
	struct lines	 lines;
	struct spool	*kept;
	struct sink	*sink;
	struct outdir	*dir;
	char		*file;
	int		 fd;
	struct output	*output;
};

struct output {
	char		*prefix;
	size_t		 prefix_len;
	bool		 print;
	struct stream	 streams[2];
	struct buf	 escaped;
};

static void
stream_init(struct output *output, enum output_stream which,
    struct sink *sink, struct outdir *dir, const char *file)
{
	struct stream *stream = &output->streams[which];

	stream->output = output;
	stream->lines.longest = LONGEST_LINE;
	stream->sink = sink;
	stream->dir = dir;
	stream->file = mem_dup(file);
	stream->fd = -1;
}

struct output *
output_new(const struct plan *plan, const struct output_sinks *sinks,
    const char *prefix, const char *out_file, const char *err_file)
{
	struct output *output = mem_zero(sizeof(*output));

	output->prefix = mem_print("%s: ", prefix);
	output->prefix_len = strlen(output->prefix);
	output->print = plan->print;
	stream_init(output, OUTPUT_OUT, sinks->out, plan->outdir, out_file);
	stream_init(output, OUTPUT_ERR, sinks->err, plan->errdir, err_file);
	if (plan->inline_out || plan->inline_stdout)
		output->streams[OUTPUT_OUT].kept =
		    spool_new(KEPT_IN_MEMORY, plan->max_output);
	if (plan->inline_out)
		output->streams[OUTPUT_ERR].kept =
		    spool_new(KEPT_IN_MEMORY, plan->max_output);
	return output;
}

char *
output_open(struct output *output)
{
	for (unsigned i = 0; i < 2; i++) {
		struct stream *stream = &output->streams[i];

		if (stream->dir == NULL)
			continue;
		stream->fd = outdir_create(stream->dir, stream->file);
		if (stream->fd < 0)
			return mem_print("cannot create output file %s: %s",
			    stream->file, strerror(errno));
	}
	return NULL;
}

static void
print_line(void *context, const char *line, size_t len)
{
	struct stream *stream = context;
	struct output *output = stream->output;

	sink_write(stream->sink, output->prefix, output->prefix_len);
	if (sink_is_terminal(stream->sink)) {
		/* A host's terminal ends lines like this. */
		if (len > 0 && line[len - 1] == '\r')
			len--;
		buf_clear(&output->escaped);
		escape_add(&output->escaped, line, len, "\t");
		sink_write(stream->sink, output->escaped.data,
		    output->escaped.len);
	} else {
		sink_write(stream->sink, line, len);
	}
	sink_write(stream->sink, "\n", 1);
}

/* Write it all to a file: NULL, or what is wrong. */
static char *
write_file(struct stream *stream, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t done = write(stream->fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return mem_print("cannot write output file %s: %s",
			    stream->file, strerror(errno));
		data += done;
		len -= (size_t)done;
	}
	return NULL;
}

char *
output_add(struct output *output, enum output_stream which, const char *data,
    size_t len)
{
	struct stream *stream = &output->streams[which];

	if (output->print)
		lines_feed(&stream->lines, data, len, print_line, stream);
	if (stream->kept != NULL && spool_add(stream->kept, data, len) < 0)
		return mem_print("cannot keep output: %s", strerror(errno));
	return stream->fd >= 0 ? write_file(stream, data, len) : NULL;
}

bool
output_blocked(struct output *output, struct sink_waiter *waiter)
{
	if (!output->print)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if (sink_full(output->streams[i].sink)) {
			sink_wait(output->streams[i].sink, waiter);
			return true;
		}
	}
	return false;
}

char *
output_end(struct output *output)
{
	char *words = NULL;

	for (unsigned i = 0; i < 2; i++) {
		struct stream *stream = &output->streams[i];

		if (output->print)
			lines_end(&stream->lines, print_line, stream);
		/* Network file systems tell of a full disk here. */
		if (stream->fd >= 0 && close(stream->fd) != 0 && words == NULL)
			words = mem_print("cannot write output file %s: %s",
			    stream->file, strerror(errno));
		stream->fd = -1;
	}
	return words;
}

const struct spool *
output_kept(const struct output *output, enum output_stream which)
{
	return output->streams[which].kept;
}

uint64_t
output_dropped(const struct output *output)
{
	uint64_t dropped = 0;

	for (unsigned i = 0; i < 2; i++)
		if (output->streams[i].kept != NULL)
			dropped += spool_dropped(output->streams[i].kept);
	return dropped;
}

void
output_free(struct output *output)
{
	if (output == NULL)
		return;
	free(output_end(output));
	for (unsigned i = 0; i < 2; i++) {
		buf_free(&output->streams[i].lines.part);
		spool_free(output->streams[i].kept);
		free(output->streams[i].file);
	}
	buf_free(&output->escaped);
	free(output->prefix);
	free(output);
}
