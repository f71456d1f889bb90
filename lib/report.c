/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "escape.h"
#include "job.h"
#include "loop.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "report.h"
#include "sink.h"
#include "spool.h"

#define PIECE (64 * 1024)

struct report {
	uv_loop_t	*loop;
	const struct plan *plan;
	struct output_sinks sinks;
	struct sink	*headers;	/* one of them */
	bool		 colour;
	bool		 failed;	/* something of it is lost */
	struct progress	*progress;
	unsigned	 number;	/* of the last status line */
	uint64_t	 began;

	/* Visits to be written; the first one's output is on its way. */
	struct job	*first, **last;
	unsigned	 backlog;
	void		(*written)(struct job *);
	enum output_stream stream;
	uint64_t	 offset;
	bool		 labelled;
	char		 held_back[4];	/* of a character cut in two */
	size_t		 held_len;
	struct sink_waiter waiter;
};

/* Messages are the sinks' while there is a report. */
static struct report *messages_to;

static void
write_message(const char *line, size_t len)
{
	sink_write(messages_to->sinks.err, line, len);
}

static void
flush_all(void *context)
{
	struct report *report = context;

	report_flush(report);
	progress_draw(report->progress);
}

static bool
wants_colour(struct sink *sink)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return sink_is_terminal(sink) && (no == NULL || *no == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* "2>&1 | less": one sink keeps the lines of both whole when the pipe is full.
 * A terminal is not shared: the progress line is only on one of them. */
static bool
one_pipe_for_both(void)
{
	struct stat out, err;

	return fstat(STDOUT_FILENO, &out) == 0 &&
	    fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino && !S_ISCHR(out.st_mode);
}

/* Nobody is left to be told of it but whoever reads the exit status. */
static void
err_broken(void *context, int error)
{
	struct report *report = context;

	/* As with stdout, a reader who leaves wants no more. */
	if (error != EPIPE)
		report->failed = true;
}

static void	 write_on(void *);

struct report *
report_new(uv_loop_t *loop, const struct plan *plan,
    void (*broken)(void *context, int error), void *context)
{
	struct report *report = mem_zero(sizeof(*report));

	report->loop = loop;
	report->plan = plan;
	report->sinks.out = sink_open(loop, STDOUT_FILENO, broken, context);
	report->sinks.err = one_pipe_for_both() ? report->sinks.out :
	    sink_open(loop, STDERR_FILENO, err_broken, report);
	report->headers = plan->headers_to_stderr ? report->sinks.err :
	    report->sinks.out;
	report->colour = wants_colour(report->headers);
	if (!plan->no_progress)
		report->progress = progress_new(loop, report->sinks.out,
		    report->sinks.err);
	report->last = &report->first;
	report->waiter.call = write_on;
	report->waiter.context = report;
	report->began = uv_now(loop);
	messages_to = report;
	msg_set_writer(write_message);
	loop_before_wait(loop, flush_all, report);
	return report;
}

const struct output_sinks *
report_sinks(const struct report *report)
{
	return &report->sinks;
}

/* Text in COLOUR (an ANSI parameter), or plain where there is none. */
static void
add_coloured(const struct report *report, struct buf *line, int colour,
    const char *text)
{
	if (report->colour)
		buf_addf(line, "\033[%dm%s\033[39m", colour, text);
	else
		buf_adds(line, text);
}

static void
end_line(struct sink *sink)
{
	if (!sink_at_line_start(sink))
		sink_write(sink, "\n", 1);
}

/* "[1] 12:34:56 [SUCCESS] web1", pssh's. */
static void
write_status(struct report *report, struct job *job, const char *words)
{
	bool well = job->result.ending == ENDED_WELL;
	struct buf line = { 0 }, safe = { 0 };
	time_t now = time(NULL);
	struct tm clock;
	char text[32];

	localtime_r(&now, &clock);
	snprintf(text, sizeof(text), "[%u]", report->number);
	add_coloured(report, &line, 36, text);
	strftime(text, sizeof(text), " %H:%M:%S ", &clock);
	buf_adds(&line, text);
	add_coloured(report, &line, well ? 32 : 31,
	    well ? "[SUCCESS]" : "[FAILURE]");
	buf_addc(&line, ' ');
	escape_add(&line, job->label, strlen(job->label), "");
	if (words != NULL) {
		escape_add(&safe, words, strlen(words), "");
		buf_addc(&line, ' ');
		add_coloured(report, &line, 31, buf_text(&safe));
	}
	buf_addc(&line, '\n');
	end_line(report->headers);
	sink_write(report->headers, line.data, line.len);
	buf_free(&line);
	buf_free(&safe);
}

static void
write_header(struct report *report, struct job *job)
{
	char *words = result_words(&job->result);

	report->number++;
	if (!report->plan->no_headers)
		write_status(report, job, words);
	else if (words != NULL)
		msg_host(job->label, "%s", words);
	free(words);
}

/* Write a piece of what was kept of a stream.  False: that was all. */
static bool
write_piece(struct report *report, struct sink *out, const struct spool *kept)
{
	char piece[PIECE];
	struct buf safe = { 0 };
	size_t len = report->held_len;
	ssize_t got;

	memcpy(piece, report->held_back, len);
	got = spool_read(kept, report->offset, piece + len,
	    sizeof(piece) - len);
	if (got > 0) {
		report->offset += (uint64_t)got;
		len += (size_t)got;
	} else if (got < 0) {
		msg_host(report->first->label, "cannot read the output kept "
		    "for it: %s", strerror(errno));
		report->failed = true;
	}
	if (!sink_is_terminal(out)) {
		sink_write(out, piece, len);
		return got > 0;
	}
	report->held_len = got > 0 ? escape_unfinished(piece, len) : 0;
	len -= report->held_len;
	memcpy(report->held_back, piece + len, report->held_len);
	escape_add(&safe, piece, len, "\n\t");
	sink_write(out, safe.data, safe.len);
	buf_free(&safe);
	return got > 0;
}

/* With headers on stderr, stdout carries what the hosts wrote there and not a
 * byte more. */
static struct sink *
sink_of(const struct report *report, enum output_stream stream)
{
	return stream == OUTPUT_OUT ? report->sinks.out : report->headers;
}

/* Write what is left of one stream.  False: the reader is behind. */
static bool
write_stream(struct report *report, const struct spool *kept)
{
	struct sink *sink = sink_of(report, report->stream);

	if (report->stream == OUTPUT_ERR && !report->labelled &&
	    !report->plan->no_headers) {
		struct buf label = { 0 };

		add_coloured(report, &label, 31, "Stderr: ");
		end_line(sink);
		sink_write(sink, label.data, label.len);
		buf_free(&label);
	}
	report->labelled = true;
	do {
		if (sink_full(sink)) {
			sink_wait(sink, &report->waiter);
			return false;
		}
	} while (write_piece(report, sink, kept));
	return true;
}

/* Write what is left of the first visit's output.  False: the reader is
 * behind. */
static bool
write_output(struct report *report)
{
	struct job *job = report->first;

	for (; report->stream <= OUTPUT_ERR; report->stream++) {
		const struct spool *kept = job->output == NULL ? NULL :
		    output_kept(job->output, report->stream);

		if (kept == NULL || spool_size(kept) == 0)
			continue;
		if (!write_stream(report, kept))
			return false;
		report->offset = 0;
		report->labelled = false;
	}
	if (!report->plan->no_headers)
		end_line(report->headers);
	return true;
}

static void
write_on(void *context)
{
	struct report *report = context;

	while (report->first != NULL && write_output(report)) {
		struct job *job = report->first;

		report->first = job->next;
		if (report->first == NULL)
			report->last = &report->first;
		report->backlog--;
		report->stream = OUTPUT_OUT;
		if (report->first != NULL)
			write_header(report, report->first);
		report->written(job);
	}
}

void
report_visit(struct report *report, struct job *job,
    void (*written)(struct job *))
{
	report->written = written;
	job->next = NULL;
	*report->last = job;
	report->last = &job->next;
	report->backlog++;
	if (report->first == job) {
		write_header(report, job);
		write_on(report);
	}
}

unsigned
report_backlog(const struct report *report)
{
	return report->backlog;
}

void
report_progress(struct report *report, const struct progress_counts *counts)
{
	progress_set(report->progress, counts);
}

void
report_hold(struct report *report, bool hold)
{
	progress_hold(report->progress, hold);
	sink_hold(report->sinks.out, hold);
	sink_hold(report->sinks.err, hold);
}

void
report_summary(struct report *report, const struct tally *tally)
{
	char *words;

	if (report->progress == NULL)
		return;
	uv_update_time(report->loop);
	words = tally_words(tally);
	msg_warn("%s in %.1f s", words,
	    (double)(uv_now(report->loop) - report->began) / 1000);
	free(words);
}

bool
report_failed(const struct report *report)
{
	return report->failed;
}

void
report_flush(struct report *report)
{
	sink_flush(report->sinks.out);
	sink_flush(report->sinks.err);
}

void
report_abandoned(struct report *report, struct job *job)
{
	write_header(report, job);
}

void
report_leave(struct report *report)
{
	/* The first one's header is written already. */
	for (struct job *job = report->first; job != NULL; job = job->next)
		if (job != report->first)
			write_header(report, job);
	report_hold(report, false);
	progress_hold(report->progress, true);
	report_flush(report);
}

void
report_close(struct report *report)
{
	sink_unwait(&report->waiter);
	progress_free(report->progress);
	sink_close(report->sinks.out);
	msg_set_writer(NULL);
	messages_to = NULL;
	if (report->sinks.err != report->sinks.out)
		sink_close(report->sinks.err);
	free(report);
}
